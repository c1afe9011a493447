"""Transposed convolutions: the reverse of a convolution, as its backward pass goes."""

from __future__ import annotations

from archcalc.errors import ShapeError
from archcalc.layers.base import SAVES_INPUT, NamedShapes, SavedTensor, Shape, Shapes, count, spatial
from archcalc.layers.conv import SharedFilters, check_channels
from archcalc.layers.settings import (
    FLAG,
    NATURAL,
    PADDING,
    POSITIVE,
    SIZES,
    Sides,
    Sizes,
    layer_kind,
    optional,
    per_axis,
    setting,
)
from archcalc.layers.windowed import spread, spread_sides
from archcalc.window import TransposedAxis, Window


@layer_kind
class ConvTranspose(SharedFilters):
    """Transposed convolution: each input position writes an Fh×Fw patch of the output, S apart.

    output: W2 = (W1 − 1)·S − 2·P + F + O, H2 alike, D2 = K; a dilation D widens F to D·(F − 1) + 1;
    with padding `same_upper` W2 = W1·S, as TensorFlow and Keras have it for `same`
    weights: (F·F·D1/G)·K
    biases: K
    MACs: W1·H1·(F·F·D1)·(K/G), counted over *input* positions
    backward: saves its input
    source: Dumoulin & Visin 2016, arXiv:1603.07285, chapter 4; O is PyTorch's output_padding

    example:
      input: {channels: 64, height: 7, width: 7}
      layers:
        - conv_transpose: {filters: 32, kernel_size: 4, stride: 2, padding: 1}
    """

    upsamples = True

    filters: int = setting(POSITIVE)
    kernel_size: Sizes = setting(SIZES, symbol="F")
    stride: Sizes = setting(SIZES, default=1, symbol="S")
    padding: Sides = setting(PADDING, default=0, symbol="P")
    output_padding: Sizes = setting(per_axis(NATURAL), default=0, symbol="O")
    dilation: Sizes = setting(SIZES, default=1, symbol="D")
    groups: int = setting(POSITIVE, default=1, symbol="G")
    bias: bool = setting(FLAG, default=True)
    in_channels: int | None = setting(optional(POSITIVE), default=None)

    def filter_count(self, channels: int) -> int:
        return self.filters

    def group_count(self, channels: int) -> int:
        return self.groups

    def window(self, sizes: Shape) -> Window:
        rank = len(sizes)
        kernel, stride = spread(self.kernel_size, rank, "kernel_size"), spread(self.stride, rank, "stride")
        dilation = spread(self.dilation, rank, "dilation")
        extra = spread(self.output_padding, rank, "output_padding")
        if isinstance(self.padding, str) and self.padding != "valid":
            self._check_word(any(extra))
            return tuple(map(_multiplied, kernel, stride, dilation))
        sides = spread_sides(self.padding, rank)
        return tuple(
            TransposedAxis(k, s, before, after, d, o)
            for k, s, (before, after), d, o in zip(kernel, stride, sides, dilation, extra, strict=True)
        )

    def _check_word(self, extra: bool) -> None:
        """Refuse padding by a word other than `same_upper`, which says what the output_padding is too."""
        if self.padding != "same_upper":
            raise ShapeError(
                f"padding `{self.padding}` has no one meaning for a transposed convolution",
                hint="write `same_upper` for an output of the input times the stride, as Keras has it, "
                "or the padding and output_padding in numbers",
            )
        if extra:
            raise ShapeError(
                "padding `same_upper` makes the output the input times the stride, and has no output_padding",
                hint="write the padding in numbers",
            )

    def output_shape(self, inputs: Shapes) -> Shape:
        channels, sizes = spatial(inputs, self.rank)
        check_channels(self.in_channels, channels)
        for axis in self.window(sizes):
            if isinstance(axis, TransposedAxis) and axis.output_padding >= max(axis.stride, axis.dilation):
                raise ShapeError(
                    f"output_padding {axis.output_padding} must be smaller than the stride {axis.stride} "
                    f"or the dilation {axis.dilation}",
                    hint=f"at most {max(axis.stride, axis.dilation) - 1}",
                )
        return super().output_shape(inputs)

    def parameter_shapes(self, inputs: Shapes) -> NamedShapes:
        channels, sizes = spatial(inputs, self.rank)
        shapes = {"weight": (channels, self.filters // self.groups, *self.kernel_shape(sizes))}
        return shapes | {"bias": (self.filters,)} if self.bias else shapes

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        return SAVES_INPUT

    def macs(self, inputs: Shapes) -> int:
        return count(inputs[0][1:]) * count(self.parameter_shapes(inputs)["weight"])

    def leaves_gaps(self) -> bool:
        axes = (spread(value, 2, "") for value in (self.kernel_size, self.stride, self.dilation))
        return any(stride > kernel or dilation > 1 for kernel, stride, dilation in zip(*axes, strict=True))

    def mac_positions(self, inputs: Shapes) -> Shape:
        """The volume over whose positions the filters slide: the input's."""
        return inputs[0]


def _multiplied(kernel: int, stride: int, dilation: int) -> TransposedAxis:
    """The window with which the output is the input times the stride (TensorFlow, conv2d_transpose, SAME).

    What the kernel is wider than the stride is cut off, an odd value behind; what it lacks is added there.
    """
    surplus = dilation * (kernel - 1) + 1 - stride
    before = max(surplus, 0) // 2
    return TransposedAxis(kernel, stride, before, max(surplus, 0) - before, dilation, max(-surplus, 0))
