"""Padding that lies unevenly, and padding that is all that is seen."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from archcalc.analysis.facts import Analysis, Facts
from archcalc.checks.advice.graph import SlidAxes, SlidAxis, sliding
from archcalc.checks.advice.taps import Taps, taps
from archcalc.checks.advice.wording import box, grouped, lines
from archcalc.errors import Problem


def lopsided_padding(analysis: Analysis) -> Iterator[Problem]:
    """Even kernels, whose padding cannot be the same on both sides and keep the size."""
    for facts in analysis.facts:
        word = facts.node.layer.padding_word()
        uneven = [side for side in sliding(facts) if _is_uneven(side, named=word not in ("", "causal"))]
        for (axis, size), sides in grouped(uneven, lambda side: side[1:]).items():
            names = " and ".join(side.name for side in sides)
            if axis.before == axis.after:
                effect = f"padding {axis.before} on both sides makes {sides[0].windows} of {size}"
            else:
                effect = f"`{word}` pads {axis.before} in front and {axis.after} behind"
            message = f"{facts.node.name}: a kernel of {axis.extent} has no middle: along {names}, {effect}"
            hint = f"a kernel of {axis.extent - 1} or {axis.extent + 1} is padded alike on both sides"
            yield Problem("lopsided-padding", message, facts.node.span, hint)


def _is_uneven(side: SlidAxis, *, named: bool) -> bool:
    """Whether, with stride 1, padding by a word lies unevenly, or even padding misses the size by one."""
    axis = side.axis
    if axis.stride != 1:
        return False
    if axis.before != axis.after:
        return named
    return axis.before > 0 and abs(side.windows - side.size) == 1


def dead_padding(analysis: Analysis) -> Iterator[Problem]:
    """Padding so large that whole windows of a convolution, or whole taps of its kernel, see nothing else."""
    for facts in analysis.facts:
        sides = sliding(facts) if facts.node.layer.pads_zeros() else ()
        if any(map(_windows_in_padding, sides)):
            least = min(side.axis.extent for side in sides if _windows_in_padding(side))
            message = f"{facts.node.name}: {_windows_text(sides)} of its output see nothing but padding"
            hint = f"padding of at most {least - 1}" if least > 1 else "a kernel of 1 needs no padding"
            yield Problem("dead-padding", message, facts.node.span, hint)
        elif sides and max(side.size for side in sides) > 1 and (found := taps(sides)).ineffective:
            hint = f"a {box(found.effective)} kernel would see as much"
            yield Problem("dead-padding", _taps_text(facts, sides, found), facts.node.span, hint)


def _windows_in_padding(side: SlidAxis) -> int:
    """How many windows lie wholly in the padding in front of a volume or behind it."""
    axis = side.axis
    front = max((axis.before - axis.extent) // axis.stride + 1, 0)
    behind = max(side.windows - -(-(side.size + axis.before) // axis.stride), 0)
    return min(front + behind, side.windows)


def _windows_text(sides: SlidAxes) -> str:
    """`2 of 34 rows and columns`."""
    in_padding = filter(_windows_in_padding, sides)
    groups = grouped(in_padding, lambda side: (_windows_in_padding(side), side.windows))
    return " and ".join(
        f"{windows} of {count} {lines((side.name for side in equal_sides), 2)}"
        for (windows, count), equal_sides in groups.items()
    )


def _taps_text(facts: Facts, sides: SlidAxes, found: Taps) -> str:
    kernel, volume = box(found.kernel), box(side.size for side in sides)
    weights = found.ineffective_weights(facts)
    return (
        f"{facts.node.name}: {found.ineffective} of the {prod(found.kernel)} taps of its {kernel} kernel "
        f"never meet a value of its {volume} input: {weights:,} weights see nothing but padding"
    )
