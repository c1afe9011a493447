"""Substitution costs of an alignment, the opposite of a similarity score: what it costs to pair two layers.

Kind and settings decide. A name that stayed speaks for a layer that was changed. Another name, and another
output shape, only decide between alignments that cost the same otherwise, since an insertion renumbers the
names behind it and moves their shapes. For example, with the costs below:

    conv1 {filters: 8} → conv1 {filters: 16}   2 + 2·1 − 2 (same name) = 2
    conv1 {filters: 8} → conv2 {filters: 16}   2 + 2·1 = 4, and 2 for the number in its name
    relu1 → gelu1                              10, of one family: less than a gap in each, 6 + 6
    relu1 → fc1                                13, more than two gaps: such layers are never paired
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from archcalc.checks.record import Record
from archcalc.layers import LAYERS
from archcalc.records import NamedTuple

GAP = 6
"""The gap cost: what a layer costs that has no counterpart."""
CHANGED = 2
"""What a layer costs whose settings changed, and again for each of them …"""
CHANGED_AT_MOST = 8
"""… up to this."""
SAME_FAMILY = 10
"""What another kind of the same family costs, or any kind by the same name."""
OTHER_FAMILY = 2 * GAP + 1
"""More than two gaps: never taken."""
SAME_NAME = 2
"""How much less a changed layer costs that kept its name."""

RENUMBERED = 2
RENAMED = 3
RESHAPED = 1
WEIGHT = 1 << 20
"""How many times more the costs above count than these three."""

CACHED_COSTS = 1 << 16

Cost = Callable[[int, int], int]
"""Of two layers, by the numbers of their kinds and settings."""


class Features(NamedTuple):
    """What is compared of layers, as numbers: the same number means the same.

    layers: kind and settings. stems: the name without its digits.
    """

    layers: list[int]
    names: list[int]
    stems: list[int]
    outputs: list[int]

    def part(self, begin: int, end: int) -> Features:
        """Those of some of the layers."""
        return Features(*(values[begin:end] for values in self))


def features(records: Iterable[Record], numbers: dict[object, int]) -> Features:
    """The features of layers; those of two networks are comparable when numbered by the same `numbers`."""
    found = Features([], [], [], [])
    for record in records:
        stem = ("stem", re.sub(r"\d+", "", record.name))
        keys = (_kind_and_settings(record), record.name, stem, record.output)
        for values, key in zip(found, keys, strict=True):
            values.append(numbers.setdefault(key, len(numbers)))
    return found


def substitution_costs(records: Iterable[Record], numbers: dict[object, int]) -> Cost:
    """What it costs to take a layer for one of another kind or with other settings."""
    known = {numbers[_kind_and_settings(record)]: record for record in records}

    @lru_cache(maxsize=CACHED_COSTS)
    def cost(old: int, new: int) -> int:
        return _substitution_cost(known[old], known[new])

    return cost


def _kind_and_settings(record: Record) -> object:
    return record.kind, record.traits


def _substitution_cost(old: Record, new: Record) -> int:
    if old.kind == new.kind:
        changed = sum(one != other for one, other in zip(old.traits, new.traits, strict=True))
        return min(CHANGED + CHANGED * changed, CHANGED_AT_MOST)
    return SAME_FAMILY if _family(old.kind) == _family(new.kind) else OTHER_FAMILY


def _family(kind: str) -> str:
    """The module that a kind lives in; one that is not known is its own."""
    return LAYERS.get(kind, kind).split(".")[0]
