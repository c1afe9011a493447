"""Fully connected layers."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.errors import ShapeError
from archcalc.layers.base import (
    SAVES_INPUT,
    Formula,
    Layer,
    NamedShapes,
    Reach,
    SequenceShape,
    Shape,
    Shapes,
    axis_of,
    count,
    like,
    product_formula,
    reach_along_first,
    reach_along_last,
    side_lengths,
    volume_text,
)
from archcalc.layers.settings import FLAG, POSITIVE, choice, layer_kind, optional, setting


@layer_kind
class FullyConnected(Layer):
    """Fully connected layer: each of its units sees every value of a vector.

    A volume of 1×1 counts as the vector of its channels; a sequence [positions, features] is mapped position
    by position, of one feature too; any other volume needs a `flatten` in front, or `over`.

    over: the `channels` of each position are mapped, as by a 1×1 convolution (of a sequence its positions,
    for each feature), or the `features`, the last axis; `channels_last`, as Keras's `Dense`, stands for the
    channels of a volume of one dimension and for the features of a sequence, and refuses images

    output: outputs = K, for each position
    weights: N·K, with N inputs and K units
    biases: K
    MACs: N·K, for each position
    backward: saves its input
    source: CS231n notes, Convolutional Networks, section Fully-connected layer

    example:
      input: {channels: 512, height: 7, width: 7}
      layers:
        - flatten
        - fc: {units: 4096}
    """

    fully_connects = True
    mixes_positions = True
    saves = SAVES_INPUT

    units: int = setting(POSITIVE)
    bias: bool = setting(FLAG, default=True)
    in_features: int | None = setting(optional(POSITIVE), default=None)
    over: str | None = setting(optional(choice("features", "channels", "channels_last")), default=None)

    def axis(self, shape: Shape) -> str | None:
        """What is mapped at each position: `channels` or `features`; None where a setting does not say."""
        if self.over == "channels_last" and not sequence(shape):
            return None
        return axis_of(self.over, shape)

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        features = self.features(shape)
        if self.in_features not in (None, features):
            raise ShapeError(
                f"declares in_features {self.in_features}, but its input has {features}",
                hint=f"write `in_features: {features}`, or leave it out",
            )
        if self.axis(shape) == "channels":
            return like((self.units, *shape[1:]), shape)
        if self.axis(shape) == "features":
            return like((*shape[:-1], self.units), shape)
        return SequenceShape((shape[0], self.units)) if sequence(shape) else (self.units,)

    def mapped_over(self, shape: Shape) -> Shape:
        """The sides of the input along which it is mapped position by position."""
        if self.axis(shape) == "channels":
            return shape[1:]
        return shape[:-1] if self.axis(shape) == "features" or sequence(shape) else ()

    def features(self, shape: Shape) -> int:
        """N: how many inputs each unit sees."""
        seen = count(shape) // count(self.mapped_over(shape))
        if self.axis(shape) is None and not sequence(shape) and shape[0] != seen:
            raise ShapeError(
                f"a fully connected layer needs a vector, got {volume_text(shape)}",
                hint=self._readings(shape),
                code="needs-flatten",
            )
        return seen

    def _readings(self, shape: Shape) -> str:
        """What a fully connected layer on an image can mean, as a hint."""
        flat = f"put `flatten` in front of it: {'·'.join(map(str, shape))} = {count(shape):,} values"
        if self.over is None:
            return flat
        return f"write `over: channels` to map the {shape[0]} channels of each position, as Keras; or {flat}"

    def parameter_shapes(self, inputs: Shapes) -> NamedShapes:
        shapes: NamedShapes = {"weight": (self.units, self.features(inputs[0]))}
        return shapes | {"bias": (self.units,)} if self.bias else shapes

    def macs(self, inputs: Shapes) -> int:
        (shape,) = inputs
        return count(self.mapped_over(shape)) * self.features(shape) * self.units

    def reach(self, inputs: Shapes) -> Reach:
        if not self.mapped_over(inputs[0]):
            return "everything"
        return (reach_along_first if self.axis(inputs[0]) == "channels" else reach_along_last)(inputs[0])

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        (shape,) = inputs
        each, units = self.mapped_sides(shape), {"K": self.units}
        yield product_formula("outputs", each | units)
        yield product_formula("weights", self.seen_sides(shape) | units)
        yield product_formula("biases", units if self.bias else {})
        yield product_formula("MACs", each | self.seen_sides(shape) | units)

    def seen_sides(self, shape: Shape) -> dict[str, int]:
        """What each unit sees by its letter in formulas: N inputs, or the L1 positions of a sequence."""
        crossed = self.axis(shape) == "channels" and isinstance(shape, SequenceShape)
        return {"L1" if crossed else "N": self.features(shape)}

    def mapped_sides(self, shape: Shape) -> dict[str, int]:
        """The sides along which it is mapped by their letters in formulas; a sequence has a length of L1."""
        positions = self.mapped_over(shape)
        if self.axis(shape) == "channels" and isinstance(shape, SequenceShape):
            return {"N": count(positions)}
        if len(positions) < 2:
            return {"L1": count(positions)} if positions else {}
        sides = list(side_lengths(shape, "1").items())
        return dict(sides[:-1] if self.axis(shape) == "channels" else sides[1:])


def sequence(shape: Shape) -> bool:
    """Whether it is mapped row by row: a sequence, of however few features, or a volume of one dimension.

    Of the latter that of length 1, as global pooling leaves it, is the vector of its channels.
    """
    return isinstance(shape, SequenceShape) or (len(shape) == 2 and shape[1] != 1)
