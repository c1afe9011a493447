"""What can be wrong, and where: the values and exceptions that every other module shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Self

from archcalc.records import NamedTuple

if TYPE_CHECKING:
    from archcalc.codes import Code


INTERRUPTED = 130
"""The exit code of a run that was interrupted, as shells have it: 128 + SIGINT."""


class _Begin(NamedTuple):
    source: str
    line: int
    column: int


class Span(_Begin):
    """A place in a source: 1-based line and column (in characters), and where what stands there ends.

    end: line and column behind its last character; where it begins, if nobody said where it ends. Places are
    the same, and stand in order, by where they begin.
    """

    end: tuple[int, int]

    def __new__(cls, source: str, line: int, column: int, end: tuple[int, int] | None = None) -> Self:
        # Each value of a spec makes one: the call of NamedTuple's own __new__ would take half of the time.
        self = tuple.__new__(cls, (source, line, column))
        self.end = end or (line, column)
        return self

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"

    def called(self, source: str) -> Span:
        """The same place in a source of another name."""
        return Span(source, self.line, self.column, self.end)

    def up_to(self, last: Span) -> Span:
        """From where this place begins to where the last one ends."""
        return Span(self.source, self.line, self.column, last.end)


class Edit(NamedTuple):
    """A range of a source, and the text that is to stand there instead."""

    span: Span
    text: str


class Repair(NamedTuple):
    """What would mend a problem.

    change: what is to be done, in words. gives: what that leads to.
    where, span: the place, in words and, where the source is known, as such.
    edits: the same in the text, in order and apart from each other; none where it can be said in words alone.
    """

    change: str
    gives: str
    where: str
    span: Span | None = None
    edits: tuple[Edit, ...] = ()

    def __str__(self) -> str:
        return f"{self.where}: {self.change} (then {self.gives})"


class Problem(NamedTuple):
    """One thing that is wrong: a code, a sentence, and where possible a place and a hint.

    also: other places that it concerns, each with what stands there. repairs: what would mend it.
    """

    code: Code
    message: str
    span: Span | None = None
    hint: str | None = None
    also: tuple[tuple[str, Span], ...] = ()
    repairs: tuple[Repair, ...] = ()

    def __str__(self) -> str:
        place = f"{self.span}: " if self.span else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{place}error[{self.code}]: {self.message}{hint}"


class ArchcalcError(Exception):
    """The root of every error that archcalc raises on purpose."""


class SpecError(ArchcalcError):
    """A spec is wrong. Holds every independent problem that was found, in source order.

    `texts` are the sources that they point into, by name. truncated: whether reading stopped at so many
    problems that there may be more.
    """

    def __init__(
        self, problems: Iterable[Problem], texts: Mapping[str, str] | None = None, truncated: bool = False
    ) -> None:
        self.problems = tuple(problems)
        self.texts = dict(texts or {})
        self.truncated = truncated
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ShapeError(ArchcalcError):
    """A layer cannot work on the shapes it is given. Raised by rules, which know no file."""

    def __init__(self, message: str, hint: str | None = None, code: Code = "shape") -> None:
        self.message = message
        self.hint = hint
        self.code = code
        super().__init__(message)


class ReadError(ArchcalcError):
    """A source cannot be found or read."""


class RequestError(ArchcalcError):
    """What was asked for does not exist or does not fit: a layer, a kind, an option."""
