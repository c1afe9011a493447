"""Branches that do not fit together where they are merged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from archcalc.analysis.facts import Analysis, Facts
from archcalc.checks.advice.wording import grouped
from archcalc.errors import Problem
from archcalc.layers.base import axis_names
from archcalc.network import Network
from archcalc.window import Field

if TYPE_CHECKING:
    from fractions import Fraction


class Misalignment(NamedTuple):
    """Two tensors that are merged and disagree along one axis, and how."""

    tensor: int
    other: int
    how: str


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
    along = zip(axis_names(len(fields[0])), zip(*fields, strict=True), strict=True)
    found = ((name, _misalignment(facts.node.inputs, axes)) for name, axes in along)
    return [(name, apart) for name, apart in found if apart]


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
            return Misalignment(first, tensor, how)
    return None


def _moves(field: Field) -> bool:
    return field.positions > 1 and bool(field.grid)


def _shift(field: Field, other: Field) -> int | Fraction:
    """How far apart the centres of the first values lie, in positions of the input; 0 for equal ends."""
    if field.centre2 == other.centre2 or field.offset + field.size == other.offset + other.size:
        return 0
    from fractions import Fraction

    return abs(Fraction(field.centre2) - other.centre2) / 2
