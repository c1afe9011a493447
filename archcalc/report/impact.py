"""The page of `archcalc explain --impact`: what a change of a layer, or of a variable, leads to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from archcalc.analysis.facts import Analysis
from archcalc.analysis.impact import Effect, Impact
from archcalc.errors import Problem
from archcalc.expectations import failures
from archcalc.expectations.model import Expectation
from archcalc.quoting import listed
from archcalc.records import NamedTuple
from archcalc.report.heading import heading_lines, network_data, title
from archcalc.report.page import SCHEMA_VERSION, TABLE_ROWS, Column, Page, Row, Table
from archcalc.report.problems import problem_data
from archcalc.report.values import volume

if TYPE_CHECKING:
    from archcalc.report.documents.impact import AffectedLayer, ImpactData, ImpactDocument

COLUMNS = (
    Column("change", "change"),
    Column("effect", "effect"),
    Column("name", "layer"),
    Column("kind", "kind", rank=3),
    Column("output", "output", rank=1),
    Column("weights", "parameters whose shapes change", rank=2),
)


class Told(NamedTuple):
    """An impact, and which of the spec's expectations no longer hold with it."""

    impact: Impact
    missed: tuple[Problem, ...]


def impact_page(
    analysis: Analysis, layer: str | None, impacts: Sequence[Impact], expectations: tuple[Expectation, ...]
) -> Page:
    """The page of what one or several changes lead to."""
    missed = failures(analysis, expectations)
    told = [Told(one, tuple(_missed(one, expectations, missed))) for one in impacts]
    rows = [row for one in impacts for row in _rows(one)]
    whole = Table(COLUMNS, tuple(rows))
    weighty = Table(COLUMNS, tuple(row for row in rows if row[1] != "shape")[:TABLE_ROWS])
    folds = len(rows) > TABLE_ROWS
    left = len(rows) - len(weighty.rows)
    name = f"of {layer} in {title(analysis.network)}" if layer else f"in {title(analysis.network)}"
    return Page(
        title=f"what a change {name} leads to",
        lines=(*heading_lines(analysis), *(line for one in told for line in _summary(one, expectations))),
        table=(weighty if folds else whole) if rows else None,
        notes=(
            *((f"{left} more rows, of shapes alone or far behind: --format csv has all",) if folds else ()),
            *_tried_note(impacts),
        ),
        data=lambda: _data(analysis, layer, told),
        records=lambda: whole,
    )


def _tried_note(impacts: Sequence[Impact]) -> Iterator[str]:
    if any(one.tried for one in impacts):
        yield "tried with twice as many as there are; --set NAME=VALUE asks for a change of the spec"


def _missed(
    one: Impact, expectations: tuple[Expectation, ...], before: tuple[Problem, ...]
) -> Iterator[Problem]:
    """The expectations that hold no longer, where there is a network to hold to them."""
    known = {problem.span for problem in before}
    keys = {each.span: f"{each.layer}: {each.key}" if each.layer else each.key for each in expectations}
    for problem in failures(one.analysis, expectations) if one.analysis else ():
        if problem.span not in known and one.tried and problem.span in keys:  # amounts would be of a trial
            yield problem._replace(message=keys[problem.span], hint=None)
        elif problem.span not in known:
            yield problem


def _summary(told: Told, expectations: tuple[Expectation, ...]) -> Iterator[str]:
    """What a change comes to: layers, weights, the first break, expectations."""
    one = told.impact
    weighty = [effect.old.node.name for effect in one.effects if effect.weights]
    shaped = sum(effect.new is not None and _reshaped(effect) for effect in one.effects)
    plural = shaped != 1
    parts = [
        f"{shaped} layer{'s' if plural else ''} change{'' if plural else 's'} shape",
        f"{len(weighty)} need{'' if len(weighty) != 1 else 's'} other weights",
    ]
    if one.come or one.gone:
        parts.append(f"{len(one.come)} come and {len(one.gone)} go")
    yield f"{one.change}: {', '.join(parts)}" + (f": {listed(weighty, 4)}" if weighty else "")
    if one.breaks:
        first = one.breaks[0]
        assert first.problem
        more = f"; so do {len(one.breaks) - 1} more" if len(one.breaks) > 1 else ""
        lost = f"; {one.unknown} behind are not known" if one.unknown else ""
        yield f"  breaks first at {first.old.node.name}: {_without_name(first)}{more}{lost}"
    for problem in told.missed:
        yield f"  no longer holds: {problem.message}" + (f" ({problem.span})" if problem.span else "")
    if expectations and one.analysis and not told.missed:
        yield "  all that the spec expects still holds, or did not before"


def _without_name(effect: Effect) -> str:
    assert effect.problem
    return effect.problem.message.removeprefix(f"{effect.old.node.name}: ")


def _reshaped(effect: Effect) -> bool:
    return effect.new is not None and effect.new.output_shape != effect.old.output_shape


def _rows(one: Impact) -> Iterator[Row]:
    for effect in one.effects:
        node, old = effect.old.node, volume(effect.old.output_shape)
        now = volume(effect.new.output_shape) if effect.new else "?"
        what = "breaks" if effect.problem else "weights" if effect.weights else "shape"
        weights = "; ".join(
            f"{name} {_sides(shape)} → {_sides(new)}" for name, shape, new in _weights(effect)
        )
        yield one.change, what, node.name, node.kind, old if old == now else f"{old} → {now}", weights


def _weights(effect: Effect) -> Iterator[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    for name, shape in effect.weights.items():
        assert effect.new
        yield name, shape, effect.new.parameter_shapes[name]


def _sides(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def _data(analysis: Analysis, layer: str | None, told: Sequence[Told]) -> ImpactDocument:
    return {
        "schema_version": SCHEMA_VERSION,
        "network": network_data(analysis.network),
        "layer": layer,
        "impacts": [_impact_data(one) for one in told],
    }


def _impact_data(told: Told) -> ImpactData:
    one = told.impact
    return {
        "change": one.change,
        "layers": [_layer_data(effect) for effect in one.effects],
        "unknown": one.unknown,
        "come": list(one.come),
        "gone": list(one.gone),
        "expectations": [problem_data(problem) for problem in told.missed],
        "checked": one.analysis is not None,
    }


def _layer_data(effect: Effect) -> AffectedLayer:
    old, new = effect.old, effect.new
    return {
        "name": old.node.name,
        "kind": old.node.kind,
        "output": {"old": list(old.output_shape), "new": list(new.output_shape)} if new else None,
        "parameter_shapes": {
            name: {"old": list(shape), "new": list(now)} for name, shape, now in _weights(effect)
        },
        "breaks": problem_data(effect.problem) if effect.problem else None,
    }
