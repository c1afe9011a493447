"""Tables as lines of aligned cells: the one layout that terminals and pipes share."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat

from archcalc.records import NamedTuple
from archcalc.report.page import Column, Options, Row, Table
from archcalc.report.values import cell_text

GAP = "  "


class Layout(NamedTuple):
    """A table's cells as text, each padded to its column's width; `total` is empty without totals."""

    columns: tuple[Column, ...]
    heads: list[str]
    rows: list[list[str]]
    total: list[str]


def laid_out(table: Table, options: Options) -> Layout:
    """The table as text; where a terminal is too narrow, the least important columns are left out."""
    columns = zip(table.columns, zip(*_lines(table), strict=True), strict=True)
    texts = [_texts(column, cells, options) for column, cells in columns]
    shown = [i for i, cells in enumerate(texts) if any(cells[1 : len(table.rows) + 1])]
    widths = [max(map(len, cells)) for cells in texts]
    while options.width and sum(widths[i] + len(GAP) for i in shown) - len(GAP) > options.width:
        highest = max(table.columns[i].rank for i in shown)
        if highest == 0:
            break
        shown = [i for i in shown if table.columns[i].rank < highest]
    padded = [_padded(table.columns[i], texts[i], widths[i]) for i in shown]
    heads, *rows = map(list, zip(*padded, strict=True)) if shown else [[] for _ in _lines(table)]
    total = rows.pop() if table.total else []
    return Layout(tuple(table.columns[i] for i in shown), heads, rows, total)


def _lines(table: Table) -> list[Row]:
    heads: Row = tuple(column.title for column in table.columns)
    return [heads, *table.rows, *([table.total] if table.total else [])]


def _texts(column: Column, cells: Row, options: Options) -> list[str]:
    """The cells of a column, its head among them, as text."""
    unit, units = column.unit, options.units
    return [cell if isinstance(cell, str) else cell_text(cell, unit, units) for cell in cells]


def _padded(column: Column, texts: list[str], width: int) -> Iterable[str]:
    pad = str.ljust if column.to_left else str.rjust
    return map(pad, texts, repeat(width))


def legend(columns: Iterable[Column]) -> tuple[str, ...]:
    """What the cells of columns mean, for those that need saying."""
    return tuple(f"{column.title}: {column.note}" for column in columns if column.note)


def indented(lines: Iterable[str]) -> list[str]:
    """The lines of a section, set in below its heading."""
    return [f"{GAP}{line}".rstrip() for line in lines]


def wrapped(line: str, width: int | None) -> list[str]:
    """A line of words, for a terminal broken between them, and below its beginning from there on."""
    if width is None or len(line) <= width:
        return [line]
    from textwrap import wrap

    below = " " * (len(line) - len(line.lstrip()))
    return wrap(line, width, subsequent_indent=below, break_long_words=False, break_on_hyphens=False)


def plain_lines(layout: Layout) -> Iterable[str]:
    """The lines without any drawing but a rule above the totals."""
    yield joined(layout.heads)
    for row in layout.rows:
        yield joined(row)
    if layout.total:
        yield GAP.join("-" * len(cell) for cell in layout.total)
        yield joined(layout.total)


def joined(cells: list[str]) -> str:
    """Cells as one line."""
    return GAP.join(cells).rstrip()
