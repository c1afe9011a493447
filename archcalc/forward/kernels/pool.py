"""Pooling: sliding windows, whole channels, and windows that adapt to a wanted size."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from archcalc.forward.kernels.padding import padded, per_axis, sides, spatial_sizes
from archcalc.forward.kernels.sliding import slid
from archcalc.forward.run import Array, Places, Run
from archcalc.records import NamedTuple

if TYPE_CHECKING:
    from archcalc.layers import Shape
    from archcalc.layers.pool import AdaptiveAvgPool, AvgPool, MaxPool
    from archcalc.layers.settings import Pairs


MANY = 64
"""Taps from which on they are not reduced one by one, which is faster, but in one step."""


class Sliding(NamedTuple):
    """How a window slides along each axis.

    around: the padding before and after.
    ends: where the padding behind the input begins; with `ceil_mode` a last partial window may start before
    it. Without, there is none.
    """

    kernel: Shape
    stride: Shape
    dilation: Shape
    around: Pairs
    ends: Shape | None


def maxpool(layer: MaxPool, inputs: Sequence[Array], run: Run) -> Array:
    """The greatest value under each window."""
    (x,) = inputs
    window = _window(layer, x, per_axis(layer.dilation, x.ndim - 1))

    def greatest(part: Array) -> Array:
        return _pooled(np.maximum, padded(part, window.around, run, filler=-np.inf), window, run, -np.inf)

    return _by_channels(greatest, x, run)


def avgpool(layer: AvgPool, inputs: Sequence[Array], run: Run) -> Array:
    """The mean under each window, found by pooling ones too: over the input, or over its padding as well."""
    (x,) = inputs
    window = _window(layer, x, (1,) * (x.ndim - 1))
    ones = padded(run.full((1, *x.shape[1:]), 1), window.around, run, filler=float(layer.count_include_pad))
    count = _pooled(np.add, ones, window, run)

    def mean(part: Array) -> Array:
        return _pooled(np.add, padded(part, window.around, run), window, run) / count

    return _by_channels(mean, x, run)


def _window(layer: MaxPool | AvgPool, x: Array, dilation: Shape) -> Sliding:
    """The window over an input; by default it moves by its own size."""
    sizes = spatial_sizes(x)
    kernel = per_axis(layer.kernel_size, len(sizes))
    stride = kernel if layer.stride is None else per_axis(layer.stride, len(sizes))
    around = sides(layer.padding, sizes, kernel, stride, dilation)
    ends = tuple(before + size for size, (before, _) in zip(sizes, around, strict=True))
    return Sliding(kernel, stride, dilation, around, ends if layer.ceil_mode else None)


def _by_channels(function: Callable[[Array], Array], x: Array, run: Run) -> Array:
    """`function`, which keeps channels apart, of some of them at a time."""
    for band in run.bands((len(x),), 2 * math.prod(x.shape[1:]), least=1):
        part = function(x[band])
        if not band[0].start:
            output = run.empty((len(x), *part.shape[1:]))
        output[band] = part
    return output


def _pooled(reduce: np.ufunc, x: Array, window: Sliding, run: Run, filler: float = 0.0) -> Array:
    """A padded input, reduced under each window: along one axis after the other."""
    if window.ends:
        x = padded(x, tuple((0, step - 1) for step in window.stride), run, filler=filler)
    for axis in range(x.ndim - 1):
        x = _reduced(reduce, x, axis, window, run)
    return x


def _reduced(reduce: np.ufunc, x: Array, axis: int, window: Sliding, run: Run) -> Array:
    """Windows along one axis, reduced; given ends, without those that start there or behind."""
    kernel, stride, dilation = (
        tuple(size if number == axis else 1 for number, size in enumerate(sizes)) for sizes in window[:3]
    )
    windows = slid(x, kernel, stride, dilation)
    if window.ends:
        started = len(range(0, window.ends[axis], stride[axis]))
        windows = windows[(slice(None),) * (axis + 1) + (slice(started),)]
    if kernel[axis] > MANY:
        reduced: Array = reduce.reduce(windows, axis=tuple(range(x.ndim, windows.ndim)))
        return reduced
    return functools.reduce(reduce, (windows[..., *tap] for tap in run.steps(*map(range, kernel))))


def global_avgpool(layer: object, inputs: Sequence[Array], run: Run) -> Array:
    """The mean of each channel."""
    (x,) = inputs
    spatial_sizes(x)
    mean: Array = x.mean(axis=tuple(range(1, x.ndim)), keepdims=True)
    return mean


def global_maxpool(layer: object, inputs: Sequence[Array], run: Run) -> Array:
    """The greatest value of each channel."""
    (x,) = inputs
    spatial_sizes(x)
    greatest: Array = x.max(axis=tuple(range(1, x.ndim)), keepdims=True)
    return greatest


def adaptive_avgpool(layer: AdaptiveAvgPool, inputs: Sequence[Array], run: Run) -> Array:
    """Means of slices, one axis after the other."""
    (x,) = inputs
    wanted = layer.output_size
    sizes = (wanted,) * len(spatial_sizes(x)) if isinstance(wanted, int) else wanted

    def means(part: Array) -> Array:
        for axis, (size, own) in enumerate(zip(sizes, x.shape[1:], strict=True), 1):
            if size is not None and size != own:
                part = _adapted(part, axis, size, run)
        return part

    return _by_channels(means, x, run)


def _adapted(x: Array, axis: int, wanted: int, run: Run) -> Array:
    """Output i is the mean of the inputs from ⌊i·W/wanted⌋ up to, and without, ⌈(i + 1)·W/wanted⌉."""
    size = x.shape[axis]
    output = run.empty((*x.shape[:axis], wanted, *x.shape[axis + 1 :]))
    many = max(run.working_values // (2 * x.size // size), 1) if wanted > size // wanted else 1
    for (start,) in run.steps(range(0, wanted, many)):
        number = np.arange(start, min(start + many, wanted))
        first, behind = number * size // wanted, -(-(number + 1) * size // wanted)
        mean = _mean(x, axis, first, behind, run)
        output[(slice(None),) * axis + (slice(start, start + many),)] = mean
    return output


def _mean(x: Array, axis: int, first: Places, behind: Places, run: Run) -> Array:
    """Means along an axis from each of `first` up to, and without, each of `behind`."""
    if len(first) == 1:
        one: Array = x[(slice(None),) * axis + (slice(first[0], behind[0]),)].mean(axis=axis, keepdims=True)
        return one
    length = (behind - first).reshape(-1, *(1,) * (x.ndim - axis - 1)).astype(np.float32)
    total = run.picked(x, axis, first)
    for (tap,) in run.steps(range(1, int(length.max()))):
        total += run.picked(x, axis, np.minimum(first + tap, behind - 1)) * (length > tap)
    total /= length
    return total
