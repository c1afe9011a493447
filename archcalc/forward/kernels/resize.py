"""Volumes made larger or smaller by interpolation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from archcalc.forward.kernels.padding import per_axis, spatial_sizes
from archcalc.forward.run import Array, Places, Run

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
    size = x.shape[axis]
    first, step = _line(layer, factor, size, wanted)
    many = max(run.working_values // (2 * x.size // size), 1)
    for (start,) in run.steps(range(0, wanted, many)):
        low, weight = _places(first, step, range(start, min(start + many, wanted)), size)
        near = run.picked(x, axis, low)
        if layer.mode != "nearest":
            far = run.picked(x, axis, low + (weight > 0))
            near += (far - near) * weight.reshape(-1, *(1,) * (x.ndim - axis - 1))
        output[(slice(None),) * axis + (slice(start, start + many),)] = near
    return output


def _line(layer: Interpolate, factor: Fraction, size: int, wanted: int) -> tuple[Fraction, Fraction]:
    """Where the first output is read, along inputs that stand at 0, 1, 2 …, and how far the next from it."""
    if layer.mode == "nearest":
        return Fraction(0), 1 / factor
    if layer.align_corners:
        return Fraction(0), Fraction(size - 1, max(wanted - 1, 1))
    return (1 / factor - 1) / 2, 1 / factor


def _places(first: Fraction, step: Fraction, numbers: range, size: int) -> tuple[Places, Array]:
    """The inputs at or before which outputs are read, and how far behind them; exactly, in integers."""
    parts = math.lcm(first.denominator, step.denominator)
    start, by = int(first * parts), int(step * parts)
    safe = max(parts * size, abs(start) + by * numbers.stop) < 2**63
    number = np.arange(numbers.start, numbers.stop).astype(np.int64 if safe else object)
    place = np.clip(start + by * number, 0, parts * (size - 1))
    return (place // parts).astype(np.intp), (place % parts / parts).astype(np.float32)
