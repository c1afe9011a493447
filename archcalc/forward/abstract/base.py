"""Abstract interpretation of kernels: they run as they are, on arrays of facts in place of values.

A fact about each value follows from facts about those that it is computed from. For `y = x[1:] + x[:-1]`:

    values                x = [3, 1, 4]                   y = [4, 5]
    shapes (meta arrays)  x: (3,)                         y: (2,)
    first dependence      x = [0, 1, 2]                   y = [0, 1], the minimum of what is added


Indexing, slicing, reshaping, transposing and windows are NumPy's own. What would compute is asked of the
stand-in, in four questions; whatever else NumPy can do with an array is refused, so that nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from archcalc.forward.run import Array, Run

if TYPE_CHECKING:
    from archcalc.layers import Shape
    from archcalc.layers.settings import Pairs


# Any: NumPy calls its two protocols with whatever the kernel wrote: arrays, numbers, options of any type. An
# array of facts has any shape and element type; its own stubs type these methods in the same way.


class AbstractArray(np.ndarray[Any, Any]):
    """An array whose elements are not the values that a kernel computes with."""

    @classmethod
    def blank(cls, shape: Shape) -> Self:
        """What stands for constants and parameters; it may be written."""
        raise NotImplementedError

    @classmethod
    def bordered(cls, x: Array, pairs: Pairs) -> Self:
        """`x` with each axis lengthened by (before, after), whatever is put there."""
        ends = [before + size for size, (before, _) in zip(x.shape, pairs, strict=True)]
        canvas = cls.blank(tuple(end + after for end, (_, after) in zip(ends, pairs, strict=True)))
        canvas[*(slice(before, end) for end, (before, _) in zip(ends, pairs, strict=True))] = x
        return canvas

    @classmethod
    def joined(cls, inputs: Sequence[Any]) -> Self:
        """What stands for an elementwise function of arrays and numbers."""
        raise NotImplementedError

    def reduced(self, axis: int | Shape | None, keepdims: bool) -> Self:
        """What stands for a sum, or the greatest or least, over some axes or all."""
        raise NotImplementedError

    @classmethod
    def product(cls, left: Array, right: Array) -> Self:
        """What stands for a matrix product, or for a stack of them."""
        raise NotImplementedError

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, out: tuple[Array] | None = None, **options: Any
    ) -> Any:
        if method == "reduce":
            result = inputs[0].reduced(options.get("axis", 0), options.get("keepdims", False))
        elif method == "__call__":
            result = self.product(*inputs) if ufunc is np.matmul else self.joined(inputs)
        else:
            return NotImplemented
        return result if out is None else _written(out[0], result)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        if function in ANEW:
            return ANEW[function](type(self), *arguments, **options)
        if function in SUBCLASSED:
            options = {**options, "subok": True}
        elif function not in AS_IT_IS:
            return NotImplemented
        return super().__array_function__(function, types, arguments, options)


def _written(out: Array, result: Array) -> Array:
    """`out`, into which a result was written; it may be larger, as NumPy has it, but not smaller."""
    if result.shape != out.shape and np.broadcast_shapes(result.shape, out.shape) != out.shape:
        raise ValueError(f"a result of {list(result.shape)} does not fit into {list(out.shape)}")
    out[...] = result
    return out


def _alike(kind: type[AbstractArray], x: Array, *_: Any, **__: Any) -> Array:
    return kind.blank(x.shape)


def _chosen(kind: type[AbstractArray], condition: Array, one: Array, other: Array) -> Array:
    return kind.joined((condition, one, other))


def _padded(kind: type[AbstractArray], x: Array, widths: Pairs, **_: Any) -> Array:
    """Whatever fills the border, it is padding."""
    return kind.bordered(x, widths)


def _concatenated(kind: type[AbstractArray], arrays: Sequence[Array], axis: int = 0, **_: Any) -> Array:
    first = arrays[0]
    others = [x.shape[:axis] + x.shape[axis + 1 :] for x in arrays]
    if others.count(others[0]) != len(others):
        raise ValueError(f"arrays of {' and '.join(str(list(x.shape)) for x in arrays)} side by side")
    canvas = kind.blank((*first.shape[:axis], sum(x.shape[axis] for x in arrays), *first.shape[axis + 1 :]))
    start = 0
    for x in arrays:
        canvas[(slice(None),) * axis + (slice(start, start + x.shape[axis]),)] = x
        start += x.shape[axis]
    return canvas


ANEW: dict[Callable[..., Any], Callable[..., Array]] = {
    np.zeros_like: _alike,
    np.ones_like: _alike,
    np.empty_like: _alike,
    np.full_like: _alike,
    np.where: _chosen,
    np.pad: _padded,
    np.concatenate: _concatenated,
}
SUBCLASSED = {np.broadcast_to, sliding_window_view}
AS_IT_IS = {np.clip, np.moveaxis, np.reshape, np.stack, np.swapaxes, np.transpose}
"""What a stand-in answers in its own way; what NumPy does when told to keep the class; what it just does."""


class AbstractRun(Run):
    """A run whose arrays are stand-ins; it counts what a real one does."""

    kind: type[AbstractArray]

    def empty(self, shape: Shape) -> Array:
        return self.kind.blank(self.room(shape))

    def full(self, shape: Shape, value: float) -> Array:
        return self.empty(shape)

    def zeros(self, shape: Shape) -> Array:
        return self.empty(shape)

    def bordered(self, x: Array, pairs: Pairs, value: float) -> Array:
        return self.kind.bordered(x, ((0, 0), *pairs))

    def drawn(self, shape: Shape, spread: float = 1.0, centre: float = 0.0) -> Array:
        return self.empty(shape)

    def blocks(self, name: str, shape: Shape, *, spread: float = 0.1) -> Iterator[tuple[slice, Array]]:
        yield slice(0, shape[0]), self.draw(name, shape)

    def checked(self, output: Array) -> tuple[Array, bool]:
        return output, True
