"""What can be wrong, and where: the values and exceptions that every other module shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

ECHO_LIMIT = 60


class Span(NamedTuple):
    """A place in a source: 1-based line and column (in characters)."""

    source: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"


class Problem(NamedTuple):
    """One thing that is wrong: a code, a sentence, and where possible a place and a hint."""

    code: str
    message: str
    span: Span | None = None
    hint: str | None = None

    def __str__(self) -> str:
        place = f"{self.span}: " if self.span else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{place}error[{self.code}]: {self.message}{hint}"


class ArchcalcError(Exception):
    """The root of every error that archcalc raises on purpose."""


class SpecError(ArchcalcError):
    """A spec is wrong. Holds every independent problem that was found, in source order.

    `texts` are the sources that they point into, by name.
    """

    def __init__(self, problems: Iterable[Problem], texts: Mapping[str, str] | None = None) -> None:
        self.problems = tuple(problems)
        self.texts = dict(texts or {})
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ShapeError(ArchcalcError):
    """A layer cannot work on the shapes it is given. Raised by rules, which know no file."""

    def __init__(self, message: str, hint: str | None = None, code: str = "shape") -> None:
        self.message = message
        self.hint = hint
        self.code = code
        super().__init__(message)


class ReadError(ArchcalcError):
    """A source cannot be found or read."""


class RequestError(ArchcalcError):
    """What was asked for does not exist or does not fit: a layer, a kind, an option."""


def quoted(text: str, limit: int = ECHO_LIMIT) -> str:
    """`text` in quotes, cut to `limit` characters, with nothing in it that a terminal obeys."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return f"'{escaped(cut)}'"


def escaped(text: str) -> str:
    """`text` with each unprintable character replaced by its escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """A hint naming the nearest of the `known` words, or None when none is near."""
    from difflib import get_close_matches

    words = {name.lower(): name for name in known}
    near = get_close_matches(word[:ECHO_LIMIT].lower(), words, n=1, cutoff=0.6)
    return f"did you mean '{words[near[0]]}'?" if near else None
