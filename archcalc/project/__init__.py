"""The folder that archcalc is called in: its config file, its specs, and what git knows of them."""

REVISION = "git:"
"""What a spec of a revision begins with: git:REV:path."""
