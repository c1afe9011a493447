"""Receptive fields that are larger than the input."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.receptive_field import ReceptiveField, field_behind, field_of_input
from archcalc.checks.advice.graph import sliding
from archcalc.checks.advice.wording import box
from archcalc.errors import Problem
from archcalc.window import Axis


def field_exceeds_input(analysis: Analysis) -> Iterator[Problem]:
    """Convolutions that read values which already see more than the whole input."""
    if len(analysis.network.inputs) > 1:  # a field does not say on which of several inputs it lies
        return
    found = [(facts, field) for facts, field in _read_fields(analysis) if _sees_all(facts, field, analysis)]
    if not found:
        return
    facts, field = found[0]
    seen, whole = box(axis.size for axis in field.axes), box(analysis.network.input_shape[1:])
    kernel = box(side.axis.kernel for side in sliding(facts))
    message = (
        f"{facts.node.name}: reads values that already see {seen} of an input of {whole}, "
        f"so its {kernel} kernel adds no context{_others(len(found) - 1)}"
    )
    hint = "use a larger input, or fewer layers and strides in front of it"
    yield Problem("field-exceeds-input", message, facts.node.span, hint)


def _others(count: int) -> str:
    if not count:
        return ""
    return "; nor does 1 more convolution" if count == 1 else f"; nor do {count} more convolutions"


def _sees_all(facts: Facts, field: ReceptiveField, analysis: Analysis) -> bool:
    """Whether a convolution widens a field that is larger than the input along some axis."""
    sides = sliding(facts) if facts.node.layer.convolves else ()
    sizes = analysis.network.input_shape[1:]
    slides = len(sides) == len(field.axes)  # else over a sequence, whose positions are no axis of the input
    along = zip(sides, field.axes, sizes, strict=True) if slides else ()
    return any(side.axis.kernel > 1 and axis.size > size for side, axis, size in along)


def _read_fields(analysis: Analysis) -> Iterator[tuple[Facts, ReceptiveField]]:
    """The least field of what each layer reads; left out are layers behind what does not slide."""
    fields: list[ReceptiveField | None] = [*map(field_of_input, analysis.network.input_shapes)]
    for facts in analysis.facts:
        read = [field for tensor in facts.node.inputs if (field := fields[tensor]) is not None]
        if not read:
            fields.append(None)
            continue
        least = _least(read)
        yield facts, least
        reach = facts.node.layer.reach(facts.input_shapes)
        slides = reach == "pointwise" or all(isinstance(axis, Axis) for axis in reach)
        behind = field_behind(reach, (least,), facts.input_shapes, facts.output_shape) if slides else None
        fields.append(behind)


def _least(fields: list[ReceptiveField]) -> ReceptiveField:
    along = zip(*(field.axes for field in fields), strict=True)
    return ReceptiveField(tuple(min(axes, key=lambda axis: axis.size) for axes in along))
