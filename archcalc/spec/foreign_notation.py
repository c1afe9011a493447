"""Layers in the shorthand of papers, figures and courses: sizes and counts in words, without settings.

    conv 3x3, 32        conv3-64 (VGG's table)        7x7 conv, 64, /2 (ResNet's figures)
    conv 6@5x5          FC-4096                       max pool 2x2, stride 2

Only what is wrong has to import this.
"""

from __future__ import annotations

import re

from archcalc.spec.foreign_written import Written, in_python

NOTATION_LIMIT = 80
"""So many characters may such a text have."""

PAIRS_LIMIT = 300
"""So many characters may settings have that are written as pairs."""

_BY_TABLE = r"\s*conv(\d{1,2})-(\d{1,5})\s*\Z"
_NUMBER = r"\d{1,6}(?:\.\d{1,6})?(?![\w.])"
_TOKENS = (
    ("kernel_size", r"(\d{1,4})\s*[x×]\s*(\d{1,4})"),
    ("stride", r"(?:/\s*|\bstrides?\s*[=:]?\s*|\bs\s*=?\s*)(\d{1,4})\b"),
    ("padding", r"\b(?:padding|pad|p)\s*[=:]?\s*(\d{1,4})\b"),
    ("filters", r"(\d{1,6})\s*@"),
    ("filters", r"(\d{1,6})\s*-?\s*(?:filters|channels|maps|feature maps|kernels|outputs|units|neurons)\b"),
)
"""What stands in such a text, and how; what has been read is taken out before the next is looked for."""


def notation(text: str) -> Written | None:
    """The word for the kind, the sizes and the counts that a text holds; None where it has none of them."""
    if len(text) > NOTATION_LIMIT or not re.search(r"\d", text):
        return None
    if table := re.match(_BY_TABLE, text, re.IGNORECASE):
        return Written("conv", {"kernel_size": int(table[1]), "filters": int(table[2])})
    settings, rest = _sizes(text)
    numbers = [in_python(number) for number in re.findall(rf"(?<![\w.])-?({_NUMBER})", rest)]
    words = re.sub(rf"(?<![A-Za-z])-?{_NUMBER}|[,;:()@×-]", " ", rest).split()
    word = " ".join(word for word in words if word.lower() not in ("with", "and", "of", "size", "kernel"))
    if not re.fullmatch(r"[A-Za-z][A-Za-z \d]*", word):
        return None
    return _numbered(word, settings, numbers)


def _sizes(text: str) -> tuple[dict[str, object], str]:
    """The settings that are marked as such, and what of the text is left."""
    settings: dict[str, object] = {}
    for name, pattern in _TOKENS:
        if found := re.search(pattern, text, re.IGNORECASE):
            sizes = [int(size) for size in found.groups()]
            settings.setdefault(name, sizes[0] if len(set(sizes)) == 1 else sizes)
            text = f"{text[: found.start()]} {text[found.end() :]}"
    return settings, text


def _numbered(word: str, settings: dict[str, object], numbers: list[object]) -> Written | None:
    """With numbers that nothing marks: of a convolution the filters, else of a pool the stride."""
    if "pool" in word.lower():
        names = [name for name in ("kernel_size", "stride") if name not in settings]
    elif "conv" in word.lower():
        names = [name for name in ("filters", "kernel_size", "stride") if name not in settings]
    else:
        count = settings.pop("filters", None)
        return Written(word, settings, tuple(numbers if count is None else [count, *numbers]))
    if len(numbers) > len(names):
        return None
    return Written(word, {**settings, **dict(zip(names, numbers, strict=False))})


def pairs(text: str) -> dict[str, object] | None:
    """Settings as `filters=32, size=3`, or as lines of a darknet file; None where the text is none."""
    if "=" not in text or len(text) > PAIRS_LIMIT:
        return None
    parts = "=".join(part.strip() for part in text.split("=")).replace(",", " ").split()
    found = [part.split("=") for part in parts]
    if not all(len(each) == 2 and each[0].isidentifier() and each[1] for each in found):
        return None
    return {name: in_python(value) for name, value in found}
