"""Repairs of what layers read in parts: positions of a sequence, heads, ranges, and sizes to resize to."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor, isqrt

from archcalc.checks.repair.counts import divisors, nearest_divisor
from archcalc.checks.repair.failure import Failure
from archcalc.checks.repair.items import in_front, replaced, without
from archcalc.checks.repair.merges import depth_proposals
from archcalc.checks.repair.proposal import Proposals, apart, remove, write
from archcalc.checks.repair.sizes import one
from archcalc.layers import SequenceShape, Shape, layer_class
from archcalc.layers.norm import LayerNorm

FEW_TOKENS = 4
"""So many learned positions at most stand in front of those of a volume."""

COUNTABLE = 2**32
"""Of so many positions the nearest to a square is looked for."""


def part_proposals(failure: Failure) -> Proposals:
    """Settings that must fit the input's positions or features, or each other."""
    if failure.node.layer.merges:
        return
    (shape,) = failure.inputs
    position, layer = failure.position, failure.node.layer
    if failure.has(position, "heads") and len(shape) == 2:
        yield from _heads(failure, shape[-1])
    if isinstance(layer, LayerNorm):
        yield from _normalised(failure, layer, shape)
    if failure.has(position, "stop"):
        yield from _ranges(failure, shape)
    if failure.has(position, "scale_factor"):
        yield from _resizing(failure, shape)
    if layer.ends_sequence:
        yield from _positions(failure, shape)
    if isinstance(shape, SequenceShape) and {"groups", "affine"} <= {*failure.setting_names(position)}:
        yield replaced(failure, 0, "layernorm")


