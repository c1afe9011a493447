"""Meta arrays, as on PyTorch's meta device: a shape and no contents, so that kernels need no memory.

For example a convolution's kernel multiplies a meta array of (64, 27) by one of (27, 50176) and gets one of
(64, 50176), whose 3,211,264 values all lie in the same four bytes: every stride is 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from archcalc.forward.abstract.base import AbstractArray, AbstractRun
from archcalc.forward.run import Array, Band, Places

if TYPE_CHECKING:
    from archcalc.layers import Shape

MEMORY = bytes(4)
"""All strides are 0: every element of every meta array lies here."""

ELEMENT_LIMIT = 2**61
"""NumPy counts the bytes of an array in 63 bits."""


# Any: indices, values that are assigned and operands of ufuncs come from NumPy's protocols, untyped; for
# `steps` see archcalc.forward.run.


class MetaArray(AbstractArray):
    """A meta array: float32 without contents."""

    @classmethod
    def blank(cls, shape: Shape) -> Self:
        return np.ndarray.__new__(cls, countable(shape), np.float32, MEMORY, 0, (0,) * len(shape))

    @classmethod
    def joined(cls, inputs: Sequence[Any]) -> Self:
        return cls.blank(_broadcast([_shape(x) for x in inputs]))

    def reduced(self, axis: int | Shape | None, keepdims: bool) -> Self:
        axes = range(self.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
        gone = {range(self.ndim)[one] for one in axes}
        kept = ((1 if number in gone else size, number not in gone) for number, size in enumerate(self.shape))
        return self.blank(tuple(size for size, own in kept if own or keepdims))

    @classmethod
    def product(cls, left: Array, right: Array) -> Self:
        if left.shape[-1] != right.shape[-2]:
            raise ValueError(f"multiplies matrices of {list(left.shape)} and {list(right.shape)}")
        stack = _broadcast([left.shape[:-2], right.shape[:-2]])
        return cls.blank((*stack, left.shape[-2], right.shape[-1]))

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        if function is sliding_window_view:
            x, window, *_ = arguments
            countable((*x.shape, *window))
        return super().__array_function__(function, types, arguments, options)

    def __setitem__(self, key: Any, value: Any) -> None:
        """Nothing is written, but what would not fit is refused."""
        target, given = self[key].shape, _shape(value)
        if _broadcast([given, target]) != target:
            raise ValueError(f"an array of {list(given)} does not fit into {list(target)}")

    def copy(self, order: Any = "C") -> Self:
        return self.blank(self.shape)


def countable(shape: Shape) -> Shape:
    """`shape`, or a MemoryError where NumPy could not count the bytes of an array of it."""
    if math.prod(shape) >= ELEMENT_LIMIT:
        raise MemoryError(f"an array of {list(shape)} has {math.prod(shape):,} values, beyond 2^61")
    return shape


def _shape(value: Any) -> Shape:
    """The shape of an array, or () of a number."""
    return getattr(value, "shape", ())


def _broadcast(shapes: Sequence[Shape]) -> Shape:
    """The shape to which all of them broadcast; np.broadcast_shapes takes its time where they are alike."""
    different = {shape for shape in shapes if shape}
    return different.pop() if len(different) == 1 else np.broadcast_shapes(*different)


class MetaRun(AbstractRun):
    """A run on meta arrays; they may have any size that NumPy can count.

    taken: how many steps a real run takes, of which this one takes two.
    """

    kind = MetaArray
    takes_memory = False
    taken = 0

    def room(self, shape: Shape) -> Shape:
        """`shape`, whatever memory it would take."""
        return shape

    def steps(self, *places: range) -> Iterable[tuple[Any, ...]]:
        """The first and the last: those between are like them."""
        self.taken += math.prod(map(len, places))
        return dict.fromkeys(tuple(each[end] for each in places) for end in (0, -1) if all(places))

    def picked(self, x: Array, axis: int, places: Places) -> Array:
        if places.max() >= x.shape[axis]:
            raise IndexError(f"place {places.max()} of {x.shape[axis]}")
        return self.empty((*x.shape[:axis], len(places), *x.shape[axis + 1 :]))

    def bands(self, positions: Shape, patch: int, least: int = 1) -> Iterator[Band]:
        """All positions at once."""
        yield (slice(0, positions[0]),)
