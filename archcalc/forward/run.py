"""What a kernel runs with: it draws the tensors that a layer needs, multiplies, and keeps count of both.

Tensors are drawn from random bytes, not from a normal distribution: as good a test, and ten times
cheaper, which is felt at the 138 million weights of VGG-16.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import product
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from archcalc.layers import NamedShapes, Shape
    from archcalc.layers.settings import Pairs

Array = npt.NDArray[np.float32]
Band = tuple[slice, ...]
Places = npt.NDArray[np.intp]

MAX_MEMORY = 2**32
"""Bytes that a run may take: 4 GiB. A stranger's spec must not take the machine's memory."""

COLUMNS = 512
"""The least columns of a matrix product: below, it takes longer."""

BLOCK = 2**18
"""Values of a block of a parameter that is drawn in blocks: 1 MiB of float32."""

LEAST_PEAK, GREATEST_PEAK = 2.0**-10, 2.0**10
"""Between layers, a volume whose greatest value lies outside is brought back to unit scale."""

CHUNK = 2**18
"""Bytes drawn at a time, so that they are still in the cache when they become floats."""

DEVIATION = math.sqrt((128**2 - 1) / 3)
"""Of the odd integers from −127 to 127, drawn alike: the bytes with the lowest bit set, mean 0."""


def filled(random: np.random.Generator, array: Array, spread: float, centre: float) -> Array:
    """`array`, filled with random values around `centre` whose standard deviation is `spread`."""
    values = array.reshape(-1)
    scale = np.float32(spread / DEVIATION)
    for start in range(0, values.size, CHUNK):
        part = values[start : start + CHUNK]
        raw = np.asarray(random.bit_generator.random_raw(-(-part.size // 8))).view(np.int8)[: part.size]
        np.multiply(raw | np.int8(1), scale, out=part)
    if centre:
        array += np.float32(centre)
    return array


NO_RANDOM = cast("np.random.Generator", None)
"""For runs that draw nothing: None, which a cast passes off as a generator, as NumPy takes its time to import
them when the first is asked for."""


# Any: steps are numbers, but NumPy's stubs take no index made of `:` or `...` and a tuple of int, unpacked.


class Run:
    """One run of one layer: where its kernel gets every array that it does not compute from another.

    takes_memory: whether its arrays hold what they seem to.
    limit: the most bytes of one array.
    spare: whether the first input is read by no later layer, so that a kernel may write over it.
    sequence: whether the first input is a sequence [positions, features], which its extents cannot tell.
    parameters, buffers: the shapes of the tensors drawn so far, by name.
    products: the multiply-accumulates taken so far, from the shapes of what was multiplied.
    """

    takes_memory = True
    limit = MAX_MEMORY
    working_values = 2**18
    """Values that a kernel should hold at a time, besides its input and its output: 1 MiB of float32."""

    def __init__(self, random: np.random.Generator, *, spare: bool = False, sequence: bool = False) -> None:
        self.random = random
        self.spare = spare
        self.sequence = sequence
        self.parameters: NamedShapes = {}
        self.buffers: NamedShapes = {}
        self.products = 0

    def room(self, shape: Shape) -> Shape:
        """`shape`, or a MemoryError where an array of it alone would be larger than the limit in bytes."""
        needed = 4 * math.prod(shape)
        if needed > self.limit:
            raise MemoryError(
                f"an array of {list(shape)} takes {needed:,} bytes, {self.limit:,} are the most"
            )
        return shape

    def empty(self, shape: Shape) -> Array:
        """An array to be written."""
        return np.empty(self.room(shape), np.float32)

    def full(self, shape: Shape, value: float) -> Array:
        """An array that holds `value` everywhere."""
        return np.full(self.room(shape), value, np.float32)

    def zeros(self, shape: Shape) -> Array:
        """An array of zeros."""
        return np.zeros(self.room(shape), np.float32)

    def over(self, x: Array) -> Array:
        """An array that lies as the first input `x` does, and `x` itself where nobody reads it later."""
        if self.spare:
            return x
        if x.flags.c_contiguous:
            return self.empty(x.shape)
        order = sorted(range(x.ndim), key=lambda axis: (-x.strides[axis], axis))
        laid = self.empty(tuple(x.shape[axis] for axis in order))
        return laid.transpose([order.index(axis) for axis in range(x.ndim)])

    def bordered(self, x: Array, pairs: Pairs, value: float) -> Array:
        """`x` with its spatial axes lengthened by (before, after) each, where there is `value`."""
        ends = [before + size for size, (before, _) in zip(x.shape[1:], pairs, strict=True)]
        sizes = (end + after for end, (_, after) in zip(ends, pairs, strict=True))
        canvas = self.full((len(x), *sizes), value)
        canvas[:, *(slice(before, end) for end, (before, _) in zip(ends, pairs, strict=True))] = x
        return canvas

    def picked(self, x: Array, axis: int, places: Places) -> Array:
        """What stands at some places along an axis, in their order."""
        return x[(slice(None),) * axis + (places,)]

    def bands(self, positions: Shape, patch: int, least: int = COLUMNS) -> Iterator[Band]:
        """Slices of the leading axes, as many as needed, that cover the positions one behind the other.

        They have `least` positions or more, at each of which a kernel holds `patch` values.
        """
        wanted = max(least, self.working_values // patch)
        first, row = positions[0], math.prod(positions[1:])
        if row >= 2 * wanted:
            for start in range(first):
                for rest in self.bands(positions[1:], patch, least):
                    yield slice(start, start + 1), *rest
            return
        count = min(max(first * row // wanted, 1), first)
        rows = -(-first // count)
        for start in range(0, first, rows):
            yield (slice(start, min(start + rows, first)),)

    def steps(self, *places: range) -> Iterable[tuple[Any, ...]]:
        """What a kernel does one after the other: every combination of a place from each range.

        Each takes a moment of Python's, however little there is to compute, so that a network that takes
        too many is refused before it runs; bands, which are as many as there are values, need not.
        """
        return product(*places)

    def drawn(self, shape: Shape, spread: float = 1.0, centre: float = 0.0) -> Array:
        """Random values around `centre` whose standard deviation is `spread`."""
        return filled(self.random, self.empty(shape), spread, centre)

    def draw(self, name: str, shape: Shape, *, spread: float = 0.1, centre: float = 0.0) -> Array:
        """A parameter."""
        array = self.drawn(shape, spread, centre)
        self.parameters[name] = array.shape
        return array

    def blocks(self, name: str, shape: Shape, *, spread: float = 0.1) -> Iterator[tuple[slice, Array]]:
        """A parameter, some rows at a time, so that it never exists whole."""
        self.parameters[name] = shape
        rows = max(BLOCK // math.prod(shape[1:]), 1)
        for start in range(0, shape[0], rows):
            stop = min(start + rows, shape[0])
            yield slice(start, stop), self.drawn((stop - start, *shape[1:]), spread)

    def buffer(self, name: str, shape: Shape, *, spread: float = 0.1, centre: float = 0.0) -> Array:
        """A tensor that is kept but not learned."""
        array = self.drawn(shape, spread, centre)
        self.buffers[name] = array.shape
        return array

    def matmul(self, left: Array, right: Array, out: Array | None = None) -> Array:
        """The matrix product, or a stack of them: each value of it is a sum over the inner axis."""
        product: Array = np.matmul(left, right, out=out)
        self.products += product.size * left.shape[-1]
        return product

    def checked(self, output: Array) -> tuple[Array, bool]:
        """A layer's output as later ones read it, and whether all its values are finite.

        Where they have left unit scale it is multiplied by a power of two: depth alone shall overflow
        nothing. The least and the greatest value carry any NaN or infinity.
        """
        peak = max(abs(float(output.min())), abs(float(output.max())))
        if not math.isfinite(peak) or peak == 0 or LEAST_PEAK <= peak <= GREATEST_PEAK:
            return output, math.isfinite(peak)
        place = None if isinstance(output.base, np.ndarray) else output
        return np.ldexp(output, -math.frexp(peak)[1], out=place), True


def he_std(fan_in: int) -> float:
    """The standard deviation of He initialisation, √(2/fan_in) (He et al. 2015, arXiv:1502.01852).

    Sums of `fan_in` rectified values, times such weights, keep unit scale: half of the values are zero.
    """
    return math.sqrt(2 / max(fan_in, 1))
