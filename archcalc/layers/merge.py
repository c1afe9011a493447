"""Layers that read several volumes and write one: add, multiply and concat."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.errors import ShapeError
from archcalc.layers.base import (
    Formula,
    Layer,
    SavedTensor,
    Shape,
    Shapes,
    count,
    first_side,
    like,
    outputs_formula,
)

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


class Concat(Merge):
    """Concatenation along the channels; of sequences, along the positions.

    output: W2 = W1, H2 = H1, D2 = Da + Db + …, the inputs' depths
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

    def output_shape(self, inputs: Shapes) -> Shape:
        sizes = {shape[1:] for shape in inputs}
        if len(sizes) > 1:
            raise ShapeError(
                "concatenates channels of volumes that are equally large, got " + _shapes(inputs)
            )
        return like((sum(shape[0] for shape in inputs), *sizes.pop()), inputs[0])

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        output = self.output_shape(inputs)
        side = first_side(output)
        values = {f"{side}{chr(ord('a') + i % 26)}{i // 26 or ''}": each[0] for i, each in enumerate(inputs)}
        yield Formula(f"{side}2", " + ".join(values), values, output[0])
        yield from super().formulas(inputs)
