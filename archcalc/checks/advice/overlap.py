"""Transposed convolutions whose windows overlap unevenly: the checkerboard artifact."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from archcalc.analysis.facts import Analysis, Facts
from archcalc.checks.advice.wording import grouped
from archcalc.errors import Problem
from archcalc.layers.base import axis_names
from archcalc.records import NamedTuple
from archcalc.window import TransposedAxis


class Overlap(NamedTuple):
    """How many inputs reach an output along one axis, away from the edges: the fewest, and whether all."""

    axis: TransposedAxis
    fewest: int
    even: bool


def uneven_overlap(analysis: Analysis) -> Iterator[Problem]:
    """A transposed convolution whose kernel is no multiple of its stride."""
    for facts in analysis.facts:
        uneven = {name: overlap for name, overlap in _overlaps(facts).items() if not overlap.even}
        for (axis, fewest, _), names in grouped(uneven, uneven.__getitem__).items():
            message = (
                f"{facts.node.name}: a kernel of {axis.kernel} with stride {axis.stride} "
                f"{_overlap_text(fewest)} along {' and '.join(names)}"
            )
            yield Problem("uneven-overlap", message, facts.node.span, _multiples(axis))


def _overlaps(facts: Facts) -> dict[str, Overlap]:
    """How windows overlap on the outputs, along each axis that has several inputs."""
    reach = facts.node.layer.reach(facts.input_shapes)
    if isinstance(reach, str):
        return {}
    sizes = facts.input_shapes[0][1:]
    along = zip(axis_names(len(sizes)), reach, sizes, strict=True)
    return {
        name: _overlap(axis) for name, axis, size in along if isinstance(axis, TransposedAxis) and size > 1
    }


def _overlap(axis: TransposedAxis) -> Overlap:
    """Taps fall on the outputs between two inputs in turn, on each where dilation and stride are coprime.

    With kernel 3 and stride 2, ⌊3/2⌋ = 1 or 2 inputs reach an output; with kernel 4 always 2.
    """
    on_each = gcd(axis.stride, axis.dilation) == 1
    fewest = axis.kernel // axis.stride if on_each else 0
    return Overlap(axis, fewest, on_each and axis.kernel % axis.stride == 0)


def _overlap_text(fewest: int) -> str:
    return (
        f"writes outputs {fewest} and {fewest + 1} times by turns" if fewest else "leaves outputs unwritten"
    )


def _multiples(axis: TransposedAxis) -> str:
    if axis.dilation > 1:
        return "use no dilation, and a kernel that is a multiple of the stride"
    below = axis.kernel - axis.kernel % axis.stride
    sizes = [size for size in (below, below + axis.stride) if size]
    return f"a kernel of {' or '.join(map(str, sizes))} writes all equally often"
