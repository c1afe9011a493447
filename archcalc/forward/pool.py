"""Pooling: sliding windows, whole channels, and windows that adapt to a wanted size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from archcalc.forward.padding import padded, per_axis, sides, spatial_sizes
from archcalc.forward.run import Array, Run
from archcalc.forward.sliding import slid

if TYPE_CHECKING:
    from archcalc.layers import Shape
    from archcalc.layers.pool import AdaptiveAvgPool, AvgPool, MaxPool
    from archcalc.layers.settings import Pairs


def maxpool(layer: MaxPool, inputs: Sequence[Array], run: Run) -> Array:
    """The greatest value under each window."""
    (x,) = inputs
    dilation = per_axis(layer.dilation, x.ndim - 1)
    kernel, stride, around = _geometry(layer, x, dilation)
    covered = padded(x, around, run, filler=-np.inf)
    windows = _windows(covered, kernel, stride, dilation, _ends(x, around, layer.ceil_mode), run, -np.inf)
    greatest = run.full(windows.shape[: x.ndim], -np.inf)
    for tap in np.ndindex(*kernel):
        np.maximum(greatest, windows[..., *tap], out=greatest)
    return greatest


def avgpool(layer: AvgPool, inputs: Sequence[Array], run: Run) -> Array:
    """The mean under each window, found by pooling ones too: over the input, or over its padding as well."""
    (x,) = inputs
    dilation = (1,) * (x.ndim - 1)
    kernel, stride, around = _geometry(layer, x, dilation)
    ends = _ends(x, around, layer.ceil_mode)
    ones = padded(run.full((1, *x.shape[1:]), 1), around, run, filler=float(layer.count_include_pad))
    total, count = (
        _summed(_windows(covered, kernel, stride, dilation, ends, run), kernel, run)
        for covered in (padded(x, around, run), ones)
    )
    return total / count


def _geometry(layer: MaxPool | AvgPool, x: Array, dilation: Shape) -> tuple[Shape, Shape, Pairs]:
    """Kernel, stride (by default the kernel) and padding for each axis."""
    sizes = spatial_sizes(x)
    kernel = per_axis(layer.kernel_size, len(sizes))
    stride = kernel if layer.stride is None else per_axis(layer.stride, len(sizes))
    return kernel, stride, sides(layer.padding, sizes, kernel, stride, dilation)


def _ends(x: Array, around: Pairs, ceil_mode: bool) -> Shape | None:
    """With `ceil_mode`, the index along each axis at which the padding behind the input begins."""
    if not ceil_mode:
        return None
    return tuple(before + size for size, (before, _) in zip(spatial_sizes(x), around, strict=True))


def _windows(
    x: Array,
    kernel: Shape,
    stride: Shape,
    dilation: Shape,
    ends: Shape | None,
    run: Run,
    filler: float = 0.0,
) -> Array:
    """The windows of a padded input; given `ends`, a last partial one too, unless it starts at an end."""
    if ends is None:
        return slid(x, kernel, stride, dilation)
    longer = padded(x, tuple((0, step - 1) for step in stride), run, filler=filler)
    windows = slid(longer, kernel, stride, dilation)
    counts = windows.shape[1 : x.ndim]
    kept = [
        slice(sum(start * step < end for start in range(count)))
        for count, step, end in zip(counts, stride, ends, strict=True)
    ]
    return windows[:, *kept]


def _summed(windows: Array, kernel: Shape, run: Run) -> Array:
    """The sum under each window."""
    total = run.zeros(windows.shape[: -len(kernel)])
    for tap in np.ndindex(*kernel):
        total += windows[..., *tap]
    return total


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
    rank = len(spatial_sizes(x))
    wanted = layer.output_size
    sizes = (wanted,) * rank if isinstance(wanted, int) else wanted
    for axis, (size, own) in enumerate(zip(sizes, x.shape[1:], strict=True), 1):
        if size is not None and size != own:
            x = _adapted(x, axis, size, run)
    return x


def _adapted(x: Array, axis: int, wanted: int, run: Run) -> Array:
    """Output i is the mean of the inputs from ⌊i·W/wanted⌋ up to, and without, ⌈(i + 1)·W/wanted⌉."""
    size = x.shape[axis]
    run.room((wanted, x.size // size))
    along = np.moveaxis(x, axis, 0)
    means = [along[i * size // wanted : -(-(i + 1) * size // wanted)].mean(axis=0) for i in range(wanted)]
    return np.moveaxis(np.stack(means), 0, axis)
