"""Sliding windows: kernel, stride, padding and dilation along one axis, in integers.

The size arithmetic follows Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep
learning* (arXiv:1603.07285), and for `ceil` the rule of Caffe and PyTorch that drops a last
window starting in the padding behind the input.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from archcalc.errors import ShapeError
from archcalc.records import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction


class Field(NamedTuple):
    """Receptive field: what the outputs of a layer see of the network's input, along one axis of that input.

    Output o sees, of a grid with its points `grid` apart, those from lead + o·jump/grid up to `steps`
    further on; at each point it sees `base` positions, beginning `start` behind the point. While windows
    only slide, the grid is the layer's own outputs (lead and steps are 0). Behind an upsampling it is what
    was upsampled from, and rounding waits until `size` or `offset` is read: nested roundings of integer
    divisions are one rounding. A grid of 0 does not move: each output sees the same, whatever follows.

    Worked example: 4 positions, made 8 by repeating each; a convolution (F 3, P 1); a pool (F 2, S 2).

        layer   jump  lead  steps   output 0 sees the points in   output 1 sees those in   size
        repeat  1/2   −1/2  1/2     [−1/2, 0], which is 0         [0, 1/2], which is 0     1
        conv    1/2   −1    3/2     [−1, 1/2], so −1 and 0        [−1/2, 1], so 0 and 1    2
        pool    1     0     0       −1 to 1 (start −1, base 3)    0 to 2                   3

    The convolution's outputs see 2 positions each, now to the left and now to the right. Only where the jump
    is a whole number again are all fields alike, and the grid is the outputs' own (`settled`).
    """

    positions: int
    jump: int | Fraction = 1
    base: int = 1
    start: int = 0
    grid: int = 1
    steps: int | Fraction = 0
    lead: int | Fraction = 0

    @property
    def size(self) -> int:
        """Input positions that one output sees (the most of any output), those in the padding included.

        An upper bound behind transposed windows that leave gaps or are dilated, and where an upsampling
        follows one whose factor the strides between them do not take back.
        """
        if not self.grid or not (self.steps or self.lead):
            return self.base
        seen = math.floor(self.steps - -self.lead % self._phase)
        return self.base + seen * self.grid if seen >= 0 else 0

    @property
    def _phase(self) -> Fraction:
        """How far apart the outputs lie between two points of the grid, in units of it."""
        from fractions import Fraction

        return Fraction(1, (Fraction(self.jump) / self.grid).denominator)

    @property
    def offset(self) -> int:
        """The first input position that the first output sees; negative in the padding."""
        return self.start + math.ceil(self.lead) * self.grid

    @property
    def centre2(self) -> int | Fraction:
        """Twice the centre of the first output's field, before any rounding."""
        return 2 * self.start + self.base - 1 + (2 * self.lead + self.steps) * self.grid

    def widened(self, steps: int, lead: int, jump: int | Fraction, count: int) -> Field:
        """The field of `count` outputs that each see `steps` more neighbours, the first `lead` further on."""
        if not self.grid:
            return self._replace(positions=count, jump=jump)
        if self.jump == self.grid and not self.steps and not self.lead:
            return settled(count, jump, self.base + steps * self.grid, self.start + lead * self.grid)
        from fractions import Fraction

        scale = Fraction(self.jump) / self.grid
        wide = self._replace(
            positions=count, jump=jump, steps=self.steps + steps * scale, lead=self.lead + lead * scale
        )
        return wide if jump % self.grid else settled(count, jump, wide.size, wide.offset)


def settled(count: int, jump: int | Fraction, size: int, offset: int) -> Field:
    """The field of `count` outputs that each see `size` positions, `jump` apart, the first from `offset`."""
    if jump.denominator == 1:
        return Field(count, jump.numerator, size, offset, jump.numerator)
    return Field(count, jump, size, offset)


