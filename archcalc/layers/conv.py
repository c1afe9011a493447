"""Convolutions: plain, grouped, dilated, depthwise and one-dimensional."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.errors import ShapeError
from archcalc.layers.base import (
    Composite,
    Formula,
    Layer,
    NamedShapes,
    Part,
    SavedTensor,
    Shape,
    Shapes,
    count,
    outputs_formula,
    spatial,
)
from archcalc.layers.settings import (
    FLAG,
    PADDING,
    PADDING_MODE,
    POSITIVE,
    SIZES,
    Sides,
    Sizes,
    layer_kind,
    optional,
    setting,
)
from archcalc.layers.windowed import (
    check_padding_mode,
    output_sizes,
    saves_padded,
    size_formulas,
    windows,
)
from archcalc.window import Window


class SharedFilters(Layer):
    """What all convolutions share: K filters in G groups, slid over the input by a window."""

    convolves = True
    rank = 2

    bias: bool
    padding: Sides

    def padding_word(self) -> str:
        return self.padding if isinstance(self.padding, str) else ""

    def filter_count(self, channels: int) -> int:
        """K: the number of filters, which is the depth of the output."""
        raise NotImplementedError

    def group_count(self, channels: int) -> int:
        """G: each filter sees channels/G of the input's channels."""
        raise NotImplementedError

    def window(self, sizes: Shape) -> Window:
        """The window along each axis."""
        raise NotImplementedError

    def output_shape(self, inputs: Shapes) -> Shape:
        channels, sizes = spatial(inputs, self.rank)
        filters = check_groups(channels, self.filter_count(channels), self.group_count(channels))
        return (filters, *output_sizes(self.window(sizes), sizes))

    def reach(self, inputs: Shapes) -> Window:
        return self.window(inputs[0][1:])

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        return saves_padded(self.window(inputs[0][1:]), inputs[0], self.padding)

    def kernel_shape(self, sizes: Shape) -> Shape:
        """The sizes of one filter along each axis."""
        return tuple(axis.kernel for axis in self.window(sizes))

    def parameter_shapes(self, inputs: Shapes) -> NamedShapes:
        channels, sizes = spatial(inputs, self.rank)
        filters = self.filter_count(channels)
        shapes = {"weight": (filters, channels // self.group_count(channels), *self.kernel_shape(sizes))}
        return shapes | {"bias": (filters,)} if self.bias else shapes

    def macs(self, inputs: Shapes) -> int:
        _, *positions = self.output_shape(inputs)
        return count(tuple(positions)) * count(self.parameter_shapes(inputs)["weight"])

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        _, sizes = spatial(inputs, self.rank)
        output = self.output_shape(inputs)
        yield from size_formulas(self.window(sizes), sizes)
        yield Formula("D2", "K", {"K": output[0]}, output[0])
        yield from outputs_formula(output)
        yield from self.count_formulas(inputs)

    def count_formulas(self, inputs: Shapes) -> Iterator[Formula]:
        """Weights, biases and MACs."""
        channels, sizes = spatial(inputs, self.rank)
        filters, groups = self.filter_count(channels), self.group_count(channels)
        kernel = self.kernel_shape(sizes)
        taps = {f"F{letter}": size for letter, size in zip("whd", reversed(kernel), strict=False)}
        if len(set(kernel)) == 1:
            values, patch = {"F": kernel[0]}, "·".join(["F"] * len(kernel))
        else:
            values, patch = taps, "·".join(taps)
        values |= {"D1": channels}
        depth = "D1"
        if groups > 1:
            values |= {"G": groups}
            depth = "(D1/G)"
        weights = count(self.parameter_shapes(inputs)["weight"])
        yield Formula("weights per filter", f"{patch}·{depth}", values, weights // filters)
        yield Formula("weights", f"({patch}·{depth})·K", values | {"K": filters}, weights)
        yield Formula("biases", "K", {"K": filters}, filters) if self.bias else Formula("biases", "0", {}, 0)
        shape = self.mac_positions(inputs)
        suffix = "1" if shape is inputs[0] else "2"
        names = {1: ("L",), 2: ("W", "H"), 3: ("W", "H", "T")}[self.rank]
        positions = {f"{name}{suffix}": size for name, size in zip(names, reversed(shape[1:]), strict=True)}
        filter_depth = depth if suffix == "2" else "D1"
        columns = "K" if suffix == "2" or groups == 1 else "(K/G)"
        expression = f"{'·'.join(positions)}·({patch}·{filter_depth})·{columns}"
        yield Formula("MACs", expression, positions | values | {"K": filters}, self.macs(inputs))

    def mac_positions(self, inputs: Shapes) -> Shape:
        """The volume over whose positions the filters slide: the output's."""
        return self.output_shape(inputs)


def check_groups(channels: int, filters: int, groups: int) -> int:
    """`filters`, or a ShapeError where the groups do not divide channels and filters."""
    for what, size in (("input channels", channels), ("filters", filters)):
        if size % groups:
            more = size + groups - size % groups
            fitting = f"{more - groups} or {more}" if size > groups else f"{more}"
            raise ShapeError(
                f"{groups} groups need a number of {what} that they divide, got {size}",
                hint=f"{fitting} would fit",
                code="groups",
            )
    return filters


def check_channels(declared: int | None, channels: int) -> None:
    """Refuse an input whose depth is not the declared `in_channels`."""
    if declared is not None and declared != channels:
        raise ShapeError(
            f"declares in_channels {declared}, but its input has {channels} channels",
            hint=f"write `in_channels: {channels}`, or leave it out",
            code="channels",
        )


@layer_kind
class Conv(SharedFilters):
    """Convolution of an image: K filters of Fh×Fw over all (or, grouped, some) input channels.

    output: W2 = ⌊(W1 − F + 2·P)/S⌋ + 1, H2 alike, D2 = K; a dilation D widens F to D·(F − 1) + 1
    weights: (F·F·D1/G)·K
    biases: K
    MACs: W2·H2·(F·F·D1/G)·K
    backward: saves its input, or a padded copy (for unequal sides, and modes other than zeros)
    source: CS231n notes, Convolutional Networks; Dumoulin & Visin 2016, arXiv:1603.07285

    padding: an integer, [vertical, horizontal], {top:, bottom:, left:, right:}, `valid` (none), `same`
    (stride 1: the output is as large as the input), `same_upper` (as TensorFlow and ONNX) or `same_lower`;
    of one axis also {left:, right:}, and `causal`: D·(F − 1) in front, nothing behind.

    example:
      input: {channels: 3, height: 227, width: 227}
      layers:
        - conv: {filters: 96, kernel_size: 11, stride: 4}
    """

    filters: int = setting(POSITIVE)
    kernel_size: Sizes = setting(SIZES, symbol="F")
    stride: Sizes = setting(SIZES, default=1, symbol="S")
    padding: Sides = setting(PADDING, default=0, symbol="P")
    dilation: Sizes = setting(SIZES, default=1, symbol="D")
    groups: int = setting(POSITIVE, default=1, symbol="G")
    bias: bool = setting(FLAG, default=True)
    padding_mode: str = setting(PADDING_MODE, default="zeros")
    in_channels: int | None = setting(optional(POSITIVE), default=None)

    def border_mode(self) -> str:
        return self.padding_mode

    def filter_count(self, channels: int) -> int:
        return self.filters

    def group_count(self, channels: int) -> int:
        return self.groups

    def window(self, sizes: Shape) -> Window:
        return windows(sizes, self.kernel_size, self.stride, self.padding, self.dilation)

    def output_shape(self, inputs: Shapes) -> Shape:
        channels, sizes = spatial(inputs, self.rank)
        check_channels(self.in_channels, channels)
        if self.padding_mode != "zeros":
            sides = tuple((axis.before, axis.after) for axis in self.window(sizes))
            check_padding_mode(self.padding_mode, sides, sizes)
        return super().output_shape(inputs)

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        (shape,) = inputs
        return saves_padded(self.window(shape[1:]), shape, self.padding, self.padding_mode)


class Conv1d(Conv):
    """Convolution of a sequence: K filters of length F over the channels of a signal.

    output: L2 = ⌊(L1 − F + 2·P)/S⌋ + 1, D2 = K
    weights: (F·D1/G)·K
    biases: K
    MACs: L2·(F·D1/G)·K
    backward: as `conv`
    source: as `conv`, with one axis

    example:
      input: {channels: 1, length: 33}
      layers:
        - conv1d: {filters: 1, kernel_size: 5, bias: false}
    """

    rank = 1


@layer_kind
class Depthwise(SharedFilters):
    """Depthwise convolution: each input channel has its own `multiplier` filters of Fh×Fw.

    output: W2 = ⌊(W1 − F + 2·P)/S⌋ + 1, H2 alike, D2 = K = D1·multiplier
    weights: (F·F·D1/G)·K with G = D1
    biases: K
    MACs: W2·H2·(F·F·D1/G)·K
    backward: as `conv`
    source: Howard et al. 2017, arXiv:1704.04861, section 3.1

    example:
      input: {channels: 32, height: 112, width: 112}
      layers:
        - depthwise: {kernel_size: 3, padding: 1, bias: false}
    """

    kernel_size: Sizes = setting(SIZES, symbol="F")
    stride: Sizes = setting(SIZES, default=1, symbol="S")
    padding: Sides = setting(PADDING, default=0, symbol="P")
    dilation: Sizes = setting(SIZES, default=1, symbol="D")
    multiplier: int = setting(POSITIVE, default=1, symbol="M")
    bias: bool = setting(FLAG, default=True)

    def filter_count(self, channels: int) -> int:
        return channels * self.multiplier

    def group_count(self, channels: int) -> int:
        return channels

    def window(self, sizes: Shape) -> Window:
        return windows(sizes, self.kernel_size, self.stride, self.padding, self.dilation)


@layer_kind
class Separable(Composite):
    """Depthwise separable convolution: a depthwise convolution without bias, then a 1×1 convolution.

    It stands for the two layers `depthwise` and `pointwise`, which are listed by themselves.

    output: W2 = ⌊(W1 − F + 2·P)/S⌋ + 1, H2 alike, D2 = K
    weights: F·F·D1·multiplier + (D1·multiplier)·K
    biases: K
    MACs: W2·H2·(F·F·D1·multiplier + (D1·multiplier)·K)
    backward: both keep their inputs
    source: Chollet 2016, arXiv:1610.02357; Howard et al. 2017, arXiv:1704.04861

    example:
      input: {channels: 32, height: 112, width: 112}
      layers:
        - separable: {filters: 64, kernel_size: 3, padding: 1}
    """

    filters: int = setting(POSITIVE)
    kernel_size: Sizes = setting(SIZES, symbol="F")
    stride: Sizes = setting(SIZES, default=1, symbol="S")
    padding: Sides = setting(PADDING, default=0, symbol="P")
    dilation: Sizes = setting(SIZES, default=1, symbol="D")
    multiplier: int = setting(POSITIVE, default=1, symbol="M")
    bias: bool = setting(FLAG, default=True)

    def parts(self) -> tuple[Part, ...]:
        depthwise = Depthwise(
            self.kernel_size, self.stride, self.padding, self.dilation, self.multiplier, bias=False
        )
        return (
            Part("depthwise", "depthwise", depthwise),
            Part("pointwise", "conv", Conv(self.filters, 1, bias=self.bias)),
        )
