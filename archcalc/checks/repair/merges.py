"""Repairs of volumes that are to be merged and do not match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from archcalc.checks.repair.change import Settings
from archcalc.checks.repair.failure import Failure, Source, depth
from archcalc.checks.repair.proposal import Proposals, apart, copy, write
from archcalc.checks.repair.shortcuts import between, cropped, projected, structure
from archcalc.checks.repair.sizes import solutions
from archcalc.checks.repair.windows import ELSEWHERE, nearest_windows, padding_proposals, paddings_like_it
from archcalc.errors import ShapeError
from archcalc.layers import Layer, SequenceShape, Shape, layer_class

INPUTS = 8
"""How many of the volumes to be merged are looked at, and how many of their shapes."""


def merge_proposals(failure: Failure) -> Proposals:
    """Each input in turn is brought to what the others are."""
    if not failure.node.layer.merges:
        return
    for slot in unlike(failure):
        yield from converted(failure, slot)
        target = wanted(failure, slot)
        if target:
            yield from _toward(failure, slot, target)
            yield from cropped(failure, slot, target)
            if not failure.own(slot) or failure.source(failure.node.inputs[slot]) is None:
                yield from projected(failure, slot, target)


def converted(failure: Failure, slot: int) -> Proposals:
    """A volume of one kind turned into that of the others, in front of a merge: a sequence into an image."""
    own = failure.inputs[slot]
    others = [shape for shape in dict.fromkeys(failure.inputs) if _kind(shape) != _kind(own)][:INPUTS]
    for cost, (kind, layer) in enumerate(_conversions(others), start=1):
        try:
            shape = layer.output_shape((own,))
        except ShapeError:
            continue
        if shape != own:
            yield between(failure, slot, cost + 2 * (not _merges(failure, slot, shape)), kind, layer)


def _kind(shape: Shape) -> tuple[int, bool]:
    """What tells vectors, signals, sequences and images apart."""
    return len(shape), isinstance(shape, SequenceShape)


def _conversions(others: list[Shape]) -> Iterator[tuple[str, Layer]]:
    """The layers that may lead to volumes of the kinds of others."""
    for shape in others:
        if isinstance(shape, SequenceShape):
            yield "tokens", layer_class("tokens")()
        elif len(shape) == 1:
            yield "flatten", layer_class("flatten")()
            yield "global_avgpool", layer_class("global_avgpool")()
        else:
            sizes = {"height": shape[1], "width": shape[2]} if len(shape) == 3 else {}
            yield "volume", layer_class("volume")(**sizes)


def unlike(failure: Failure) -> list[int]:
    """The numbers of the inputs to bring to the others: all of a few, of many those of the rarest shape."""
    shapes = Counter(failure.inputs)
    slots = sorted(range(len(failure.inputs)), key=lambda slot: (shapes[failure.inputs[slot]], slot))
    return sorted(slots[:INPUTS])


def wanted(failure: Failure, slot: int) -> Shape | None:
    """The shape nearest to an input's own with which the layer could merge it."""
    own = failure.inputs[slot]
    for other, _ in Counter(failure.inputs).most_common(INPUTS):
        for shape in ((own[0], *other[1:]), (other[0], *own[1:]), other):
            if len(shape) == len(own) and shape != own and _merges(failure, slot, shape):
                return shape
    return None


def _merges(failure: Failure, slot: int, shape: Shape) -> bool:
    inputs = list(failure.inputs)
    inputs[slot] = shape
    try:
        failure.node.layer.output_shape(tuple(inputs))
    except ShapeError:
        return False
    return True


def _toward(failure: Failure, slot: int, target: Shape) -> Proposals:
    """Settings of the layers that only this input depends on; rather those of a shortcut than of a body."""
    cost = 2 - 2 * slot if structure(failure) == "residual" else 1
    source = failure.source(failure.node.inputs[slot])
    if _sides(target) == _sides(failure.inputs[slot]):
        if source:
            shared = 2 * (source.position not in failure.own(slot))
            yield from depth_proposals(failure, source, depth(target), cost + shared)
        return
    for distance, position in enumerate(nearest_windows(failure, failure.own(slot))):
        yield from _sized(failure, slot, position, target, source, cost + distance // 3)


def _sides(shape: Shape) -> Shape:
    """The sizes of a volume, the positions of a sequence."""
    return shape[:-1] if isinstance(shape, SequenceShape) else shape[1:]


def depth_proposals(failure: Failure, source: Source, depth: int, cost: int) -> Proposals:
    """The depth of a volume changed where it is made: to a number, or to what another item has."""
    family = ("depth", str(source.position))
    yield apart(write(failure, source.position, cost, **{source.setting: depth}), *family)
    for model in _models(failure):
        for named in ("filters", "units"):
            yield apart(copy(failure, source.position, cost, source.setting, model, named), *family)


def _models(failure: Failure) -> Iterator[int]:
    """Items before the failing one whose expressions may be copied, the nearest first."""
    return islice(failure.firsts(sorted(failure.before, reverse=True)), 4 * ELSEWHERE)


def _sized(
    failure: Failure, slot: int, position: int, target: Shape, source: Source | None, cost: int
) -> Proposals:
    """The size of one input changed at one of the windows in front of it, and its depth with it."""
    end, here = failure.inputs[slot], failure.output_of(position)
    depth: Settings = {}
    if end[0] != target[0]:
        if source is None or source.position != position:
            return
        depth = {source.setting: target[0]}
    sizes = tuple(a * b // c for a, b, c in zip(here[1:], target[1:], end[1:], strict=False))
    likes = paddings_like_it(failure, position)
    for extra, settings in solutions(failure, position, sizes):
        unlike = 2 * bool(likes and "padding" in settings and settings["padding"] not in likes)
        yield write(failure, position, cost + extra + unlike, **depth, **settings)
    if not depth:
        yield from padding_proposals(failure, position, cost + 1, customary=0)
        for model in _models(failure):
            yield copy(failure, position, cost, "stride", model, "stride")
