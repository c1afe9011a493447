"""Colour in a terminal: the only importer of rich.

The layout is the one that pipes get, so no number is ever cut; rich adds the colours that the
terminal can show and wraps the sentences.
"""

from __future__ import annotations

import io

from rich.console import Console
from rich.text import Text

from archcalc.report.layout import GAP, Layout, indented, wrapped
from archcalc.report.page import Options, Page


def dressed(page: Page, options: Options, layout: Layout | None) -> str:
    """The page with colour and rules, as the text that a terminal shows."""
    out = io.StringIO()
    console = Console(
        file=out, force_terminal=True, width=options.width, highlight=False, legacy_windows=False
    )
    console.print(Text(page.title, style="bold"))
    for line in page.lines:
        console.print(Text(line, style="dim"))
    if layout:
        console.print()
        console.print(_table(layout), soft_wrap=True)
    for heading, lines in page.sections:
        console.print()
        console.print(Text(heading, style="bold"))
        parts = [part for line in indented(lines) for part in wrapped(line, options.width)]
        console.print(Text("\n".join(parts)), soft_wrap=True)
    if page.notes:
        console.print()
    for note in page.notes:
        head, colon, rest = note.partition(": ")
        console.print(Text.assemble((head + colon, "bold" if colon else ""), rest))
    return out.getvalue()


def _table(layout: Layout) -> Text:
    """All lines as one text: one call of rich costs as much as a hundred lines."""
    rule = "─" * (sum(map(len, layout.heads)) + len(GAP) * (len(layout.heads) - 1))
    text = Text(GAP.join(layout.heads), style="", no_wrap=True)
    text.stylize("bold")
    text.append(f"\n{rule}", "dim")
    for row in layout.rows:
        text.append("\n")
        for number, cell in enumerate(row):
            text.append(cell if number == 0 else GAP + cell, _style(layout, number, cell))
    if layout.total:
        text.append(f"\n{rule}\n", "dim")
        text.append(GAP.join(layout.total), "bold")
    return text


def _style(layout: Layout, number: int, cell: str) -> str | None:
    if number == 0:
        return "cyan"
    dim = layout.columns[number].rank > 4 or cell.strip() in ("0", "0 B")
    return "dim" if dim else None
