"""Text: dressed by rich in a terminal; plain, aligned and whole in a pipe."""

from __future__ import annotations

from archcalc.report.layout import GAP, laid_out, plain_lines
from archcalc.report.page import Options, Page

DRESSED_ROWS = 2000
"""Longer tables are written plainly in a terminal too: colour would cost more than all the rest."""


def render(page: Page, options: Options) -> str:
    """Title, facts, table, sections and notes, with an empty line between them."""
    layout = laid_out(page.table, options) if page.table else None
    if options.color and (layout is None or len(layout.rows) <= DRESSED_ROWS):
        from archcalc.report.terminal import dressed

        return dressed(page, options, layout)
    blocks = ["\n".join((page.title, *page.lines))]
    if layout:
        blocks.append("\n".join(plain_lines(layout)))
    blocks += ["\n".join((heading, *(f"{GAP}{line}" for line in lines))) for heading, lines in page.sections]
    if page.notes:
        blocks.append("\n".join(page.notes))
    return "\n\n".join(blocks) + "\n"
