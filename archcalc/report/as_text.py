"""Text: dressed by rich in a terminal; plain, aligned and whole in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archcalc.report.layout import Layout, indented, laid_out, left_out, legend, plain_lines, wrapped
from archcalc.report.page import Options, Page

DRESSED_ROWS = 2000
"""Longer tables are written plainly in a terminal too: colour would cost more than all the rest."""


def render(page: Page, options: Options) -> str:
    """Title, facts, table, sections and notes, with an empty line between them."""
    layout = laid_out(page.table, options) if page.table else None
    if layout:
        page = page._replace(notes=page.notes + legend(layout.columns) + left_out(layout, options))
    if options.color and (layout is None or len(layout.rows) <= DRESSED_ROWS):
        from archcalc.report.terminal import dressed

        return dressed(page, options, layout)
    return "\n\n".join("\n".join(block) for block in _blocks(page, layout, options.width)) + "\n"


def _blocks(page: Page, layout: Layout | None, width: int | None) -> Iterator[Iterable[str]]:
    yield _broken((page.title, *page.lines), width)
    if layout:
        yield plain_lines(layout)
    for heading, lines in page.sections:
        yield _broken((heading, *indented(lines)), width)
    if page.notes:
        yield _broken(page.notes, width)


def _broken(lines: Iterable[str], width: int | None) -> Iterable[str]:
    return [part for line in lines for part in wrapped(line, width)]
