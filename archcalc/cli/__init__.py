"""The command line: one module a command, and one boundary where errors become exit codes."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

MANY = 100_000
"""New objects between two collections: a short-lived process makes hardly any garbage in cycles."""
INTERRUPTED = 130


def main(args: list[str] | None = None) -> NoReturn:
    """Run the program and end the process with its exit code.

    The process ends at once: to take down, object by object, what is about to vanish with it takes Python
    longer than reading and analysing a network. All that was written has been flushed by then.
    """
    gc.set_threshold(MANY, *gc.get_threshold()[1:])
    try:
        from archcalc.cli.app import exit_code

        code = exit_code(args)
    except KeyboardInterrupt:
        code = INTERRUPTED
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):  # closed, or never there: nothing can be said
            continue
    os._exit(code)
