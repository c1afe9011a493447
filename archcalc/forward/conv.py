"""Convolutions: windows of the padded input times the filters, and for the transposed one the reverse."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from archcalc.forward.padding import numbered_sides, padded, per_axis, sides, spatial_sizes
from archcalc.forward.run import Array, Run, level
from archcalc.forward.sliding import slid

if TYPE_CHECKING:
    from archcalc.layers import Shape
    from archcalc.layers.conv import Conv, ConvTranspose, Depthwise
    from archcalc.layers.settings import Pairs


def conv(layer: Conv, inputs: Sequence[Array], run: Run) -> Array:
    """Convolution with `groups`, along as many axes as the input has."""
    (x,) = inputs
    sizes = spatial_sizes(x)
    kernel, stride, dilation = _geometry(layer, len(sizes))
    depth = (layer.in_channels or len(x)) // layer.groups
    weight = run.draw("weight", (layer.filters, depth, *kernel), spread=level(depth * math.prod(kernel)))
    bias = run.draw("bias", (layer.filters,)) if layer.bias else None
    around = padded(x, sides(layer.padding, sizes, kernel, stride, dilation), run, layer.padding_mode)
    return biased(convolved(around, weight, stride, dilation, layer.groups, run), bias)


def depthwise(layer: Depthwise, inputs: Sequence[Array], run: Run) -> Array:
    """Each channel is a group of its own."""
    (x,) = inputs
    sizes = spatial_sizes(x)
    kernel, stride, dilation = _geometry(layer, len(sizes))
    filters = len(x) * layer.multiplier
    weight = run.draw("weight", (filters, 1, *kernel), spread=level(math.prod(kernel)))
    bias = run.draw("bias", (filters,)) if layer.bias else None
    around = padded(x, sides(layer.padding, sizes, kernel, stride, dilation), run)
    return biased(convolved(around, weight, stride, dilation, len(x), run), bias)


def _geometry(layer: Conv | Depthwise | ConvTranspose, rank: int) -> tuple[Shape, Shape, Shape]:
    """Kernel, stride and dilation along each axis."""
    return (
        per_axis(layer.kernel_size, rank),
        per_axis(layer.stride, rank),
        per_axis(layer.dilation, rank),
    )


def biased(output: Array, bias: Array | None) -> Array:
    """`output` with one value added to each channel, in place."""
    if bias is not None:
        output += bias.reshape(-1, *(1,) * (output.ndim - 1))
    return output


def convolved(x: Array, weight: Array, stride: Shape, dilation: Shape, groups: int, run: Run) -> Array:
    """The windows of `x` times the filters, group by group and one band of the output at a time."""
    filters, _, *kernel = weight.shape
    windows = slid(x, tuple(kernel), stride, dilation)
    positions = windows.shape[1 : x.ndim]
    taps = math.prod(weight.shape[1:])
    matrices = weight.reshape(groups, filters // groups, taps)
    output = run.empty((filters, *positions))
    products = output.reshape(groups, filters // groups, *positions)
    for band in run.bands(positions, len(x) * math.prod(kernel)):
        product = run.matmul(matrices, columns(windows[:, band], groups, taps))
        products[:, :, band] = product.reshape(products[:, :, band].shape)
    return output


def columns(windows: Array, groups: int, taps: int) -> Array:
    """Windows (channels × positions × taps) as a matrix for each group, one column for each position."""
    rank = windows.ndim // 2
    order = (0, *range(rank + 1, windows.ndim), *range(1, rank + 1))
    return windows.transpose(order).reshape(groups, taps, math.prod(windows.shape[1 : rank + 1]))


def conv_transpose(layer: ConvTranspose, inputs: Sequence[Array], run: Run) -> Array:
    """Each input position adds its value times the filters to a patch of a canvas, which is then cropped."""
    (x,) = inputs
    rank = len(spatial_sizes(x))
    kernel, stride, dilation = _geometry(layer, rank)
    channels, depth = layer.in_channels or len(x), layer.filters // layer.groups
    fan_in = channels // layer.groups * math.prod(kernel) // math.prod(stride)
    weight = run.draw("weight", (channels, depth, *kernel), spread=level(fan_in))
    bias = run.draw("bias", (layer.filters,)) if layer.bias else None
    patches = patch_products(x, weight, layer.groups, run)
    canvas = scattered(patches.reshape(layer.filters, *kernel, *x.shape[1:]), stride, dilation, run)
    extra = per_axis(layer.output_padding, rank)
    return biased(cropped(canvas, numbered_sides(layer.padding, rank), extra, run), bias)


def patch_products(x: Array, weight: Array, groups: int, run: Run) -> Array:
    """What each input position writes: groups × (filters of a group × taps) × positions."""
    channels, depth, *kernel = weight.shape
    own = channels // groups
    matrices = weight.reshape(groups, own, depth * math.prod(kernel)).transpose(0, 2, 1)
    run.room((groups, matrices.shape[1], math.prod(x.shape[1:])))
    return run.matmul(matrices, x.reshape(groups, own, math.prod(x.shape[1:])))


def scattered(patches: Array, stride: Shape, dilation: Shape, run: Run) -> Array:
    """Patches (filters × taps × positions) added up where they fall on a canvas of all of them."""
    rank = len(stride)
    kernel, positions = patches.shape[1 : rank + 1], patches.shape[rank + 1 :]
    last = [
        (taps - 1) * spread + (count - 1) * step
        for taps, spread, count, step in zip(kernel, dilation, positions, stride, strict=True)
    ]
    canvas = run.zeros((len(patches), *(index + 1 for index in last)))
    for tap in np.ndindex(*kernel):
        corner = [index * spread for index, spread in zip(tap, dilation, strict=True)]
        reached = [
            slice(start, start + (count - 1) * step + 1, step)
            for start, count, step in zip(corner, positions, stride, strict=True)
        ]
        canvas[:, *reached] += patches[:, *tap]
    return canvas


def cropped(canvas: Array, pairs: Pairs, extra: Shape, run: Run) -> Array:
    """`canvas` with `extra` zeros behind each axis, and then its padding cut off."""
    grown = padded(canvas, tuple((0, size) for size in extra), run)
    stops = [size - after for size, (_, after) in zip(grown.shape[1:], pairs, strict=True)]
    kept = [slice(before, stop) for (before, _), stop in zip(pairs, stops, strict=True)]
    if any(stop <= before for (before, _), stop in zip(pairs, stops, strict=True)):
        raise ValueError(f"nothing is left of {list(grown.shape)} cropped by {list(map(list, pairs))}")
    return grown[:, *kept]
