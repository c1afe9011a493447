"""Activations, softmax and dropout."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from archcalc.forward.run import Array, Run

if TYPE_CHECKING:
    from archcalc.layers.activation import Elu, LeakyRelu, PRelu

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
"""Klambauer et al. 2017, equation 2."""


def pointwise(function: Callable[[Array], Array]) -> Callable[[object, Sequence[Array], Run], Array]:
    """The kernel of a layer without settings that maps each value by itself."""

    def kernel(layer: object, inputs: Sequence[Array], run: Run) -> Array:
        (x,) = inputs
        return mapped(function, x, run)

    return kernel


def whole(function: Callable[[Array], Array]) -> Callable[[object, Sequence[Array], Run], Array]:
    """The kernel of a layer without settings that needs its whole input at once."""

    def kernel(layer: object, inputs: Sequence[Array], run: Run) -> Array:
        (x,) = inputs
        return function(x)

    return kernel


def mapped(function: Callable[[Array], Array], x: Array, run: Run) -> Array:
    """`function` of each value, some at a time; over `x` itself where nobody else reads it."""
    output = run.over(x)
    for band in run.bands(x.shape, patch=4):
        output[band] = function(x[band])
    return output


def identity(x: Array) -> Array:
    """x; dropout too is the identity except in training."""
    return x


def relu(x: Array) -> Array:
    """max(0, x)."""
    return np.maximum(x, 0)


def relu6(x: Array) -> Array:
    """min(max(0, x), 6)."""
    return np.clip(x, 0, 6)


def selu(x: Array) -> Array:
    """scale·(x where positive, else alpha·(exp(x) − 1))."""
    return np.float32(SELU_SCALE) * _elu(x, SELU_ALPHA)


def gelu(x: Array) -> Array:
    """x·Φ(x) with Φ(x) = (1 + erf(x/√2))/2."""
    return x * (1 + _erf(x * np.float32(math.sqrt(0.5)))) * np.float32(0.5)


def _erf(x: Array) -> Array:
    """The error function to 1.5e-7: Abramowitz & Stegun 1964, formula 7.1.26."""
    t: Array = np.reciprocal(1 + np.float32(0.3275911) * np.abs(x))
    series: Array = np.zeros_like(x)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series += np.float32(factor)
        series *= t
    magnitude: Array = 1 - series * np.exp(-x * x)
    return np.copysign(magnitude, x)


def silu(x: Array) -> Array:
    """x·sigmoid(x)."""
    return x * sigmoid(x)


def mish(x: Array) -> Array:
    """x·tanh(softplus(x))."""
    return x * tanh(softplus(x))


def sigmoid(x: Array) -> Array:
    """1/(1 + exp(−x)), written with tanh, which does not overflow."""
    return tanh(x * np.float32(0.5)) * np.float32(0.5) + np.float32(0.5)


def tanh(x: Array) -> Array:
    """The hyperbolic tangent."""
    squashed: Array = np.tanh(x)
    return squashed


def hard_sigmoid(x: Array) -> Array:
    """min(max(0, x/6 + 1/2), 1)."""
    return np.clip(x / 6 + np.float32(0.5), 0, 1)


def hard_swish(x: Array) -> Array:
    """x·hard_sigmoid(x)."""
    return x * hard_sigmoid(x)


def softplus(x: Array) -> Array:
    """log(exp(0) + exp(x))."""
    rectified: Array = np.logaddexp(np.float32(0), x)
    return rectified


def _elu(x: Array, alpha: float) -> Array:
    return np.where(x > 0, x, np.float32(alpha) * np.expm1(np.minimum(x, 0)))


def elu(layer: Elu, inputs: Sequence[Array], run: Run) -> Array:
    """x where positive, else alpha·(exp(x) − 1)."""
    return mapped(lambda x: _elu(x, layer.alpha), inputs[0], run)


def leaky_relu(layer: LeakyRelu, inputs: Sequence[Array], run: Run) -> Array:
    """x where positive, else negative_slope·x."""
    slope = np.float32(layer.negative_slope)
    return mapped(lambda x: np.where(x > 0, x, slope * x), inputs[0], run)


def prelu(layer: PRelu, inputs: Sequence[Array], run: Run) -> Array:
    """x where positive, else x times a drawn slope: one, or one for each channel."""
    (x,) = inputs
    slopes = run.draw("weight", (layer.num_parameters,), centre=0.25)
    each = np.broadcast_to(slopes, (len(x),)).reshape(-1, *(1,) * (x.ndim - 1))
    output = run.over(x)
    for band in run.bands((len(x),), math.prod(x.shape[1:]), least=1):
        output[band] = np.where(x[band] > 0, x[band], each[band] * x[band])
    return output


def softmax(layer: object, inputs: Sequence[Array], run: Run) -> Array:
    """exp(x) over its sum along the features of a vector, or along the channels."""
    (x,) = inputs
    output = run.over(x)
    np.subtract(x, x.max(axis=0), out=output)
    np.exp(output, out=output)
    output /= output.sum(axis=0)
    return output
