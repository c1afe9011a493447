"""CSV: exact, unformatted cells; no totals, so that columns can be summed."""

from __future__ import annotations

import csv
import io

from archcalc.layers import as_written
from archcalc.quoting import escaped
from archcalc.report.page import Cell, Options, Page

FORMULA = ("=", "+", "-", "@")
"""What spreadsheets take for a formula at the beginning of a cell."""


def render(page: Page, options: Options) -> str:
    """A header and one line a row; shapes are written channels last, `55x55x96`, positions first."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    table = page.records() if page.records else page.table
    if table:
        columns = [i for i, column in enumerate(table.columns) if column.unit != "share"]
        writer.writerow(table.columns[i].key for i in columns)
        writer.writerows([_cell(row[i]) for i in columns] for row in table.rows)
    return out.getvalue()


def _cell(value: Cell) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "x".join(map(str, as_written(value)))
    if isinstance(value, str):
        return _quoted(escaped(value))
    return value


def _quoted(text: str) -> str:
    return f"'{text}" if text.lstrip().startswith(FORMULA) else text
