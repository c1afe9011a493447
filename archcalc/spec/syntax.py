"""What the YAML parser finds wrong, in words that tell a writer of specs what to do.

The parser names the rule of its grammar that failed. Each row below turns one such sentence, of libyaml
or of PyYAML's own parser, into what was found, what is needed and where.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from archcalc.errors import Problem, Span
from archcalc.quoting import quoted
from archcalc.records import NamedTuple

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


class ParserError(Protocol):
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


class ErrorPlace(NamedTuple):
    """Where an error lies: its line and column, and where the thing it lies in begins."""

    lines: list[str]
    row: int
    column: int
    begin_row: int
    begin_column: int

    @property
    def line(self) -> str:
        """The line that the error lies in."""
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


class Explanation(NamedTuple):
    """What to say: a message, a hint, whether to point at where the faulty thing begins, and a code."""

    message: str
    hint: str | None = None
    at_begin: bool = False
    code: Code = "syntax"


def _unclosed(at: ErrorPlace) -> Explanation:
    close = "]" if at.opening == "[" else "}"
    closing = f"separate entries by `,`, and close with `{close}`"
    hint = EXPRESSION_HINT if "${" in at.line else closing
    if not at.character and at.row == len(at.lines) - 1:
        return Explanation(f"the `{at.opening}` that opens here is not closed", hint, at_begin=True)
    needed = f"`,` or `{close}` is needed here: the `{at.opening}` {at.began} is still open"
    return Explanation(needed, hint)


def _character(at: ErrorPlace) -> Explanation:
    if at.character == "\t":
        return _tab(at)
    return Explanation(f"a value cannot begin with {quoted(at.character)}", QUOTES_HINT)


def _opening(at: ErrorPlace) -> Explanation:
    return Explanation(
        f"a value cannot begin with {quoted(at.opening)} like this", QUOTES_HINT, at_begin=True
    )


def _second_colon(at: ErrorPlace) -> Explanation:
    if ": " in at.line[: at.column]:
        hint = 'put text that holds `: ` in quotes: name: "A: b"'
        return Explanation("a second `:` stands in this line", hint)
    hint = "does the line above lack its `:`, or is this one indented too far?"
    return Explanation("a `:` cannot stand here", hint)


def _no_key(at: ErrorPlace) -> Explanation:
    before = at.line[: at.column].rstrip()
    if before:
        hint = "remove it, or put the whole value in quotes"
        if before.endswith(("'", '"')):
            hint = f"remove it; to write {before[-1]} in a text, put the text in the other kind of quotes"
        return Explanation("a value is complete in front of this, and something follows it", hint)
    if at.column == at.begin_column and at.character == "-":
        message = f"a list item stands where the mapping {at.began} needs a key"
        return Explanation(message, "indent it like the other items of its list")
    if at.column == at.begin_column:
        return Explanation(
            f"a key is needed here, to go on with the mapping {at.began}", "write `key: value`"
        )
    hint = f"indent it like what it belongs to: the mapping {at.began}, or what stands in that"
    return Explanation(f"this line is indented by {at.column}, like nothing above it", hint)


def _no_item(at: ErrorPlace) -> Explanation:
    message = f"an item is needed here, to go on with the list {at.began}"
    hint = f"begin each item with `- ` in column {at.begin_column + 1}, and keys around the list left of it"
    return Explanation(message, hint)


def _unclosed_quote(at: ErrorPlace) -> Explanation:
    return Explanation(
        "the quote that opens here is not closed", f"end the text with {at.opening}", at_begin=True
    )


def _no_colon(at: ErrorPlace) -> Explanation:
    hint = "write `key: value`, or put longer text in quotes"
    return Explanation("a key is needed here, and a `:` behind it", hint, at_begin=True)


def _tab(at: ErrorPlace) -> Explanation:
    return Explanation("a tab stands where only spaces may", TAB_HINT)


def _dash(at: ErrorPlace) -> Explanation:
    hint = "begin a list on a line of its own; inside [ ], write commas"
    return Explanation("a `- ` cannot stand here", hint)


def _question(at: ErrorPlace) -> Explanation:
    return Explanation("a `? ` cannot stand here", "write `key: value`")


def _nothing(at: ErrorPlace) -> Explanation:
    if not at.character:
        return Explanation("a value is needed here, found the end of the line")
    hint = "inside [ ], write commas and no `- `" if at.character == "-" else None
    return Explanation(f"a value is needed here, found {quoted(at.character)}", hint)


def _tag(at: ErrorPlace) -> Explanation:
    return Explanation(
        "tags are not read", "leave it out: a spec is plain data", at_begin=True, code="yaml-feature"
    )


def _escape(at: ErrorPlace) -> Explanation:
    return Explanation("YAML knows no such escape in double quotes", "put the text in single quotes")


ROWS: tuple[tuple[str, Callable[[ErrorPlace], Explanation]], ...] = (
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


def syntax_problem(error: ParserError, text: str, source: str) -> Problem:
    """The parser's error as a problem with its place."""
    mark = error.problem_mark or error.context_mark
    begin = error.context_mark or mark
    if mark is None or begin is None:
        return Problem("syntax", f"not valid YAML: {error.problem}", Span(source, 1, 1))
    lines = text.rstrip().split("\n")
    row, column = mark.line, mark.column
    if (row, column) > (len(lines) - 1, len(lines[-1])):
        row, column = len(lines) - 1, len(lines[-1])
    at = ErrorPlace(lines, row, column, begin.line, begin.column)
    said = f"{error.context}; {error.problem}"
    words = next((words for pattern, words in ROWS if re.search(pattern, said)), None)
    if words is None:
        return Problem("syntax", f"not valid YAML: {error.problem}", Span(source, row + 1, column + 1))
    message, hint, at_begin, code = words(at)
    if at_begin:
        row, column = begin.line, begin.column
    return Problem(code, message, Span(source, row + 1, column + 1), hint)
