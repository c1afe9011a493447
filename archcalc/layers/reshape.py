"""Layers that move or leave out values without computing: flatten, pad and subsample."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.errors import ShapeError
from archcalc.layers.base import (
    SAVES_INPUT,
    Formula,
    Layer,
    Reach,
    SavedTensor,
    SequenceShape,
    Shape,
    Shapes,
    Strides,
    axis_names,
    count,
    like,
    outputs_formula,
    product_formula,
    reach_along_first,
    side_lengths,
)
from archcalc.layers.pool import volume_axes
from archcalc.layers.settings import (
    NATURAL,
    PADDING_MODE,
    SIDES,
    SIZES,
    Pairs,
    Setting,
    Sides,
    Sizes,
    layer_kind,
    listed,
    setting,
)
from archcalc.layers.strides import reshaped
from archcalc.layers.windowed import check_padding_mode, output_sizes, size_formulas, spread, spread_sides
from archcalc.window import Axis, Window


class Flatten(Layer):
    """Flatten: a volume as one vector, channel by channel. A view; it adds no memory but behind `tokens`.

    output: outputs = W1·H1·D1
    backward: saves nothing
    source: PyTorch Flatten; CS231n notes, Converting FC layers to CONV layers

    example:
      input: {channels: 512, height: 7, width: 7}
      layers:
        - flatten
    """

    in_place = True
    saves = ()

    def is_view(self) -> bool:
        return True

    def viewed(self, shape: Shape, strides: Strides) -> tuple[Strides, bool]:
        seen = reshaped(shape, strides, (count(shape),))
        return (1,) if seen is None else seen, seen is not None

    def output_shape(self, inputs: Shapes) -> Shape:
        return (count(inputs[0]),)

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        (shape,) = inputs
        yield product_formula("outputs", side_lengths(shape, "1"))


def _channels(value: object) -> tuple[int, int]:
    if isinstance(value, list):
        if len(value) != 2:
            raise ValueError
        return NATURAL.read(value[0]), NATURAL.read(value[1])
    size = NATURAL.read(value)
    return size, size


@layer_kind
class Pad(Layer):
    """Padding (or, where negative, cropping) around a volume, and zero channels before and behind its own.

    output: W2 = W1 + Pl + Pr, H2 = H1 + Pt + Pb, D2 = D1 + Pa + Pb with zero channels before and behind
    backward: saves its input in modes reflect and replicate, else nothing
    source: PyTorch ZeroPad2d, ReflectionPad2d, ReplicationPad2d, CircularPad2d

    example:
      input: {channels: 16, height: 32, width: 32}
      layers:
        - pad: {padding: {top: 1, left: 1}, channels: [8, 8]}
    """

    padding: Sides = setting(SIDES, default=0, symbol="P")
    mode: str = setting(PADDING_MODE, default="zeros")
    channels: tuple[int, int] = setting(
        Setting(
            "an integer of 0 or more, or [before, behind]",
            _channels,
            {"anyOf": [NATURAL.schema, listed(NATURAL.schema, 2, 2)]},
        ),
        default=(0, 0),
        symbol="C",
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
            cropped = -min(before, 0) - min(after, 0)
            if cropped > size or size + before + after < 1:
                raise ShapeError(f"crops {cropped} of a {name} of {size}, and nothing would be left")
        check_padding_mode(self.mode, sides, sizes)
        before, behind = self.channels
        return (shape[0] + before + behind, *output_sizes(self.reach(inputs), sizes))

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        return SAVES_INPUT if self.mode in ("reflect", "replicate") else ()

    def reach(self, inputs: Shapes) -> Window:
        return tuple(Axis(1, 1, before, after) for before, after in self.sides(inputs[0]))

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        (shape,) = inputs
        output = self.output_shape(inputs)
        around = [self.channels, *self.sides(shape)]
        letters = {2: ("D", "L"), 3: ("D", "H", "W")}[len(shape)]
        for letter, size, (before, after), out in reversed(
            list(zip(letters, shape, around, output, strict=True))
        ):
            yield _padded_formula(letter, size, before, after, out)
        yield from outputs_formula(output)


@layer_kind
class Subsample(Layer):
    """Subsampling: every `stride`-th position along each spatial axis, from the first on. A view.

    Of a sequence it takes every `stride`-th position.

    output: W2 = ⌊(W1 − 1)/S⌋ + 1, H2 = ⌊(H1 − 1)/S⌋ + 1, D2 = D1
    backward: saves nothing
    source: He et al. 2015, ResNet, arXiv:1512.03385, section 3.3 (shortcuts of option A); a strided slice in
      NumPy and PyTorch

    example:
      input: {channels: 16, height: 32, width: 32}
      layers:
        - subsample: {stride: 2}
        - pad: {channels: [8, 8]}
    """

    chooses = True
    saves = ()

    stride: Sizes = setting(SIZES, symbol="S")

    def _steps(self, shape: Shape) -> Shape:
        """By how much each axis of the input steps on: the first of a volume, its channels, by 1."""
        if isinstance(shape, SequenceShape):
            return (*spread(self.stride, 1, "stride"), 1)
        return (1, *spread(self.stride, len(volume_axes(shape)), "stride"))

    def is_view(self) -> bool:
        return True

    def viewed(self, shape: Shape, strides: Strides) -> tuple[Strides, bool]:
        return tuple(step * stride for step, stride in zip(self._steps(shape), strides, strict=True)), True

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        along = zip(shape, self._steps(shape), strict=True)
        return like(tuple((size - 1) // step + 1 for size, step in along), shape)

    def reach(self, inputs: Shapes) -> Reach:
        (shape,) = inputs
        return reach_along_first(shape) if isinstance(shape, SequenceShape) else self._windows(shape)

    def _windows(self, shape: Shape) -> Window:
        return tuple(Axis(1, step) for step in self._steps(shape)[1:])

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        (shape,) = inputs
        output = self.output_shape(inputs)
        if not isinstance(shape, SequenceShape):
            yield from size_formulas(self._windows(shape), shape[1:])
        yield from outputs_formula(output)


SIDE_NAMES = {"W": "lr", "H": "tb", "L": "lr", "D": "ab"}


def _padded_formula(letter: str, size: int, before: int, after: int, result: int) -> Formula:
    """W2 = W1 + Pl + Pr; a side that is cropped is subtracted."""
    expression, values = f"{letter}1", {f"{letter}1": size}
    for name, side in zip(SIDE_NAMES[letter], (before, after), strict=True):
        expression += f" {'−' if side < 0 else '+'} P{name}"
        values[f"P{name}"] = abs(side)
    return Formula(f"{letter}2", expression, values, result)
