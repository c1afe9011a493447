"""What layers share that map each value by itself, in place; and the identity."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.layers.base import SAVES_INPUT, Formula, Layer, Shape, Shapes, outputs_formula


class Pointwise(Layer):
    """What pointwise layers share: the output has the shape of the input and is written over it."""

    in_place = True
    saves = SAVES_INPUT

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        return outputs_formula(self.output_shape(inputs))


class Activation(Pointwise):
    """What activation functions share."""

    activates = True


class Identity(Pointwise):
    """Identity: the input, unchanged.

    output: the input's volume, in place
    backward: saves nothing
    source: He et al. 2015, arXiv:1512.03385, for shortcuts

    example:
      input: {features: 10}
      layers:
        - identity
    """

    saves = ()

    def identity_at_inference(self) -> bool:
        return True

    def is_view(self) -> bool:
        return True