def _heads(failure: Failure, features: int) -> Proposals:
    """The nearest number of heads that divides the features, or features that the heads divide."""
    position, source = failure.position, failure.source(failure.node.inputs[0])
    heads, each = failure.setting(position, "heads"), failure.setting(position, "key_dim")
    yield write(failure, position, 1, heads=nearest_divisor(features, heads))
    below = features - features % heads
    fitting = [below + heads, below]
    if each is not None:
        yield write(failure, position, 1, key_dim=max(1, features // heads))
        yield apart(write(failure, position, 1, heads=max(1, features // each)), "heads of key_dim")
        fitting = [heads * each]
    for number in filter(None, fitting):
        if source:
            yield from depth_proposals(failure, source, number, 2)


def _normalised(failure: Failure, layer: LayerNorm, shape: Shape) -> Proposals:
    """The axes that have the stated sizes, the sizes that are normalised, or an input of the stated depth."""
    position, stated = failure.position, layer.normalized_shape
    if stated is None:
        return
    sizes = stated if isinstance(stated, tuple) else (stated,)
    for over, axes in (("all", shape), ("features", shape[-1:]), ("channels", shape[:1])):
        if sizes == axes:
            yield write(failure, position, 0, over=over)
    found = layer.normalized_shape_of(shape)
    yield write(failure, position, 1, normalized_shape=found[0] if len(found) == 1 else found)
    source = failure.source(failure.node.inputs[0])
    if source and sizes[1:] == shape[1:] and sizes[0] != shape[0]:
        yield from depth_proposals(failure, source, sizes[0], 2)


def _positions(failure: Failure, shape: Shape) -> Proposals:
    """A height and a width with as many positions as there are, or no more positions than these have."""
    position = failure.position
    if len(shape) > 2:
        yield remove(failure, position, 0)
    if len(shape) != 2:
        return
    height, width = (failure.setting(position, name) for name in ("height", "width"))
    yield from _tokens_apart(failure, shape[0], (height or 0) * (width or 0))
    for sizes in _rectangles(failure, shape[0], height, width):
        yield write(failure, position, 1, height=sizes[0], width=sizes[1])
    yield replaced(failure, 3, failure.node.kind)


def _tokens_apart(failure: Failure, positions: int, wanted: int) -> Proposals:
    """The positions without those that were learned and put in front, such as a class token."""
    before = failure.laid_out(failure.node.inputs[0])
    given = failure.count(before) // failure.shapes[before][0] if before is not None else 0
    for number, cost in ((wanted, 0), (given, 1)):
        if number and 0 < positions - number <= FEW_TOKENS:
            layer = layer_class("select")(start=positions - number)
            yield in_front(failure, cost, layer, "select", "patches")


def _rectangles(
    failure: Failure, positions: int, height: int | None, width: int | None
) -> Iterator[tuple[int, int]]:
    """Heights and widths with so many positions: one side as given, those of the volume, a square, any."""
    for side in filter(None, (height, width)):
        if positions % side == 0:
            yield (side, positions // side) if side == height else (positions // side, side)
    before = failure.laid_out(failure.node.inputs[0])
    if before is not None and len(failure.shapes[before]) == 3:
        yield failure.shapes[before][1], failure.shapes[before][2]
    if positions < COUNTABLE:
        side = max(each for each in divisors(positions) if each <= isqrt(positions))
        yield side, positions // side


def _ranges(failure: Failure, shape: Shape) -> Proposals:
    """What can be selected of so many channels or positions: one way to say it, within its bounds."""
    position, size = failure.position, shape[0]
    given = failure.settings(position)
    if not given and len(shape) == 2:
        yield write(failure, position, 1, position=0)
    if not given:
        yield write(failure, position, 2, stop=-(-size // 2))
    for names in (("start", "stop"), ("channels",), ("position",)):
        ways = {name: value for name, value in given.items() if name in names}
        if ways and len(ways) < len(given):
            yield replaced(failure, 1, failure.node.kind, **ways)
    yield from _within(failure, size)
    if "position" in given and len(shape) != 2:
        number = failure.setting(position, "position")
        yield replaced(failure, 2, failure.node.kind, start=number, stop=number + 1)


def _within(failure: Failure, size: int) -> Proposals:
    """The selected numbers within bounds: the range cut off, or moved; or the channels that are asked for."""
    position = failure.position
    start, stop = failure.setting(position, "start"), failure.setting(position, "stop")
    listed = failure.setting(position, "channels")
    yield write(failure, position, 2, position=size - 1)
    if listed:
        inside = tuple(number for number in listed if number < size)
        yield write(failure, position, 1, channels=inside or (0,))
    elif start is not None and stop is not None:
        first, last = sorted((start, stop))
        yield write(failure, position, 1, start=first, stop=last if last > first else last + 1)
        yield write(failure, position, 2, start=max(0, size - abs(stop - start)), stop=size)
    elif start is not None:
        yield write(failure, position, 2, start=size // 2)
    if stop is not None:
        yield write(failure, position, 1, stop=size)
    source, needed = (
        failure.source(failure.node.inputs[0]),
        max(stop or 0, (start or 0) + 1, *(listed or (0,))),
    )
    if source and needed > size:
        yield from depth_proposals(failure, source, needed, 3)


def _resizing(failure: Failure, shape: Shape) -> Proposals:
    """One way to say how large it gets: a factor, or a size."""
    position = failure.position
    size, factor = failure.setting(position, "size"), failure.setting(position, "scale_factor")
    yield write(failure, position, 0, mode="bilinear")
    yield write(failure, position, 1, align_corners=False)
    if size is None and factor is None:
        yield write(failure, position, 1, scale_factor=2)
    elif size is not None and factor is not None:
        yield without(failure, 1, "size")
        yield without(failure, 1, "scale_factor")
    elif factor is not None and len(shape) > 1:
        settings = failure.settings(position)
        del settings["scale_factor"]
        for sizes in _scaled(shape[1:], factor):
            yield replaced(failure, 1, failure.node.kind, **{**settings, "size": one(sizes)})


def _scaled(sizes: Shape, factor: float | tuple[float, ...]) -> Iterator[Shape]:
    """The sizes times a factor, rounded down: in exact arithmetic, and as floating-point numbers give it."""
    factors = factor if isinstance(factor, tuple) else (factor,) * len(sizes)
    pairs = list(zip(sizes, factors, strict=False))
    if len(factors) == len(sizes):
        yield tuple(max(1, floor(side * Fraction(str(each)))) for side, each in pairs)
        yield tuple(max(1, floor(side * float(each))) for side, each in pairs)
