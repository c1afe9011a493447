"""Which layer of one network is which of another: the alignment that needs the least change.

It keeps the order of both networks and leaves out layers of either. What is equal at both ends is paired
at once; the middle is aligned by `band`, as cheaply as possible. The work is bounded by a budget. Where
that does not suffice, layers of the same name cut the middle into pieces, each aligned for itself.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from archcalc.checks.band import Pairs, cheapest, first_band
from archcalc.checks.likeness import costs, features
from archcalc.checks.record import Record

BUDGET = 1_000_000
"""Cells of all tables together: half a second or so, and a byte each."""

Pairing = tuple[int | None, int | None]
"""Positions in the old and the new network; None on one side where a layer has no counterpart."""


class Alignment(NamedTuple):
    """Every layer of both networks once, in order, and how many cells of tables that took."""

    pairings: tuple[Pairing, ...]
    work: int


class Stretch(NamedTuple):
    """Part of the old network beside part of the new one: [begin, end) of each."""

    old: int
    old_end: int
    new: int
    new_end: int

    @property
    def open(self) -> bool:
        """Whether there is anything in it to pair."""
        return self.old < self.old_end and self.new < self.new_end


def aligned(old: Sequence[Record], new: Sequence[Record], budget: int = BUDGET) -> Alignment:
    """The alignment of two networks that needs the least change."""
    aligner = _Aligner(old, new, budget)
    aligner.align(Stretch(0, len(old), 0, len(new)))
    pairs = [(-1, -1), *sorted(aligner.pairs), (len(old), len(new))]
    pairings: list[Pairing] = []
    for (i, j), (next_i, next_j) in pairwise(pairs):
        pairings += [(gone, None) for gone in range(i + 1, next_i)]
        pairings += [(None, added) for added in range(j + 1, next_j)]
        pairings.append((next_i, next_j))
    return Alignment(tuple(pairings[:-1]), aligner.work)


class _Aligner:
    """Collects the pairs of an alignment, stretch by stretch, within a budget of work."""

    def __init__(self, old: Sequence[Record], new: Sequence[Record], budget: int) -> None:
        numbers: dict[object, int] = {}
        self.old = features(old, numbers)
        self.new = features(new, numbers)
        self.cost = costs((*old, *new), numbers)
        self.pairs: Pairs = []
        self.budget = budget
        self.work = 0

    def align(self, stretch: Stretch) -> None:
        """Pair the layers of a stretch: what is equal at both ends, and the rest as cheaply as possible."""
        middle = self.trimmed(stretch, self.equal)
        if not self.align_middle(middle):
            self.align_pieces(self.trimmed(middle, self.same))

    def align_middle(self, stretch: Stretch) -> bool:
        """Pair the layers of a stretch as cheaply as possible, if the budget allows."""
        i, end_i, j, end_j = stretch
        if not stretch.open:
            return True
        if self.work + first_band(end_i - i, end_j - j).cells > self.budget:
            return False
        parts = self.old.part(i, end_i), self.new.part(j, end_j)
        pairs, work = cheapest(*parts, self.cost, self.budget - self.work)
        self.pairs += [(i + old, j + new) for old, new in pairs]
        self.work += work
        return True

    def align_pieces(self, stretch: Stretch) -> None:
        """Pair what is called and set the same, and what lies between as far as the budget goes."""
        anchors = self.anchors(stretch)
        self.pairs += anchors
        bounds = [(stretch.old - 1, stretch.new - 1), *anchors, (stretch.old_end, stretch.new_end)]
        for (i, j), (end_i, end_j) in pairwise(bounds):
            self.align_middle(self.trimmed(Stretch(i + 1, end_i, j + 1, end_j), self.same))

    def equal(self, i: int, j: int) -> bool:
        """Whether two layers are the same in all that is compared."""
        old, new = self.old, self.new
        return self.same(i, j) and old.names[i] == new.names[j] and old.outputs[i] == new.outputs[j]

    def same(self, i: int, j: int) -> bool:
        """Whether two layers have the same kind and settings."""
        return self.old.whats[i] == self.new.whats[j]

    def trimmed(self, stretch: Stretch, alike: Callable[[int, int], bool]) -> Stretch:
        """The stretch without the layers at its ends that are alike, which are paired."""
        i, end_i, j, end_j = stretch
        while i < end_i and j < end_j and alike(i, j):
            self.pairs.append((i, j))
            i, j = i + 1, j + 1
        while i < end_i and j < end_j and alike(end_i - 1, end_j - 1):
            end_i, end_j = end_i - 1, end_j - 1
            self.pairs.append((end_i, end_j))
        return Stretch(i, end_i, j, end_j)

    def anchors(self, stretch: Stretch) -> Pairs:
        """The longest chain of pairs, in the order of both networks, that are called and set the same."""
        i, end_i, j, end_j = stretch
        positions = {self.new.names[position]: position for position in range(j, end_j)}
        named = ((old, positions.get(self.old.names[old])) for old in range(i, end_i))
        return _longest_chain([(old, new) for old, new in named if new is not None and self.same(old, new)])


def _longest_chain(pairs: Pairs) -> Pairs:
    """The longest part of the pairs, which are in the order of their first, in that of their second too."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, new) in enumerate(pairs):
        length = bisect_left(ends, new)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [new]
        last[length : length + 1] = [number]
    chain = []
    number = last[-1] if last else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]
