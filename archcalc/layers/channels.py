"""Layers that choose, reorder or weigh channels."""

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
    Shape,
    Shapes,
    Strides,
    first_side,
    like,
    outputs_formula,
    reach_along_first,
)
from archcalc.layers.conv import check_groups
from archcalc.layers.norm import learned_formulas
from archcalc.layers.pointwise import Pointwise
from archcalc.layers.settings import (
    FLAG,
    NATURAL,
    POSITIVE,
    Setting,
    choice,
    layer_kind,
    optional,
    setting,
)


def _indices(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError
    return tuple(NATURAL.read(index) for index in value)


INDICES = Setting(
    "a list of integers of 0 or more, such as [0, 1, 2]",
    _indices,
    {"type": "array", "items": NATURAL.schema, "minItems": 1},
)


@layer_kind
class Select(Layer):
    """Some channels of a volume, or some positions of a sequence, counted from 0.

    They are given as a range, from `start` up to and without `stop`; as a list of `channels`; or as one
    `position` of a sequence, whose features are then a vector. Two ranges split a volume.

    output: W2 = W1, H2 = H1, D2 = stop − start, or the number of channels listed
    backward: saves nothing, or the list of channels
    source: Ma et al. 2018, ShuffleNet V2, arXiv:1807.11164, section 3 (channel split)

    example:
      input: {channels: 116, height: 28, width: 28}
      layers:
        - select: {stop: 58}
    """

    chooses = True

    start: int | None = setting(optional(NATURAL), default=None)
    stop: int | None = setting(optional(POSITIVE), default=None)
    channels: tuple[int, ...] | None = setting(optional(INDICES), default=None)
    position: int | None = setting(optional(NATURAL), default=None)

    def is_view(self) -> bool:
        return self.channels is None

    def viewed(self, shape: Shape, strides: Strides) -> tuple[Strides, bool]:
        return strides[1:] if self.position is not None else strides, True

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        if self.channels is None:
            return ()
        return (SavedTensor("its list of channels", None, (len(self.channels),), "index", per_example=False),)

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        ranged = self.start is not None or self.stop is not None
        if ranged + (self.channels is not None) + (self.position is not None) != 1:
            raise ShapeError("needs a range (`start`, `stop` or both), a list of `channels`, or a `position`")
        if self.position is not None and len(shape) != 2:
            raise ShapeError(f"selects a position of a sequence [positions, features], got {list(shape)}")
        first, last, size = self._selected(shape)
        if last >= shape[0]:
            raise ShapeError(f"selects number {last}, but its input has 0 to {shape[0] - 1}")
        if first > last:
            raise ShapeError(f"selects nothing from {first} up to {last + 1}")
        return shape[1:] if self.position is not None else like((size, *shape[1:]), shape)

    def reach(self, inputs: Shapes) -> Reach:
        return "pointwise" if self.position is not None else reach_along_first(inputs[0])

    def _selected(self, shape: Shape) -> tuple[int, int, int]:
        """The least and the greatest number that is selected along the first axis, and how many are."""
        if self.channels is not None:
            return min(self.channels), max(self.channels), len(self.channels)
        if self.position is not None:
            return self.position, self.position, 1
        start, stop = self.start or 0, self.stop or shape[0]
        return start, stop - 1, stop - start

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        output = self.output_shape(inputs)
        if self.position is None and self.channels is None:
            values = {"stop": self.stop or inputs[0][0], "start": self.start or 0}
            yield Formula(f"{first_side(output)}2", "stop − start", values, output[0])
        yield from outputs_formula(output)


@layer_kind
class ChannelShuffle(Layer):
    """Channel shuffle: the channels of `groups` groups by turns, one of each group after the other.

    output: the input's volume; channel g·D1/groups + i becomes channel i·groups + g
    backward: saves nothing
    source: Zhang et al. 2017, ShuffleNet, arXiv:1707.01083, section 3.1

    example:
      input: {channels: 116, height: 28, width: 28}
      layers:
        - channel_shuffle: {groups: 2}
    """

    saves = ()

    groups: int = setting(POSITIVE, symbol="G")

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        check_groups(shape[0], shape[0], self.groups)
        return shape

    def reach(self, inputs: Shapes) -> Reach:
        return reach_along_first(inputs[0])

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        return outputs_formula(self.output_shape(inputs))


@layer_kind
class Scale(Pointwise):
    """A learned factor for each channel of a volume, or each feature of a sequence, and optionally a shift.

    over: `channels` (the default for vectors and volumes) or `features` (the last axis, the default for
    sequences)

    output: the input's volume, in place
    weights: D1 over channels, one for each feature over features
    biases: as many, with bias
    backward: saves its input
    source: Touvron et al. 2021, CaiT, arXiv:2103.17239, section 2 (LayerScale)

    example:
      input: {channels: 96, height: 56, width: 56}
      layers:
        - scale
    """

    saves = SAVES_INPUT

    bias: bool = setting(FLAG, default=False)
    over: str | None = setting(optional(choice("channels", "features")), default=None)

    def _factors(self, shape: Shape) -> dict[str, int]:
        """How many factors there are, by the letter in formulas."""
        if (self.over or ("features" if len(shape) == 2 else "channels")) == "channels":
            return {"D1": shape[0]}
        return {"N": shape[-1]}

    def parameter_shapes(self, inputs: Shapes) -> NamedShapes:
        shape = tuple(self._factors(inputs[0]).values())
        return {"weight": shape, "bias": shape} if self.bias else {"weight": shape}

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        yield from super().formulas(inputs)
        yield from learned_formulas(self.parameter_shapes(inputs), self._factors(inputs[0]))
