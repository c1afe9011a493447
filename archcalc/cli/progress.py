"""Progress of a long run, on the standard error of a terminal, and nowhere else."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archcalc.forward.verification import Check, Peak
    from archcalc.report.terminal import Bar

PATIENCE = 1.0
"""Seconds after which a run shows how far it is."""


class Progress:
    """How far a run of so many layers is; a terminal is told when that has taken a while."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self.needs = ""
        self.due = time.monotonic() + PATIENCE if _is_shown() else float("inf")
        self.bar: Bar | None = None

    def start(self, needed: Peak) -> None:
        """The run is about to begin, and will need so many bytes."""
        from archcalc.report.values import bytes_text

        self.needs = f"needs {bytes_text(needed.bytes, 'binary')} at most" if needed.bytes else ""

    def step(self, check: Check) -> None:
        """A layer has run."""
        self.done += 1
        if time.monotonic() < self.due:
            return
        if self.bar is None:
            from archcalc.report.terminal import Bar

            self.bar = Bar(self.total, self.needs)
        self.bar.show(self.done, check.name)

    def clear(self) -> None:
        """Leave no trace."""
        if self.bar:
            self.bar.clear()


def _is_shown() -> bool:
    return (
        sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")
    )


@contextmanager
def progress(total: int) -> Iterator[Progress]:
    """Progress that is gone in the end, however that comes."""
    shown = Progress(total)
    try:
        yield shown
    finally:
        shown.clear()
