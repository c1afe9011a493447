"""Normalisation: batch, layer, group and local response."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.errors import ShapeError
from archcalc.layers.base import (
    SAVES_INPUT,
    Formula,
    Layer,
    NamedShapes,
    Reach,
    SavedTensor,
    SequenceShape,
    Shape,
    Shapes,
    axis_of,
    count,
    outputs_formula,
    product_formula,
    reach_along_first,
    reach_along_last,
    side_lengths,
)
from archcalc.layers.conv import check_channels, check_groups
from archcalc.layers.settings import (
    FLAG,
    POSITIVE,
    SIZES,
    Sizes,
    choice,
    layer_kind,
    number,
    optional,
    setting,
)

EPSILON = number(0, 1, "a number from 0 to 1")
FACTOR = number(-1e9, 1e9, "a number")


class Normalisation(Layer):
    """What normalisations share: the output has the shape of the input."""

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        yield from outputs_formula(self.output_shape(inputs))


def learned(shape: Shape, scale: bool, shift: bool) -> NamedShapes:
    """A scale and a shift of one shape, each where it is learned."""
    return ({"weight": shape} if scale else {}) | ({"bias": shape} if shift else {})


def learned_formulas(parameters: NamedShapes, over: dict[str, int]) -> Iterator[Formula]:
    """A scale and a shift for each value `over` some sides of the volume, where they are learned."""
    yield product_formula("weights", over if "weight" in parameters else {})
    yield product_formula("biases", over if "bias" in parameters else {})


@layer_kind
class BatchNorm(Normalisation):
    """Batch normalisation: each channel is shifted and scaled to the statistics of the batch.

    over: the `channels`, which is the first axis, or `channels_last`, as Keras: of a sequence the features.
    scale and center say which of the two is learned, where `affine` does not say that none is

    output: the input's volume, in place
    weights: D1, one scale for each channel
    biases: D1, one shift for each channel
    buffers: 2·D1, running mean and variance, which are no parameters
    backward: saves its input, and 2·D1 statistics: mean and inverse deviation of each channel
    source: Ioffe & Szegedy 2015, arXiv:1502.03167

    example:
      input: {channels: 64, height: 56, width: 56}
      layers:
        - batchnorm
    """

    in_place = True
    normalises_channels = True

    affine: bool = setting(FLAG, default=True)
    scale: bool = setting(FLAG, default=True)
    center: bool = setting(FLAG, default=True)
    track_running_stats: bool = setting(FLAG, default=True)
    eps: float = setting(EPSILON, default=1e-5)
    momentum: float = setting(EPSILON, default=0.1)
    in_channels: int | None = setting(optional(POSITIVE), default=None)
    over: str = setting(choice("channels", "channels_last"), default="channels")

    def axis(self, shape: Shape) -> Shape:
        """The side whose values are each normalised by themselves."""
        return shape[-1:] if axis_of(self.over, shape) == "features" else shape[:1]

    def output_shape(self, inputs: Shapes) -> Shape:
        check_channels(self.in_channels, *self.axis(inputs[0]))
        return inputs[0]

    def parameter_shapes(self, inputs: Shapes) -> NamedShapes:
        return learned(self.axis(inputs[0]), self.affine and self.scale, self.affine and self.center)

    def buffer_shapes(self, inputs: Shapes) -> NamedShapes:
        channels = self.axis(inputs[0])
        return {"running_mean": channels, "running_var": channels} if self.track_running_stats else {}

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        shape = (2, *self.axis(inputs[0]))
        return (*SAVES_INPUT, SavedTensor("its statistics", None, shape, "statistic", per_example=False))

    def reach(self, inputs: Shapes) -> Reach:
        (shape,) = inputs
        by_position = isinstance(shape, SequenceShape) and axis_of(self.over, shape) == "channels"
        alone = len(shape) == 1 or by_position
        return "pointwise" if self.track_running_stats or alone else "everything"

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        (channels,) = self.axis(inputs[0])
        letter = "N" if axis_of(self.over, inputs[0]) == "features" else "D1"
        yield from super().formulas(inputs)
        yield from learned_formulas(self.parameter_shapes(inputs), {letter: channels})
        if self.track_running_stats:
            yield Formula("buffers", f"2·{letter}", {letter: channels}, 2 * channels)


@layer_kind
class LayerNorm(Normalisation):
    """Layer normalisation: the values of one example are normalised together.

    over: `all` values (the default for vectors and volumes), the `features` of each position (the last
    axis, the default for sequences), the `channels` of each position (as ConvNeXt does), or `channels_last`,
    as Keras: the features of a sequence, else the channels. scale and center say which is learned, where
    `affine` does not say that none is; normalized_shape is checked against what is normalised

    output: the input's volume
    weights: W1·H1·D1 over all, W1 over features (N of a sequence), D1 over channels: one scale for each
    biases: as many shifts
    backward: saves its input, and mean and inverse deviation of all that is normalised together
    source: Ba, Kiros & Hinton 2016, arXiv:1607.06450

    example:
      input: {channels: 96, height: 56, width: 56}
      layers:
        - layernorm: {over: channels}
    """

    mixes_positions = True

    over: str | None = setting(optional(choice("all", "features", "channels", "channels_last")), default=None)
    affine: bool = setting(FLAG, default=True)
    scale: bool = setting(FLAG, default=True)
    center: bool = setting(FLAG, default=True)
    eps: float = setting(EPSILON, default=1e-5)
    normalized_shape: Sizes | None = setting(optional(SIZES), default=None)

    def axes(self, shape: Shape) -> str:
        """What is normalised together: `over`, or its default for such a shape."""
        return axis_of(self.over, shape) or ("features" if len(shape) == 2 else "all")

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        stated, found = self.normalized_shape, self.normalized_shape_of(shape)
        if stated not in (None, found) and (stated,) != found:
            raise ShapeError(
                f"declares normalized_shape {[*stated] if isinstance(stated, tuple) else stated}, but "
                f"normalises {list(found)} together",
                hint="write `over: channels` or `over: features` for one axis, or leave normalized_shape out",
            )
        return shape

    def normalized_shape_of(self, shape: Shape) -> Shape:
        """The axes that are normalised together, as PyTorch's LayerNorm names them."""
        return {"all": shape, "features": shape[-1:], "channels": shape[:1]}[self.axes(shape)]

    def parameter_shapes(self, inputs: Shapes) -> NamedShapes:
        shape = self.normalized_shape_of(inputs[0])
        return learned(shape, self.affine and self.scale, self.affine and self.center)

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        (shape,) = inputs
        groups = count(shape) // count(self.normalized_shape_of(shape))
        return (*SAVES_INPUT, SavedTensor("its statistics", None, (2, groups), "statistic"))

    def reach(self, inputs: Shapes) -> Reach:
        (shape,) = inputs
        match self.axes(shape):
            case "channels" if len(shape) > 1:
                return reach_along_first(shape)
            case "features" if len(shape) > 1:
                return reach_along_last(shape)
        return "everything"

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        (shape,) = inputs
        sides = list(side_lengths(shape, "1").items())
        axes = sides if isinstance(shape, SequenceShape) else sides[::-1]
        over = {"all": sides, "features": axes[-1:], "channels": axes[:1]}[self.axes(shape)]
        yield from super().formulas(inputs)
        yield from learned_formulas(self.parameter_shapes(inputs), dict(over))


