"""Pooling: a window slid over each channel by itself. No pooling learns anything."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.errors import ShapeError
from archcalc.layers.base import (
    SAVES_INPUT,
    Formula,
    Layer,
    Reach,
    SavedTensor,
    Shape,
    Shapes,
    axis_names,
    count,
    outputs_formula,
    side_lengths,
    spatial,
)
from archcalc.layers.settings import (
    FLAG,
    PADDING,
    POSITIVE,
    SIZES,
    Setting,
    Sides,
    Sizes,
    layer_kind,
    listed,
    optional,
    setting,
)
from archcalc.layers.windowed import output_sizes, saves_padded, size_formulas, windows
from archcalc.window import Axis, BinAxis, Window


class SlidingPool(Layer):
    """What max and average pooling share."""

    rank = 2

    padding: Sides

    def padding_word(self) -> str:
        return self.padding if isinstance(self.padding, str) else ""

    def window(self, sizes: Shape) -> Window:
        """The window along each axis."""
        raise NotImplementedError

    def output_shape(self, inputs: Shapes) -> Shape:
        channels, sizes = spatial(inputs, self.rank)
        window = self.window(sizes)
        for axis, name in zip(window, axis_names(self.rank), strict=True):
            padding = max(axis.before, axis.after)
            if padding > axis.kernel // 2:
                raise ShapeError(
                    f"padding {padding} is more than half of the pooling kernel of {axis.kernel}: "
                    f"a window would lie wholly in the padding of the {name}",
                    hint=f"at most {axis.kernel // 2}",
                )
        return (channels, *output_sizes(window, sizes))

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        return saves_padded(self.window(inputs[0][1:]), inputs[0])

    def reach(self, inputs: Shapes) -> Reach:
        return self.window(inputs[0][1:])

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        channels, sizes = spatial(inputs, self.rank)
        yield from size_formulas(self.window(sizes), sizes)
        yield Formula("D2", "D1", {"D1": channels}, channels)
        yield from outputs_formula(self.output_shape(inputs))


@layer_kind
class MaxPool(SlidingPool):
    """Max pooling of an image: the greatest value under each F×F window, in each channel.

    output: W2 = ⌊(W1 − F + 2·P)/S⌋ + 1, H2 alike, D2 = D1; with ceil_mode ⌈…⌉ + 1, less a last window
    that would start in the padding; the stride defaults to the kernel size
    backward: saves its input, and where each maximum was as int64
    source: CS231n notes, Convolutional Networks, section Pooling; PyTorch MaxPool2d for ceil_mode

    example:
      input: {channels: 64, height: 224, width: 224}
      layers:
        - maxpool: {kernel_size: 2, stride: 2}
    """

    kernel_size: Sizes = setting(SIZES, symbol="F")
    stride: Sizes | None = setting(optional(SIZES), default=None, symbol="S")
    padding: Sides = setting(PADDING, default=0, symbol="P")
    dilation: Sizes = setting(SIZES, default=1, symbol="D")
    ceil_mode: bool = setting(FLAG, default=False)

    def window(self, sizes: Shape) -> Window:
        stride = self.kernel_size if self.stride is None else self.stride
        return windows(sizes, self.kernel_size, stride, self.padding, self.dilation, ceil=self.ceil_mode)

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        return (*super().saved(inputs), *saves_maxima(self.output_shape(inputs)))


def saves_maxima(output: Shape) -> tuple[SavedTensor, ...]:
    """Where each maximum of the output was, as PyTorch's max pooling keeps it."""
    return (SavedTensor("where its maxima were", None, output, "index"),)


class MaxPool1d(MaxPool):
    """Max pooling of a sequence: the greatest value under each window of length F, in each channel.

    output: L2 = ⌊(L1 − F + 2·P)/S⌋ + 1, D2 = D1
    backward: as `maxpool`
    source: as `maxpool`, with one axis

    example:
      input: {channels: 8, length: 64}
      layers:
        - maxpool1d: {kernel_size: 2}
    """

    rank = 1


@layer_kind
class AvgPool(SlidingPool):
    """Average pooling of an image: the mean under each F×F window, in each channel.

    output: W2 = ⌊(W1 − F + 2·P)/S⌋ + 1, H2 alike, D2 = D1; ceil_mode and stride as for `maxpool`;
    count_include_pad says whether padding zeros count in the mean
    backward: saves its input
    source: CS231n notes, Convolutional Networks, section Pooling; PyTorch AvgPool2d

    example:
      input: {channels: 6, height: 28, width: 28}
      layers:
        - avgpool: {kernel_size: 2}
    """

    kernel_size: Sizes = setting(SIZES, symbol="F")
    stride: Sizes | None = setting(optional(SIZES), default=None, symbol="S")
    padding: Sides = setting(PADDING, default=0, symbol="P")
    ceil_mode: bool = setting(FLAG, default=False)
    count_include_pad: bool = setting(FLAG, default=True)

    def window(self, sizes: Shape) -> Window:
        stride = self.kernel_size if self.stride is None else self.stride
        return windows(sizes, self.kernel_size, stride, self.padding, ceil=self.ceil_mode)


