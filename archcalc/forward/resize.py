"""Volumes made larger or smaller by interpolation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from archcalc.forward.padding import per_axis, spatial_sizes
from archcalc.forward.run import Array, Run

if TYPE_CHECKING:
    from archcalc.layers.resize import Interpolate


def interpolate(layer: Interpolate, inputs: Sequence[Array], run: Run) -> Array:
    """One axis after the other is read at other places."""
    (x,) = inputs
    sizes = spatial_sizes(x)
    if layer.scale_factor is not None:
        factors = [Fraction(str(factor)) for factor in per_axis(layer.scale_factor, len(sizes))]
    else:
        wanted = per_axis(layer.size or sizes, len(sizes))
        factors = [Fraction(out, size) for out, size in zip(wanted, sizes, strict=True)]
    for axis, (size, factor) in enumerate(zip(sizes, factors, strict=True), 1):
        x = _read(layer, x, axis, math.floor(size * factor), factor, run)
    return x


def _read(layer: Interpolate, x: Array, axis: int, wanted: int, factor: Fraction, run: Run) -> Array:
    """Each output along an axis is one input, or a mean of two, weighed by how near they are."""
    output = run.empty((*x.shape[:axis], wanted, *x.shape[axis + 1 :]))
    source, target = np.moveaxis(x, axis, 0), np.moveaxis(output, axis, 0)
    for number in range(wanted):
        place = _place(layer, number, factor, x.shape[axis], wanted)
        low = math.floor(place)
        target[number] = source[low]
        if place > low:
            target[number] += np.float32(place - low) * (source[low + 1] - source[low])
    return output


def _place(layer: Interpolate, number: int, factor: Fraction, size: int, wanted: int) -> Fraction | int:
    """Where an output is read, along inputs that stand at 0, 1, 2 …"""
    if layer.mode == "nearest":
        return math.floor(number / factor)
    if layer.align_corners:
        return number * Fraction(size - 1, max(wanted - 1, 1))
    middle = (number + Fraction(1, 2)) / factor - Fraction(1, 2)
    return min(max(middle, Fraction(0)), Fraction(size - 1))
