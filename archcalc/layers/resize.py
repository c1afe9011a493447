"""Volumes made larger or smaller by interpolation."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import zip_longest

from archcalc.errors import ShapeError
from archcalc.layers.base import Formula, Layer, Reach, Shape, Shapes, outputs_formula, side_lengths
from archcalc.layers.pool import volume_axes
from archcalc.layers.settings import (
    FLAG,
    SIZES,
    Sizes,
    choice,
    layer_kind,
    number,
    optional,
    per_axis,
    setting,
)
from archcalc.layers.windowed import spread
from archcalc.window import ResizedAxis

FACTORS = per_axis(number(0.001, 1000, "a number from 0.001 to 1000"))


@layer_kind
class Interpolate(Layer):
    """Interpolation: a volume made larger or smaller, each value read from its nearest inputs.

    The wanted size is given as `size`, or as a `scale_factor` S. With mode `nearest` output o is input
    ⌊o·W1/W2⌋ (with a scale factor ⌊o/S⌋); with `bilinear` it lies between two inputs along each axis,
    around (o + 1/2)·W1/W2 − 1/2, or around o·(W1 − 1)/(W2 − 1) with align_corners.

    output: W2 × H2 = size, or W2 = ⌊W1·S⌋, H2 alike; D2 = D1
    backward: saves nothing
    source: PyTorch Upsample; Long, Shelhamer & Darrell 2014, arXiv:1411.4038, section 3.3

    example:
      input: {channels: 256, height: 7, width: 7}
      layers:
        - interpolate: {scale_factor: 2, mode: bilinear}
    """

    upsamples = True
    saves = ()

    size: Sizes | None = setting(optional(SIZES), default=None)
    scale_factor: float | tuple[float, ...] | None = setting(optional(FACTORS), default=None)
    mode: str = setting(choice("nearest", "bilinear"), default="nearest")
    align_corners: bool = setting(FLAG, default=False)

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        sizes = volume_axes(shape)
        if (self.size is None) == (self.scale_factor is None):
            raise ShapeError("needs either a `size` or a `scale_factor`")
        if self.align_corners and self.mode == "nearest":
            raise ShapeError("only mode `bilinear` can align corners")
        if self.size is not None:
            return (shape[0], *spread(self.size, len(sizes), "size"))
        return (shape[0], *map(_scaled, sizes, self._factors(len(sizes))))

    def _factors(self, rank: int) -> tuple[Fraction, ...]:
        """The scale factor along each axis, where it is given."""
        given = self.scale_factor if isinstance(self.scale_factor, tuple) else (self.scale_factor,) * rank
        if len(given) != rank:
            raise ShapeError(f"scale_factor has {len(given)} values, the input has {rank} spatial axes")
        return tuple(Fraction(str(factor)) for factor in given)

    def reach(self, inputs: Shapes) -> Reach:
        sizes, output = inputs[0][1:], self.output_shape(inputs)[1:]
        factors = self._factors(len(sizes)) if self.size is None else map(Fraction, output, sizes)
        return tuple(map(self._axis, sizes, output, factors))

    def _axis(self, size: int, wanted: int, factor: Fraction) -> ResizedAxis:
        """Interpolation along an axis of `size` positions that becomes `factor` times as long."""
        if self.align_corners and min(size, wanted) == 1:
            return ResizedAxis(size, wanted)
        step = Fraction(size - 1, wanted - 1) if self.align_corners else 1 / factor
        taps = 1 if self.mode == "nearest" else 2
        return ResizedAxis(step.numerator, step.denominator, taps, self.align_corners)

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        (shape,) = inputs
        output = self.output_shape(inputs)
        factors = self._factors(len(shape) - 1) if self.size is None else ()
        sides = list(zip(side_lengths(tuple(shape), "1").items(), reversed(output), strict=True))
        for ((name, size), wanted), factor in zip_longest(sides[:-1], reversed(factors)):
            yield _size_formula(name, size, wanted, factor)
        yield Formula("D2", "D1", {"D1": shape[0]}, shape[0])
        yield from outputs_formula(output)


def _scaled(size: int, factor: Fraction) -> int:
    """⌊W1·S⌋, where floating-point arithmetic, with which PyTorch works it out, agrees."""
    exact, rounded = math.floor(size * factor), math.floor(size * float(factor))
    if exact != rounded:
        raise ShapeError(
            f"scale_factor {float(factor)} of {size} has no one meaning: {exact}, but {rounded} in PyTorch",
            hint="write the `size` in place of the scale_factor",
        )
    if not exact:
        raise ShapeError(f"scale_factor {float(factor)} leaves nothing of {size}")
    return exact


def _size_formula(name: str, size: int, wanted: int, factor: Fraction | None) -> Formula:
    """W2 = size, W1·2 or ⌊W1·17/10⌋."""
    symbol = f"{name[0]}2"
    if factor is None:
        return Formula(symbol, "size", {"size": wanted}, wanted)
    product = f"{name}·{factor}"
    return Formula(symbol, product if factor.denominator == 1 else f"⌊{product}⌋", {name: size}, wanted)
