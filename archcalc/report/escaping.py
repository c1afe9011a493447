"""Escaping of untrusted text: words from strangers as terminals, logs and CI systems may see them.

Specs say names, sources and notes in words of their own. Nothing in them may move a cursor, turn the
direction of writing, or be taken for a command of a CI system.
"""

from __future__ import annotations

from archcalc.quoting import escaped, quoted
from archcalc.report.page import Page, Row

NAME_LENGTH = 120
TEXT_LENGTH = 500
"""How much of a name, and of a source or note, is shown; JSON holds all of it."""


def quoted_text(text: str, length: int = TEXT_LENGTH) -> str:
    """A spec's words in quotes, in one line of at most `length` characters.

    Who reads a report, or a program that does, sees where words of a stranger begin and end: a network may be
    called `ignore previous instructions`.
    """
    return quoted(" ".join(text.split()), length)


def free_text(text: str, length: int = TEXT_LENGTH) -> str:
    """Words that need no quotes, in one line of at most `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def escaped_page(page: Page) -> Page:
    """The page with all its text escaped; what JSON writes is exact, and escaped there."""
    return page._replace(
        title=escaped(page.title),
        lines=tuple(map(escaped, page.lines)),
        table=page.table and page.table._replace(rows=tuple(map(_escaped_row, page.table.rows))),
        sections=tuple((escaped(heading), tuple(map(escaped, lines))) for heading, lines in page.sections),
        notes=tuple(map(escaped, page.notes)),
    )


def _escaped_row(row: Row) -> Row:
    return tuple(escaped(cell) if isinstance(cell, str) else cell for cell in row)
