"""Normalisation: batch, layer, group and local response."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from archcalc.forward.kernels.padding import spatial_sizes
from archcalc.forward.run import Array, Run

if TYPE_CHECKING:
    from archcalc.layers import Shape
    from archcalc.layers.norm import BatchNorm, GroupNorm, LayerNorm, LocalResponseNorm


def _along(vector: Array, x: Array, axis: int = 0) -> Array:
    """A vector of one value for each place along an axis, shaped so that it broadcasts over `x`."""
    return vector.reshape(*(1,) * axis, -1, *(1,) * (x.ndim - 1 - axis))


def batchnorm(layer: BatchNorm, inputs: Sequence[Array], run: Run) -> Array:
    """With running statistics as at inference, without them those of the one example."""
    (x,) = inputs
    axis = 1 if layer.over == "channels_last" and run.sequence else 0
    channels = (x.shape[axis],)
    if layer.track_running_stats:
        mean = _along(run.buffer("running_mean", channels), x, axis)
        variance = _along(run.buffer("running_var", channels, centre=1.0), x, axis)
    else:
        mean, variance = _statistics(x, tuple({*range(x.ndim)} - {axis}))
    scale = 1 / np.sqrt(variance + np.float32(layer.eps))
    shift = -mean * scale
    if layer.affine and layer.scale:
        weight = _along(run.draw("weight", channels, centre=1.0), x, axis)
        scale, shift = scale * weight, shift * weight
    if layer.affine and layer.center:
        shift = shift + _along(run.draw("bias", channels), x, axis)
    output = run.over(x)
    np.multiply(x, scale, out=output)
    output += shift
    return output


def _statistics(x: Array, axes: Shape) -> tuple[Array, Array]:
    """Mean and variance over some axes."""
    return x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)


def layernorm(layer: LayerNorm, inputs: Sequence[Array], run: Run) -> Array:
    """Over all axes, the last one or the first one, each value of which has its own scale and shift."""
    (x,) = inputs
    over = layer.over or ("features" if x.ndim == 2 else "all")
    if over == "channels_last":
        over = "features" if run.sequence else "channels"
    axes = {"all": tuple(range(x.ndim)), "features": (x.ndim - 1,), "channels": (0,)}[over]
    mean, variance = _statistics(x, axes)
    output = np.subtract(x, mean, out=run.empty(x.shape))
    output /= np.sqrt(variance + np.float32(layer.eps))
    own = tuple(x.shape[axis] for axis in axes)
    spread = tuple(x.shape[axis] if axis in axes else 1 for axis in range(x.ndim))
    if layer.affine and layer.scale:
        output *= run.draw("weight", own, centre=1.0).reshape(spread)
    if layer.affine and layer.center:
        output += run.draw("bias", own).reshape(spread)
    return output


def groupnorm(layer: GroupNorm, inputs: Sequence[Array], run: Run) -> Array:
    """(x − mean)/√(variance + eps) over each group of neighbouring channels (Wu & He 2018, equations 1 to 7).

    Of 6 channels in 3 groups, 0 and 1 are normalised together, 2 and 3, and 4 and 5; each channel then has a
    scale and a shift of its own.
    """
    (x,) = inputs
    grouped = x.reshape(layer.groups, len(x) // layer.groups, *x.shape[1:])
    output = run.empty(x.shape)
    mean, variance = _statistics(grouped, tuple(range(1, grouped.ndim)))
    centred = np.subtract(grouped, mean, out=output.reshape(grouped.shape))
    centred /= np.sqrt(variance + np.float32(layer.eps))
    if layer.affine:
        output *= _along(run.draw("weight", (len(x),), centre=1.0), x)
        output += _along(run.draw("bias", (len(x),)), x)
    return output


def lrn(layer: LocalResponseNorm, inputs: Sequence[Array], run: Run) -> Array:
    """x/(k + alpha·Σx²)^beta over `size` neighbouring channels, alpha as in the paper: not divided by size.

    Krizhevsky, Sutskever & Hinton 2012, section 3.3. An even size reaches one channel further back.
    """
    (x,) = inputs
    output = run.empty(x.shape)
    for band in run.bands(spatial_sizes(x), 4 * len(x)):
        part = x[:, *band]
        activity = np.float32(layer.k) + np.float32(layer.alpha) * _nearby(part * part, layer.size, run)
        output[:, *band] = part / activity ** np.float32(layer.beta)
    return output


def _nearby(squares: Array, size: int, run: Run) -> Array:
    """Sums over `size` neighbouring channels."""
    channels, total = len(squares), np.zeros_like(squares)
    back, ahead = size // 2, (size - 1) // 2
    for (offset,) in run.steps(range(max(-back, 1 - channels), min(ahead, channels - 1) + 1)):
        first, last = max(offset, 0), channels - max(-offset, 0)
        total[first - offset : last - offset] += squares[first:last]
    return total
