"""What the YAML parser finds wrong, in words that tell a writer of specs what to do.

The parser names the rule of its grammar that failed. Each row below turns one such sentence, of libyaml
or of PyYAML's own parser, into what was found, what is needed and where.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from archcalc.errors import Problem, Span
from archcalc.quoting import quoted

if TYPE_CHECKING:
    from archcalc.codes import Code

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


class Words(NamedTuple):
    """What to say: a message, a hint, whether to point at where the faulty thing begins, and a code."""

    message: str
    hint: str | None = None
    at_begin: bool = False
    code: Code = "syntax"


def _unclosed(place: Place) -> Words:
    close = "]" if place.opening == "[" else "}"
    closing = f"separate entries by `,`, and close with `{close}`"
    hint = EXPRESSION_HINT if "${" in place.line else closing
    if not place.character and place.row == len(place.lines) - 1:
        return Words(f"the `{place.opening}` that opens here is not closed", hint, at_begin=True)
    needed = f"`,` or `{close}` is needed here: the `{place.opening}` {place.began} is still open"
    return Words(needed, hint)


def _character(place: Place) -> Words:
    if place.character == "\t":
        return _tab(place)
    return Words(f"a value cannot begin with {quoted(place.character)}", QUOTES_HINT)


def _opening(place: Place) -> Words:
    return Words(f"a value cannot begin with {quoted(place.opening)} like this", QUOTES_HINT, at_begin=True)


def _second_colon(place: Place) -> Words:
    if ": " in place.line[: place.column]:
        hint = 'put text that holds `: ` in quotes: name: "A: b"'
        return Words("a second `:` stands in this line", hint)
    hint = "does the line above lack its `:`, or is this one indented too far?"
    return Words("a `:` cannot stand here", hint)


def _no_key(place: Place) -> Words:
    before = place.line[: place.column].rstrip()
    if before:
        hint = "remove it, or put the whole value in quotes"
        if before.endswith(("'", '"')):
            hint = f"remove it; to write {before[-1]} in a text, put the text in the other kind of quotes"
        return Words("a value is complete in front of this, and something follows it", hint)
    if place.column == place.begin_column and place.character == "-":
        message = f"a list item stands where the mapping {place.began} needs a key"
        return Words(message, "indent it like the other items of its list")
    if place.column == place.begin_column:
        return Words(f"a key is needed here, to go on with the mapping {place.began}", "write `key: value`")
    hint = f"indent it like what it belongs to: the mapping {place.began}, or what stands in that"
    return Words(f"this line is indented by {place.column}, like nothing above it", hint)


def _no_item(place: Place) -> Words:
    message = f"an item is needed here, to go on with the list {place.began}"
    hint = (
        f"begin each item with `- ` in column {place.begin_column + 1}, and keys around the list left of it"
    )
    return Words(message, hint)


def _unclosed_quote(place: Place) -> Words:
    return Words(
        "the quote that opens here is not closed", f"end the text with {place.opening}", at_begin=True
    )


def _no_colon(place: Place) -> Words:
    hint = "write `key: value`, or put longer text in quotes"
    return Words("a key is needed here, and a `:` behind it", hint, at_begin=True)


def _tab(place: Place) -> Words:
    return Words("a tab stands where only spaces may", TAB_HINT)


def _dash(place: Place) -> Words:
    hint = "begin a list on a line of its own; inside [ ], write commas"
    return Words("a `- ` cannot stand here", hint)


def _question(place: Place) -> Words:
    return Words("a `? ` cannot stand here", "write `key: value`")


def _nothing(place: Place) -> Words:
    if not place.character:
        return Words("a value is needed here, found the end of the line")
    hint = "inside [ ], write commas and no `- `" if place.character == "-" else None
    return Words(f"a value is needed here, found {quoted(place.character)}", hint)


def _tag(place: Place) -> Words:
    return Words(
        "tags are not read", "leave it out: a spec is plain data", at_begin=True, code="yaml-feature"
    )


def _escape(place: Place) -> Words:
    return Words("YAML knows no such escape in double quotes", "put the text in single quotes")


ROWS: tuple[tuple[str, Callable[[Place], Words]], ...] = (
    (r"parsing a flow (mapping|sequence); .*expected ',' or", _unclosed),
    (r"tab character|character '\\t'", _tab),
    (r"cannot start any token", _character),
    (r"mapping values are not allowed", _second_colon),
    (r"parsing a block mapping; .*expected (key|<block end>)", _no_key),
    (r"parsing a block collection; .*expected ('-' indicator|<block end>)", _no_item),
    (r"quoted scalar; found unexpected (end of stream|document (indicator|separator))", _unclosed_quote),
    (r"could not find expected ':'", _no_colon),
    (r"sequence entries are not allowed", _dash),
    (r"mapping keys are not allowed", _question),
    (r"undefined tag handle", _tag),
    (r"scanning an? (anchor|alias|tag|block scalar);|parsing a tag;", _opening),
    (r"expected (the )?node content|expected <stream-start>", _nothing),
    (r"escape (character|code)|hexdecimal number|escape sequence", _escape),
)
"""What the parser says, as a pattern, and the words for it."""


def syntax_problem(finding: Finding, text: str, source: str) -> Problem:
    """The parser's error as a problem with its place."""
    mark = finding.problem_mark or finding.context_mark
    begin = finding.context_mark or mark
    if mark is None or begin is None:
        return Problem("syntax", f"not valid YAML: {finding.problem}", Span(source, 1, 1))
    lines = text.rstrip().split("\n")
    row, column = mark.line, mark.column
    if (row, column) > (len(lines) - 1, len(lines[-1])):
        row, column = len(lines) - 1, len(lines[-1])
    place = Place(lines, row, column, begin.line, begin.column)
    said = f"{finding.context}; {finding.problem}"
    words = next((words for pattern, words in ROWS if re.search(pattern, said)), None)
    if words is None:
        return Problem("syntax", f"not valid YAML: {finding.problem}", Span(source, row + 1, column + 1))
    message, hint, at_begin, code = words(place)
    if at_begin:
        row, column = begin.line, begin.column
    return Problem(code, message, Span(source, row + 1, column + 1), hint)
