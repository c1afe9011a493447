"""Fully connected layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from archcalc.forward.run import Array, Run, he_std

if TYPE_CHECKING:
    from archcalc.layers.dense import FullyConnected


def fc(layer: FullyConnected, inputs: Sequence[Array], run: Run) -> Array:
    """The weights times a vector, or times each row of a sequence, or each column of a volume."""
    (x,) = inputs
    if layer.over == "channels":
        return _over_channels(layer, x, run)
    by_row = layer.over == "features" or run.sequence or (x.ndim == 2 and x.shape[1] > 1)
    rows = x.reshape(-1, x.shape[-1]) if by_row else x.reshape(1, len(x))
    features = layer.in_features or rows.shape[1]
    output = run.empty((len(rows), layer.units))
    for units, weight in run.blocks("weight", (layer.units, features), spread=he_std(features)):
        output[:, units] = run.matmul(rows, weight.T)
    if layer.bias:
        output += run.draw("bias", (layer.units,))
    return output.reshape(*x.shape[:-1], layer.units) if by_row else output[0]


def _over_channels(layer: FullyConnected, x: Array, run: Run) -> Array:
    """The weights times the channels of each position."""
    columns = x.reshape(len(x), -1)
    features = layer.in_features or len(x)
    output = run.empty((layer.units, columns.shape[1]))
    for units, weight in run.blocks("weight", (layer.units, features), spread=he_std(features)):
        output[units] = run.matmul(weight, columns)
    if layer.bias:
        output += run.draw("bias", (layer.units,)).reshape(-1, 1)
    return output.reshape(layer.units, *x.shape[1:])
