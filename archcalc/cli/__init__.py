"""The command line: one module a command, and one boundary where errors become exit codes."""

from __future__ import annotations

import gc

MANY = 100_000
"""New objects between two collections: a short-lived process makes hardly any garbage in cycles."""


def main(args: list[str] | None = None) -> None:
    """Run the program and exit with its code."""
    gc.set_threshold(MANY, *gc.get_threshold()[1:])
    from archcalc.cli.app import main as run

    run(args)