class Axis(NamedTuple):
    """A window along one axis."""

    kernel: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    ceil: bool = False

    @property
    def extent(self) -> int:
        """Positions from the first to the last tap: D·(F − 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    def output_size(self, size: int) -> int:
        """⌊(W − extent + before + after)/S⌋ + 1; with `ceil`, ⌈…⌉ + 1 less a window in the padding."""
        span = size + self.before + self.after - self.extent
        if not self.ceil:
            return span // self.stride + 1
        count = -(-span // self.stride) + 1
        return count - 1 if (count - 1) * self.stride >= size + self.before else count

    def remainder(self, size: int) -> int:
        """Padded positions at the end that no window reaches."""
        reached = (self.output_size(size) - 1) * self.stride + self.extent
        return max(size + self.before + self.after - reached, 0)

    def field(self, field: Field, count: int) -> Field:
        """The receptive field of the `count` outputs behind this window (Araujo et al. 2019)."""
        return field.widened(self.extent - 1, -self.before, field.jump * self.stride, count)


class TransposedAxis(NamedTuple):
    """The window of a transposed convolution along one axis: each input writes a kernel of outputs."""

    kernel: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    output_padding: int = 0

    @property
    def extent(self) -> int:
        """Positions from the first to the last tap: D·(F − 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    def output_size(self, size: int) -> int:
        """(W − 1)·S − before − after + extent + output_padding."""
        return (size - 1) * self.stride - self.before - self.after + self.extent + self.output_padding

    def field(self, field: Field, count: int) -> Field:
        """The receptive field of the `count` outputs: output o reads inputs i with o = i·S − before + D·t."""
        lead = self.before - self.extent + 1
        if self.stride == 1:
            return field.widened(self.extent - 1, lead, field.jump, count)
        from fractions import Fraction

        exact = Fraction(field.jump) / self.stride
        jump = exact.numerator if exact.denominator == 1 else exact
        return field._replace(jump=jump).widened(self.extent - 1, lead, jump, count)


class BinAxis(NamedTuple):
    """The bins of an adaptive pool along one axis: output i reads from ⌊i·W1/W2⌋ to ⌈(i + 1)·W1/W2⌉ − 1."""

    size: int
    bins: int

    def field(self, field: Field, count: int) -> Field:
        """The receptive field of the bins: each input repeated W2 times, and cut into lengths of W1."""
        common = math.gcd(self.size, self.bins)
        copies, length = self.bins // common, self.size // common
        repeated = TransposedAxis(copies, copies).field(field, field.positions * copies)
        return Axis(length, length).field(repeated, count)


class ResizedAxis(NamedTuple):
    """Interpolation along one axis: outputs lie a/b input positions apart, each between `taps` neighbours.

    With 1 tap, output o reads input ⌊o·a/b⌋. With 2 it reads those around (o + 1/2)·a/b − 1/2, or around
    o·a/b where the `corners` of input and output are aligned.
    """

    a: int
    b: int
    taps: int = 1
    corners: bool = False

    def field(self, field: Field, count: int) -> Field:
        """The receptive field of the outputs: the input made b times finer, and every a-th value of that."""
        if self.taps == 1:
            fine = TransposedAxis(self.b, self.b).field(field, field.positions * self.b)
            return Axis(1, self.a).field(fine, count)
        odd = self.corners or self.b % 2
        around = self.b - 1 if self.corners else self.b // 2
        painted = TransposedAxis(2 * self.b - (1 if odd else 0), self.b, around, around)
        fine = painted.field(field, painted.output_size(field.positions))
        if self.corners:
            return Axis(1, self.a).field(fine, count)
        return Axis(2 - self.a % 2, self.a, -((self.a - 1) // 2)).field(fine, count)


class WholeAxis(NamedTuple):
    """No window: each output sees every position along one axis."""

    def field(self, field: Field, count: int) -> Field:
        """The receptive field of everything; that of several outputs no longer moves from one to the next."""
        whole = field.widened(field.positions - 1, 0, field.grid, 1)
        if count == 1:
            return settled(1, field.jump * field.positions, whole.size, whole.offset)
        return Field(count, field.jump, whole.size, whole.offset, grid=0)


Window = tuple[Axis | TransposedAxis, ...]
AnyWindow = tuple[Axis | TransposedAxis | BinAxis | ResizedAxis | WholeAxis, ...]


def same_padding(size: int, kernel: int, stride: int, dilation: int, *, extra_first: bool) -> tuple[int, int]:
    """(before, after) that make the output ⌈W/S⌉, as TensorFlow's SAME and ONNX's SAME_UPPER do.

    Total = max((⌈W/S⌉ − 1)·S + extent − W, 0); an odd one goes behind the input, or in front of it
    with `extra_first` (ONNX's SAME_LOWER).
    """
    extent = dilation * (kernel - 1) + 1
    total = max((-(-size // stride) - 1) * stride + extent - size, 0)
    less, more = total // 2, total - total // 2
    return (more, less) if extra_first else (less, more)


def checked_size(axis: Axis | TransposedAxis, size: int, name: str) -> int:
    """The output size along the axis called `name`, or a ShapeError where no window fits."""
    out = axis.output_size(size)
    if out >= 1:
        return out
    padding = axis.before + axis.after
    if isinstance(axis, TransposedAxis):
        raise ShapeError(
            f"the output's {name} would be {out}: "
            f"({size} − 1)·{axis.stride} − {padding} + {axis.extent} + {axis.output_padding}",
            hint="use less padding",
        )
    dilated = f" (kernel {axis.kernel} dilated by {axis.dilation})" if axis.dilation > 1 else ""
    padded = f" + {padding} of padding" if padding else ""
    missing = axis.extent - size - padding
    raise ShapeError(
        f"a window of {axis.extent}{dilated} does not fit into the input's {name} of {size}{padded}",
        hint=f"use a smaller kernel or pad {-(-missing // 2)} more on each side",
    )
