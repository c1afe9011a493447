"""Layers that read several volumes and write one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from archcalc.forward.run import Array, Run

if TYPE_CHECKING:
    from archcalc.layers.merge import Concat


def add(layer: object, inputs: Sequence[Array], run: Run) -> Array:
    """The elementwise sum of arrays of one shape: no broadcasting."""
    total = inputs[0].copy()
    for other in inputs[1:]:
        if other.shape != total.shape:
            raise ValueError(f"adds arrays of {list(total.shape)} and {list(other.shape)}")
        total += other
    return total


def multiply(layer: object, inputs: Sequence[Array], run: Run) -> Array:
    """The elementwise product; an array with one value for each channel scales whole channels."""
    shapes = {x.shape for x in inputs if math.prod(x.shape[1:]) > 1}
    axes = max(x.ndim for x in inputs)
    if len(shapes) > 1 or len({len(x) for x in inputs}) > 1 or any(1 < x.ndim < axes for x in inputs):
        raise ValueError(f"multiplies arrays of {' and '.join(str(list(x.shape)) for x in inputs)}")
    first, *others = (x.reshape(len(x), *[1] * (axes - 1)) if x.ndim == 1 else x for x in inputs)
    output = run.empty(np.broadcast_shapes(*(x.shape for x in (first, *others))))
    output[...] = first
    for other in others:
        output *= other
    return output


def concat(layer: Concat, inputs: Sequence[Array], run: Run) -> Array:
    """The arrays one behind the other along the channels, or along the features of each position."""
    last = layer.over == "features" or (layer.over == "channels_last" and run.sequence)
    # Parts are laid along the first axis, of what the output is transposed to.
    parts = [x.T for x in inputs] if last else inputs
    if len({x.shape[1:] for x in parts}) > 1:
        raise ValueError(f"concatenates arrays of {' and '.join(str(list(x.shape)) for x in inputs)}")
    joined, end = (sum(map(len, parts)), *parts[0].shape[1:]), 0
    output = run.empty(joined[::-1] if last else joined)
    along = output.T if last else output
    for x in parts:
        along[end : end + len(x)] = x
        end += len(x)
    return output
