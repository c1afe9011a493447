"""Layers that move or leave out values without computing: flatten, pad and subsample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from archcalc.forward.kernels.padding import numbered_sides, padded, per_axis, spatial_sizes
from archcalc.forward.run import Array, Run

if TYPE_CHECKING:
    from archcalc.layers.reshape import Pad, Subsample
    from archcalc.layers.settings import Pairs


def flatten(x: Array) -> Array:
    """The values as one vector, channel by channel."""
    return x.reshape(-1)


def pad(layer: Pad, inputs: Sequence[Array], run: Run) -> Array:
    """Cut off what is negative, pad what is positive, and put channels of zeros before and behind."""
    (x,) = inputs
    pairs = numbered_sides(layer.padding, len(spatial_sizes(x)))
    if layer.mode != "zeros" and any(side < 0 for pair in pairs for side in pair):
        raise ValueError(f"{layer.mode} padding cannot crop")
    outer = padded(_cropped(x, pairs), tuple((max(a, 0), max(b, 0)) for a, b in pairs), run, layer.mode)
    if not outer.size:
        raise ValueError(f"nothing is left of {list(x.shape)}")
    before, behind = layer.channels
    canvas = run.zeros((before + len(outer) + behind, *outer.shape[1:]))
    canvas[before : before + len(outer)] = outer
    return canvas


def subsample(layer: Subsample, inputs: Sequence[Array], run: Run) -> Array:
    """Every so many-th position along each axis that has positions, the first among them."""
    (x,) = inputs
    if run.sequence:
        (step,) = per_axis(layer.stride, 1)
        return x[::step]
    strides = per_axis(layer.stride, len(spatial_sizes(x)))
    return x[:, *(slice(None, None, step) for step in strides)]


def _cropped(x: Array, pairs: Pairs) -> Array:
    """`x` without the positions that negative sides cut off: at most all that there are."""
    kept = [
        slice(max(-before, 0), size - max(-after, 0))
        for size, (before, after) in zip(x.shape[1:], pairs, strict=True)
    ]
    if any(span.start > span.stop for span in kept):
        raise ValueError(f"more is cut off than there is of {list(x.shape)}")
    return x[:, *kept]
