"""Fully connected layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from archcalc.forward.run import Array, Run, level

if TYPE_CHECKING:
    from archcalc.layers.dense import FullyConnected


def fc(layer: FullyConnected, inputs: Sequence[Array], run: Run) -> Array:
    """The weights times a vector, or times each row of a sequence [positions, features]."""
    (x,) = inputs
    is_sequence = x.ndim == 2 and x.shape[1] > 1
    rows = x if is_sequence else x.reshape(1, len(x))
    features = layer.in_features or rows.shape[1]
    output = run.empty((len(rows), layer.units))
    for units, weight in run.blocks("weight", (layer.units, features), spread=level(features)):
        output[:, units] = run.matmul(rows, weight.T)
    if layer.bias:
        output += run.draw("bias", (layer.units,))
    return output if is_sequence else output[0]
