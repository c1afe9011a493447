"""Receptive fields: how far each value sees, through windows, branches and upsampling.

After Araujo, Norris & Sim 2019, *Computing receptive fields of convolutional neural networks*.

Behind upsampling, neighbours may see the same inputs, so that a field moves in steps (`Field.grid`) larger
than its jump. For example along one axis of 8 positions

    maxpool 2 → interpolate ×2 → conv 3, padded by 1

output i of the pool sees inputs 2i and 2i + 1: size 2, jump 2. Output o of the interpolation sees what output
⌊o/2⌋ of the pool sees: size 2 and jump 1, on a grid of 2, as outputs 0 and 1 both see inputs 0 to 1. Output o
of the convolution sees outputs o − 1 to o + 1 of that: o = 1 and o = 2 both see inputs 0 to 3, size 4, where
without the grid, 2 + (3 − 1)·1 would have given 4 positions that move by one.
"""

from __future__ import annotations

from archcalc.layers import Reach, SequenceShape, Shape, Shapes
from archcalc.records import NamedTuple
from archcalc.window import AnyWindow, Axis, Field, WholeAxis, settled


class ReceptiveField(NamedTuple):
    """What one output value sees, along each spatial axis of the network's input (height first).

    aligned: whether all branches on the way agreed in jump and centre.
    """

    axes: tuple[Field, ...]
    aligned: bool = True


def field_of_input(shape: Shape) -> ReceptiveField:
    """Each value of the input sees itself."""
    return ReceptiveField(tuple(Field(size) for size in shape[1:]))


def field_behind(
    reach: Reach, fields: tuple[ReceptiveField, ...], inputs: Shapes, output: Shape
) -> ReceptiveField:
    """The field behind a layer, given the fields of its inputs, and the shapes of these and of its output.

    A window slid over a sequence sees all of the input, and so does a volume made of a sequence that has
    not, row by row, the positions of the volume from which it came.
    """
    before = merged(fields)
    rank, laid = len(before.axes), len(output) == len(before.axes) + 1
    if isinstance(inputs[0], SequenceShape):
        turned = len(output) > 1 and not isinstance(output, SequenceShape)
        moved = turned and output[1:] != tuple(axis.positions for axis in before.axes)
        reach = "everything" if moved or not isinstance(reach, str) else reach
        laid = laid and turned
    if reach == "pointwise":
        return before
    counts = output[1:] if laid else (1,) * rank
    along = zip(_windows(reach, rank), before.axes, counts, strict=True)
    return before._replace(axes=tuple(axis.field(field, count) for axis, field, count in along))


def _windows(reach: Reach, rank: int) -> AnyWindow:
    """The window along each axis of the network's input; what has other axes than it may see all of it."""
    if reach == "last axis":
        return (*(Axis(1) for _ in range(rank - 1)), WholeAxis())
    return (WholeAxis(),) * rank if isinstance(reach, str) or len(reach) != rank else reach


def merged(fields: tuple[ReceptiveField, ...]) -> ReceptiveField:
    """The field of merged volumes: the largest along each axis, and whether they were aligned.

    Behind inputs with different axes, such as an image and a vector, there are none to tell a field along.
    """
    if len(fields) == 1:
        return fields[0]
    if len({len(field.axes) for field in fields}) > 1:
        return ReceptiveField(())
    axes, aligned = [], all(field.aligned for field in fields)
    for along in zip(*(field.axes for field in fields), strict=True):
        axis, agree = _merged_axis(along)
        axes.append(axis)
        aligned = aligned and agree
    return ReceptiveField(tuple(axes), aligned)


def _merged_axis(along: tuple[Field, ...]) -> tuple[Field, bool]:
    """The largest field along one axis, and whether all agree in jump and centre.

    A single position is broadcast, and what sees everything does not move: of those only the size counts.
    """
    wide = max(along, key=lambda field: field.size)
    grid = max(along, key=lambda field: (field.positions, field.size))
    agree = len({(field.jump, field.centre2) for field in along if field.positions > 1 and field.grid}) <= 1
    if wide is grid:
        return wide, agree
    if wide.positions == 1:
        return Field(grid.positions, grid.jump, wide.size, wide.offset, grid=0), agree
    return settled(grid.positions, grid.jump, wide.size, wide.offset), agree
