"""Where a concatenation needs no copy: its inputs are written side by side from the start.

A volume lies in one place, so that it can stand beside one volume in front and one behind. DenseNet's
concatenations go together, as each begins with the one before it; of two that want the same volume
beside different ones, the second copies.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from archcalc.analysis.facts import Analysis
from archcalc.analysis.memory.holding import Convention, is_view
from archcalc.layers.base import count


class Sets:
    """Disjoint sets of numbers, each known by one of them."""

    def __init__(self, size: int) -> None:
        self.above = list(range(size))

    def of(self, number: int) -> int:
        """The number that a set is known by: the least of it."""
        above = self.above
        while above[number] != number:
            above[number] = number = above[above[number]]
        return number

    def join(self, one: int, other: int) -> None:
        """Make two sets one."""
        one, other = sorted((self.of(one), self.of(other)))
        self.above[other] = one


def side_by_side(analysis: Analysis, convention: Convention) -> frozenset[int]:
    """The volumes of those concatenations whose inputs can be written straight into them."""
    plan = _Plan(analysis, convention)
    nodes = enumerate(analysis.network.nodes, 1)
    return frozenset(
        volume for volume, node in nodes if node.layer.concatenates and plan.places(volume, node.inputs)
    )


class _Plan:
    """What lies where, so far.

    slots: volumes that may come to lie in the same memory, as views or written over one another.
    placed: by slot, the volume of it that is part of a concatenation.
    ends: by volume, the first and the last slot that it takes, where it is a concatenation without a copy.
    behind, before: by slot, its neighbours; rows: slots that lie in one row.
    """

    def __init__(self, analysis: Analysis, convention: Convention) -> None:
        nodes = analysis.network.nodes
        self.sizes = [count(analysis.shape(volume)) for volume in range(len(nodes) + 1)]
        self.slots = Sets(len(self.sizes))
        self.rows = Sets(len(self.sizes))
        self.placed: dict[int, int] = {}
        self.ends: dict[int, tuple[int, int]] = {}
        self.behind: dict[int, int] = {}
        self.before: dict[int, int] = {}
        for volume, node in enumerate(nodes, 1):
            if convention.overwrites(node) or is_view(node.layer):
                self.slots.join(volume, node.inputs[0])

    def places(self, volume: int, parts: tuple[int, ...]) -> bool:
        """Place the parts of a concatenation side by side, if they can be."""
        if not all(map(self.free, parts)):
            return False
        ends = [self.ends.get(part) or (self.slots.of(part),) * 2 for part in parts]
        links = [(left[1], right[0]) for left, right in pairwise(ends)]
        new = [link for link in links if self.behind.get(link[0]) != link[1]]
        if any(left in self.behind or right in self.before for left, right in new):
            return False
        rows = [self.rows.of(ends[0][0]), *(self.rows.of(right) for _, right in new)]
        if len(set(rows)) < len(rows) or len(set(parts)) < len(parts):
            return False
        self.link(new)
        self.placed.update((self.slots.of(part), part) for part in parts)
        self.ends[volume] = ends[0][0], ends[-1][1]
        return True

    def free(self, part: int) -> bool:
        """Whether a volume can lie where a concatenation wants it.

        The network's input cannot, nor part of a volume, nor what may lie in the memory of another volume
        that is part of a concatenation, or that is one.
        """
        slot = self.slots.of(part)
        owner = self.placed.get(slot, slot if slot in self.ends else part)
        return slot != 0 and owner == part and self.sizes[part] == self.sizes[slot]

    def link(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Let slots lie side by side."""
        for left, right in pairs:
            self.behind[left] = right
            self.before[right] = left
            self.rows.join(left, right)
