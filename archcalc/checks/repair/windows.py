"""Repairs of windows: paddings, kernels, strides, and pools that are too many.

Each function yields proposals, each with a cost: 0 is what was almost certainly meant, FAR and more is a
change of another layer. `search` tries them, the cheapest first. For example a window of 5 that slides over
3 rows is offered `padding: 2` before `kernel_size: 3`, which costs 3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from archcalc.checks.repair.change import SettingValue
from archcalc.checks.repair.failure import Failure
from archcalc.checks.repair.proposal import Proposals, apart, remove, write
from archcalc.checks.repair.sizes import one, solutions
from archcalc.layers import Shape
from archcalc.window import Axis, Window

ELSEWHERE = 12
"""How many items before the failing one are looked at."""

CUSTOMARY_PADDINGS = 8
"""How many paddings below the largest are tried one by one."""

LIKE = ("kernel_size", "stride")
"""What windows have in common whose padding is the same."""

FAR = 5
"""What an edit elsewhere costs at least, where nothing speaks for it."""


def window_proposals(failure: Failure) -> Proposals:
    """A window that does not fit, or whose settings cannot be together."""
    position = failure.position
    if failure.has(position, "mode"):
        yield from _margins(failure, position)
    if not failure.has(position, "kernel_size"):
        return
    yield from _words(failure, position)
    yield from _upsampling(failure, position)
    if failure.window(position):
        head = failure.has_head
        yield from padding_proposals(failure, position, 1 + head, customary=0)
        yield from _exclusive(failure, position)
        yield from _first_padding(failure, position, 1 if head else 3)
        yield from _kernels(failure, position)
        yield from _fewer_pools(failure, position, 2)
        yield from elsewhere(failure, failure.before)


def elsewhere(failure: Failure, positions: Collection[int]) -> Proposals:
    """Windows and pools before the failing layer that may have shrunk its input too much, or too little."""
    for distance, position in enumerate(nearest_windows(failure, positions)):
        cost = FAR + distance // 3
        yield from padding_proposals(failure, position, cost, customary=1)
        yield from stride_proposals(failure, position, cost)
        yield from _fewer_pools(failure, position, cost)


def nearest_windows(failure: Failure, positions: Collection[int]) -> Iterator[int]:
    """The items nearest to the failing layer, of those at some positions, that slide a window."""
    nearest = failure.firsts(sorted(positions, reverse=True))
    return islice((position for position in nearest if failure.window(position)), ELSEWHERE)


def padding_proposals(failure: Failure, position: int, cost: int, customary: int) -> Proposals:
    """The padding that others like it have, the natural one, and the least with which a window fits.

    The natural padding keeps sizes at stride 1: (extent − 1)/2 on each side. Where no other window keeps
    sizes, the least, which the hint of a window that does not fit names, comes before it.
    """
    window = failure.window(position)
    if isinstance(failure.setting(position, "padding"), str) or not _slides(window):
        return
    likes = paddings_like_it(failure, position)
    for value in dict.fromkeys(value for value in likes if value not in (0, "valid")):
        yield write(failure, position, customary, padding=value)
    pools = 3 * failure.has(position, "ceil_mode")
    usual = failure.keeps_sizes or any(value != 0 for value in likes)
    natural_cost = _natural_cost(window, cost + bool(likes) + pools + (not usual), customary)
    yield write(failure, position, natural_cost, padding=natural(window))
    sizes = failure.inputs_of(position)[0][1:]
    yield write(failure, position, cost + 2 * usual + pools, padding=_missing(window, sizes))


def _missing(window: Window, sizes: Shape) -> SettingValue:
    """The least padding with which a window fits: as much on all sides, unless that is much for one."""
    sides = tuple(max(0, axis.extent - size + 1) // 2 for axis, size in zip(window, sizes, strict=True))
    most = max(sides)
    return most if all(most <= (axis.extent - 1) // 2 for axis in window) else one(sides)


def natural(window: Window) -> SettingValue:
    """The padding that keeps sizes at stride 1."""
    return one(tuple((axis.extent - 1) // 2 for axis in window))


def _first_padding(failure: Failure, position: int, cost: int) -> Proposals:
    """The natural padding of the first window, where it has none: as LeNet-5 has for digits of 28×28."""
    first = next(iter(failure.windows_before), None)
    if first is None or failure.leader(first) == failure.leader(position):
        return
    window = failure.window(first)
    bare = _slides(window) and all(axis.stride == 1 and not axis.before + axis.after for axis in window)
    if bare and not failure.has(first, "ceil_mode"):
        yield apart(write(failure, first, cost, padding=natural(window)), "write", "padding of the first")


def _natural_cost(window: Window, cost: int, off_by_one: int) -> int:
    """The cost of the natural padding: a padding that is one off was likely to be it."""
    off = all(axis.before and abs(axis.before - (axis.extent - 1) // 2) == 1 for axis in window)
    return off_by_one if off else cost


def _slides(window: Window) -> bool:
    return bool(window) and all(isinstance(axis, Axis) for axis in window)


def paddings_like_it(failure: Failure, position: int) -> list[SettingValue]:
    """The paddings of the other items of the same kind with the same kernel and stride."""
    return list(_like_it(failure, position))


def _like_it(failure: Failure, position: int) -> Iterator[SettingValue]:
    node, own = failure.network.nodes[position], failure.leader(position)
    for other in failure.leaders:
        alike = failure.network.nodes[other].kind == node.kind and other != own
        if alike and all(failure.setting(other, name) == failure.setting(position, name) for name in LIKE):
            yield failure.setting(other, "padding")


def stride_proposals(failure: Failure, position: int, cost: int) -> Proposals:
    """Half the stride, half of that, and so on."""
    stride = max(axis.stride for axis in failure.window(position)) // 2
    while stride:
        yield write(failure, position, cost, stride=stride)
        stride //= 2


def _fewer_pools(failure: Failure, position: int, cost: int) -> Proposals:
    """A pool the less, or one that rounds up."""
    if failure.has(position, "ceil_mode"):
        yield remove(failure, position, cost)
        yield write(failure, position, cost + 2, ceil_mode=True)


def _kernels(failure: Failure, position: int) -> Proposals:
    """Smaller kernels: 3, the whole input, 2 or 1."""
    window = failure.window(position)
    if not _slides(window):
        return
    largest = max(axis.kernel for axis in window)
    whole = one(failure.inputs[0][1:])
    averages = failure.has(position, "count_include_pad")
    for kernel, cost in ((3, 3), (whole, 1 if averages else 4), (2, 4), (1, 5)):
        if kernel == 1 and failure.has(position, "ceil_mode"):
            return
        if isinstance(kernel, tuple) or kernel < largest:
            yield write(failure, position, cost, kernel_size=kernel)


def _exclusive(failure: Failure, position: int) -> Proposals:
    """Settings that the input, or other settings, exclude."""
    kernel = min(axis.kernel for axis in failure.window(position))
    sides = max(max(axis.before, axis.after) for axis in failure.window(position))
    if failure.has(position, "ceil_mode") and sides > kernel // 2:
        for padding in paddings_up_to(kernel // 2):
            yield write(failure, position, 1, padding=padding)
    if failure.has(position, "dilation"):
        yield write(failure, position, 2, dilation=1)
    if failure.has(position, "padding_mode") and failure.layer(position).border_mode() != "zeros":
        yield write(failure, position, 1, padding=min(failure.inputs[0][1:]) - 1)
        yield write(failure, position, 2, padding_mode="zeros")


def paddings_up_to(largest: int) -> list[int]:
    """Paddings to try, the largest first: some below it, then each half of the one before, and none."""
    nearest = range(largest, max(largest - CUSTOMARY_PADDINGS, -1), -1)
    halves = (largest >> power for power in range(1, largest.bit_length() + 1))
    return sorted({*nearest, *halves, 0}, reverse=True)


def _margins(failure: Failure, position: int) -> Proposals:
    """The most that can be padded or cropped all around, and zeros instead of another mode."""
    least = min(failure.inputs[0][1:], default=1)
    yield write(failure, position, 0, mode="zeros")
    padding = failure.setting(position, "padding")
    if isinstance(padding, int):
        yield write(failure, position, 1, padding=least - 1 if padding > 0 else -((least - 1) // 2))


def _upsampling(failure: Failure, position: int) -> Proposals:
    """Settings of a transposed convolution that multiply the size by the stride."""
    if not failure.has(position, "output_padding"):
        return
    extra, stride = failure.setting(position, "output_padding"), failure.setting(position, "stride")
    if isinstance(extra, int) and isinstance(stride, int) and extra >= stride:
        yield write(failure, position, 0, output_padding=stride - 1)
        yield write(failure, position, 1, stride=extra + 1)
    sizes = failure.inputs[0][1:]
    numbers = {} if not isinstance(failure.setting(position, "padding"), str) else {"padding": 0}
    strides = (stride,) * len(sizes) if isinstance(stride, int) else stride
    target = tuple(size * step for size, step in zip(sizes, strides, strict=False))
    for solution in solutions(failure, position, target, **numbers):
        yield write(failure, position, 1 + solution.cost, **{**numbers, **solution.settings})


def _words(failure: Failure, position: int) -> Proposals:
    """`same` where it has no meaning."""
    if failure.setting(position, "padding") == "same":
        yield write(failure, position, 0, padding="same_upper")
        kernel = failure.setting(position, "kernel_size")
        for padding in paddings_up_to((kernel - 1) // 2) if isinstance(kernel, int) else ():
            yield apart(write(failure, position, 1, padding=padding), "write", "padding in numbers")
