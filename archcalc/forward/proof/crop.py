"""A convolution by itself, on as much of its input as there is room for."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from archcalc.analysis.connectivity import connectivity_of
from archcalc.analysis.facts import BrokenNetworkError, analyze
from archcalc.errors import RequestError
from archcalc.network import INPUT, Network

if TYPE_CHECKING:
    from archcalc.analysis.connectivity import Connectivity
    from archcalc.analysis.facts import Facts
    from archcalc.layers import Shape

VALUES = 2**24
"""The most values of an input or an output: 64 MiB."""


class Cropped:
    """A layer on the first `extent` inputs along each axis, or on all where there are fewer."""

    def __init__(self, facts: Facts) -> None:
        self.node = facts.node._replace(inputs=(0,), span=None)
        (self.shape,) = facts.input_shapes
        self.extents = range(1, max(self.shape[1:]) + 1)

    def at(self, extent: int) -> tuple[Facts, Connectivity]:
        """Its facts and connections; raises BrokenNetworkError where it cannot work on so little."""
        shape: Shape = (self.shape[0], *(min(size, extent) for size in self.shape[1:]))
        analysis = analyze(Network(self.node.name, {INPUT: shape}, (self.node,), {"output": 1}))
        (facts,) = analysis.facts
        return facts, connectivity_of(facts, analysis)

    def works(self, extent: int) -> bool:
        """Whether it can work on so little."""
        try:
            self.at(extent)
        except BrokenNetworkError:
            return False
        return True

    def exceeds(self, extent: int, most: int) -> bool:
        """Whether it has more than `most` connections, or more values than there is room for."""
        _, ways = self.at(extent)
        return ways.unshared.weights > most or max(ways.inputs, ways.outputs) > VALUES


def fitting(facts: Facts, most: int) -> tuple[Facts, Connectivity]:
    """The facts and connections of a convolution on as much of its input as `most` connections allow.

    Raises RequestError where even the least input that it works on takes more.
    """
    cropped = Cropped(facts)
    working = cropped.extents[bisect_left(cropped.extents, True, key=cropped.works) :]
    end = bisect_left(working, True, key=lambda extent: cropped.exceeds(extent, most))
    if end:
        return cropped.at(working[end - 1])
    _, least = cropped.at(working[0])
    raise RequestError(
        f"{facts.node.name} has {least.unshared.weights:,} connections and {least.outputs:,} outputs even on "
        f"{least.inputs:,} inputs, the fewest that it works on; {most:,} and {VALUES:,} are the most"
    )
