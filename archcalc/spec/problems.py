"""The faults of one spec, collected, and the work that is spent on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from archcalc.errors import Problem, Span, SpecError

if TYPE_CHECKING:
    from archcalc.codes import Code

PROBLEMS_SHOWN = 20
WORK_LIMIT = 2_000_000
"""About a second: one for a value that is read, three for a character of an expression, ten for an item."""

Hint = str | Callable[[], str | None] | None
"""What to try, or how to find it out when it is needed."""

Also = tuple[tuple[str, Span], ...]
"""Other places that a problem concerns, each with what stands there."""


class Problems:
    """The independent faults of one spec, collected up to a limit.

    noted: how many faults there were; who did not find it grown knows that all went well.
    users: where the blocks at hand are used, the innermost last.
    """

    def __init__(self) -> None:
        self.found: dict[tuple[Span, str], Problem] = {}
        self.noted = 0
        self.work = 0
        self.users: list[Span] = []

    def add(self, code: Code, message: str, span: Span, hint: Hint = None, also: Also = ()) -> None:
        """Note a fault once, however often the block that holds it is used."""
        self.noted += 1
        if (span, code) in self.found:
            return
        self.found[span, code] = Problem(code, message, span, hint() if callable(hint) else hint, also)
        if len(self.found) >= PROBLEMS_SHOWN:
            self.stop()

    def doubt(self) -> None:
        """Note that something is wrong because of another fault, or will be said later."""
        self.noted += 1

    def use(self) -> Also:
        """Where the block at hand is used, if a block is at hand."""
        return (("the block is used here", self.users[-1]),) if self.users else ()

    def spend(self, work: int, span: Span) -> None:
        """Count work, and stop where it becomes too much."""
        self.work += work
        if self.work > WORK_LIMIT:
            message = "laying out this spec takes more steps than any network of 10,000 layers needs"
            self.add("too-large", message, span, "check `times:`, and what blocks and repeats hold")
            self.stop()

    def stop(self) -> None:
        """Raise what was found, by place, if anything was."""
        if self.found:
            raise SpecError(sorted(self.found.values(), key=lambda problem: problem.span or ()))
