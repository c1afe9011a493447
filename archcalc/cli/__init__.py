"""The command line: one module a command, and one boundary where errors become exit codes."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn, TextIO

from archcalc.errors import INTERRUPTED

MANY = 1_000_000
"""New objects between two collections: a short-lived process makes hardly any garbage in cycles."""


def main(args: list[str] | None = None) -> NoReturn:
    """Run the program and end the process at once with its exit code: the console script.

    To take down, object by object, what is about to vanish with the process takes Python longer than reading
    and analysing a network. No exit handler runs; `python -m archcalc` ends normally, for what needs them.
    """
    os._exit(run(args))


def run(args: list[str] | None = None) -> int:
    """Run the program; returns its exit code, with all that was written flushed."""
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
            _discard(stream)
    return code


def _discard(stream: TextIO) -> None:
    """Let what cannot be written vanish, or Python tries again at its end and changes the exit code."""
    with suppress(AttributeError, OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
