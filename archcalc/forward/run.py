"""What a kernel runs with: it draws the tensors that a layer needs, multiplies, and keeps count of both.

Tensors are drawn from random bytes, not from a normal distribution: as good a test, and ten times
cheaper, which is felt at the 138 million weights of VGG-16.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from archcalc.layers import NamedShapes, Shape

Array = npt.NDArray[np.float32]

VALUES = 2**28
"""The most values of one array: 1 GiB of float32. A stranger's spec must not take the machine's memory."""

CHUNK = 2**18
"""Bytes drawn at a time, so that they are still in the cache when they become floats."""

DEVIATION = math.sqrt((128**2 - 1) / 3)
"""Of the odd integers from −127 to 127, drawn alike: the bytes with the lowest bit set, mean 0."""


def checked_room(shape: Shape) -> Shape:
    """`shape`, or a MemoryError where an array of it would be too large to run."""
    values = math.prod(shape)
    if values > VALUES:
        raise MemoryError(f"an array of {list(shape)} has {values:,} values, {VALUES:,} are the most")
    return shape


def drawn(random: np.random.Generator, shape: Shape, spread: float = 1.0, centre: float = 0.0) -> Array:
    """Random values around `centre` whose standard deviation is `spread`."""
    array = np.empty(checked_room(shape), np.float32)
    values = array.reshape(-1)
    scale = np.float32(spread / DEVIATION)
    for start in range(0, values.size, CHUNK):
        part = values[start : start + CHUNK]
        raw = np.asarray(random.bit_generator.random_raw(-(-part.size // 8))).view(np.int8)[: part.size]
        np.multiply(raw | np.int8(1), scale, out=part)
    if centre:
        array += np.float32(centre)
    return array


class Run:
    """One run of one layer.

    parameters, buffers: the shapes of the tensors drawn so far, by name.
    products: the multiply-accumulates taken so far, from the shapes of what was multiplied.
    """

    def __init__(self, random: np.random.Generator) -> None:
        self.random = random
        self.parameters: NamedShapes = {}
        self.buffers: NamedShapes = {}
        self.products = 0

    def draw(self, name: str, shape: Shape, *, spread: float = 0.1, centre: float = 0.0) -> Array:
        """A parameter."""
        array = drawn(self.random, shape, spread, centre)
        self.parameters[name] = array.shape
        return array

    def buffer(self, name: str, shape: Shape, *, spread: float = 0.1, centre: float = 0.0) -> Array:
        """A tensor that is kept but not learned."""
        array = drawn(self.random, shape, spread, centre)
        self.buffers[name] = array.shape
        return array

    def matmul(self, left: Array, right: Array) -> Array:
        """The matrix product, or a stack of them: each value of it is a sum over the inner axis."""
        product: Array = np.matmul(left, right)
        self.products += product.size * left.shape[-1]
        return product


def level(fan_in: int) -> float:
    """The spread of weights behind which `fan_in` rectified values sum to unit scale (He et al. 2015)."""
    return math.sqrt(2 / max(fan_in, 1))
