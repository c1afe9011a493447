"""Layers that move values without computing: flatten and pad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from archcalc.forward.padding import numbered_sides, padded, spatial_sizes
from archcalc.forward.run import Array, Run, checked_room

if TYPE_CHECKING:
    from archcalc.layers.reshape import Pad


def flatten(x: Array) -> Array:
    """The values as one vector, channel by channel."""
    return x.reshape(-1)


def pad(layer: Pad, inputs: Sequence[Array], run: Run) -> Array:
    """Cut off what is negative, pad what is positive, and put channels of zeros before and behind."""
    (x,) = inputs
    pairs = numbered_sides(layer.padding, len(spatial_sizes(x)))
    if layer.mode != "zeros" and any(side < 0 for pair in pairs for side in pair):
        raise ValueError(f"{layer.mode} padding cannot crop")
    kept = [
        slice(max(-before, 0), max(size - max(-after, 0), 0))
        for size, (before, after) in zip(x.shape[1:], pairs, strict=True)
    ]
    inner = x[:, *kept]
    if not inner.size:
        raise ValueError(f"nothing is left of {list(x.shape)} cropped by {list(map(list, pairs))}")
    outer = padded(inner, tuple((max(before, 0), max(after, 0)) for before, after in pairs), layer.mode)
    before, behind = layer.channels
    checked_room((before + len(outer) + behind, *outer.shape[1:]))
    return np.pad(outer, ((before, behind), *((0, 0),) * (outer.ndim - 1)))
