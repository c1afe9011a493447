"""What notebooks show: one table, without styles of its own, in which nothing of a spec is markup."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from archcalc.report.escaping import escaped_page
from archcalc.report.page import Page, Table
from archcalc.report.values import cell_text


def table_html(page: Page) -> str:
    """A page as HTML: its title, its facts, its table and its notes."""
    page = escaped_page(page)
    return "\n".join(("<div>", *_parts(page), "</div>"))


def _parts(page: Page) -> Iterator[str]:
    yield f"<p><strong>{escape(page.title)}</strong></p>"
    yield from (f"<p>{escape(line)}</p>" for line in page.lines)
    if page.table:
        yield from _table(page.table)
    for heading, lines in page.sections:
        yield f"<p>{escape(heading)}</p>\n<pre>{escape(chr(10).join(lines))}</pre>"
    yield from (f"<p><small>{escape(note)}</small></p>" for note in page.notes)


def _table(table: Table) -> Iterator[str]:
    sides = ["left" if column.to_left else "right" for column in table.columns]
    yield "<table>\n<thead>"
    yield _row("th", [column.title for column in table.columns], sides)
    yield "</thead>\n<tbody>"
    for row in (*table.rows, *((table.total,) if table.total else ())):
        texts = [
            cell_text(cell, column.unit, "binary") for cell, column in zip(row, table.columns, strict=True)
        ]
        yield _row("td", texts, sides)
    yield "</tbody>\n</table>"


def _row(tag: str, texts: list[str], sides: list[str]) -> str:
    cells = (
        f'<{tag} style="text-align: {side}">{escape(text)}</{tag}>'
        for text, side in zip(texts, sides, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"
