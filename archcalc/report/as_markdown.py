"""Markdown: a table that GitHub and GitLab show in a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archcalc.report.layout import legend
from archcalc.report.page import Options, Page, Row, Table
from archcalc.report.values import cell_text

_OBEYED = re.compile(r"[\\`*\[\]<>|#~$]|&(?=#?\w+;)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
"""Punctuation that markdown obeys; it lets `a & b` and `kernel_size` be."""
_BLOCK = re.compile(r"\A(\d*)([-+=:.)])")
"""What would begin a list or underline a heading."""


def render(page: Page, options: Options) -> str:
    """Title, facts, table, sections and notes."""
    blocks = [f"## {literal(page.title)}", *map(_paragraph, page.lines)]
    notes = page.notes
    if page.table:
        blocks.append("\n".join(_table(page.table, options)))
        notes += legend(page.table.columns)
    for heading, lines in page.sections:
        blocks.append(f"### {literal(heading)}")
        blocks.append(_code(lines))
    if notes:
        blocks.append("\n".join(f"- {_paragraph(note)}" for note in notes))
    return "\n\n".join(blocks) + "\n"


def _table(table: Table, options: Options) -> Iterator[str]:
    yield table_line([literal(column.title) for column in table.columns])
    yield table_line(["---" if column.to_left else "---:" for column in table.columns])
    for row in table.rows:
        yield table_line(_cells(row, table, options))
    if table.total:
        yield table_line([f"**{cell}**" if cell else "" for cell in _cells(table.total, table, options)])


def _cells(row: Row, table: Table, options: Options) -> list[str]:
    cells = zip(row, table.columns, strict=True)
    return [literal(cell_text(value, column.unit, options.units).rstrip()) for value, column in cells]


def table_line(cells: list[str]) -> str:
    """A row of a table, from cells that are markdown already."""
    return f"| {' | '.join(cells)} |"


def _code(lines: tuple[str, ...]) -> str:
    """Lines as they are, within a fence longer than any in them."""
    ticks = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, ticks + 1)
    return "\n".join((f"{fence}text", *lines, fence))


def _paragraph(text: str) -> str:
    """Text that begins no list, heading or rule."""
    return _BLOCK.sub(r"\1\\\2", literal(text))


def literal(text: str) -> str:
    """Text that shows as it is, and notifies nobody."""
    return _OBEYED.sub(r"\\\g<0>", text).replace("@", "@<!-- -->")
