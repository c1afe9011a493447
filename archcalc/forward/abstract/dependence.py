"""Dependence of values on positions of the network's input, as arrays that hold it in place of the value.

A value computed from others depends on all that they depend on; padding and parameters depend on nothing.
So one run of the kernels, whatever they compute, tells of every output what changing one input position could
change.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from archcalc.forward.abstract.base import AbstractArray, AbstractRun
from archcalc.forward.run import Array

if TYPE_CHECKING:
    from archcalc.layers import Shape
    from archcalc.layers.settings import Pairs


# Any: operands of ufuncs are arrays or numbers, and NumPy's integers are generic in their width.


class DependenceArray(AbstractArray):
    """What values saw, as integers that a `union` joins; to join the same twice makes no difference.

    nothing: the integer that leaves every other as it is.
    """

    union: ClassVar[np.ufunc]
    nothing: ClassVar[int]
    values: ClassVar[type[np.integer[Any]]]

    @classmethod
    def blank(cls, shape: Shape) -> Self:
        return np.full(shape, cls.nothing, cls.values).view(cls)

    @classmethod
    def joined(cls, inputs: Sequence[Any]) -> Self:
        arrays = [x.view(np.ndarray) for x in inputs if isinstance(x, DependenceArray)]
        shape = np.broadcast_shapes(*(getattr(x, "shape", ()) for x in inputs))
        return np.array(np.broadcast_to(reduce(cls.union, arrays), shape)).view(cls)

    def reduced(self, axis: int | Shape | None, keepdims: bool) -> Self:
        union = self.union.reduce(self.view(np.ndarray), axis=axis, keepdims=keepdims)
        return np.asarray(union).view(type(self))

    @classmethod
    def product(cls, left: Array, right: Array) -> Self:
        if left.shape[-1] != right.shape[-2]:
            raise ValueError(f"multiplies matrices of {list(left.shape)} and {list(right.shape)}")
        return cls.joined((cls._along(left, -1), cls._along(right, -2)))

    @classmethod
    def _along(cls, matrices: Array, axis: int) -> Array:
        """The union along an axis that is kept; where that is one element in memory, it is that element."""
        if matrices.strides[axis]:
            return matrices.view(cls).reduced(axis, True)
        return matrices[..., :1] if axis == -1 else matrices[..., :1, :]


class FirstDependence(DependenceArray):
    """The first position along one axis; of positions counted backwards, the last."""

    union = np.minimum
    nothing = 2**31 - 1
    values = np.int32


class PaddingDependence(DependenceArray):
    """The padding that was seen: bit 0 for that before the first axis, 1 behind it, 2 before the second …"""

    union = np.bitwise_or
    nothing = 0
    values = np.int8

    @classmethod
    def bordered(cls, x: Array, pairs: Pairs) -> Self:
        canvas = super().bordered(x, pairs)
        for axis, (before, after) in enumerate(pairs[1:]):
            along = np.moveaxis(canvas.view(np.ndarray), axis + 1, 0)
            along[:before] |= np.int8(1 << 2 * axis)
            along[len(along) - after :] |= np.int8(2 << 2 * axis)
        return canvas


class DependenceRun(AbstractRun):
    """A run on what values saw."""

    def drawn(self, shape: Shape, spread: float = 1.0, centre: float = 0.0) -> Array:
        """A parameter sees nothing of the input; one element of memory is enough to say so."""
        return np.broadcast_to(self.kind.blank(()), shape, subok=True)


class FirstDependenceRun(DependenceRun):
    """A run on the first positions."""

    kind = FirstDependence


class PaddingDependenceRun(DependenceRun):
    """A run on the padding."""

    kind = PaddingDependence
