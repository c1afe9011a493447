"""What can be wrong, and where: the values and exceptions that every other module shares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from archcalc.codes import Code

ECHO_LIMIT = 60
LISTED = 12
LOOKED_AT = 500
MOST_SLIPS = 3

_COMMAND = r":(?=:)|#(?=#\w*\[)"


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
        self = super().__new__(cls, source, line, column)
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


class Problem(NamedTuple):
    """One thing that is wrong: a code, a sentence, and where possible a place and a hint.

    also: other places that it concerns, each with what stands there.
    """

    code: Code
    message: str
    span: Span | None = None
    hint: str | None = None
    also: tuple[tuple[str, Span], ...] = ()

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

    def __init__(self, message: str, hint: str | None = None, code: Code = "shape") -> None:
        self.message = message
        self.hint = hint
        self.code = code
        super().__init__(message)


class ReadError(ArchcalcError):
    """A source cannot be found or read."""


class RequestError(ArchcalcError):
    """What was asked for does not exist or does not fit: a layer, a kind, an option."""


def quoted(text: str, limit: int = ECHO_LIMIT) -> str:
    """`text` in quotes, cut to `limit` characters, with nothing in it that a terminal or CI obeys."""
    return f"'{shortened(text, limit)}'"


def shortened(text: str, limit: int = ECHO_LIMIT) -> str:
    """`text`, cut to `limit` characters and escaped."""
    return escaped(text if len(text) <= limit else text[: limit - 1] + "…")


def escaped(text: str) -> str:
    """`text` with each unprintable character, and each beginning of a CI system's command, escaped.

    GitHub obeys `::` at the beginning of a line and `##[` anywhere in it, Azure `##vso[`.
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    if "::" in text or "##" in text:
        return re.sub(_COMMAND, lambda found: f"\\x{ord(found.group()):02x}", text)
    return text


def listed(words: Iterable[str], most: int = LISTED) -> str:
    """The first `most` of the words, and how many more there are."""
    known = list(words)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(map(shortened, known[:most])) + more


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """A hint naming the nearest of the `known` words, or None when none is near."""
    near = nearest(word, known)
    return f"did you mean {quoted(near)}?" if near else None


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that became `word` by a slip or two, or by being shortened or drawn out.

    Of equally near ones the first wins. Only the first LOOKED_AT are looked at, so that time is bounded.
    """
    sought = word[:ECHO_LIMIT].lower()
    allowed = 1 if len(sought) == 2 else min(len(sought) // 3, MOST_SLIPS)
    best, least, letters = None, MOST_SLIPS + 1, frozenset(sought)
    for name in islice(known, LOOKED_AT):
        candidate = name.lower()
        apart = abs(len(candidate) - len(sought))
        if min(apart, MOST_SLIPS) >= least:
            continue
        close = apart <= allowed and len(letters.symmetric_difference(candidate)) <= 2 * allowed
        distance = slips(sought, candidate, allowed) if close else MOST_SLIPS + 1
        if distance > allowed:
            if not _shortens(*sorted((candidate, sought), key=len)):
                continue
            distance = min(apart, MOST_SLIPS)
        if distance < least:
            best, least = name, distance
    return best


def slips(word: str, other: str, most: int = MOST_SLIPS) -> int:
    """How many letters were added, left out, mistaken or swapped with their neighbour between two words.

    More than `most` are not told apart.
    """
    above: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word):
        before, above, row = above, row, [i + 1]
        for j, target in enumerate(other):
            cost = min(above[j] + (letter != target), above[j + 1] + 1, row[j] + 1)
            if i and j and letter == other[j - 1] and word[i - 1] == target:
                cost = min(cost, before[j - 1] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def _shortens(short: str, long: str) -> bool:
    """Whether `short` is half or more of `long`: a part of it, or its letters in order from the first."""
    if len(short) < 4 or 2 * len(short) < len(long):
        return False
    letters = iter(long)
    return short in long or (short[0] == long[0] and all(letter in letters for letter in short))
