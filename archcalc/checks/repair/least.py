"""The least input that does: what a question such as "is 96×96 enough?" is turned round to.

For example AlexNet works on 96×96 and not on 40×40; bisection between the two finds 67×67 in six analyses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from archcalc.analysis.facts import Facts
from archcalc.layers import Shape

Outcome = TypeVar("Outcome")

ONE_BY_ONE = 16
"""So many sizes are tried one after the other; of more the least is found by bisection."""


def least(small: Shape, large: Shape, does: Callable[[Shape], Outcome | None]) -> Outcome | None:
    """What the least size gives between one that does not do and one that does; None where only that does.

    Sides grow together, in proportion. Bisection takes it that larger sizes do where smaller ones do: that
    is so of windows, and what is found was tried even where it is not.
    """
    steps = max(new - old for old, new in zip(small, large, strict=True))

    def tried(number: int) -> Outcome | None:
        return does(tuple(old - (old - new) * number // steps for old, new in zip(small, large, strict=True)))

    if steps <= ONE_BY_ONE:
        return next((outcome for outcome in map(tried, range(1, steps)) if outcome is not None), None)
    found, low, high = None, 0, steps
    while high - low > 1:
        middle = (low + high) // 2
        outcome = tried(middle)
        if outcome is None:
            low = middle
        else:
            found, high = outcome, middle
    return found


def stepped_down(
    small: Shape, large: Shape, strides: tuple[int, ...], does: Callable[[Shape], Outcome | None]
) -> Outcome | None:
    """What the least size gives of those that lie whole strides below one that does: 572, 556, … 188.

    An unpadded U-Net works on these alone, which bisection between any two sizes passes over.
    """
    steps = [max(stride, 1) for stride in strides]
    low, found = 0, None
    high = min((new - old - 1) // step for new, old, step in zip(large, small, steps, strict=True)) + 1
    while high - low > 1:
        middle = (low + high) // 2
        outcome = does(tuple(new - middle * step for new, step in zip(large, steps, strict=True)))
        if outcome is None:
            high = middle
        else:
            found, low = outcome, middle
    return found


def is_larger(shape: Shape, than: Shape) -> bool:
    """Whether a volume is as deep as another, and has no side that is shorter."""
    alike = len(shape) == len(than) > 1 and shape[0] == than[0] and shape != than
    return alike and all(new >= old for new, old in zip(shape, than, strict=True))


def total_strides(facts: tuple[Facts, ...], axes: int) -> tuple[int, ...]:
    """How many positions of the input the values of the coarsest window lie apart, along each axis."""
    windows = (one for one in facts if one.node.layer.rank)
    jumps = [[int(axis.jump) for axis in one.receptive_field.axes] for one in windows]
    fitting = [steps for steps in jumps if len(steps) == axes]
    return tuple(max(column, default=1) for column in zip(*fitting, strict=True)) or (1,) * axes


def next_multiples(sizes: Shape, strides: tuple[int, ...]) -> Shape:
    """The least sizes from these on that the strides divide; a stride of 0 divides all."""
    return tuple(
        -(-size // max(stride, 1)) * max(stride, 1) for size, stride in zip(sizes, strides, strict=True)
    )
