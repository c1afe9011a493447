"""Sequences [positions, features]: made of volumes, turned back, and given what is learned for positions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from archcalc.forward.kernels.padding import spatial_sizes
from archcalc.forward.run import Array, Run

if TYPE_CHECKING:
    from archcalc.layers.tokens import Volume


def sequence(x: Array) -> Array:
    """`x`, which must have positions and features."""
    if x.ndim != 2:
        raise ValueError(f"an array of {list(x.shape)} is no sequence")
    return x


def tokens(layer: object, inputs: Sequence[Array], run: Run) -> Array:
    """The positions one behind the other, each with its channels."""
    (x,) = inputs
    spatial_sizes(x)
    return x.reshape(len(x), -1).T


def volume(layer: Volume, inputs: Sequence[Array], run: Run) -> Array:
    """The features as channels, and the positions in rows of `width`."""
    channels = sequence(inputs[0]).T
    if layer.height is None or layer.width is None:
        return channels
    return channels.reshape(len(channels), layer.height, layer.width)


def class_token(layer: object, inputs: Sequence[Array], run: Run) -> Array:
    """A drawn position in front of the others."""
    x = sequence(inputs[0])
    output = run.empty((len(x) + 1, *x.shape[1:]))
    output[0], output[1:] = run.draw("weight", x.shape[1:]), x
    return output


def position_embedding(layer: object, inputs: Sequence[Array], run: Run) -> Array:
    """A drawn value added to each."""
    x = sequence(inputs[0])
    return np.add(x, run.draw("weight", x.shape), out=run.over(x))
