"""How much two layers are alike, as the cost of taking one for the other in an alignment.

What layers are decides first: their kinds and settings. A name that stayed speaks for a changed layer.
Another name, and what a layer puts out, only decide between alignments that cost the same otherwise,
since an insertion renumbers names and moves shapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from archcalc.checks.record import Record
from archcalc.layers import LAYERS

GAP = 6
"""What a layer costs that has no counterpart."""
CHANGED = 2
MOST_CHANGED = 8
RELATED = 10
"""What another kind of the same family costs, or any kind by the same name."""
UNRELATED = 2 * GAP + 1
"""More than to leave out both: never taken."""
SAME_NAME = 2
"""How much less a changed layer costs that kept its name."""

RENUMBERED = 2
RENAMED = 3
MOVED = 1
WEIGHT = 1 << 20
"""How many times more the costs above count than these three."""

KEPT_COSTS = 1 << 16

Cost = Callable[[int, int], int]
"""Of two layers, by the numbers of what they are."""


class Features(NamedTuple):
    """What is compared of layers, as numbers: the same number means the same.

    whats: kind and settings. stems: the name without its digits.
    """

    whats: list[int]
    names: list[int]
    stems: list[int]
    outputs: list[int]

    def part(self, begin: int, end: int) -> Features:
        """Those of some of the layers."""
        return Features(*(values[begin:end] for values in self))


def features(layers: Iterable[Record], numbers: dict[object, int]) -> Features:
    """The features of layers; those of two networks are comparable when numbered by the same `numbers`."""
    found = Features([], [], [], [])
    for layer in layers:
        stem = ("stem", re.sub(r"\d+", "", layer.name))
        keys = (_what(layer), layer.name, stem, layer.output)
        for values, key in zip(found, keys, strict=True):
            values.append(numbers.setdefault(key, len(numbers)))
    return found


def costs(layers: Iterable[Record], numbers: dict[object, int]) -> Cost:
    """What it costs to take a layer for one of another kind or with other settings."""
    known = {numbers[_what(layer)]: layer for layer in layers}

    @lru_cache(maxsize=KEPT_COSTS)
    def cost(old: int, new: int) -> int:
        return _apart(known[old], known[new])

    return cost


def _what(layer: Record) -> object:
    return layer.kind, layer.traits


def _apart(old: Record, new: Record) -> int:
    if old.kind == new.kind:
        changed = sum(one != other for one, other in zip(old.traits, new.traits, strict=True))
        return min(CHANGED + CHANGED * changed, MOST_CHANGED)
    return RELATED if _family(old.kind) == _family(new.kind) else UNRELATED


def _family(kind: str) -> str:
    """The module that a kind lives in; one that is not known is its own."""
    return LAYERS.get(kind, kind).split(".")[0]
