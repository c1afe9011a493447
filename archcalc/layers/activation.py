"""Activation functions: pointwise, in place, and without parameters but for `prelu`; and softmax."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.errors import ShapeError
from archcalc.layers.base import (
    SAVES_OUTPUT,
    SAVES_OVERWRITTEN,
    Formula,
    NamedShapes,
    Reach,
    Shape,
    Shapes,
    reach_along_first,
)
from archcalc.layers.pointwise import Activation
from archcalc.layers.settings import POSITIVE, layer_kind, number, setting


class Relu(Activation):
    """Rectified linear unit: max(0, x).

    output: the input's volume, in place
    backward: saves its output
    source: Nair & Hinton 2010

    example:
      input: {features: 10}
      layers:
        - relu
    """

    saves = SAVES_OUTPUT


class Relu6(Activation):
    """Rectified linear unit with a ceiling: min(max(0, x), 6).

    output: the input's volume, in place
    backward: saves its input
    source: Howard et al. 2017, arXiv:1704.04861

    example:
      input: {features: 10}
      layers:
        - relu6
    """


@layer_kind
class LeakyRelu(Activation):
    """Leaky rectified linear unit: x where positive, else negative_slope·x.

    output: the input's volume, in place
    backward: saves its output, or its input where it cannot write over that
    source: Maas, Hannun & Ng 2013

    example:
      input: {features: 10}
      layers:
        - leaky_relu: {negative_slope: 0.1}
    """

    saves = SAVES_OVERWRITTEN

    negative_slope: float = setting(number(-1e9, 1e9, "a number"), default=0.01)


@layer_kind
class PRelu(Activation):
    """Parametric rectified linear unit: x where positive, else a·x with learned slopes a.

    output: the input's volume, in place
    weights: 1, or one for each channel
    backward: saves its input
    source: He et al. 2015, arXiv:1502.01852

    example:
      input: {channels: 16, height: 8, width: 8}
      layers:
        - prelu: {num_parameters: 16}
    """

    num_parameters: int = setting(POSITIVE, default=1)

    def output_shape(self, inputs: Shapes) -> Shape:
        channels = inputs[0][0]
        if self.num_parameters not in (1, channels):
            raise ShapeError(
                f"needs 1 slope or one for each of the {channels} channels, got {self.num_parameters}"
            )
        return inputs[0]

    def parameter_shapes(self, inputs: Shapes) -> NamedShapes:
        return {"weight": (self.num_parameters,)}

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        yield from super().formulas(inputs)
        symbol = "1" if self.num_parameters == 1 else "D1"
        values = {} if self.num_parameters == 1 else {"D1": inputs[0][0]}
        yield Formula("weights", symbol, values, self.num_parameters)


@layer_kind
class Elu(Activation):
    """Exponential linear unit: x where positive, else alpha·(exp(x) − 1).

    output: the input's volume, in place
    backward: saves its output, or its input where it cannot write over that
    source: Clevert, Unterthiner & Hochreiter 2015, arXiv:1511.07289

    example:
      input: {features: 10}
      layers:
        - elu: {alpha: 1.0}
    """

    saves = SAVES_OVERWRITTEN

    alpha: float = setting(number(-1e9, 1e9, "a number"), default=1.0)


class Selu(Activation):
    """Scaled exponential linear unit.

    output: the input's volume, in place
    backward: saves its output, or its input where it cannot write over that
    source: Klambauer et al. 2017, arXiv:1706.02515

    example:
      input: {features: 10}
      layers:
        - selu
    """

    saves = SAVES_OVERWRITTEN


class Gelu(Activation):
    """Gaussian error linear unit: x·Φ(x).

    output: the input's volume, in place
    backward: saves its input
    source: Hendrycks & Gimpel 2016, arXiv:1606.08415

    example:
      input: {features: 10}
      layers:
        - gelu
    """


class Silu(Activation):
    """Sigmoid linear unit, or swish: x·sigmoid(x).

    output: the input's volume, in place
    backward: saves its input
    source: Ramachandran, Zoph & Le 2017, arXiv:1710.05941

    example:
      input: {features: 10}
      layers:
        - silu
    """


class Mish(Activation):
    """Mish: x·tanh(softplus(x)).

    output: the input's volume, in place
    backward: saves its input
    source: Misra 2019, arXiv:1908.08681

    example:
      input: {features: 10}
      layers:
        - mish
    """


class Sigmoid(Activation):
    """Logistic sigmoid: 1/(1 + exp(−x)).

    output: the input's volume, in place
    backward: saves its output
    source: CS231n notes, Neural Networks Part 1

    example:
      input: {features: 10}
      layers:
        - sigmoid
    """

    saves = SAVES_OUTPUT


class Tanh(Activation):
    """Hyperbolic tangent.

    output: the input's volume, in place
    backward: saves its output
    source: LeCun et al. 1998, Gradient-based learning applied to document recognition

    example:
      input: {features: 10}
      layers:
        - tanh
    """

    saves = SAVES_OUTPUT


class HardSigmoid(Activation):
    """Piecewise linear sigmoid: min(max(0, x/6 + 1/2), 1).

    output: the input's volume, in place
    backward: saves its input
    source: Howard et al. 2019, arXiv:1905.02244

    example:
      input: {features: 10}
      layers:
        - hard_sigmoid
    """


class HardSwish(Activation):
    """Piecewise linear swish: x·hard_sigmoid(x).

    output: the input's volume, in place
    backward: saves its input
    source: Howard et al. 2019, arXiv:1905.02244

    example:
      input: {features: 10}
      layers:
        - hard_swish
    """


class Softplus(Activation):
    """Softplus: log(1 + exp(x)).

    output: the input's volume, in place
    backward: saves its input
    source: Dugas et al. 2001

    example:
      input: {features: 10}
      layers:
        - softplus
    """


class Softmax(Activation):
    """Softmax over the features of a vector, or over the channels at each position.

    output: the input's volume, in place
    backward: saves its output
    source: CS231n notes, Linear Classification

    example:
      input: {features: 10}
      layers:
        - softmax
    """

    mixes_positions = True
    saves = SAVES_OUTPUT

    def reach(self, inputs: Shapes) -> Reach:
        return "everything" if len(inputs[0]) == 1 else reach_along_first(inputs[0])
