"""Repairs of the network's input: a larger one, one that halvings divide, an image for a vector."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt

from archcalc.checks.repair.failure import Failure
from archcalc.checks.repair.proposal import Proposals, other_input
from archcalc.layers import Shape

CUSTOMARY = (28, 32, 48, 64, 96, 112, 128, 160, 192, 224, 227, 256, 299, 320, 384, 448, 512, 572, 640, 1024)
"""Sizes that images usually have."""

HALVINGS = (2, 4, 8, 16, 32, 64)
DEPTHS = ("groups", "channels")
"""Codes of problems that no other size can mend."""


def input_proposals(failure: Failure) -> Proposals:
    """Other sizes of the input; likely where nothing before the failing layer changed them."""
    if len(failure.network.inputs) > 1:
        return
    shape = failure.network.input_shape
    if len(shape) == 1:
        rank = failure.node.layer.rank or 2
        for unflattened in _images(shape[0]) if rank == 2 else ((1, shape[0]),):
            yield other_input(failure, 1, unflattened)
        return
    if failure.problem.code in DEPTHS:
        return
    merges, declared = failure.node.layer.merges, failure.setting(failure.position, "units") is not None
    shrunk = failure.has(failure.position, "output_padding") or any(map(failure.window, failure.before))
    first = not shrunk and failure.window(failure.position)
    cost = 4 if declared else 0 if first else 3
    multiples, customary = list(_multiples(shape[1:])), list(_customary(shape[1:]))
    for sizes in multiples + customary if merges else customary + multiples:
        if sizes != shape[1:]:
            yield other_input(failure, cost, (shape[0], *sizes))


def _images(features: int) -> Iterator[Shape]:
    """The square images with so many values, grey or coloured."""
    for channels in (1, 3):
        side = isqrt(features // channels)
        if channels * side * side == features and side > 1:
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
