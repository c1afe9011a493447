"""Colour in a terminal: the only importer of rich.

The layout is the one that pipes get, so no number is ever cut; rich adds the colours that the
terminal can show.
"""

from __future__ import annotations

import io

from rich.console import Console
from rich.text import Text

from archcalc.report.layout import GAP, Layout, indented, joined, wrapped
from archcalc.report.page import Options, Page


def dressed(page: Page, options: Options, layout: Layout | None) -> str:
    """The page with colour and rules, as the text that a terminal shows."""
    blocks = [_heading(page, options.width)]
    if layout:
        blocks.append(_table(layout))
    blocks += [_section(heading, lines, options.width) for heading, lines in page.sections]
    if page.notes:
        blocks.append(Text("\n").join(_note(note, options.width) for note in page.notes))
    out = io.StringIO()
    console = Console(
        file=out, force_terminal=True, width=options.width, highlight=False, legacy_windows=False
    )
    console.print(Text("\n\n").join(blocks), soft_wrap=True)
    return out.getvalue()


class Bar:
    """A bar on standard error: how many of `total` layers are done, the last of them, and a remark."""

    def __init__(self, total: int, remark: str) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[layer]}", markup=False),
            TextColumn(remark, style="dim", markup=False),
        )
        self.progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self.task = self.progress.add_task("", total=total, layer="")
        self.progress.start()

    def show(self, done: int, layer: str) -> None:
        """So many layers are done, the last of them `layer`."""
        self.progress.update(self.task, completed=done, layer=layer)

    def clear(self) -> None:
        """Take the bar away."""
        self.progress.stop()


def _broken(line: str, width: int | None) -> str:
    return "\n".join(wrapped(line, width))


def _heading(page: Page, width: int | None) -> Text:
    text = Text(_broken(page.title, width), style="bold")
    lines = "".join(f"\n{_broken(line, width)}" for line in page.lines)
    return Text.assemble(text, (lines, "dim"))


def _section(heading: str, lines: tuple[str, ...], width: int | None) -> Text:
    body = "".join(f"\n{_broken(line, width)}" for line in indented(lines))
    return Text.assemble((_broken(heading, width), "bold"), body)


def _note(note: str, width: int | None) -> Text:
    """A note, and what it is about in bold."""
    text = Text(_broken(note, width))
    text.stylize("bold", 0, note.find(": ") + 1)
    return text


def _table(layout: Layout) -> Text:
    """One text whose cells are styled where they stand: quicker than a text for each cell."""
    rule = "─" * (sum(map(len, layout.heads)) + len(GAP) * (len(layout.heads) - 1))
    text = Text.assemble((joined(layout.heads), "bold"), (f"\n{rule}", "dim"))
    for row in layout.rows:
        start = len(text) + 1
        text.append(f"\n{joined(row)}")
        for number, cell in enumerate(row):
            if style := _style(layout, number, cell):
                text.stylize(style, start, start + len(cell))
            start += len(cell) + len(GAP)
    if layout.total:
        text.append_text(Text.assemble((f"\n{rule}\n", "dim"), (joined(layout.total), "bold")))
    return text


def _style(layout: Layout, number: int, cell: str) -> str:
    if number == 0:
        return "cyan"
    column, text = layout.columns[number], cell.strip()
    if column.key.endswith("_difference") and text != "+0":
        return {"+": "green", "-": "red"}.get(text[:1], "")
    if column.key == "bar" and text and len(text) == len(cell):  # the peak has the longest
        return "red"
    return "dim" if column.rank > 4 or text in ("0", "0 B") else ""
