"""An expectation as a value: a key of `expect:`, and what that key must be."""

from __future__ import annotations

from typing import Any

from archcalc.errors import Span
from archcalc.records import NamedTuple


class Bound(NamedTuple):
    """What a number must be: `relation` is one of < <= == != >= >, `unit` what bytes were asked in."""

    relation: str
    limit: int
    unit: str = ""


class Expectation(NamedTuple):
    """One thing that must hold of a network or, where `layer` names one, of a layer or block.

    key: what is expected, a key of `expect:`; value: bounds, a shape or kinds, as that key reads it.
    """

    key: str
    value: Any  # its type depends on the key: what the reader of the key's form gives
    span: Span | None = None
    layer: str = ""
