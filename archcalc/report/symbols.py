"""What the letters in formulas stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

SYMBOLS = (
    ("W", r"W[12]", "width"),
    ("H", r"H[12]", "height"),
    ("L", r"L[12]", "length"),
    ("D", r"D[12]", "depth"),
    ("F", r"F[wht]?", "kernel size"),
    ("S", r"S[wht]?", "stride"),
    ("P", r"P[wht]?", "padding on each side"),
    ("Pa and Pb", r"P[ab][wht]?", "padding in front and behind"),
    ("Pl, Pr, Pt", r"P[lrt]", "padding on the left, right and top, Pb at the bottom"),
    ("D (no number)", r"D[wht]?", "dilation"),
    ("Da, Db, …", r"D[a-z]\d*", "the depths of the inputs"),
    ("O", r"O[wht]?", "output padding"),
    ("K", r"K", "number of filters or units"),
    ("G", r"G", "groups"),
    ("N", r"N", "number of inputs or features"),
    ("B", r"B", "bytes of one value"),
    ("r", r"r[wht]?[12]", "receptive field"),
    ("j", r"j[wht]?[12]", "jump from one value's field to the next one's"),
)
"""How a symbol is shown, which words it covers, and what it means; every other word speaks for itself."""


def symbol_note(lines: Iterable[str]) -> str:
    """What the symbols in formulas stand for, those that are used: `F kernel size, S stride`."""
    words = {word for line in lines for word in WORD.findall(line)}
    meanings = ", ".join(_meanings(words))
    numbered = "; 1 marks the input, 2 the output" if _any(words, r"[WHLDrj][wht]?[12]") else ""
    axes = "; w and h are along width and height" if _any(words, r"([FSOP]|P[ab]|r|j)[wh][12]?") else ""
    return f"{meanings}{numbered}{axes}"


def _meanings(words: set[str]) -> Iterator[str]:
    for symbol, pattern, meaning in SYMBOLS:
        if _any(words, pattern):
            yield f"{symbol} {meaning}"


def _any(words: set[str], pattern: str) -> bool:
    return any(re.fullmatch(pattern, word) for word in words)
