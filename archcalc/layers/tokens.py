"""Volumes as sequences [positions, features], and back; and what is learned for positions."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.errors import ShapeError
from archcalc.layers.base import (
    Formula,
    Layer,
    NamedShapes,
    SequenceShape,
    Shape,
    Shapes,
    Strides,
    count,
    product_formula,
    side_lengths,
)
from archcalc.layers.pool import volume_axes
from archcalc.layers.settings import POSITIVE, layer_kind, optional, setting
from archcalc.layers.strides import contiguous, reshaped


def sequence(inputs: Shapes) -> tuple[int, int]:
    """(positions, features) of a single input that must be a sequence."""
    (shape,) = inputs
    if len(shape) != 2:
        hint = "put `tokens` in front of it" if len(shape) > 2 else None
        raise ShapeError(f"needs a sequence [positions, features], got {list(shape)}", hint)
    return shape[0], shape[1]


def sequence_values(inputs: Shapes) -> dict[str, int]:
    """Positions and features by their letters in formulas, L1 and N."""
    return dict(zip(("L1", "N"), sequence(inputs), strict=True))


class Tokens(Layer):
    """Tokens: a volume as a sequence [positions, features], its channels the features. A view.

    Positions follow each other row by row. A sequence of channels [channels, length] is turned alike.

    output: outputs = W1·H1·D1, as W1·H1 positions with D1 features
    backward: saves nothing
    source: Dosovitskiy et al. 2020, arXiv:2010.11929, section 3.1

    example:
      input: {channels: 3, height: 224, width: 224}
      layers:
        - conv: {filters: 768, kernel_size: 16, stride: 16}
        - tokens
    """

    begins_sequence = True
    in_place = True
    saves = ()

    def is_view(self) -> bool:
        return True

    def viewed(self, shape: Shape, strides: Strides) -> tuple[Strides, bool]:
        rows = (shape[0], count(shape[1:]))
        seen = reshaped(shape, strides, rows)
        channel, position = seen or contiguous(rows)
        return (position, channel), seen is not None

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        return SequenceShape((count(volume_axes(shape)), shape[0]))

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        yield product_formula("outputs", side_lengths(inputs[0], "1"))


@layer_kind
class Volume(Layer):
    """Volume: a sequence [positions, features] as the volume from which `tokens` would make it. A view.

    Without height and width the features become the channels of a one-dimensional volume.

    output: W2 = width, H2 = height, D2 = N features
    backward: saves nothing
    source: Mehta & Rastegari 2021, MobileViT, arXiv:2110.02178, section 3.1 (fold)

    example:
      input: {channels: 96, height: 14, width: 14}
      layers:
        - tokens
        - attention: {heads: 4}
        - volume: {height: 14, width: 14}
    """

    ends_sequence = True
    in_place = True
    saves = ()

    height: int | None = setting(optional(POSITIVE), default=None)
    width: int | None = setting(optional(POSITIVE), default=None)

    def is_view(self) -> bool:
        return True

    def viewed(self, shape: Shape, strides: Strides) -> tuple[Strides, bool]:
        position, feature = strides
        if self.width is None:
            return (feature, position), True
        return (feature, self.width * position, position), True

    def output_shape(self, inputs: Shapes) -> Shape:
        positions, features = sequence(inputs)
        if self.height is None and self.width is None:
            return (features, positions)
        if self.height is None or self.width is None:
            raise ShapeError("needs a height and a width, or neither of them")
        if self.height * self.width != positions:
            product = f"{self.height}·{self.width} = {self.height * self.width}"
            raise ShapeError(f"has {product} positions, its input {positions}")
        return (features, self.height, self.width)

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        yield product_formula("outputs", sequence_values(inputs))


class ClassToken(Layer):
    """Class token: a learned position in front of a sequence [positions, features].

    output: outputs = (L1 + 1)·N, for L1 positions with N features
    weights: N
    backward: saves nothing
    source: Dosovitskiy et al. 2020, arXiv:2010.11929, equation 1

    example:
      input: {channels: 768, height: 14, width: 14}
      layers:
        - tokens
        - class_token
    """

    saves = ()
    passes_gradient = True

    def output_shape(self, inputs: Shapes) -> Shape:
        positions, features = sequence(inputs)
        return SequenceShape((positions + 1, features))

    def parameter_shapes(self, inputs: Shapes) -> NamedShapes:
        return {"weight": (sequence(inputs)[1],)}

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        values = sequence_values(inputs)
        yield Formula("outputs", "(L1 + 1)·N", values, count(self.output_shape(inputs)))
        yield Formula("weights", "N", {"N": values["N"]}, values["N"])


class PositionEmbedding(Layer):
    """Position embedding: a learned value is added to each value of a sequence [positions, features].

    output: the input's sequence, in place
    weights: L1·N, for L1 positions with N features
    backward: saves nothing
    source: Dosovitskiy et al. 2020, arXiv:2010.11929, equation 1

    example:
      input: {channels: 768, height: 14, width: 14}
      layers:
        - tokens
        - position_embedding
    """

    in_place = True
    saves = ()
    passes_gradient = True

    def output_shape(self, inputs: Shapes) -> Shape:
        return SequenceShape(sequence(inputs))

    def parameter_shapes(self, inputs: Shapes) -> NamedShapes:
        return {"weight": sequence(inputs)}

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        values = sequence_values(inputs)
        yield product_formula("outputs", values)
        yield product_formula("weights", values)
