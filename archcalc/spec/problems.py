"""Error recovery: the problems of one spec, collected, and the steps that reading it is charged for.

A reader notes a problem and goes on, so that one run finds all that are independent. What is wrong only
because something else is (a *follow-up* or *cascading* error) is marked invalid instead of noted,

    variables: {n: $m}              # noted: unknown variable 'm'; n is INVALID from here on
    layers: [fc: {units: $n}]       # not noted, only counted: `mark_invalid`

and who sees `count` grown knows that what it built is of no use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from archcalc.errors import Problem, Span, SpecError
from archcalc.isolation import isolated

if TYPE_CHECKING:
    from archcalc.codes import Code

PROBLEM_LIMIT = 20
"""So many problems are collected; then reading stops."""

STEP_LIMIT = 1_500_000
"""About a second: one for a value that is read, three for a character of an expression, ten for an item."""

Hint = str | Callable[[], str | None] | None
"""What to try, or how to find it out when it is needed."""

Also = tuple[tuple[str, Span], ...]
"""Other places that a problem concerns, each with what stands there."""


class Problems:
    """The independent problems of one spec, collected up to a limit.

    count: how many times anything was found wrong, follow-up errors and repetitions included.
    expansion_stack: where the blocks that are being expanded are used, the innermost last.
    """

    def __init__(self) -> None:
        self.found: dict[tuple[Span, str], Problem] = {}
        self.count = 0
        self.steps = 0
        self.expansion_stack: list[Span] = []

    def add(self, code: Code, message: str, span: Span, hint: Hint = None, also: Also = ()) -> None:
        """Note a problem once, however often the block that holds it is expanded."""
        self.count += 1
        if (span, code) in self.found:
            return
        said = isolated(hint, None) if callable(hint) else hint
        self.found[span, code] = Problem(code, message, span, said, also)
        if len(self.found) >= PROBLEM_LIMIT:
            self.stop()

    def mark_invalid(self) -> None:
        """Count a follow-up error, or one that is noted later, without a word."""
        self.count += 1

    def expanded_from(self) -> Also:
        """Where the block that is being expanded is used, if one is."""
        return (("the block is used here", self.expansion_stack[-1]),) if self.expansion_stack else ()

    def charge(self, steps: int, span: Span) -> None:
        """Count steps, and stop where they become too many: `times: 10000` in itself five times is short."""
        self.steps += steps
        if self.steps > STEP_LIMIT:
            message = "expanding this spec takes more steps than any network of 10,000 layers needs"
            self.add("too-large", message, span, "check `times:`, and what blocks and repeats hold")
            self.stop()

    def stop(self) -> None:
        """Raise what was found, by place, if anything was."""
        if self.found:
            found = sorted(self.found.values(), key=lambda problem: problem.span or ())
            raise SpecError(found, truncated=len(found) >= PROBLEM_LIMIT)


class LibraryError(SpecError):
    """A file holds blocks for specs to include, with nothing wrong in them, and no network."""


def refused(code: Code, message: str, span: Span, hint: str | None = None, also: Also = ()) -> SpecError:
    """The error of one problem behind which reading cannot go on."""
    return SpecError([Problem(code, message, span, hint, also)])
