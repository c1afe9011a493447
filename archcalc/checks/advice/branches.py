"""Branches that do not fit together where they are merged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archcalc.analysis.facts import Analysis, Facts
from archcalc.checks.advice.graph import shift_of, sliding
from archcalc.checks.advice.unseen import has_gaps
from archcalc.checks.advice.wording import grouped
from archcalc.errors import Problem
from archcalc.layers.base import axis_names
from archcalc.network import Network
from archcalc.records import NamedTuple
from archcalc.window import Field

if TYPE_CHECKING:
    from fractions import Fraction


class Misalignment(NamedTuple):
    """Two tensors that are merged and disagree along one axis, how, and by how much where they step alike."""

    tensor: int
    other: int
    how: str
    shift: int | Fraction | None = None


def misaligned_branches(analysis: Analysis) -> Iterator[Problem]:
    """Branches that are merged although their values stand for different places of the input."""
    for facts in analysis.facts:
        apart = _misaligned_axes(facts, analysis) if facts.node.layer.merges else []
        clauses = [
            f"along {' and '.join(name for name, _ in along)}, {_text(found, analysis.network)}"
            for found, along in grouped(apart, lambda pair: pair[1]).items()
        ]
        if clauses:
            message = f"{facts.node.name}: {'; '.join(clauses)}"
            hint = "give the branches the same strides, and padding that centres their windows alike"
            yield Problem("misaligned-branches", message, facts.node.span, hint)


def _text(found: Misalignment, network: Network) -> str:
    return f"{network.tensor_name(found.tensor)} and {network.tensor_name(found.other)} {found.how}"


def _misaligned_axes(facts: Facts, analysis: Analysis) -> list[tuple[str, Misalignment]]:
    """The axes along which the tensors that a layer merges disagree, each with how."""
    fields = [analysis.field(tensor).axes for tensor in facts.node.inputs]
    along = enumerate(zip(axis_names(len(fields[0])), zip(*fields, strict=True), strict=True))
    found = ((number, name, _misalignment(facts.node.inputs, axes)) for number, (name, axes) in along)
    return [
        (name, apart)
        for number, name, apart in found
        if apart and not (_is_upsampled(apart, number, analysis) or _interleaves(facts, apart, analysis))
    ]


def _is_upsampled(found: Misalignment, axis: int, analysis: Analysis) -> bool:
    """Whether one branch is upsampled, and off by no more than half a step of what it is upsampled from.

    Stride 2 with padding 1 centres windows on positions 0, 2, 4 …, and interpolation by 2 places its outputs
    at −1/2, 1/2, 3/2 …: half a position off in every feature pyramid, whatever its paddings are.
    """
    if found.shift is None:
        return False
    one, other = _ancestors(found.tensor, analysis), _ancestors(found.other, analysis)
    resized = (facts for node in one ^ other if (facts := analysis.facts[node]).node.layer.upsamples)
    fields = (analysis.field(facts.node.inputs[0]).axes for facts in resized)
    steps = (axes[axis].jump for axes in fields if axis < len(axes))
    return any(2 * found.shift <= step for step in steps)


def _ancestors(tensor: int, analysis: Analysis) -> set[int]:
    """The nodes that a tensor depends on."""
    seen: set[int] = set()
    waiting = [tensor]
    while waiting:
        node = analysis.network.writer(waiting.pop())
        if node is not None and node not in seen:
            seen.add(node)
            waiting += analysis.network.nodes[node].inputs
    return seen


def _interleaves(facts: Facts, found: Misalignment, analysis: Analysis) -> bool:
    """Whether two branches step over positions of one volume, and are shifted so that each sees the other's.

    NASNet's factorised reduction is such: poolings of 1 with stride 2, one of them on what is shifted by 1.
    """
    stepped = {_stepped_over(tensor, analysis) for tensor in (found.tensor, found.other)}
    less = found.shift is not None and found.shift < analysis.field(found.tensor).axes[0].jump
    return facts.node.layer.concatenates and less and len(stepped) == 1 and None not in stepped


def _stepped_over(tensor: int, analysis: Analysis) -> int | None:
    """The volume whose positions a chain of layers first steps over, going back; None where none does."""
    gaps = False
    while (node := analysis.network.writer(tensor)) is not None:
        facts = analysis.facts[node]
        if gaps and shift_of(facts) is None:
            break
        gaps = gaps or any(map(has_gaps, sliding(facts)))
        if len(facts.node.inputs) > 1:
            return None
        (tensor,) = facts.node.inputs
    return tensor if gaps else None


def _misalignment(tensors: tuple[int, ...], axes: tuple[Field, ...]) -> Misalignment | None:
    """The first tensor that disagrees with the first; single and unmoving positions agree with all."""
    moving = [(tensor, field) for tensor, field in zip(tensors, axes, strict=True) if _moves(field)]
    for tensor, field in moving[1:]:
        first, other = moving[0]
        if field.jump != other.jump:
            return Misalignment(
                first, tensor, f"step by {other.jump} and {field.jump} positions of the input"
            )
        shift = _shift(field, other)
        if 2 * shift >= field.jump:
            unit = "position" if shift <= 1 else "positions"
            how = f"lie {shift} {unit} of the input apart, where a step is {field.jump}"
            return Misalignment(first, tensor, how, shift)
    return None


def _moves(field: Field) -> bool:
    return field.positions > 1 and bool(field.grid)


def _shift(field: Field, other: Field) -> int | Fraction:
    """How far apart the centres of the first values lie, in positions of the input; 0 for equal ends."""
    if field.centre2 == other.centre2 or field.offset + field.size == other.offset + other.size:
        return 0
    from fractions import Fraction

    return abs(Fraction(field.centre2) - other.centre2) / 2
