"""Repairs of the network's input: a larger one, one that halvings divide, an image for a vector.

What a proposal says is a size with which the network may work; the search looks for the least below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt
from operator import gt

from archcalc.checks.repair.failure import Failure
from archcalc.checks.repair.proposal import Proposals, other_input
from archcalc.layers import Shape
from archcalc.records import NamedTuple
from archcalc.window import Axis

CUSTOMARY = (28, 32, 48, 64, 96, 112, 128, 160, 192, 224, 227, 256, 299, 320, 384, 448, 512, 572, 640, 1024)
"""Sizes that images usually have."""

STEPS = 32
"""How many sizes above the input's are tried one by one, where halves must meet their doubles."""

FAR_STRIDE = 4
SMALL = 64
"""A first window that moves so far is one for photographs; so small an image is none."""

HALVINGS = (2, 4, 8, 16, 32, 64)
DEPTHS = ("groups", "channels")
"""Codes of problems that no other size can mend."""


def input_proposals(failure: Failure) -> Proposals:
    """Other sizes of the input; likely where nothing before the failing layer changed them."""
    if len(failure.network.inputs) > 1:
        return
    shape = failure.network.input_shape
    if len(shape) == 1:
        yield from _for_a_vector(failure, shape[0])
        return
    own = failure.source_map.own_input
    if failure.problem.code in DEPTHS:
        if own:
            yield other_input(failure, 0, own)
        return
    if len(shape) == 2 and failure.node.layer.rank == 2:
        for image in (*_squares(*shape), (shape[0], shape[1], shape[1])):
            yield other_input(failure, 3, image)
    costs = _Costs.of(failure)
    multiples, customary = list(_multiples(shape[1:])), list(_customary(shape[1:]))
    steps = list(_steps(shape[1:])) if _upsamples(failure) else []
    merges = failure.node.layer.merges
    for sizes in multiples + steps + customary if merges else customary + multiples:
        if sizes != shape[1:]:
            near = all(0 <= 4 * (size - old) <= old for size, old in zip(sizes, shape[1:], strict=True))
            yield other_input(failure, costs.near if near else costs.far, (shape[0], *sizes))
    if own:
        yield other_input(failure, 0, own)


def _for_a_vector(failure: Failure, features: int) -> Proposals:
    """An image or a signal with as many values, or as many channels of one position."""
    rank = failure.node.layer.rank or 2
    for unflattened in _images(features) if rank == 2 else ((1, features),):
        yield other_input(failure, 1, unflattened)
    yield other_input(failure, 2, (1, features))
    yield other_input(failure, 0 if _is_generator(failure) else 3, (features, 1, 1))


class _Costs(NamedTuple):
    """What another size costs: one that is a quarter larger at most, and any other."""

    near: int
    far: int

    @classmethod
    def of(cls, failure: Failure) -> _Costs:
        """Little where the size is likely to be the mistake."""
        position = failure.position
        if failure.node.layer.merges:
            return cls(0, 3) if _upsamples(failure) else cls(3, 3)
        if failure.setting(position, "units") is not None:
            return cls(4, 4)
        if not failure.has(position, "output_padding") and failure.window(position):
            if not failure.windows_before:
                return cls(0, 0)
            if _is_for_photographs(failure):
                return cls(1, 1)
            if not failure.has(position, "ceil_mode"):
                return cls(0, 2) if failure.has_head else cls(2, 3)
        return cls(3, 3)


def _is_generator(failure: Failure) -> bool:
    """Whether a transposed window reads what ought to be numbers without a place, as in DCGAN."""
    return failure.has(failure.position, "output_padding")


def _is_for_photographs(failure: Failure) -> bool:
    """Whether a network whose first window moves far is given a small image, as AlexNet on CIFAR."""
    position = failure.windows_before[0]
    first = () if failure.has(position, "ceil_mode") else failure.window(position)
    return (
        max((axis.stride for axis in first), default=1) >= FAR_STRIDE
        and max(failure.network.input_shape[1:]) <= SMALL
    )


def _upsamples(failure: Failure) -> bool:
    """Whether a merge reads what was made smaller, with a remainder, and larger again: 7 → 3 → 6, not 7."""
    return (
        failure.node.layer.merges
        and any(
            any(map(gt, failure.output_of(position)[1:], failure.inputs_of(position)[0][1:]))
            for position in failure.before
        )
        and any(_has_remainder(failure, position) for position in failure.windows_before)
    )


def _has_remainder(failure: Failure, position: int) -> bool:
    """Whether a window does not reach the end of what it slides over."""
    sizes = failure.inputs_of(position)[0][1:]
    return any(
        (size + axis.before + axis.after - axis.extent) % axis.stride
        for axis, size in zip(failure.window(position), sizes, strict=True)
        if isinstance(axis, Axis)
    )


def _steps(sizes: Shape) -> Iterator[Shape]:
    """The next sizes, one by one."""
    for more in range(1, STEPS + 1):
        yield tuple(size + more for size in sizes)


def _images(features: int) -> Iterator[Shape]:
    """The square images with so many values, grey or coloured."""
    for channels in (1, 3):
        yield from _squares(channels, features // channels if features % channels == 0 else 0)


def _squares(channels: int, positions: int) -> Iterator[Shape]:
    """The square image with so many positions, if there is one."""
    side = isqrt(positions)
    if side > 1 and side * side == positions:
        yield (channels, side, side)


def _multiples(sizes: Shape) -> Iterator[Shape]:
    """The next multiples of powers of two around the sizes, so that they can be halved so often."""
    for unit in HALVINGS:
        yield tuple(-(-size // unit) * unit for size in sizes)
        yield tuple(max(size // unit, 1) * unit for size in sizes)


def _customary(sizes: Shape) -> Iterator[Shape]:
    """Customary sizes, the nearest first, for squares; squares and multiples of the sizes for all else."""
    if len(set(sizes)) == 1:
        for size in sorted(CUSTOMARY, key=lambda size: abs(size - sizes[0])):
            yield (size,) * len(sizes)
    yield (max(sizes),) * len(sizes)
    yield (min(sizes),) * len(sizes)
    for times in (2, 4, 8, 16):
        yield tuple(size * times for size in sizes)
