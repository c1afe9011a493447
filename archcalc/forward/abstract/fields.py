"""Receptive fields found by running the kernels, beside those that the rules predicted.

An output that depends on no padding before an axis must begin to see where that was predicted, one that
depends on none behind it must end there, and no output may see more.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from archcalc.errors import RequestError
from archcalc.forward.abstract.ranges import Dependence, Integers, dependence_ranges
from archcalc.forward.live import amounts, need, timeline
from archcalc.forward.run import MAX_MEMORY
from archcalc.records import NamedTuple

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis, Facts
    from archcalc.analysis.receptive_field import ReceptiveField
    from archcalc.network import Network

Field = Any
"""`archcalc.window.Field`: a prediction that is read, of a module of rules that is not imported; so Any."""


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


def receptive_fields(analysis: Analysis, *, max_memory: int = MAX_MEMORY) -> tuple[FieldCheck, ...]:
    """The receptive field of every layer, or of those before one that cannot run.

    Raises RequestError for a network whose input has no spatial axes or whose inputs differ in them, and for
    one that would take more than `max_memory` bytes to run: its volumes must be there, though they hold
    positions in place of values.
    """
    _check_axes(analysis.network)
    needed, layer = need(analysis, timeline(analysis), max_memory)
    if needed > max_memory:
        taken, allowed = amounts(needed, max_memory)
        raise RequestError(
            f"{layer} is too large to find receptive fields: its volumes take {taken}, more than the "
            f"{allowed} allowed; give it more with --max-memory"
        )
    sequences = {facts.node.inputs[0] for facts in analysis.facts if facts.reads_sequence}
    seen = dependence_ranges(analysis.network, sequences)
    upstreams = _upstreams(analysis, [dependence[0].laid for dependence in seen])
    entering = len(analysis.network.inputs)
    return tuple(
        _check(facts, [seen[volume] for volume in facts.node.inputs], own, upstream)
        for facts, own, upstream in zip(analysis.facts, seen[entering:], upstreams[entering:], strict=False)
    )


def _check_axes(network: Network) -> None:
    """Positions of several inputs are told apart by nothing: both inputs' (2, 3) must mean the same place."""
    sizes = {shape[1:] for shape in network.input_shapes}
    if len(sizes) > 1:
        raise RequestError(
            f"receptive fields are checked on inputs of one size alone, which {' and '.join(network.inputs)} "
            "do not have"
        )
    if sizes == {()}:
        raise RequestError("a network that reads features alone has no receptive fields")


class Upstream(NamedTuple):
    """What a volume is behind.

    finer: the number of layers whose outputs do not lie where every so many of their inputs do.
    gaps: whether transposed windows leave gaps or are dilated.
    edged: whether there are layers that upsample, whose outputs at a border see less than others.
    partial: whether values that saw different positions were left out, or are said to see all for want of
    knowing which.
    """

    finer: int = 0
    gaps: bool = False
    edged: bool = False
    partial: bool = False

    @property
    def bound(self) -> bool:
        """Whether a predicted size is an upper bound, as `archcalc.window.Field.size` says."""
        return self.gaps or self.partial or self.finer > 1


def _upstreams(analysis: Analysis, laid: list[bool]) -> list[Upstream]:
    """For each tensor that was computed; the inputs are the first."""
    entering = range(len(analysis.network.inputs))
    fields, upstreams = [analysis.field(tensor) for tensor in entering], [Upstream() for _ in entering]
    for facts in analysis.facts[: len(laid) - len(entering)]:
        own, inputs = facts.receptive_field, facts.node.inputs
        apart = not laid[inputs[0]] and any(axis.positions > 1 for axis in fields[inputs[0]].axes)
        wider = own != fields[inputs[0]] and len(inputs) == 1 and not facts.node.layer.mixes_positions
        before = [upstreams[volume] for volume in inputs]
        axes = zip(own.axes, fields[inputs[0]].axes, strict=True)
        ratios = [Fraction(now.jump) / then.jump for now, then in axes if now.grid and then.positions > 1]
        upstreams.append(
            Upstream(
                max(one.finer for one in before) + any(ratio.denominator > 1 for ratio in ratios),
                any(one.gaps for one in before) or facts.node.layer.leaves_gaps(),
                any(one.edged for one in before) or facts.node.layer.upsamples,
                any(one.partial for one in before) or (apart and (wider or facts.node.layer.chooses)),
            )
        )
        fields.append(own)
    return upstreams


def _check(
    facts: Facts, inputs: list[tuple[Dependence, ...]], own: tuple[Dependence, ...], upstream: Upstream
) -> FieldCheck:
    predicted = facts.receptive_field
    found = []
    for axis, (field, dependence) in enumerate(zip(predicted.axes, own, strict=True)):
        comparison = Comparison(field, dependence, [one[axis] for one in inputs], upstream)
        problem = comparison.problem() if predicted.aligned else ""
        found.append(comparison.found()._replace(problem=problem))
    return FieldCheck(facts.node.name, facts.node.kind, predicted, tuple(found), upstream.bound)


