"""Tables as lines of aligned cells: the one layout that terminals and pipes share."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from itertools import repeat

from archcalc.records import NamedTuple
from archcalc.report.folded_cells import LEAST, folded_rows, narrower
from archcalc.report.page import Column, Options, Row, Table
from archcalc.report.values import cell_text

GAP = "  "

PROSE = 28
"""So many characters a column of sentences has before another column is left out for it."""


class Layout(NamedTuple):
    """A table's cells as text, each padded to its column's width; `total` is empty without totals.

    Where a terminal is too narrow a row may take several lines, and some columns are `left_out`.
    """

    columns: tuple[Column, ...]
    heads: list[str]
    rows: list[list[str]]
    total: list[str]
    left_out: tuple[Column, ...] = ()


def laid_out(table: Table, options: Options) -> Layout:
    """The table as text; where a terminal is too narrow, the least important columns are left out."""
    read = zip(table.columns, zip(*_lines(table), strict=True), strict=True)
    texts = [_texts(column, line, options) for column, line in read]
    shown = [i for i, cells in enumerate(texts) if any(cells[1 : len(table.rows) + 1])]
    widths = [max(map(len, cells)) for cells in texts]
    kept = _fitting(table, shown, widths, options.width)
    columns, cells = tuple(table.columns[i] for i in kept), [texts[i] for i in kept]
    excess = _total_width(widths[i] for i in kept) - (options.width or sys.maxsize)
    if excess > 0:
        lines = _folded(columns, cells, excess, totals=bool(table.total))
    else:
        lines = [list(line) for line in zip(*cells, strict=True)] or [[] for _ in _lines(table)]
    padded = [_padded(*each) for each in zip(columns, zip(*lines, strict=True), strict=True)]
    heads, *rows = [list(line) for line in zip(*padded, strict=True)] or lines
    total = rows.pop() if table.total else []
    return Layout(columns, heads, rows, total, tuple(table.columns[i] for i in shown if i not in kept))


def _fitting(table: Table, shown: list[int], widths: list[int], width: int | None) -> list[int]:
    """The columns that there is room for, where prose takes PROSE at most."""
    least = [min(size, PROSE) if table.columns[i].prose else size for i, size in enumerate(widths)]
    while width and _total_width(least[i] for i in shown) > width:
        highest = max(table.columns[i].rank for i in shown)
        if highest == 0:
            break
        shown = [i for i in shown if table.columns[i].rank < highest]
    return shown


def _total_width(widths: Iterable[int]) -> int:
    return sum(width + len(GAP) for width in widths) - len(GAP)


def _folded(
    columns: tuple[Column, ...], texts: list[list[str]], excess: int, *, totals: bool
) -> list[list[str]]:
    """The lines of a table with columns of words narrower by `excess`; head and total keep their line."""
    ends = -1 if totals else None
    kept = [max(LEAST, len(cells[0]), len(cells[-1]) if totals else 0) for cells in texts]
    widths = [max(map(len, cells)) for cells in texts]
    target = sum(widths) - excess
    prose = [max(low, PROSE) if column.prose else None for low, column in zip(kept, columns, strict=True)]
    words = [low if column.unit == "text" else None for low, column in zip(kept, columns, strict=True)]
    for least in (prose, words):
        widths = narrower(widths, least, sum(widths) - target)
    rows = folded_rows([cells[1:ends] for cells in texts], widths)
    heads, totalled = [cells[0] for cells in texts], [[cells[-1] for cells in texts]] if totals else []
    return [heads, *rows, *totalled]


def _lines(table: Table) -> list[Row]:
    heads: Row = tuple(column.title for column in table.columns)
    return [heads, *table.rows, *([table.total] if table.total else [])]


def _texts(column: Column, cells: Row, options: Options) -> list[str]:
    """The cells of a column, its head among them, as text."""
    unit, units = column.unit, options.units
    return [cell if isinstance(cell, str) else cell_text(cell, unit, units) for cell in cells]


def _padded(column: Column, texts: Sequence[str]) -> Iterable[str]:
    pad = str.ljust if column.to_left else str.rjust
    return map(pad, texts, repeat(max(map(len, texts))))


def legend(columns: Iterable[Column]) -> tuple[str, ...]:
    """What the cells of columns mean, for those that need saying."""
    return tuple(f"{column.title}: {column.note}" for column in columns if column.note)


def left_out(layout: Layout, options: Options) -> tuple[str, ...]:
    """Which columns a terminal has no room for, and where they are."""
    titles = ", ".join(column.title for column in layout.left_out if column.title)
    if not titles:
        return ()
    return (
        f"left out at {options.width} columns: {titles}; a wider terminal, a pipe and --format csv have them",
    )


def indented(lines: Iterable[str]) -> list[str]:
    """The lines of a section, set in below its heading."""
    return [f"{GAP}{line}".rstrip() for line in lines]


def wrapped(line: str, width: int | None) -> list[str]:
    """A line of words, for a terminal broken between them, and below its beginning from there on."""
    if width is None or len(line) <= width:
        return [line]
    from textwrap import wrap

    below = " " * (len(line) - len(line.lstrip()))
    return wrap(line, width, subsequent_indent=below, break_on_hyphens=False)


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
