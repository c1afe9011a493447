"""How the values of a tensor lie in memory: strides, and which views of them need a copy.

The stride of an axis is by how many values the next one along it lies further on. A volume [3, 2, 4] lies row
by row with strides (8, 4, 1). Its 8 positions [8, 3], transposed, are a view of it with strides (1, 8);
flattened they are none, since no one stride leads through them.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod

from archcalc.layers.base import Shape, Strides


@lru_cache
def contiguous(shape: Shape) -> Strides:
    """The strides of a tensor that lies in the order of its axes, the last one densest."""
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))


@lru_cache
def dense_like(shape: Shape, strides: Strides) -> Strides:
    """The strides of what an elementwise layer writes: the axes in the same order, without gaps."""
    order = sorted(range(len(shape)), key=lambda axis: (-strides[axis], axis))
    sizes = contiguous(tuple(shape[axis] for axis in order))
    return tuple(sizes[order.index(axis)] for axis in range(len(shape)))


def reshaped(shape: Shape, strides: Strides, wanted: Shape) -> Strides | None:
    """The strides with which a tensor is seen in another shape, or None where it has to be copied.

    Neighbouring axes that one stride leads through are one run; each wanted axis must lie within a run.
    """
    runs = _runs(shape, strides)
    found: list[int] = []
    for size in reversed(wanted):
        while runs and runs[-1][0] == 1:
            runs.pop()
        length, stride = runs[-1] if runs else (1, 1)
        if length % size:
            return None
        found.append(stride)
        if runs:
            runs[-1] = (length // size, stride * size)
    return tuple(reversed(found))


def _runs(shape: Shape, strides: Strides) -> list[tuple[int, int]]:
    """The lengths of runs, and the stride within each."""
    runs: list[tuple[int, int]] = []
    for size, stride in zip(shape, strides, strict=True):
        if size == 1:
            continue
        if runs and runs[-1][1] == size * stride:
            runs[-1] = (runs[-1][0] * size, stride)
        else:
            runs.append((size, stride))
    return runs
