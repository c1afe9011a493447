"""Sequence alignment of two networks: which layer of the old one is which of the new one, at least cost.

It is global and keeps the order of both networks; layers of either may have no counterpart. As programs
that compare texts do, it pairs the common prefix and suffix at once; what lies between is aligned by
`banded`, as cheaply as possible. The cells of its tables are bounded by a budget. Where that does not
suffice, anchors, the longest common subsequence of layers of the same name, kind and settings, cut the rest
into segments, each aligned for itself. For example

    old:  conv1 relu1 conv2 relu2 fc1          conv1–conv1 relu1–relu1  the prefix
    new:  conv1 relu1 pool1 conv2 relu2 fc1    conv2–conv2 … fc1–fc1    the suffix: pool1 was inserted
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise

from archcalc.checks.banded import Pairs, banded_alignment, first_band
from archcalc.checks.record import Record
from archcalc.checks.substitution import features, substitution_costs
from archcalc.records import NamedTuple

BUDGET = 1_000_000
"""Cells of all tables together: half a second or so, and a byte each."""

Pairing = tuple[int | None, int | None]
"""Positions in the old and the new network; None on one side where a layer has no counterpart."""


class Alignment(NamedTuple):
    """Every layer of both networks once, in order, and how many cells of tables that took."""

    pairings: tuple[Pairing, ...]
    cells: int


class Subproblem(NamedTuple):
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
    aligner.align(Subproblem(0, len(old), 0, len(new)))
    pairs = [(-1, -1), *sorted(aligner.pairs), (len(old), len(new))]
    pairings: list[Pairing] = []
    for (i, j), (next_i, next_j) in pairwise(pairs):
        pairings += [(gone, None) for gone in range(i + 1, next_i)]
        pairings += [(None, added) for added in range(j + 1, next_j)]
        pairings.append((next_i, next_j))
    return Alignment(tuple(pairings[:-1]), aligner.cells)


class _Aligner:
    """Collects the pairs of an alignment, segment by segment, within a budget of cells."""

    def __init__(self, old: Sequence[Record], new: Sequence[Record], budget: int) -> None:
        numbers: dict[object, int] = {}
        self.old = features(old, numbers)
        self.new = features(new, numbers)
        self.cost = substitution_costs((*old, *new), numbers)
        self.pairs: Pairs = []
        self.budget = budget
        self.cells = 0

    def align(self, segment: Subproblem) -> None:
        """Pair the layers of a segment: what is equal at both ends, and the rest as cheaply as possible."""
        middle = self.trimmed(segment, self.equal)
        if not self.align_middle(middle):
            self.align_between_anchors(self.trimmed(middle, self.alike))

    def align_middle(self, segment: Subproblem) -> bool:
        """Pair the layers of a segment as cheaply as possible, if the budget allows."""
        i, end_i, j, end_j = segment
        if not segment.open:
            return True
        if self.cells + first_band(end_i - i, end_j - j).cells > self.budget:
            return False
        parts = self.old.part(i, end_i), self.new.part(j, end_j)
        pairs, cells = banded_alignment(*parts, self.cost, self.budget - self.cells)
        self.pairs += [(i + old, j + new) for old, new in pairs]
        self.cells += cells
        return True

    def align_between_anchors(self, segment: Subproblem) -> None:
        """Pair the anchors, and what lies between them as far as the budget goes."""
        anchors = self.anchors(segment)
        self.pairs += anchors
        bounds = [(segment.old - 1, segment.new - 1), *anchors, (segment.old_end, segment.new_end)]
        for (i, j), (end_i, end_j) in pairwise(bounds):
            self.align_middle(self.trimmed(Subproblem(i + 1, end_i, j + 1, end_j), self.alike))

    def equal(self, i: int, j: int) -> bool:
        """Whether two layers are the same in all that is compared."""
        old, new = self.old, self.new
        return self.alike(i, j) and old.names[i] == new.names[j] and old.outputs[i] == new.outputs[j]

    def alike(self, i: int, j: int) -> bool:
        """Whether two layers have the same kind and settings."""
        return self.old.layers[i] == self.new.layers[j]

    def trimmed(self, segment: Subproblem, paired: Callable[[int, int], bool]) -> Subproblem:
        """The segment without its common prefix and suffix, which are paired."""
        i, end_i, j, end_j = segment
        while i < end_i and j < end_j and paired(i, j):
            self.pairs.append((i, j))
            i, j = i + 1, j + 1
        while i < end_i and j < end_j and paired(end_i - 1, end_j - 1):
            end_i, end_j = end_i - 1, end_j - 1
            self.pairs.append((end_i, end_j))
        return Subproblem(i, end_i, j, end_j)

    def anchors(self, segment: Subproblem) -> Pairs:
        """The longest chain of pairs, in the order of both networks, that are called and set the same."""
        i, end_i, j, end_j = segment
        positions = {self.new.names[position]: position for position in range(j, end_j)}
        named = ((old, positions.get(self.old.names[old])) for old in range(i, end_i))
        return _longest_increasing(
            [(old, new) for old, new in named if new is not None and self.alike(old, new)]
        )


def _longest_increasing(pairs: Pairs) -> Pairs:
    """The longest subsequence that increases in both: the pairs come in the order of their first.

    Patience sorting: `ends` holds for each length the least end of a chain that long, so that [3, 1, 2] gives
    ends [3], [1], [1, 2], and the chain 1, 2.
    """
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