class Comparison:
    """One layer's field along one axis, beside what its outputs saw.

    laid: whether the outputs lie along the axis; those of a vector may see any part of it.
    open_first, open_last: the outputs at which no edge hides where they would begin, or end, to see.
    """

    def __init__(self, field: Field, own: Dependence, inputs: list[Dependence], upstream: Upstream) -> None:
        self.field, self.own, self.upstream = field, own, upstream
        self.laid = own.laid or field.positions == 1
        self.first, self.last = _predicted(field, len(own.first), self.laid)
        self.most = max(one.last.max() for one in inputs)
        within = own.sees | True
        if upstream.edged:
            least = min(one.first.min() for one in inputs)
            within = (self.first >= least) & (self.last <= self.most)
        self.open_first = own.sees & ~own.before & within
        self.open_last = own.sees & ~own.after & within
        self.blind = ~own.sees & ~own.padded & within

    def problem(self) -> str:
        """The first output that does not see what was predicted, in words, or ''."""
        own = self.own
        wrong = own.sees & ((own.first < self.first) | (own.last > self.last))
        if self.laid and not self.upstream.bound:
            wrong |= self.blind
            wrong |= self.open_first & (own.first > self.first) | self.open_last & (own.last < self.last)
        if not wrong.any():
            return self._size_problem()
        number = int(wrong.argmax())
        seen = f"{own.first[number]} to {own.last[number]}" if own.sees[number] else "nothing"
        return f"output {number} sees {seen}, predicted {self.first[number]} to {self.last[number]}"

    def _size_problem(self) -> str:
        """No output may see more than the predicted size; where all kinds are open, one must see as much."""
        predicted, most = self.field.size, int(self._sizes().max())
        enough = (self.open_first & self.open_last).sum() >= self._kinds()
        if most > predicted or (self.laid and enough and most < predicted and not self.upstream.bound):
            return f"size: predicted {predicted}, found {most}"
        return ""

    def _sizes(self) -> Integers:
        """How many positions each output sees, those between included."""
        return np.subtract(self.own.last, self.own.first, dtype=np.int64) + 1

    def _kinds(self) -> int:
        """After how many outputs the same field is seen again, further on."""
        return (Fraction(self.field.jump) / (self.field.grid or 1)).denominator

    def found(self) -> Found:
        """Size, jump and offset, as far as open outputs show them."""
        first, last = self.own.first, self.own.last
        whole = bool(first.max() <= 0 and last.min() >= self.most)
        both = self.open_first & self.open_last
        size = int(self._sizes()[both].max()) if both.any() else None
        return Found(size, *(self._jump_and_offset() if self.laid else (None, None)), whole)

    def _jump_and_offset(self) -> tuple[int | Fraction | None, int | None]:
        """From the first and the last open output that see alike; the offset also where output 0 is open."""
        numbers = np.flatnonzero(self.open_first)
        alike = numbers[numbers % self._kinds() == 0]
        if not alike.size:
            return None, None
        begin, end = int(alike[0]), int(alike[-1])
        first, last = (int(self.own.first[number]) for number in (begin, end))
        if begin == end:
            return None, None if begin else first
        jump = Fraction(last - first, end - begin)
        return jump.numerator if jump.denominator == 1 else jump, first - int(begin * jump)


def _predicted(field: Field, count: int, laid: bool) -> tuple[Integers, Integers]:
    """The first and the last position that each of `count` outputs sees, as `archcalc.window.Field` says.

    Outputs that do not lie along the axis see from the first position of the first to the last of the last.
    """
    if not field.grid:
        return np.full(count, field.start), np.full(count, field.start + field.base - 1)
    apart = laid and field.positions > 1
    lead, step, further, common = _in_integers(field.lead, Fraction(field.jump) / field.grid, field.steps)
    most = max(count, field.positions)
    greatest = (abs(lead) + most * step + further) * field.grid + abs(field.start) + field.base
    every = np.arange(count) if apart else np.array([0, field.positions - 1])
    points = lead + every.astype(np.int64 if greatest < 2**62 else object) * step
    first = field.start - -points // common * field.grid
    last = field.start + (points + further) // common * field.grid + field.base - 1
    return (first, last) if apart else (np.full(count, first[0]), np.full(count, last[-1]))


def _in_integers(*numbers: int | Fraction) -> list[int]:
    """The numbers times a common denominator, and that."""
    common = math.lcm(*(number.denominator for number in numbers))
    return [*(int(number * common) for number in numbers), common]
