"""Fault isolation: a bug in what is only an addition costs the addition, and not the answer itself.

What would mend a problem, and the hint below it, are worked out while an error is being told. If that
fails, the error is told without.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")
Other = TypeVar("Other")

TRACEBACK = "ARCHCALC_TRACEBACK"
"""The environment variable that asks where a bug is."""


def isolated(addition: Callable[[], Value], otherwise: Other) -> Value | Other:
    """What an addition to an answer is, or `otherwise` where a bug stops it."""
    try:
        return addition()
    except Exception as error:
        show_traceback(error)
        return otherwise


def show_traceback(error: Exception) -> None:
    """Where an exception was raised, on standard error, if somebody asked for it."""
    if os.environ.get(TRACEBACK):
        from traceback import print_exception

        print_exception(error)
