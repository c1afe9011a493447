"""A text by its places: from line and column to where that is in it, and back."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from archcalc.errors import Edit, Span

_BREAK = re.compile(r"\r\n?|\n")


class Text:
    """A source whose lines end in one newline each, as its reader has it."""

    def __init__(self, source: str, content: str) -> None:
        self.source = source
        self.content = content
        self.starts = [0, *accumulate(len(line) + 1 for line in content.split("\n"))][:-1]

    def begin(self, span: Span) -> int:
        """Where a place begins."""
        return self.starts[span.line - 1] + span.column - 1

    def end(self, span: Span) -> int:
        """Where a place ends."""
        line, column = span.end
        return self.starts[line - 1] + column - 1 if line <= len(self.starts) else len(self.content)

    def of(self, span: Span) -> str:
        """What stands at a place."""
        return self.content[self.begin(span) : self.end(span)]

    def at(self, span: Span) -> str:
        """The first character of a place; nothing at the end of the text."""
        begin = self.begin(span)
        return self.content[begin : begin + 1]

    def match(self, pattern: re.Pattern[str], begin: int) -> int | None:
        """Where a pattern ends that stands at `begin`."""
        found = pattern.match(self.content, begin)
        return found.end() if found else None

    def line_end(self, index: int) -> int:
        """Where a line ends, in front of its newline."""
        end = self.content.find("\n", index)
        return len(self.content) if end < 0 else end

    def next_line(self, index: int) -> int:
        """Where the next line begins."""
        return min(self.line_end(index) + 1, len(self.content))

    def is_line_begin(self, index: int) -> bool:
        """Whether a line begins there."""
        return index == 0 or self.content[index - 1] == "\n"

    def dash(self, index: int, column: int) -> int | None:
        """Where the line begins that has the dash of the item at `index`; None if that has more before it."""
        for begin in reversed(self.starts[: bisect_right(self.starts, index)]):
            line = self.content[begin : self.line_end(begin)]
            if line[column - 1 : column] == "-":
                return begin if not line[: column - 1].strip() else None
        return None

    def insertion(self, index: int, new: str) -> Edit:
        """The edit that puts text between two characters."""
        return self.replacement(index, index, new)

    def replacement(self, begin: int, end: int, new: str) -> Edit:
        """The edit that puts text in place of what stands between two indices."""
        return Edit(Span(self.source, *self.place(begin), self.place(end)), new)

    def place(self, index: int) -> tuple[int, int]:
        """The line and column of an index."""
        line = bisect_right(self.starts, index)
        return line, index - self.starts[line - 1] + 1


def edited(content: str, edits: Iterable[Edit]) -> str:
    """A text with edits made in it, whatever its lines end in; what is written ends as its first line does.

    The places are those of the text as the reader has it, which counts each line break as one.
    """
    breaks = list(_BREAK.finditer(content))
    newline = breaks[0].group() if breaks else "\n"
    starts = [0, *(found.end() for found in breaks)]
    for edit in sorted(edits, reverse=True):
        line, column = edit.span.end
        begin = starts[edit.span.line - 1] + edit.span.column - 1
        end = starts[line - 1] + column - 1 if line <= len(starts) else len(content)
        content = content[:begin] + edit.text.replace("\n", newline) + content[end:]
    return content
