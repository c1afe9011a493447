"""The codes of everything that archcalc may find wrong, or advise against: the ids alone.

`Code` costs nothing at run time: it is only a type, and mypy refuses to raise what it does not list. What a
code means stands in `archcalc.codes.table`, which is imported only where somebody wants to read it.
"""

from __future__ import annotations

from typing import Literal, get_args

ErrorCode = Literal[
    "foreign-file",
    "encoding",
    "syntax",
    "yaml-feature",
    "duplicate-key",
    "type",
    "expression",
    "too-large",
    "too-deep",
    "input",
    "unknown-key",
    "missing-key",
    "name",
    "duplicate-name",
    "unknown-name",
    "order",
    "cycle",
    "unread-output",
    "unused",
    "outputs",
    "unknown-kind",
    "unknown-setting",
    "missing-setting",
    "inputs",
    "recursive-block",
    "unknown-base",
    "unknown-library",
    "shape",
    "groups",
    "channels",
    "needs-flatten",
    "expectation",
    "unknown-code",
    "growth",
    "verify",
    "lock",
    "lock-syntax",
    "config",
    "unreadable",
    "internal-error",
]
AdviceCode = Literal[
    "dropped-pixels",
    "skipped-pixels",
    "lopsided-padding",
    "dead-padding",
    "early-1x1",
    "field-exceeds-input",
    "misaligned-branches",
    "uneven-overlap",
    "bias-before-batchnorm",
    "heavy-fc",
    "sequence-fc",
    "activation-twice",
    "unshared-twins",
]
Code = Literal[ErrorCode, AdviceCode]

ADVICE_CODES: tuple[str, ...] = get_args(AdviceCode)
