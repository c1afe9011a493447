"""Concatenation without a copy: which inputs can be allocated side by side from the start.

A tensor lies in one place, so that it can stand beside one tensor in front and one behind. DenseNet's
concatenations go together, as each begins with the one before it; of two that want the same tensor
beside different ones, the second copies. For example

    a = concat(x, y)    b = concat(a, z)    c = concat(y, z)

a places x before y, and b, whose first part is a, places z behind y: x y z in one row. c wants y before z,
which they are, but y is part of a already, so that c copies.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from archcalc.analysis.facts import Analysis
from archcalc.analysis.memory.models import MemoryModel
from archcalc.analysis.memory.views import views
from archcalc.layers.base import count


class DisjointSets:
    """Disjoint sets of numbers (union–find), each known by its least number."""

    def __init__(self, size: int) -> None:
        self.above = list(range(size))

    def find(self, number: int) -> int:
        """The number that a set is known by: the least of it."""
        above = self.above
        while above[number] != number:
            above[number] = number = above[above[number]]
        return number

    def union(self, one: int, other: int) -> None:
        """Make two sets one."""
        one, other = sorted((self.find(one), self.find(other)))
        self.above[other] = one


def side_by_side(analysis: Analysis, model: MemoryModel) -> frozenset[int]:
    """The tensors of those concatenations whose inputs can be written straight into them."""
    plan = _Placement(analysis, model)
    written = zip(analysis.network.written, analysis.facts, strict=True)
    return frozenset(
        tensor
        for (tensor, node), facts in written
        if node.layer.lies_side_by_side(facts.input_shapes) and plan.places(tensor, node.inputs)
    )


class _Placement:
    """What lies where, so far.

    slots: tensors that may come to lie in the same memory, as views or written over one another.
    placed: by slot, the tensor of it that is part of a concatenation.
    ends: by tensor, the first and the last slot that it takes, where it is a concatenation without a copy.
    behind, before: by slot, its neighbours; rows: slots that lie in one row.
    """

    def __init__(self, analysis: Analysis, model: MemoryModel) -> None:
        network = analysis.network
        self.inputs = len(network.inputs)
        self.sizes = [count(analysis.shape(tensor)) for tensor in network.tensors]
        self.slots = DisjointSets(len(self.sizes))
        self.rows = DisjointSets(len(self.sizes))
        self.placed: dict[int, int] = {}
        self.ends: dict[int, tuple[int, int]] = {}
        self.behind: dict[int, int] = {}
        self.before: dict[int, int] = {}
        seen = views(analysis)
        for number, (tensor, node) in enumerate(network.written):
            if model.overwrites(node) or number in seen:
                self.slots.union(tensor, node.inputs[0])

    def places(self, tensor: int, parts: tuple[int, ...]) -> bool:
        """Place the parts of a concatenation side by side, if they can be."""
        if not all(map(self.free, parts)):
            return False
        ends = [self.ends.get(part) or (self.slots.find(part),) * 2 for part in parts]
        links = [(left[1], right[0]) for left, right in pairwise(ends)]
        new = [link for link in links if self.behind.get(link[0]) != link[1]]
        if any(left in self.behind or right in self.before for left, right in new):
            return False
        rows = [self.rows.find(ends[0][0]), *(self.rows.find(right) for _, right in new)]
        if len(set(rows)) < len(rows) or len(set(parts)) < len(parts):
            return False
        self.link(new)
        self.placed.update((self.slots.find(part), part) for part in parts)
        self.ends[tensor] = ends[0][0], ends[-1][1]
        return True

    def free(self, part: int) -> bool:
        """Whether a tensor can lie where a concatenation wants it.

        An input of the network cannot, nor part of a tensor, nor what may lie in the memory of another tensor
        that is part of a concatenation, or that is one.
        """
        slot = self.slots.find(part)
        owner = self.placed.get(slot, slot if slot in self.ends else part)
        return slot >= self.inputs and owner == part and self.sizes[part] == self.sizes[slot]

    def link(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Let slots lie side by side."""
        for left, right in pairs:
            self.behind[left] = right
            self.before[right] = left
            self.rows.union(left, right)
