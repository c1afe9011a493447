"""Layers that choose, reorder or weigh channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from archcalc.forward.run import Array, Run

if TYPE_CHECKING:
    from archcalc.layers.channels import ChannelShuffle, Scale, Select


def select(layer: Select, inputs: Sequence[Array], run: Run) -> Array:
    """One position, the channels of a list one after the other, or those from `start` to before `stop`."""
    (x,) = inputs
    if layer.position is not None:
        return x[layer.position, ...]
    if layer.channels is None:
        return x[layer.start : layer.stop]
    if max(layer.channels) >= len(x):
        raise IndexError(f"channel {max(layer.channels)} of {len(x)}")
    output = run.empty((len(layer.channels), *x.shape[1:]))
    for (place,) in run.steps(range(len(layer.channels))):
        output[place] = x[layer.channels[place]]
    return output


def channel_shuffle(layer: ChannelShuffle, inputs: Sequence[Array], run: Run) -> Array:
    """The first channel of each group, then the second of each, and so on."""
    (x,) = inputs
    if len(x) % layer.groups:
        raise ValueError(f"{len(x)} channels in {layer.groups} groups")
    output = run.empty(x.shape)
    own = len(x) // layer.groups
    by_group = x.reshape(layer.groups, own, *x.shape[1:])
    output.reshape(own, layer.groups, *x.shape[1:])[...] = by_group.swapaxes(0, 1)
    return output


def scale(layer: Scale, inputs: Sequence[Array], run: Run) -> Array:
    """A drawn factor for each channel or feature, and with `bias` a drawn shift."""
    (x,) = inputs
    last = (layer.over or ("features" if x.ndim == 2 else "channels")) == "features"
    shape = x.shape[-1:] if last else x.shape[:1]
    along = (-1,) if last else (-1, *(1,) * (x.ndim - 1))
    factors = run.draw("weight", shape, centre=1.0).reshape(along)
    output = np.multiply(x, factors, out=run.over(x))
    if layer.bias:
        output += run.draw("bias", shape).reshape(along)
    return output
