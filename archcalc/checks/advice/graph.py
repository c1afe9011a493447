"""What advice asks of a network: who reads a tensor, with which windows, and what stands in front."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archcalc.analysis.facts import Analysis, Facts
from archcalc.layers.base import axis_names
from archcalc.window import Axis

TAPS_ENUMERATED = 64
"""The widest kernel whose taps are enumerated, where they must be, so that time is bounded."""


class Side(NamedTuple):
    """A window along one axis: what the axis is called, and the size of the volume that it slides over."""

    name: str
    axis: Axis
    size: int

    @property
    def windows(self) -> int:
        """How many windows there are."""
        return self.axis.output_size(self.size)


Sides = tuple[Side, ...]


def readers(analysis: Analysis) -> list[list[Facts]]:
    """The layers that read each tensor, by its number."""
    return [[analysis.facts[node] for node in nodes] for nodes in analysis.network.readers]


def written(analysis: Analysis) -> Iterator[tuple[int, Facts]]:
    """Each layer in running order, behind the tensor that it writes."""
    return enumerate(analysis.facts, len(analysis.network.inputs))


def sliding(facts: Facts) -> Sides:
    """The windows of a layer that slides some over its input and crops nothing; none for any other."""
    reach = facts.node.layer.reach(facts.input_shapes)
    if isinstance(reach, str):
        return ()
    windows = [axis for axis in reach if isinstance(axis, Axis) and min(axis.before, axis.after) >= 0]
    if len(windows) < len(reach):
        return ()
    sizes = facts.input_shapes[0][1:]
    return tuple(map(Side, axis_names(len(sizes)), windows, sizes))


def slid_over(analysis: Analysis) -> Iterator[list[tuple[Facts, Sides]]]:
    """For each tensor that nothing but windows reads: its readers and their windows."""
    for tensor, reading in enumerate(readers(analysis)):
        slid = [(facts, sliding(facts)) for facts in reading]
        if slid and tensor not in analysis.network.leaving and all(sides for _, sides in slid):
            yield slid


def in_front(facts: Facts, analysis: Analysis) -> Facts | None:
    """The layer that writes the first tensor that a layer reads; None for an input of the network."""
    writer = analysis.network.writer(facts.node.inputs[0])
    return None if writer is None else analysis.facts[writer]
