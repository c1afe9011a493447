"""Branches that do not fit together where they are merged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.receptive_field import ReceptiveField
from archcalc.checks.advice.wording import alike
from archcalc.errors import Problem
from archcalc.layers.base import axis_names
from archcalc.network import Network
from archcalc.window import Field

if TYPE_CHECKING:
    from fractions import Fraction


class Apart(NamedTuple):
    """Two volumes that are merged and disagree along one axis, and how."""

    volume: int
    other: int
    how: str


def misaligned_branches(analysis: Analysis) -> Iterator[Problem]:
    """Branches that are merged although their values stand for different places of the input."""
    for facts in analysis.facts:
        apart = _apart_along_axes(facts, analysis) if facts.node.layer.merges else []
        clauses = [
            f"along {' and '.join(name for name, _ in along)}, {_text(found, analysis.network)}"
            for found, along in alike(apart, lambda pair: pair[1]).items()
        ]
        if clauses:
            message = f"{facts.node.name}: {'; '.join(clauses)}"
            hint = "give the branches the same strides, and padding that centres their windows alike"
            yield Problem("misaligned-branches", message, facts.node.span, hint)


def _text(apart: Apart, network: Network) -> str:
    return f"{network.tensor_name(apart.volume)} and {network.tensor_name(apart.other)} {apart.how}"


def _apart_along_axes(facts: Facts, analysis: Analysis) -> list[tuple[str, Apart]]:
    """The axes along which the volumes that a layer merges disagree, each with how."""
    fields = [field_of(volume, analysis).axes for volume in facts.node.inputs]
    along = zip(axis_names(len(fields[0])), zip(*fields, strict=True), strict=True)
    found = ((name, _apart(facts.node.inputs, axes)) for name, axes in along)
    return [(name, apart) for name, apart in found if apart]


def field_of(volume: int, analysis: Analysis) -> ReceptiveField:
    """The receptive field of a volume."""
    return analysis.facts[volume - 1].receptive_field if volume else analysis.input_field


def _apart(volumes: tuple[int, ...], axes: tuple[Field, ...]) -> Apart | None:
    """The first volume that disagrees with the first; single and unmoving positions agree with all."""
    moving = [(volume, field) for volume, field in zip(volumes, axes, strict=True) if _moves(field)]
    for volume, field in moving[1:]:
        first, other = moving[0]
        if field.jump != other.jump:
            return Apart(first, volume, f"step by {other.jump} and {field.jump} positions of the input")
        shift = _shift(field, other)
        if 2 * shift >= field.jump:
            unit = "position" if shift <= 1 else "positions"
            how = f"lie {shift} {unit} of the input apart, where a step is {field.jump}"
            return Apart(first, volume, how)
    return None


def _moves(field: Field) -> bool:
    return field.positions > 1 and bool(field.grid)


def _shift(field: Field, other: Field) -> int | Fraction:
    """How far apart the centres of the first values lie, in positions of the input; 0 for equal ends."""
    if field.centre2 == other.centre2 or field.offset + field.size == other.offset + other.size:
        return 0
    from fractions import Fraction

    return abs(Fraction(field.centre2) - other.centre2) / 2
