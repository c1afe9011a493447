"""Convolutions: windows of the padded input times the filters, and for the transposed one the reverse."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from archcalc.forward.kernels.padding import numbered_sides, padded, per_axis, sides, spatial_sizes
from archcalc.forward.kernels.sliding import slid
from archcalc.forward.run import Array, Run, he_std

if TYPE_CHECKING:
    from archcalc.layers import Shape
    from archcalc.layers.conv import Conv, Depthwise
    from archcalc.layers.settings import Pairs
    from archcalc.layers.transposed import ConvTranspose


def conv(layer: Conv, inputs: Sequence[Array], run: Run) -> Array:
    """Convolution with `groups`, along as many axes as the input has."""
    (x,) = inputs
    sizes = spatial_sizes(x)
    kernel, stride, dilation = _geometry(layer, len(sizes))
    depth = (layer.in_channels or len(x)) // layer.groups
    weight = run.draw("weight", (layer.filters, depth, *kernel), spread=he_std(depth * math.prod(kernel)))
    bias = run.draw("bias", (layer.filters,)) if layer.bias else None
    around = padded(x, sides(layer.padding, sizes, kernel, stride, dilation), run, layer.padding_mode)
    return convolved(around, weight, bias, stride, dilation, layer.groups, run)


def depthwise(layer: Depthwise, inputs: Sequence[Array], run: Run) -> Array:
    """Each channel is a group of its own."""
    (x,) = inputs
    sizes = spatial_sizes(x)
    kernel, stride, dilation = _geometry(layer, len(sizes))
    filters = len(x) * layer.multiplier
    weight = run.draw("weight", (filters, 1, *kernel), spread=he_std(math.prod(kernel)))
    bias = run.draw("bias", (filters,)) if layer.bias else None
    around = padded(x, sides(layer.padding, sizes, kernel, stride, dilation), run)
    return convolved(around, weight, bias, stride, dilation, len(x), run)


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


def convolved(
    x: Array, weight: Array, bias: Array | None, stride: Shape, dilation: Shape, groups: int, run: Run
) -> Array:
    """The windows of `x` times the filters, group by group and one band of the output at a time.

    This is im2col. Of VGG-16's conv1_2, 64 channels of 224×224 with 64 filters of 3×3, the matrix of all
    windows would be 576 × 50,176: 110 MiB. It is made in bands of rows, here of 3:

        matrices (1, 64, 576)  ·  columns (1, 576, 672)  →  out (1, 64, 672), a view of output[:, 0:3]

    and the columns take 1.5 MiB. With 2 groups the shapes are (2, 32, 288), (2, 288, …) and (2, 32, …).
    """
    filters, _, *kernel = weight.shape
    windows = slid(x, tuple(kernel), stride, dilation)
    positions = windows.shape[1 : x.ndim]
    taps = math.prod(weight.shape[1:])
    matrices = weight.reshape(groups, filters // groups, taps)
    output = run.empty((filters, *positions))
    for band in run.bands(positions, len(x) * math.prod(kernel)):
        out = grouped(output[:, *band], groups)
        run.matmul(matrices, columns(windows[:, *band], groups, taps), out)
        if bias is not None:
            out += bias.reshape(groups, -1, 1)
    return output


def grouped(x: Array, groups: int) -> Array:
    """A band of a volume as a matrix for each group of channels: groups × channels × positions."""
    return x.reshape(groups, len(x) // groups, math.prod(x.shape[1:]))


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
    if layer.filters != depth * layer.groups:
        raise ValueError(f"{layer.filters} filters in {layer.groups} groups")
    fan_in = channels // layer.groups * math.prod(kernel) // math.prod(stride)
    weight = run.draw("weight", (channels, depth, *kernel), spread=he_std(fan_in))
    bias = run.draw("bias", (layer.filters,)) if layer.bias else None
    canvas = scattered(x, weight, layer.groups, stride, dilation, run)
    extra = per_axis(layer.output_padding, rank)
    if layer.padding == "same_upper" and not any(extra):
        return biased(_as_backward(canvas, x, kernel, stride, dilation, run), bias)
    return biased(cropped(canvas, numbered_sides(layer.padding, rank), extra, run), bias)


def _as_backward(canvas: Array, x: Array, kernel: Shape, stride: Shape, dilation: Shape, run: Run) -> Array:
    """`canvas` cropped as by the backward pass of a convolution whose input is S times as large as `x`."""
    whole = tuple(size * step for size, step in zip(x.shape[1:], stride, strict=True))
    pairs = sides("same_upper", whole, kernel, stride, dilation)
    reached = zip(whole, pairs, canvas.shape[1:], strict=True)
    return cropped(canvas, pairs, tuple(max(size + sum(pair) - now, 0) for size, pair, now in reached), run)


def scattered(x: Array, weight: Array, groups: int, stride: Shape, dilation: Shape, run: Run) -> Array:
    """The patches that the positions of `x` write, added up on a canvas of all of them, band by band."""
    channels, depth, *kernel = weight.shape
    filters, taps = groups * depth, math.prod(kernel)
    matrices = weight.reshape(groups, channels // groups, depth * taps).transpose(0, 2, 1)
    axes = tuple(zip(kernel, x.shape[1:], stride, dilation, strict=True))
    canvas = run.zeros((filters, *((t - 1) * d + (n - 1) * s + 1 for t, n, s, d in axes)))
    for band in run.bands(x.shape[1:], filters * taps):
        part = x[:, *band]
        patches = run.matmul(matrices, grouped(part, groups)).reshape(filters, *kernel, *part.shape[1:])
        corner = tuple(slice(span.start * step, None) for span, step in zip(band, stride, strict=False))
        add_patches(canvas[:, *corner], patches, dilation, stride, run)
    return canvas


def add_patches(canvas: Array, patches: Array, dilation: Shape, stride: Shape, run: Run) -> None:
    """Add patches (filters × taps × positions) where they fall: all positions of a tap at a time.

    With fewer positions than taps, all taps of a position, which is the same with their roles exchanged.
    """
    rank = len(stride)
    kernel, positions = patches.shape[1 : rank + 1], patches.shape[rank + 1 :]
    if math.prod(kernel) > math.prod(positions):
        exchanged = patches.transpose(0, *range(rank + 1, patches.ndim), *range(1, rank + 1))
        kernel, positions, patches, dilation, stride = positions, kernel, exchanged, stride, dilation
    for tap in run.steps(*map(range, kernel)):
        axes = zip(tap, positions, dilation, stride, strict=True)
        reached = (slice(t * d, t * d + (count - 1) * s + 1, s) for t, count, d, s in axes)
        canvas[:, *reached] += patches[:, *tap]


def cropped(canvas: Array, pairs: Pairs, extra: Shape, run: Run) -> Array:
    """`canvas` with `extra` zeros behind each axis, and then its padding cut off."""
    grown = padded(canvas, tuple((0, size) for size in extra), run)
    stops = [size - after for size, (_, after) in zip(grown.shape[1:], pairs, strict=True)]
    kept = [slice(before, stop) for (before, _), stop in zip(pairs, stops, strict=True)]
    if any(stop <= before for (before, _), stop in zip(pairs, stops, strict=True)):
        raise ValueError(f"nothing is left of {list(grown.shape)} cropped by {list(map(list, pairs))}")
    output = run.empty((len(grown), *(span.stop - span.start for span in kept)))
    output[...] = grown[:, *kept]
    return output
