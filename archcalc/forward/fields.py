"""Receptive fields found by running the kernels, beside those that the rules predicted.

An output that depends on no padding before an axis must begin to see where that was predicted, one that
depends on none behind it must end there, and no output may see more.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archcalc.errors import RequestError
from archcalc.forward.padding import per_axis
from archcalc.forward.sight import Integers, Sight, sights

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis, Facts
    from archcalc.analysis.receptive_field import ReceptiveField
    from archcalc.network import Node
    from archcalc.window import Field

WITHOUT_BORDER = ("conv_transpose", "interpolate")
"""Kinds whose outputs at an edge see less than others without any padding."""


class Found(NamedTuple):
    """The receptive field along one axis, as far as outputs show it whose fields lie within the input.

    whole: whether every output sees the first position and the last one.
    problem: how an output differs from what was predicted, or ''.
    """

    size: int | None
    jump: int | Fraction | None
    offset: int | None
    whole: bool
    problem: str = ""


class FieldCheck(NamedTuple):
    """The receptive field of one layer, predicted and found along each axis of the input.

    bound: whether the predicted size is the most that an output can see, of which it may see less.
    """

    name: str
    kind: str
    predicted: ReceptiveField
    found: tuple[Found, ...]
    bound: bool

    def differences(self) -> tuple[str, ...]:
        """What disagrees, in words."""
        return tuple(found.problem for found in self.found if found.problem)


def receptive_fields(analysis: Analysis) -> tuple[FieldCheck, ...]:
    """The receptive field of every layer, or of those before one that cannot run.

    Raises RequestError for a network too large to run, and for one whose input has no spatial axes.
    """
    if len(analysis.network.input_shape) < 2:
        raise RequestError("a network that reads features alone has no receptive fields")
    seen = sights(analysis.network)
    outlooks = _outlooks(analysis)
    return tuple(
        _check(facts, [seen[volume] for volume in facts.node.inputs], own, outlook)
        for facts, own, outlook in zip(analysis.facts, seen[1:], outlooks[1:], strict=False)
    )


class Outlook(NamedTuple):
    """What a volume is behind.

    finer: the number of layers whose outputs lie closer together than their inputs.
    gaps: whether transposed windows leave gaps or are dilated.
    edged: whether there are layers of which WITHOUT_BORDER speaks.
    """

    finer: int = 0
    gaps: bool = False
    edged: bool = False

    @property
    def bound(self) -> bool:
        """Whether a predicted size is an upper bound, as `archcalc.window.Field.size` says."""
        return self.gaps or self.finer > 1


def _outlooks(analysis: Analysis) -> list[Outlook]:
    """For each volume; the input is the first."""
    fields, outlooks = [analysis.input_field], [Outlook()]
    for facts in analysis.facts:
        own, inputs = facts.receptive_field, facts.node.inputs
        before = [outlooks[volume] for volume in inputs]
        axes = zip(own.axes, fields[inputs[0]].axes, strict=True)
        finer = any(now.jump < then.jump and now.positions > 1 for now, then in axes)
        outlooks.append(
            Outlook(
                max(one.finer for one in before) + finer,
                any(one.gaps for one in before) or _leaves_gaps(facts.node),
                any(one.edged for one in before) or facts.node.kind in WITHOUT_BORDER,
            )
        )
        fields.append(own)
    return outlooks


def _leaves_gaps(node: Node) -> bool:
    """Whether it is a transposed convolution some of whose outputs see less than others."""
    if node.kind != "conv_transpose":
        return False
    layer: Any = node.layer
    settings = (per_axis(value, 2) for value in (layer.kernel_size, layer.stride, layer.dilation))
    return any(stride > kernel or dilation > 1 for kernel, stride, dilation in zip(*settings, strict=True))


def _check(
    facts: Facts, inputs: list[tuple[Sight, ...]], own: tuple[Sight, ...], outlook: Outlook
) -> FieldCheck:
    predicted = facts.receptive_field
    found = []
    for axis, (field, sight) in enumerate(zip(predicted.axes, own, strict=True)):
        comparison = Comparison(field, sight, [one[axis] for one in inputs], outlook)
        whole = max(sight.first) <= 0 and min(sight.last) >= max(one[axis].last.max() for one in inputs)
        problem = comparison.problem() if predicted.aligned else ""
        found.append(Found(*comparison.shown(), whole, problem))
    return FieldCheck(facts.node.name, facts.node.kind, predicted, tuple(found), outlook.bound)


class Comparison:
    """One layer's field along one axis, beside what its outputs saw.

    open_first, open_last: the outputs at which no edge hides where they would begin, or end, to see.
    """

    def __init__(self, field: Field, sight: Sight, inputs: list[Sight], outlook: Outlook) -> None:
        self.field, self.sight, self.outlook = field, sight, outlook
        self.first, self.last = _predicted(field, len(sight.first))
        within = True
        if outlook.edged:
            least, most = min(one.first.min() for one in inputs), max(one.last.max() for one in inputs)
            within = (self.first >= least) & (self.last <= most)
        self.open_first = sight.sees & ~sight.before & within
        self.open_last = sight.sees & ~sight.after & within
        self.blind = ~sight.sees & ~sight.before & ~sight.after & within

    def problem(self) -> str:
        """The first output that does not see what was predicted, in words, or ''."""
        first, last = self.sight.first, self.sight.last
        wrong = self.sight.sees & ((first < self.first) | (last > self.last))
        if not self.outlook.bound:
            wrong |= self.blind | self.open_first & (first > self.first) | self.open_last & (last < self.last)
        if not wrong.any():
            return self._size_problem()
        number = int(wrong.argmax())
        seen = f"{first[number]} to {last[number]}" if self.sight.sees[number] else "nothing"
        return f"output {number} sees {seen}, predicted {self.first[number]} to {self.last[number]}"

    def _size_problem(self) -> str:
        """Whether the size is not that of the outputs that see most, where there are all kinds of them."""
        size, _, _ = self.shown()
        kinds = self._kinds()
        if size is None or self.outlook.bound or sum(self.open_first & self.open_last) < kinds:
            return ""
        return "" if size == self.field.size else f"size: predicted {self.field.size}, found {size}"

    def _kinds(self) -> int:
        """After how many outputs the same field is seen again, further on."""
        return (Fraction(self.field.jump) / (self.field.grid or 1)).denominator

    def shown(self) -> tuple[int | None, int | Fraction | None, int | None]:
        """Size, jump and offset, as far as open outputs show them."""
        first, last = self.sight.first, self.sight.last
        if len(first) != self.field.positions:
            return None, None, None
        both = self.open_first & self.open_last
        size = int((last - first + 1)[both].max()) if both.any() else None
        numbers = np.flatnonzero(self.open_first)
        alike = numbers[(numbers - numbers[:1]) % self._kinds() == 0]
        if len(alike) < 2:
            return size, None, int(first[0]) if self.open_first[0] else None
        begin, end = int(alike[0]), int(alike[-1])
        jump = Fraction(int(first[end]) - int(first[begin]), end - begin)
        start = next(iter(numbers[numbers % self._kinds() == 0].tolist()), None)
        offset = None if start is None else int(first[start]) - int(start * jump)
        return size, jump.numerator if jump.denominator == 1 else jump, offset


def _predicted(field: Field, count: int) -> tuple[Integers, Integers]:
    """The first and the last position that each of `count` outputs sees, as `archcalc.window.Field` says.

    One place that stands for all outputs sees from the first position of the first to the last of the last.
    """
    if not field.grid:
        return np.full(count, field.start), np.full(count, field.start + field.base - 1)
    step = Fraction(field.jump) / field.grid
    exact = step.numerator if step.denominator == 1 else step
    every = [field.lead + number * exact for number in range(max(count, field.positions))]
    first = [field.start + math.ceil(point) * field.grid for point in every]
    last = [field.start + math.floor(point + field.steps) * field.grid + field.base - 1 for point in every]
    if count == 1:
        return np.array(first[:1]), np.array(last[-1:])
    return np.array(first[:count]), np.array(last[:count])