class AvgPool1d(AvgPool):
    """Average pooling of a sequence: the mean under each window of length F, in each channel.

    output: L2 = ⌊(L1 − F + 2·P)/S⌋ + 1, D2 = D1
    backward: saves its input
    source: as `avgpool`, with one axis

    example:
      input: {channels: 8, length: 64}
      layers:
        - avgpool1d: {kernel_size: 4, stride: 2}
    """

    rank = 1


def volume_axes(shape: Shape) -> Shape:
    """The spatial sizes of a volume that must have some."""
    if len(shape) < 2:
        raise ShapeError(
            f"needs an input with spatial axes, got {list(shape)}",
            "it reads a vector, as flatten and fc write: it must stand in front of them",
        )
    return shape[1:]


class GlobalAvgPool(Layer):
    """Global average pooling: the mean of each channel, as a volume of 1×1.

    output: W2 = H2 = 1, D2 = D1
    backward: saves nothing
    source: Lin, Chen & Yan 2013, Network in Network, arXiv:1312.4400

    example:
      input: {channels: 2048, height: 7, width: 7}
      layers:
        - global_avgpool
        - fc: {units: 1000}
    """

    saves = ()

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        return (shape[0], *(1 for _ in volume_axes(shape)))

    def reach(self, inputs: Shapes) -> Reach:
        return tuple(Axis(size, size) for size in inputs[0][1:])

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        (shape,) = inputs
        for name in ("L2",) if len(shape) == 2 else ("W2", "H2"):
            yield Formula(name, "1", {}, 1)
        yield Formula("D2", "D1", {"D1": shape[0]}, shape[0])
        yield from outputs_formula(self.output_shape(inputs))


class GlobalMaxPool(GlobalAvgPool):
    """Global max pooling: the greatest value of each channel, as a volume of 1×1.

    output: W2 = H2 = 1, D2 = D1
    backward: saves its input, and where each maximum was as int64
    source: as `global_avgpool`, with the maximum

    example:
      input: {channels: 64, height: 7, width: 7}
      layers:
        - global_maxpool
    """

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        return (*SAVES_INPUT, *saves_maxima(self.output_shape(inputs)))


def _output_sizes(value: object) -> object:
    if isinstance(value, list):
        if not 1 <= len(value) <= 3:
            raise ValueError
        return tuple(optional(POSITIVE).read(item) for item in value)
    return POSITIVE.read(value)


@layer_kind
class AdaptiveAvgPool(Layer):
    """Adaptive average pooling: the mean over windows chosen so that the output has a given size.

    output: W2 × H2 = output_size (null keeps an axis), D2 = D1; output i is the mean of the inputs
    from ⌊i·W1/W2⌋ to ⌈(i + 1)·W1/W2⌉ − 1
    backward: saves its input, or nothing where the output is 1×1
    source: PyTorch AdaptiveAvgPool2d

    example:
      input: {channels: 256, height: 6, width: 6}
      layers:
        - adaptive_avgpool: {output_size: 6}
    """

    output_size: int | tuple[int | None, ...] = setting(
        Setting(
            "a positive integer, or a list of them and null, one for each axis",
            _output_sizes,
            {"anyOf": [POSITIVE.schema, listed(optional(POSITIVE).schema, 3)]},
        )
    )

    def wanted(self, shape: Shape) -> tuple[int | None, ...]:
        """The output size along each spatial axis; None keeps the input's."""
        sizes = volume_axes(shape)
        wanted = (self.output_size,) * len(sizes) if isinstance(self.output_size, int) else self.output_size
        if len(wanted) != len(sizes):
            raise ShapeError(f"output_size has {len(wanted)} values, the input has {len(sizes)} spatial axes")
        return wanted

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        kept = zip(self.wanted(shape), shape[1:], strict=True)
        return (shape[0], *(size if want is None else want for want, size in kept))

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        return () if count(self.output_shape(inputs)[1:]) == 1 else SAVES_INPUT

    def reach(self, inputs: Shapes) -> Reach:
        sizes = zip(inputs[0][1:], self.output_shape(inputs)[1:], strict=True)
        return tuple(BinAxis(size, out) for size, out in sizes)

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        output = self.output_shape(inputs)
        sides = side_lengths(tuple(inputs[0]), "1")
        kept = zip(reversed(self.wanted(inputs[0])), sides.items(), strict=False)
        for want, (name, size) in kept:
            symbol = f"{name[0]}2"
            if want is None:
                yield Formula(symbol, name, {name: size}, size)
            else:
                yield Formula(symbol, "output_size", {"output_size": want}, want)
        yield Formula("D2", "D1", {"D1": output[0]}, output[0])
        yield from outputs_formula(output)
