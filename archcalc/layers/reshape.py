"""Layers that move values without computing: flatten and pad."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archcalc.errors import ShapeError
from archcalc.layers.base import Formula, Layer, Shape, Shapes, axis_names, count, outputs_formula
from archcalc.layers.pool import volume_axes
from archcalc.layers.settings import NATURAL, PADDING_MODE, SIDES, Pairs, Setting, Sides, setting
from archcalc.layers.windowed import check_padding_mode, output_sizes, spread_sides
from archcalc.window import Axis, Window


class Flatten(Layer):
    """Flatten: a volume as one vector, channel by channel. A view; it adds no memory.

    output: outputs = W1·H1·D1
    source: PyTorch Flatten; CS231n notes, Converting FC layers to CONV layers

    example:
      input: {channels: 512, height: 7, width: 7}
      layers:
        - flatten
    """

    in_place = True

    def output_shape(self, inputs: Shapes) -> Shape:
        return (count(inputs[0]),)

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        (shape,) = inputs
        names = {1: ("N",), 2: ("L1", "D1")}.get(len(shape), ("W1", "H1", "D1"))
        values = dict(zip(names, reversed(shape), strict=False))
        yield Formula("outputs", "·".join(values), values, count(shape))


def _channels(value: object) -> tuple[int, int]:
    if isinstance(value, list):
        if len(value) != 2:
            raise ValueError
        return NATURAL.read(value[0]), NATURAL.read(value[1])
    size = NATURAL.read(value)
    return size, size


@dataclass(frozen=True)
class Pad(Layer):
    """Padding (or, where negative, cropping) around a volume, and zero channels before and behind its own.

    output: W2 = W1 + Pl + Pr, H2 = H1 + Pt + Pb, D2 = D1 + channels
    source: PyTorch ZeroPad2d, ReflectionPad2d, ReplicationPad2d, CircularPad2d

    example:
      input: {channels: 16, height: 32, width: 32}
      layers:
        - pad: {padding: {top: 1, left: 1}, channels: [8, 8]}
    """

    padding: Sides = setting(SIDES, default=0, symbol="p")
    mode: str = setting(PADDING_MODE, default="zeros")
    channels: tuple[int, int] = setting(
        Setting("an integer of 0 or more, or [before, behind]", _channels), default=(0, 0), symbol="c"
    )

    def sides(self, shape: Shape) -> Pairs:
        """(before, after) along each axis."""
        return spread_sides(self.padding, len(volume_axes(shape)))

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        sizes, sides = shape[1:], self.sides(shape)
        for (before, after), size, name in zip(sides, sizes, axis_names(len(sizes)), strict=True):
            if self.mode != "zeros" and min(before, after) < 0:
                raise ShapeError(f"only zero padding can crop; {self.mode} padding got {min(before, after)}")
            if -min(before, 0) - min(after, 0) >= size:
                raise ShapeError(f"crops {-before - after} of a {name} of {size}")
        check_padding_mode(self.mode, sides, sizes)
        before, behind = self.channels
        return (shape[0] + before + behind, *output_sizes(self.reach(inputs), sizes))

    def reach(self, inputs: Shapes) -> Window:
        return tuple(Axis(1, 1, before, after) for before, after in self.sides(inputs[0]))

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        (shape,) = inputs
        output = self.output_shape(inputs)
        names = ("L",) if len(shape) == 2 else ("W", "H")
        rows = zip(
            names, reversed(shape[1:]), reversed(self.sides(shape)), reversed(output[1:]), strict=False
        )
        for name, size, (before, after), out in rows:
            values = {f"{name}1": size, "Pa": before, "Pb": after}
            yield Formula(f"{name}2", f"{name}1 + Pa + Pb", values, out)
        values = {"D1": shape[0], "Ca": self.channels[0], "Cb": self.channels[1]}
        yield Formula("D2", "D1 + Ca + Cb", values, output[0])
        yield from outputs_formula(output)
