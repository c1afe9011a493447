"""The settings with which one window writes a given size: its arithmetic, turned round."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from archcalc.checks.repair.change import Settings, SettingValue
from archcalc.checks.repair.failure import Failure
from archcalc.layers import Shape
from archcalc.records import NamedTuple
from archcalc.window import Axis, TransposedAxis

LARGEST_STRIDE = 16
LARGEST_KERNEL = 11
"""Beyond these a solution is none that anybody meant."""


One = TypeVar("One")
Along = tuple[Any, int, int]
"""A window along one axis, the size of its input and the size that its output is to have."""


class Solution(NamedTuple):
    """Settings, and how far they are from a slip."""

    cost: int
    settings: Settings


def one(values: tuple[One, ...]) -> One | tuple[One, ...]:
    """One value where all axes have the same, else the values."""
    return values[0] if len(set(values)) == 1 else values


def solutions(failure: Failure, position: int, target: Shape, **settings: SettingValue) -> Iterator[Solution]:
    """Settings of the layer at a position with which its output is `target` large, each by itself.

    `settings` are such as it is to have anyway.
    """
    window = failure.window(position, **settings)
    sizes = failure.inputs_of(position)[0][1:]
    if len(target) != len(window):
        return
    axes = list(zip(window, sizes, target, strict=True))
    if all(isinstance(axis, TransposedAxis) for axis in window):
        yield from _transposed(axes)
    else:
        yield from _sliding(axes)
        if failure.has(position, "ceil_mode"):
            yield Solution(2, {"ceil_mode": True})


def _sliding(axes: list[Along]) -> Iterator[Solution]:
    yield from _solved(axes, 0, padding=_padding)
    yield from _solved(axes, 3, padding=_full_padding)
    yield from _solved(axes, 0, stride=_stride)
    sides = [(axis.extent - 1) // 2 for axis, _, _ in axes]
    padded = [
        (axis._replace(before=side, after=side), size, out)
        for (axis, size, out), side in zip(axes, sides, strict=True)
    ]
    for solution in _solved(padded, 2, stride=_stride):
        yield Solution(solution.cost, {"padding": one(tuple(sides)), **solution.settings})
    yield from _solved(axes, 1, kernel_size=_odd_kernel)
    yield from _solved(axes, 2, kernel_size=_kernel)


def _transposed(axes: list[Along]) -> Iterator[Solution]:
    yield from _solved(axes, 0, output_padding=_output_padding)
    yield from _solved(axes, 0, padding=_less)
    yield from _solved(axes, 1, padding=_both_padding, output_padding=_both_output)
    yield from _solved(axes, 1, stride=_stride)
    yield from _solved(axes, 2, kernel_size=_upkernel)


def _solved(
    axes: list[Along], cost: int, **solve: Callable[[Any, int, int], int | None]
) -> Iterator[Solution]:
    """The one solution in the named settings, if there is one along every axis."""
    found = {name: tuple(of(*axis) for axis in axes) for name, of in solve.items()}
    if all(None not in values for values in found.values()):
        yield Solution(cost, {name: one(values) for name, values in found.items()})


def _padding(axis: Axis, size: int, target: int) -> int | None:
    """A padding up to that which keeps sizes."""
    padding = _full_padding(axis, size, target)
    return padding if padding is not None and padding <= (axis.extent - 1) // 2 else None


def _full_padding(axis: Axis, size: int, target: int) -> int | None:
    """A padding with which each window still sees the input."""
    padding = -((size - (target - 1) * axis.stride - axis.extent) // 2)
    fits = axis._replace(before=padding, after=padding).output_size(size) == target
    return padding if 0 <= padding < axis.extent and fits else None


def _stride(axis: Axis | TransposedAxis, size: int, target: int) -> int | None:
    """The least stride that leaves no gaps; windows of 1 leave gaps with any.

    With the stride, outputs become fewer, or behind a transposed window more: so it is found by bisection,
    however large a kernel a spec names.
    """
    grows = isinstance(axis, TransposedAxis)
    strides = range(1, (axis.extent if axis.extent > 1 else LARGEST_STRIDE) + 1)

    def is_enough(stride: int) -> bool:
        output = axis._replace(stride=stride).output_size(size)
        return output >= target if grows else output <= target

    place = bisect_left(strides, True, key=is_enough)
    found = strides[place] if place < len(strides) else None
    return found if found and axis._replace(stride=found).output_size(size) == target else None


def _kernel(axis: Axis, size: int, target: int) -> int | None:
    kernel = size + axis.before + axis.after - (target - 1) * axis.stride
    return kernel if 1 <= kernel <= LARGEST_KERNEL and axis.dilation == 1 else None


def _odd_kernel(axis: Axis, size: int, target: int) -> int | None:
    kernel = _kernel(axis, size, target)
    return kernel if kernel and kernel % 2 and kernel > 1 else None


def _output_padding(axis: TransposedAxis, size: int, target: int) -> int | None:
    extra = axis.output_padding + target - axis.output_size(size)
    return extra if 0 <= extra < max(axis.stride, axis.dilation) else None


def _less(axis: TransposedAxis, size: int, target: int) -> int | None:
    surplus = axis.output_size(size) + axis.before + axis.after - target
    return surplus // 2 if 0 <= surplus < 2 * axis.extent and surplus % 2 == 0 else None


def _both_padding(axis: TransposedAxis, size: int, target: int) -> int | None:
    """The least padding that leaves no more than output_padding can make up for."""
    surplus = axis._replace(before=0, after=0, output_padding=0).output_size(size) - target
    return max(0, -(-surplus // 2)) if surplus < 2 * axis.extent else None


def _both_output(axis: TransposedAxis, size: int, target: int) -> int | None:
    padding = _both_padding(axis, size, target)
    if padding is None:
        return None
    return _output_padding(axis._replace(before=padding, after=padding), size, target)


def _upkernel(axis: TransposedAxis, size: int, target: int) -> int | None:
    kernel = axis.kernel + target - axis.output_size(size)
    return kernel if 1 <= kernel <= LARGEST_KERNEL and axis.dilation == 1 else None
