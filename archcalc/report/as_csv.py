"""CSV: the cells of the page's table, exact and unformatted; no totals, so that columns can be summed."""

from __future__ import annotations

import csv
import io

from archcalc.report.page import Cell, Options, Page


def render(page: Page, options: Options) -> str:
    """A header and one line a row; shapes are written channels last, `55x55x96`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if page.table:
        columns = [i for i, column in enumerate(page.table.columns) if column.unit != "share"]
        writer.writerow(page.table.columns[i].key for i in columns)
        writer.writerows([_cell(row[i]) for i in columns] for row in page.table.rows)
    return out.getvalue()


def _cell(value: Cell) -> str | int | float:
    if isinstance(value, tuple):
        return "x".join(str(size) for size in reversed(value))
    text = "" if value is None else value
    if isinstance(text, str) and text.startswith(("=", "+", "-", "@")):
        return f"'{text}"
    return text
