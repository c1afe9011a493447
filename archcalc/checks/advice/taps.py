"""The taps of kernels: effective ones, which meet values, and those that only ever meet padding.

A 3×3 kernel on a 1×1 volume with padding 1 has 1 effective tap, its middle, and 8 ineffective ones.
"""

from __future__ import annotations

from math import prod

from archcalc.analysis.facts import Facts
from archcalc.checks.advice.graph import TAPS_ENUMERATED, SlidAxes, SlidAxis
from archcalc.records import NamedTuple


class Taps(NamedTuple):
    """The size of a kernel along each axis, and how much of it ever meets a value."""

    kernel: tuple[int, ...]
    effective: tuple[int, ...]

    @property
    def ineffective(self) -> int:
        """How many taps never meet a value."""
        return prod(self.kernel) - prod(self.effective)

    def ineffective_weights(self, facts: Facts) -> int:
        """How many weights of a convolution with this kernel only ever meet padding."""
        return prod(facts.parameter_shapes["weight"]) // prod(self.kernel) * self.ineffective


def taps(sides: SlidAxes) -> Taps:
    """The taps of a kernel that slides over its input."""
    return Taps(tuple(side.axis.kernel for side in sides), tuple(map(_effective, sides)))


def _effective(side: SlidAxis) -> int:
    """How many taps meet a value along one axis: all but some at the ends.

    A stride that leaps over the volume may leave out others too; of wide kernels they are not looked for.
    """
    kernel, stride, before, _, dilation, _ = side.axis
    if stride > side.size:
        return kernel if kernel > TAPS_ENUMERATED else sum(_meets_a_value(tap, side) for tap in range(kernel))
    front = max(-(-(before - (side.windows - 1) * stride) // dilation), 0)
    behind = max(kernel - -(-(side.size + before) // dilation), 0)
    return max(kernel - front - behind, 0)


def _meets_a_value(tap: int, side: SlidAxis) -> bool:
    """Whether a tap of some window lies within the volume: of the first window in which it can."""
    lead = side.axis.before - tap * side.axis.dilation
    first = -(-max(lead, 0) // side.axis.stride)
    return first < side.windows and first * side.axis.stride < lead + side.size
