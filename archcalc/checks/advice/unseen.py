"""Values that no window covers: behind the last window, and between windows.

With kernel 1 and stride 2 windows cover the even positions, the residue class 0 modulo 2, and skip the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd, prod

from archcalc.analysis.facts import Analysis, Facts
from archcalc.checks.advice.graph import TAPS_ENUMERATED, SlidAxes, SlidAxis, slid_over
from archcalc.checks.advice.wording import grouped, lines
from archcalc.errors import Problem
from archcalc.layers.settings import settings_of

PADDING_TRIED = 64
"""How much more padding is tried, so that time is bounded."""


def dropped_pixels(analysis: Analysis) -> Iterator[Problem]:
    """Rows or columns at the end of a volume that no window reaches."""
    for slid in slid_over(analysis):
        lost = tuple(map(min, zip(*([_dropped(side) for side in sides] for _, sides in slid), strict=True)))
        dense = [each for each in slid if any(lost) and not any(map(has_gaps, each[1]))]
        if dense:
            facts, sides = dense[0]
            message = f"{facts.node.name}: {_dropped_text(sides, lost)}"
            yield Problem("dropped-pixels", message, facts.node.span, _remedies(facts, sides, lost))


def _dropped(side: SlidAxis) -> int:
    """How many positions at the end, padding apart, lie behind the last window."""
    return min(max(side.axis.remainder(side.size) - side.axis.after, 0), side.size)


def _dropped_text(sides: SlidAxes, lost: tuple[int, ...]) -> str:
    """`(224 − 11)/4 leaves 1: the last row and column are never seen`."""
    dropping = [(side, count) for side, count in zip(sides, lost, strict=True) if count]
    clauses = grouped(dropping, lambda each: (_division(each[0]), each[1]))
    return "; ".join(
        f"{division}: {_last([side.name for side, _ in each], count)} never seen"
        for (division, count), each in clauses.items()
    )


def _division(side: SlidAxis) -> str:
    axis = side.axis
    padding = f" + 2·{axis.before}" if axis.before == axis.after else f" + {axis.before} + {axis.after}"
    numerator = f"{side.size} − {axis.extent}{padding if axis.before + axis.after else ''}"
    spared = f", {axis.after} of it padding" if axis.after else ""
    return f"({numerator})/{axis.stride} leaves {axis.remainder(side.size)}{spared}"


def _last(axes: list[str], count: int) -> str:
    number = "" if count == 1 else f"{count} "
    return f"the last {number}{lines(axes, count)} {'is' if len(axes) == count == 1 else 'are'}"


def _remedies(facts: Facts, sides: SlidAxes, lost: tuple[int, ...]) -> str:
    """The least changes with which nothing is lost."""
    found = []
    if "ceil_mode" in settings_of(type(facts.node.layer)):
        found.append("`ceil_mode: true`")
    if padding := _enough_padding(sides, pools=not facts.node.layer.convolves):
        found.append(f"padding {padding}")
    inputs = grouped((side for side, count in zip(sides, lost, strict=True) if count), _fitting_sizes)
    named = (f"{' and '.join(side.name for side in each)} of {sizes}" for sizes, each in inputs.items())
    others = f"{', '.join(found)}, or " if found else ""
    return f"nothing is lost with {others}an input {' and '.join(named)}"


def _enough_padding(sides: SlidAxes, *, pools: bool) -> int | None:
    """The least padding on all sides, more than there is, with which nothing is lost or sees only padding."""
    most = min(side.axis.kernel // 2 if pools else side.axis.extent - 1 for side in sides)
    now = max(max(side.axis.before, side.axis.after) for side in sides)
    for padding in range(now + 1, min(most, now + PADDING_TRIED) + 1):
        padded = (side._replace(axis=side.axis._replace(before=padding, after=padding)) for side in sides)
        if not any(map(_dropped, padded)):
            return padding
    return None


def _fitting_sizes(side: SlidAxis) -> str:
    """The nearest smaller and larger input sizes of which nothing is lost."""
    low, high = side.size - _dropped(side), side.size + side.axis.stride - side.axis.remainder(side.size)
    return f"{low} or {high}" if low else str(high)


def skipped_pixels(analysis: Analysis) -> Iterator[Problem]:
    """Rows or columns between windows that step over them; what chooses leaves them out on purpose."""
    for slid in slid_over(analysis, shifted=True):
        facts, sides = slid[0]
        if all(each.node.layer.chooses for each, _ in slid):
            continue
        together = [_covered_by_all(along) for along in zip(*(sides for _, sides in slid), strict=True)]
        gaps = {side.name: share for side, share in zip(sides, together, strict=True) if share}
        if gaps:
            volume = analysis.network.tensor_name(facts.node.inputs[0])
            others = ", and no other layer sees more" if len(slid) > 1 else ""
            message = f"{facts.node.name}: sees {_shares(gaps)} of {volume}{others}: {_skipped_share(gaps)}"
            pool = ", or pool" if facts.node.layer.convolves else ""
            hint = f"stride with a kernel at least as wide as the stride{pool}"
            yield Problem("skipped-pixels", message, facts.node.span, hint)


def _covered_residues(side: SlidAxis) -> frozenset[int]:
    """The residue classes modulo the stride that windows cover, where they skip some; else empty.

    Tap t of a window that begins at i·S − P reads position i·S + t·D − P, which is t·D − P modulo S.
    """
    kernel, stride, before, _, dilation, _ = side.axis
    taps = min(kernel, stride)
    if (dilation == 1 and kernel >= stride) or taps > TAPS_ENUMERATED or side.windows < 2:
        return frozenset()
    seen = frozenset((tap * dilation - before) % stride for tap in range(taps))
    return seen if len(seen) < stride else frozenset()


def has_gaps(side: SlidAxis) -> bool:
    """Whether windows step over positions between them; of wide dilated kernels that is not known."""
    return side.windows > 1 and (side.axis.extent < side.axis.stride or bool(_covered_residues(side)))


def _covered_by_all(along: SlidAxes) -> tuple[int, int] | None:
    """(seen, of every) positions along an axis that all readers step over; None where they see all."""
    stride, *others = {side.axis.stride for side in along}
    residues = [_covered_residues(side) for side in along]
    seen = frozenset().union(*residues)
    return None if others or not all(residues) or len(seen) == stride else (len(seen), stride)


def _shares(gaps: dict[str, tuple[int, int]]) -> str:
    """`1 of every 2 rows and columns`."""
    return " and ".join(
        f"{seen} of every {stride} {lines(axes, 2)}"
        for (seen, stride), axes in grouped(gaps, lambda axis: gaps[axis]).items()
    )


def _skipped_share(gaps: dict[str, tuple[int, int]]) -> str:
    seen, positions = (prod(each) for each in zip(*gaps.values(), strict=True))
    common = gcd(seen, positions)
    left, of = (positions - seen) // common, positions // common
    return f"{left} of every {of} positions {'is' if left == 1 else 'are'} never seen"
