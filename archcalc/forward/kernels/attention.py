"""Attention: each position of a sequence reads all others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from archcalc.forward.kernels.tokens import sequence
from archcalc.forward.run import Array, Run, he_std

if TYPE_CHECKING:
    from archcalc.layers.attention import Attention


def attention(layer: Attention, inputs: Sequence[Array], run: Run) -> Array:
    """Each head weighs the values by the softmax of queries times keys; the heads are projected together."""
    x = sequence(inputs[0])
    positions, features = x.shape
    projected = _projected(x, ("in_proj_weight", "in_proj_bias"), 3 * features, layer.bias, run)
    size = features // layer.heads
    parts = projected.reshape(positions, 3, layer.heads, size).transpose(1, 2, 0, 3)
    heads = run.empty((positions, layer.heads, size))
    for (some,) in run.bands((layer.heads,), positions * positions, least=1):
        query, key, value = parts[:, some]
        scores = run.matmul(query, key.swapaxes(1, 2))
        scores *= np.float32(1 / math.sqrt(size))
        heads[:, some] = run.matmul(_softmax(scores), value).swapaxes(0, 1)
    joined = heads.reshape(positions, layer.heads * size)
    return _projected(joined, ("out_proj.weight", "out_proj.bias"), features, layer.bias, run)


def _projected(x: Array, names: tuple[str, str], units: int, biased: bool, run: Run) -> Array:
    """The rows of `x` times drawn weights, and drawn biases added."""
    output = run.empty((len(x), units))
    spread = he_std(x.shape[1])
    for columns, weight in run.blocks(names[0], (units, x.shape[1]), spread=spread):
        output[:, columns] = run.matmul(x, weight.T)
    if biased:
        output += run.draw(names[1], (units,))
    return output


def _softmax(scores: Array) -> Array:
    """exp(x) over its sum along each row, in place."""
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return scores
