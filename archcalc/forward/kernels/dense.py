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
    along_one_axis = x.ndim == 2 and x.shape[1] > 1
    columns = layer.over == "channels_last" and along_one_axis and not run.sequence
    if layer.over == "channels" or columns:
        return _over_channels(layer, x, run)
    by_row = layer.over == "features" or run.sequence or along_one_axis
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
