"""How long tests wait before they call a run endless."""

PATIENCE = 30
"""CPU seconds: many times what benchmarks/hostile.py measures, and little beside a hang."""
