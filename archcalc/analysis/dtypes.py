"""The types that values may have, and what other words for types mean."""

from __future__ import annotations

import re

from archcalc.suggestions import suggestion

DTYPES = {"float32": 4, "float16": 2, "bfloat16": 2, "int8": 1, "float64": 8}
"""Bytes of one value."""

SHORT_DTYPES = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16", "fp64": "float64"}
"""How people shorten them."""

NARROWEST = "int8"

_AS_WIDE = {8: NARROWEST, 16: "float16", 32: "float32", 64: "float64"}
_WORDS = {"half": "float16", "single": "float32", "float": "float32", "double": "float64"}
_NUMBERED = re.compile(r"(?:[iuqfsw]|fp|q?u?int|float|tf)([0-9]+)")


def dtype_of(word: object) -> str:
    """The type that a word names, as `int8` or `fp16`; raises ValueError, perhaps with a hint, for others."""
    name = SHORT_DTYPES.get(word, word) if isinstance(word, str) else ""
    if name in DTYPES:
        return name
    hint = _hint(word) if isinstance(word, str) else None
    raise ValueError(hint) if hint else ValueError


def _hint(word: str) -> str | None:
    """What to write instead: only how wide values are matters here, not what they stand for."""
    plain = word.strip()[:40].lower().rsplit(".", 1)[-1]
    known = SHORT_DTYPES.get(plain, plain)
    if known in DTYPES or plain in _WORDS:
        return f"write {_WORDS.get(plain, known)}"
    numbered = _NUMBERED.match(plain)
    if not numbered:
        return suggestion(word, DTYPES)
    bits = int(numbered[1])
    if 0 < bits < 8:
        return f"values take whole bytes here: {NARROWEST} is the narrowest"
    return f"{_AS_WIDE[bits]} is as wide: write that" if bits in _AS_WIDE else None
