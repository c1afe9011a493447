"""What advice asks of a network: who reads a volume, with which windows, and what stands in front."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archcalc.analysis.facts import Analysis, Facts
from archcalc.layers.base import axis_names
from archcalc.window import Axis

LOOKED_AT = 64
"""The widest kernel whose taps are looked at one by one, where they must be, so that time is bounded."""


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
    """The layers that read each volume, by its number."""
    reading: list[list[Facts]] = [[] for _ in range(len(analysis.facts) + 1)]
    for facts in analysis.facts:
        for volume in set(facts.node.inputs):
            reading[volume].append(facts)
    return reading


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
    """For each volume that nothing but windows reads: its readers and their windows."""
    leaving = set(analysis.network.outputs.values())
    for volume, reading in enumerate(readers(analysis)):
        slid = [(facts, sliding(facts)) for facts in reading]
        if slid and volume not in leaving and all(sides for _, sides in slid):
            yield slid


def in_front(facts: Facts, analysis: Analysis) -> Facts | None:
    """The layer that writes the first volume that a layer reads; None for the network's input."""
    volume = facts.node.inputs[0]
    return analysis.facts[volume - 1] if volume else None
