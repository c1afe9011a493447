"""Markdown: a table that GitHub and GitLab show in a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.report.page import Options, Page, Row, Table
from archcalc.report.values import cell_text


def render(page: Page, options: Options) -> str:
    """Title, facts, table, sections and notes."""
    blocks = [f"## {_escaped(page.title)}", *map(_escaped, page.lines)]
    if page.table:
        blocks.append("\n".join(_table(page.table, options)))
    for heading, lines in page.sections:
        blocks.append(f"### {_escaped(heading)}")
        blocks.append("```text\n" + "\n".join(lines) + "\n```")
    if page.notes:
        blocks.append("\n".join(f"- {_escaped(note)}" for note in page.notes))
    return "\n\n".join(blocks) + "\n"


def _table(table: Table, options: Options) -> Iterator[str]:
    yield _line([column.title for column in table.columns])
    yield _line(["---" if column.unit == "text" else "---:" for column in table.columns])
    for row in table.rows:
        yield _line(_cells(row, table, options))
    if table.total:
        yield _line([f"**{cell}**" if cell else "" for cell in _cells(table.total, table, options)])


def _cells(row: Row, table: Table, options: Options) -> list[str]:
    cells = zip(row, table.columns, strict=True)
    return [_escaped(cell_text(value, column.unit, options.units)) for value, column in cells]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in text)
