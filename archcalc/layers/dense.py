"""Fully connected layers."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.errors import ShapeError
from archcalc.layers.base import (
    KEEPS_INPUT,
    Formula,
    Layer,
    NamedShapes,
    Reach,
    Shape,
    Shapes,
    count,
    volume_text,
)
from archcalc.layers.settings import FLAG, POSITIVE, layer_kind, optional, setting


@layer_kind
class FullyConnected(Layer):
    """Fully connected layer: each of its units sees every value of a vector.

    A volume of 1×1 counts as the vector of its channels; a sequence [positions, features] is mapped
    position by position; any other volume needs a `flatten` in front.

    output: outputs = K
    weights: N·K, with N inputs and K units
    biases: K
    MACs: N·K, for each position
    backward: keeps its input
    source: CS231n notes, Convolutional Networks, section Fully-connected layer

    example:
      input: {channels: 512, height: 7, width: 7}
      layers:
        - flatten
        - fc: {units: 4096}
    """

    keeps = KEEPS_INPUT

    units: int = setting(POSITIVE)
    bias: bool = setting(FLAG, default=True)
    in_features: int | None = setting(optional(POSITIVE), default=None)

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        features = self.features(shape)
        if self.in_features not in (None, features):
            raise ShapeError(
                f"declares in_features {self.in_features}, but its input has {features}",
                hint=f"write `in_features: {features}`, or leave it out",
            )
        return (shape[0], self.units) if sequence(shape) else (self.units,)

    def features(self, shape: Shape) -> int:
        """N: how many inputs each unit sees."""
        if len(shape) == 1 or sequence(shape):
            return shape[-1]
        if count(shape[1:]) == 1:
            return shape[0]
        raise ShapeError(
            f"a fully connected layer needs a vector, got {volume_text(shape)}",
            hint=f"put `flatten` in front of it: {'·'.join(map(str, shape))} = {count(shape)} values",
            code="needs-flatten",
        )

    def parameter_shapes(self, inputs: Shapes) -> NamedShapes:
        shapes: NamedShapes = {"weight": (self.units, self.features(inputs[0]))}
        return shapes | {"bias": (self.units,)} if self.bias else shapes

    def macs(self, inputs: Shapes) -> int:
        positions = inputs[0][0] if sequence(inputs[0]) else 1
        return positions * self.features(inputs[0]) * self.units

    def reach(self, inputs: Shapes) -> Reach:
        return "everything"

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        (shape,) = inputs
        features = self.features(shape)
        positions = {"L1": shape[0]} if sequence(shape) else {}
        each = "L1·" if positions else ""
        product, values = "N·K", {"N": features, "K": self.units}
        yield Formula("outputs", f"{each}K", positions | {"K": self.units}, count(self.output_shape(inputs)))
        yield Formula("weights", product, values, features * self.units)
        yield (
            Formula("biases", "K", {"K": self.units}, self.units)
            if self.bias
            else Formula("biases", "0", {}, 0)
        )
        yield Formula("MACs", f"{each}{product}", positions | values, self.macs(inputs))


def sequence(shape: Shape) -> bool:
    """Whether the shape is [positions, features] rather than a vector or a volume of 1×1."""
    return len(shape) == 2 and shape[1] != 1
