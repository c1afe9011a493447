"""What advice asks of a network: who reads a tensor, with which windows, and what stands in front."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.analysis.facts import Analysis, Facts
from archcalc.layers import SequenceShape
from archcalc.layers.base import axis_names
from archcalc.records import NamedTuple
from archcalc.window import Axis

TAPS_ENUMERATED = 64
"""The widest kernel whose taps are enumerated, where they must be, so that time is bounded."""


class SlidAxis(NamedTuple):
    """A window along one axis: what the axis is called, and the size of the volume that it slides over."""

    name: str
    axis: Axis
    size: int

    @property
    def windows(self) -> int:
        """How many windows there are."""
        return self.axis.output_size(self.size)


SlidAxes = tuple[SlidAxis, ...]


def readers(analysis: Analysis) -> list[list[Facts]]:
    """The layers that read each tensor, by its number."""
    return [[analysis.facts[node] for node in nodes] for nodes in analysis.network.readers]


def written(analysis: Analysis) -> Iterator[tuple[int, Facts]]:
    """Each layer in running order, behind the tensor that it writes."""
    return enumerate(analysis.facts, len(analysis.network.inputs))


def sliding(facts: Facts) -> SlidAxes:
    """The windows of a layer that slides some over its input and crops nothing; none for any other."""
    reach = facts.node.layer.reach(facts.input_shapes)
    if isinstance(reach, str):
        return ()
    windows = [axis for axis in reach if isinstance(axis, Axis) and min(axis.before, axis.after) >= 0]
    if len(windows) < len(reach):
        return ()
    sizes = facts.input_shapes[0][1:]
    return tuple(map(SlidAxis, axis_names(len(sizes)), windows, sizes))


def slid_over(analysis: Analysis, *, shifted: bool = False) -> Iterator[list[tuple[Facts, SlidAxes]]]:
    """For each volume that nothing but windows reads: its readers and their windows.

    Pointwise layers are looked through: what reads the output of a batchnorm reads the volume behind it.
    With `shifted` so are layers that shift a volume, such as `pad`, and the windows lie on that behind.
    """
    network = analysis.network
    reading = readers(analysis)
    behind = [(tensor, (0,) * (len(shape) - 1)) for tensor, shape in enumerate(network.input_shapes)]
    groups: dict[int, list[tuple[Facts, SlidAxes]]] = {}
    unknown = {behind[tensor][0] for tensor in network.leaving if tensor < len(behind)}
    for tensor, facts in written(analysis):
        shift = shift_of(facts) if reading[tensor] and tensor not in network.leaving else None
        if shift is None or (any(shift) and not shifted):
            behind.append((tensor, (0,) * (len(facts.output_shape) - 1)))
            for number in facts.node.inputs:
                source, offset = behind[number]
                groups.setdefault(source, []).append((facts, _moved(sliding(facts), offset)))
        else:
            source, offset = behind[facts.node.inputs[0]]
            behind.append((source, tuple(map(sum, zip(offset, shift, strict=True)))))
        if tensor in network.leaving:
            unknown.add(behind[tensor][0])
    for source, slid in sorted(groups.items()):
        if source not in unknown and all(sides for _, sides in slid):
            yield slid


def shift_of(facts: Facts) -> tuple[int, ...] | None:
    """By how much a layer shifts one input without weights, along each axis; None where it does more.

    The value at p of its output is that at p − shift of its input.
    """
    shape, output = facts.input_shapes[0], facts.output_shape
    turned = isinstance(shape, SequenceShape) != isinstance(output, SequenceShape)
    if len(facts.input_shapes) > 1 or len(shape) != len(output) or turned or facts.node.layer.convolves:
        return None
    reach = facts.node.layer.reach(facts.input_shapes)
    if reach == "pointwise":
        return (0,) * (len(shape) - 1) if shape[1:] == output[1:] else None
    if isinstance(reach, str):
        return None
    still = all(isinstance(axis, Axis) and axis.extent == axis.stride == 1 for axis in reach)
    return tuple(axis.before for axis in reach if isinstance(axis, Axis)) if still else None


def _moved(sides: SlidAxes, offset: tuple[int, ...]) -> SlidAxes:
    """Windows on a shifted volume as windows on the one behind."""
    if not sides or not any(offset):
        return sides
    return tuple(
        side._replace(axis=side.axis._replace(before=side.axis.before + more))
        for side, more in zip(sides, offset, strict=True)
    )


def in_front(facts: Facts, analysis: Analysis) -> Facts | None:
    """The layer that writes the first tensor that a layer reads; None for an input of the network."""
    writer = analysis.network.writer(facts.node.inputs[0])
    return None if writer is None else analysis.facts[writer]
