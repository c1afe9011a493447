"""Layers that read several volumes and write one: add, multiply and concat."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.errors import ShapeError
from archcalc.layers.base import (
    Formula,
    Layer,
    SavedTensor,
    SequenceShape,
    Shape,
    Shapes,
    axis_of,
    count,
    first_side,
    like,
    outputs_formula,
)
from archcalc.layers.settings import choice, layer_kind, setting

SHOWN = 6
"""How many shapes a message lists."""


class Merge(Layer):
    """What merging layers share: two or more inputs."""

    merges = True

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        return outputs_formula(self.output_shape(inputs))


def _shapes(inputs: Shapes) -> str:
    """The inputs' shapes, of many the first and those that differ from it."""
    shown = inputs if len(inputs) <= SHOWN else list(dict.fromkeys(inputs))[:SHOWN]
    more = f" (of {len(inputs)} inputs)" if len(inputs) > SHOWN else ""
    return " and ".join(str(list(shape)) for shape in shown) + more


class Add(Merge):
    """Elementwise sum of volumes of the same shape.

    output: the inputs' volume
    backward: saves nothing
    source: He et al. 2015, arXiv:1512.03385, equation 1

    example:
      input: {channels: 8, height: 4, width: 4}
      layers:
        - conv: {name: a, filters: 8, kernel_size: 3, padding: 1}
        - conv: {name: b, filters: 8, kernel_size: 1}
        - add: {from: [a, b]}
    """

    passes_gradient = True
    saves = ()

    def output_shape(self, inputs: Shapes) -> Shape:
        first, *others = inputs
        for other in others:
            if other != first:
                raise ShapeError(f"adds volumes of the same shape, got {_shapes(inputs)}")
        return first


class Multiply(Merge):
    """Elementwise product; a vector or volume of 1×1 (one value for each channel) scales whole channels.

    output: the largest input's volume
    backward: saves its inputs, and of more than two the products on the way
    source: Hu, Shen & Sun 2017, Squeeze-and-Excitation, arXiv:1709.01507

    example:
      input: {channels: 8, height: 4, width: 4}
      layers:
        - sigmoid: {name: volume}
        - global_avgpool: {name: scale}
        - multiply: {from: [volume, scale]}
    """

    gates = True

    def output_shape(self, inputs: Shapes) -> Shape:
        largest = max(inputs, key=lambda shape: (count(shape), len(shape)))
        scales = (largest[:1], (largest[0], *(1 for _ in largest[1:])))
        for shape in inputs:
            if shape != largest and shape not in scales:
                raise ShapeError(
                    "multiplies volumes of the same shape, or by one value for each channel, got "
                    + _shapes(inputs)
                )
        return largest

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        products = (max(inputs[: n + 1], key=count) for n in range(1, len(inputs) - 1))
        return (
            *(SavedTensor("its inputs", number) for number in range(len(inputs))),
            *(SavedTensor("a product", None, shape) for shape in products),
        )


@layer_kind
class Concat(Merge):
    """Concatenation along the channels; of sequences, along the positions or the features.

    over: `channels`, the first axis (of sequences the positions, as they are by default), the `features` of
    each position of sequences, or `channels_last`, as Keras: the features of sequences, else the channels

    output: W2 = W1, H2 = H1, D2 = Da + Db + …, the inputs' depths; N2 = Na + Nb + … over features
    backward: saves nothing
    source: Szegedy et al. 2014, arXiv:1409.4842

    example:
      input: {channels: 8, height: 4, width: 4}
      layers:
        - conv: {name: a, filters: 8, kernel_size: 3, padding: 1}
        - conv: {name: b, filters: 4, kernel_size: 1, from: input}
        - concat: {from: [a, b]}
    """

    concatenates = True
    passes_gradient = True
    saves = ()

    over: str = setting(choice("channels", "features", "channels_last"), default="channels")

    def axis(self, inputs: Shapes) -> int:
        """Which axis grows: the first, or the last for the features of a sequence."""
        return -1 if axis_of(self.over, inputs[0]) == "features" else 0

    def lies_side_by_side(self, inputs: Shapes) -> bool:
        return self.axis(inputs) == 0

    def output_shape(self, inputs: Shapes) -> Shape:
        if self.axis(inputs):
            return self._of_features(inputs)
        sizes = {shape[1:] for shape in inputs}
        if len(sizes) > 1:
            raise ShapeError(
                "concatenates channels of volumes that are equally large, got " + _shapes(inputs)
            )
        return like((sum(shape[0] for shape in inputs), *sizes.pop()), inputs[0])

    def _of_features(self, inputs: Shapes) -> Shape:
        """The features of sequences, one behind the other at each position."""
        if not all(isinstance(shape, SequenceShape) for shape in inputs):
            raise ShapeError("concatenates features of sequences, got " + _shapes(inputs))
        if len({length for length, _ in inputs}) > 1:
            raise ShapeError(
                "concatenates features of sequences that are equally long, got " + _shapes(inputs)
            )
        return SequenceShape((inputs[0][0], sum(features for _, features in inputs)))

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        output, axis = self.output_shape(inputs), self.axis(inputs)
        side, lengths = "N" if axis else first_side(output), [shape[axis] for shape in inputs]
        values = {f"{side}{chr(ord('a') + i % 26)}{i // 26 or ''}": each for i, each in enumerate(lengths)}
        yield Formula(f"{side}2", " + ".join(values), values, output[axis])
        yield from super().formulas(inputs)
