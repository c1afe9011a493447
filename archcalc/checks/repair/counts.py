"""Repairs of numbers that must agree: declared inputs, groups, slopes."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd, isqrt, prod

from archcalc.checks.repair.failure import Failure, Source
from archcalc.checks.repair.merges import depth_proposals
from archcalc.checks.repair.proposal import Proposal, Proposals, other_input, write
from archcalc.checks.repair.sizes import solutions
from archcalc.checks.repair.windows import FAR, elsewhere, nearest_windows
from archcalc.layers import Shape


def declared_proposals(failure: Failure) -> Proposals:
    """The declared number of channels, features or slopes, or what makes the input as it is."""
    if failure.node.layer.merges:
        return
    (shape,) = failure.inputs
    position, tensor = failure.position, failure.node.inputs[0]
    if failure.has(position, "num_parameters"):
        yield write(failure, position, 0, num_parameters=shape[0])
        yield write(failure, position, 1, num_parameters=1)
    for name in ("in_channels", "in_features"):
        declared = failure.setting(position, name)
        if declared is None:
            continue
        for found in (shape[-1], prod(shape)) if name == "in_features" else shape[:1]:
            yield write(failure, position, 1, **{name: found})
        source = failure.source(tensor)
        if source:
            yield from depth_proposals(failure, source, declared, 2)
        else:
            yield other_input(failure, 2, (declared, *failure.network.input_shapes[0][1:]))
        if name == "in_features":
            yield from _flattened(failure, declared)


def _flattened(failure: Failure, declared: int) -> Proposals:
    """A volume that is flattened to the declared number of features: other sizes, or another depth."""
    flat = failure.flattened(failure.node.inputs[0])
    yield from elsewhere(failure, failure.before)
    if flat is None:
        return
    channels, *sizes = failure.shapes[flat]
    source = failure.source(flat)
    if source and declared % prod(sizes) == 0:
        yield from depth_proposals(failure, source, declared // prod(sizes), FAR)
    side = isqrt(declared // channels)
    if len(sizes) == 2 and declared == channels * side * side:
        yield from _resized(failure, (side, side), tuple(sizes))


def _resized(failure: Failure, target: Shape, sizes: Shape) -> Proposals:
    """The last windows, such that what is flattened has the target's sizes."""
    for position in nearest_windows(failure, failure.before):
        if failure.output_of(position)[1:] == sizes:
            for solution in solutions(failure, position, target):
                yield write(failure, position, FAR + solution.cost, **solution.settings)


def group_proposals(failure: Failure) -> Proposals:
    """The nearest number of groups, filters or input channels with which groups divide both.

    Of these numbers the rounder ones, those that more powers of two divide, are likely to be meant.
    """
    groups, filters = (
        failure.setting(failure.position, "groups"),
        failure.setting(failure.position, "filters"),
    )
    if groups is None or groups == 1 or failure.node.layer.merges:
        return
    channels = failure.inputs[0][0]
    common = channels if filters is None else gcd(channels, filters)
    yield write(failure, failure.position, 2, groups=nearest_divisor(common, groups))
    if filters is not None:
        yield _multiple(failure, Source(failure.position, "filters"), filters, groups)
    source = failure.source(failure.node.inputs[0])
    if source:
        yield _multiple(failure, source, channels, groups)
    if groups > channels // 2:
        yield write(failure, failure.position, 1, groups=channels)


DIVISORS_TRIED = 1 << 15
"""A vector may have 2^62 values: no one waits for the square root of that."""


def nearest_divisor(number: int, wanted: int) -> int:
    """The divisor of a number that is nearest to a wanted one."""
    return min(divisors(number), key=lambda divisor: abs(divisor - wanted))


def divisors(number: int) -> Iterator[int]:
    """The divisors of a number, in pairs: of a large one the small ones alone, and what goes with them."""
    for small in range(1, min(isqrt(number), DIVISORS_TRIED) + 1):
        if number % small == 0:
            yield small
            yield number // small


def _multiple(failure: Failure, source: Source, number: int, groups: int) -> Proposal | None:
    """The depth at a source, if it is no multiple of the groups, as the nearest multiple."""
    if number % groups == 0:
        return None
    below = number - number % groups
    multiples = (below + groups, below) if below else (groups,)
    fitting = min(multiples, key=lambda multiple: (abs(multiple - number), -roundness(multiple)))
    cost = 1 if roundness(groups) > roundness(number) else 3
    return write(failure, source.position, cost, **{source.setting: fitting})


def roundness(number: int) -> int:
    """The greatest power of two that divides a number."""
    return number & -number