@layer_kind
class GroupNorm(Normalisation):
    """Group normalisation: the channels of each group are normalised together, at all positions.

    output: the input's volume
    weights: D1, one scale for each channel
    biases: D1, one shift for each channel
    backward: saves its input, and mean and inverse deviation of each group
    source: Wu & He 2018, arXiv:1803.08494

    example:
      input: {channels: 64, height: 56, width: 56}
      layers:
        - groupnorm: {groups: 32}
    """

    mixes_positions = True

    groups: int = setting(POSITIVE, symbol="G")
    affine: bool = setting(FLAG, default=True)
    eps: float = setting(EPSILON, default=1e-5)
    in_channels: int | None = setting(optional(POSITIVE), default=None)

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        if isinstance(shape, SequenceShape):
            raise ShapeError(f"needs an input with its channels first, got the sequence {list(shape)}")
        check_channels(self.in_channels, shape[0])
        check_groups(shape[0], shape[0], self.groups)
        return shape

    def parameter_shapes(self, inputs: Shapes) -> NamedShapes:
        channels = inputs[0][:1]
        return {"weight": channels, "bias": channels} if self.affine else {}

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        return (*SAVES_INPUT, SavedTensor("its statistics", None, (2, self.groups), "statistic"))

    def reach(self, inputs: Shapes) -> Reach:
        return "everything"

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        yield from super().formulas(inputs)
        yield from learned_formulas(self.parameter_shapes(inputs), {"D1": inputs[0][0]})


@layer_kind
class LocalResponseNorm(Normalisation):
    """Local response normalisation: a value is divided by the activity of `size` neighbouring channels.

    output: the input's volume
    backward: saves its input, its squares padded to D1 + size − 1 channels, the divisor and its power
    source: Krizhevsky, Sutskever & Hinton 2012, section 3.3

    example:
      input: {channels: 96, height: 27, width: 27}
      layers:
        - lrn: {size: 5, alpha: 0.0001, beta: 0.75, k: 2}
    """

    size: int = setting(POSITIVE, default=5)
    alpha: float = setting(FACTOR, default=1e-4)
    beta: float = setting(FACTOR, default=0.75)
    k: float = setting(FACTOR, default=2.0)

    def output_shape(self, inputs: Shapes) -> Shape:
        if len(inputs[0]) < 2:
            raise ShapeError(f"needs an input with channels and spatial axes, got {list(inputs[0])}")
        return inputs[0]

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        channels, *sizes = inputs[0]
        squares = SavedTensor("its padded squares", None, (channels + self.size - 1, *sizes))
        return (
            *SAVES_INPUT,
            squares,
            SavedTensor("its divisor and the power of that", None, (2, *inputs[0])),
        )

    def reach(self, inputs: Shapes) -> Reach:
        return reach_along_first(inputs[0])
