"""Cells of words over several lines, for tables that are wider than their terminal.

change   layer                settings             parameters +/-
changed  conv1 → C1           filters 64 → 6,              −9,258
                              kernel_size 7 → 5
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

LEAST = 8
"""So many characters a column of words keeps at least."""

_PIECES = r"[^\s/]*/|[^\s/]+|\s+"
"""Where a cell may be broken: at spaces, and in a path behind a slash."""


def narrower(widths: Sequence[int], least: Sequence[int | None], excess: int) -> list[int]:
    """Widths that are less by `excess` in all, the widest first; `least` is None for what keeps its width."""
    found = list(widths)
    while excess > 0:
        open_ = [i for i, low in enumerate(least) if low is not None and found[i] > low]
        if not open_:
            break
        widest = max(open_, key=lambda i: found[i])
        found[widest] -= 1
        excess -= 1
    return found


def folded_rows(columns: Sequence[Sequence[str]], widths: Sequence[int]) -> list[list[str]]:
    """Rows of cells, column by column, each cell in as many lines as it needs."""
    rows = []
    for cells in zip(*columns, strict=True):
        lines = [folded(cell, width) for cell, width in zip(cells, widths, strict=True)]
        rows += [list(line) for line in zip_longest(*lines, fillvalue="")]
    return rows


def folded(text: str, width: int) -> list[str]:
    """A text in lines of at most `width` characters, broken between words where they are short enough."""
    lines, line = [], ""
    for piece in re.findall(_PIECES, text):
        if len(line) + len(piece.rstrip()) > width and line:
            lines.append(line.rstrip())
            line = ""
        line += piece if line or not piece.isspace() else ""
        while len(line.rstrip()) > width:
            lines.append(line[:width])
            line = line[width:]
    return [*lines, line.rstrip()] if line.strip() or not lines else lines
