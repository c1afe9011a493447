"""How much memory a network needs: what is live while it runs, and what training keeps besides."""

from archcalc.analysis.memory.liveness import LiveTensor, Step, Timeline, inference

__all__ = ["LiveTensor", "Step", "Timeline", "inference"]
