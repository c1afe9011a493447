"""What the YAML parser finds wrong, in words that tell a writer of specs what to do.

The parser names the rule of its grammar that failed. Each row below turns one such sentence, of libyaml
or of PyYAML's own parser, into what was found, what is needed and where.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, Protocol

from archcalc.errors import Problem, Span, quoted

EXPRESSION_HINT = 'inside { } and [ ], write an expression in quotes: "${2 * n}", or just $n'
TAB_HINT = "indent with spaces: YAML allows no tabs"
QUOTES_HINT = "put it in quotes"


class Mark(Protocol):
    """A place as the parser gives it: zero-based."""

    @property
    def line(self) -> int:
        """The line."""

    @property
    def column(self) -> int:
        """The column, in characters."""


class Finding(Protocol):
    """An error of the parser."""

    @property
    def context(self) -> str | None:
        """What was being read."""

    @property
    def context_mark(self) -> Mark | None:
        """Where that begins."""

    @property
    def problem(self) -> str | None:
        """What is wrong."""

    @property
    def problem_mark(self) -> Mark | None:
        """Where it is."""


class Place(NamedTuple):
    """Where a finding lies: its line and column, and where the thing it lies in begins."""

    lines: list[str]
    row: int
    column: int
    begin_row: int
    begin_column: int

    @property
    def line(self) -> str:
        """The line that the finding lies in."""
        return self.lines[self.row] if self.row < len(self.lines) else ""

    @property
    def character(self) -> str:
        """The character that it lies on, if any."""
        return self.line[self.column : self.column + 1]

    @property
    def opening(self) -> str:
        """The character that what it lies in begins with."""
        line = self.lines[self.begin_row] if self.begin_row < len(self.lines) else ""
        return line[self.begin_column : self.begin_column + 1]

    @property
    def began(self) -> str:
        """Where what it lies in begins, in words."""
        return f"in line {self.begin_row + 1}, column {self.begin_column + 1}"


Words = tuple[str, str | None]
"""A message and a hint."""


def _unclosed(place: Place) -> Words:
    close = "]" if place.opening == "[" else "}"
    hint = EXPRESSION_HINT if "${" in place.line else f"separate entries by `,`, and close with `{close}`"
    return f"`,` or `{close}` is needed here: the `{place.opening}` {place.began} is still open", hint


def _character(place: Place) -> Words:
    if place.character == "\t":
        return _tab(place)
    return f"a value cannot begin with {quoted(place.character)}", QUOTES_HINT


def _opening(place: Place) -> Words:
    return f"a value cannot begin with {quoted(place.opening)} like this", QUOTES_HINT


def _second_colon(place: Place) -> Words:
    before = place.line[: place.column]
    if ": " in before:
        return "a second `:` stands in this line", 'put text that holds `: ` in quotes: name: "A: b"'
    return "a `:` cannot stand here", "does the line above lack its `:`, or is this one indented too far?"


def _no_key(place: Place) -> Words:
    if place.line[: place.column].strip():
        return "a value is complete in front of this, and something follows it", (
            "remove it, or put the whole value in quotes"
        )
    if place.column == place.begin_column and place.character == "-":
        return f"a list item stands where the mapping {place.began} needs a key", (
            "indent it like the other items of its list"
        )
    if place.column == place.begin_column:
        return f"a key is needed here, to go on with the mapping {place.began}", "write `key: value`"
    return f"this line is indented by {place.column}, like nothing above it", (
        f"indent it like what it belongs to: the mapping {place.began}, or what stands in that"
    )


def _no_item(place: Place) -> Words:
    return f"an item is needed here, to go on with the list {place.began}", (
        f"begin each item with `- ` in column {place.begin_column + 1}, and keys around the list left of it"
    )


def _unclosed_quote(place: Place) -> Words:
    return "the quote that opens here is not closed", f"end the text with {place.opening}"


def _no_colon(place: Place) -> Words:
    return "a key is needed here, and a `:` behind it", "write `key: value`, or put longer text in quotes"


def _tab(place: Place) -> Words:
    return "a tab stands where only spaces may", TAB_HINT


def _dash(place: Place) -> Words:
    return "a `- ` cannot stand here", "begin a list on a line of its own; inside [ ], write commas"


def _question(place: Place) -> Words:
    return "a `? ` cannot stand here", "write `key: value`"


def _nothing(place: Place) -> Words:
    if not place.character:
        return "a value is needed here, and the line ends", None
    hint = "inside [ ], write commas and no `- `" if place.character == "-" else None
    return f"a value is needed here, found {quoted(place.character)}", hint


def _tag(place: Place) -> Words:
    return "tags are not read", "leave it out: a spec is plain data"


def _escape(place: Place) -> Words:
    return "YAML knows no such escape in double quotes", "put the text in single quotes"


class Row(NamedTuple):
    """What the parser says, the words for it, and whether to point at where the faulty thing begins."""

    pattern: str
    words: Callable[[Place], Words]
    at_begin: bool = False


ROWS = (
    Row(r"parsing a flow (mapping|sequence); .*expected ',' or", _unclosed),
    Row(r"tab character|character '\\t'", _tab),
    Row(r"cannot start any token", _character),
    Row(r"mapping values are not allowed", _second_colon),
    Row(r"parsing a block mapping; .*expected (key|<block end>)", _no_key),
    Row(r"parsing a block collection; .*expected ('-' indicator|<block end>)", _no_item),
    Row(
        r"quoted scalar; found unexpected (end of stream|document (indicator|separator))",
        _unclosed_quote,
        True,
    ),
    Row(r"could not find expected ':'", _no_colon, True),
    Row(r"sequence entries are not allowed", _dash),
    Row(r"mapping keys are not allowed", _question),
    Row(r"undefined tag handle", _tag, True),
    Row(r"scanning an? (anchor|alias|tag|block scalar);|parsing a tag;", _opening, True),
    Row(r"expected (the )?node content|expected <stream-start>", _nothing),
    Row(r"escape (character|code)|hexdecimal number|escape sequence", _escape),
)


def syntax_problem(finding: Finding, text: str, source: str) -> Problem:
    """The parser's error as a problem with its place."""
    mark = finding.problem_mark or finding.context_mark
    begin = finding.context_mark or mark
    if mark is None or begin is None:
        return Problem("syntax", f"not valid YAML: {finding.problem}", Span(source, 1, 1))
    place = Place(text.split("\n"), mark.line, mark.column, begin.line, begin.column)
    said = f"{finding.context}; {finding.problem}"
    row = next((row for row in ROWS if re.search(row.pattern, said)), None)
    if row is None:
        return Problem("syntax", f"not valid YAML: {finding.problem}", _span(mark, source))
    message, hint = row.words(place)
    return Problem("syntax", message, _span(begin if row.at_begin else mark, source), hint)


def _span(mark: Mark, source: str) -> Span:
    return Span(source, mark.line + 1, mark.column + 1)
