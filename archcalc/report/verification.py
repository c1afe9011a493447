"""What running the network showed: predicted beside actual, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from archcalc.layers import like
from archcalc.report.auxiliary import verified_notes
from archcalc.report.heading import heading_lines, title, titled_volumes
from archcalc.report.page import Column, Options, Page, Row, Section, Table
from archcalc.report.values import bytes_text, count_text, fields_text
from archcalc.report.verification_data import data, is_profiled, parameter_count

if TYPE_CHECKING:
    from archcalc.forward.abstract.fields import FieldCheck
    from archcalc.forward.verification import Check, Peak, Verification

COLUMNS = (
    Column("name", "layer"),
    Column("kind", "kind", rank=4),
    Column("output", "actual", "shape", rank=1),
    Column("parameters", "parameters drawn", "count", rank=2),
    Column("macs", "products taken", "count", rank=3),
)
PROFILE = (
    Column("milliseconds", "ms", "figure"),
    Column("bytes", "allocated", "bytes", note="the most at once while the layer ran, live volumes included"),
)
FIELDS = (
    Column("field", "field found", "figure", note="as outputs show it; `all` is the whole input"),
    Column("predicted_field", "field predicted", "figure", rank=4),
)
AGREES = Column("agrees", "as predicted")
PLAIN = Options()


def verification(outcome: Verification, fields: Sequence[FieldCheck] = (), options: Options = PLAIN) -> Page:
    """The page of `archcalc verify`, with receptive fields where they were looked for."""
    network = outcome.analysis.network
    columns, rows = _table(outcome, fields)
    return Page(
        title=f"{title(network)}: run in NumPy on {_tensors(outcome)}",
        lines=(*heading_lines(outcome.analysis, "one example", "float32"), *_needed(outcome, options)),
        table=Table(titled_volumes(columns, outcome.analysis), rows),
        sections=(*_disagreements(outcome), *_field_disagreements(fields)),
        notes=(*_notes(outcome), *_live(outcome, options), *_time(outcome), *_field_notes(fields)),
        data=lambda: data(outcome, fields),
    )


def _tensors(outcome: Verification) -> str:
    return f"random tensors, seed {outcome.seed}" if outcome.computed else "arrays without contents"


def _needed(outcome: Verification, options: Options) -> Iterator[str]:
    if outcome.computed:
        yield f"needs {_peak(outcome.needed, options)} at most"


def _peak(peak: Peak, options: Options) -> str:
    return f"{bytes_text(peak.bytes, options.units)} at {peak.layer}"


def _table(outcome: Verification, fields: Sequence[FieldCheck]) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    profiled, found = is_profiled(outcome), {field.name: field for field in fields}
    columns = COLUMNS + PROFILE * profiled + FIELDS * bool(fields) + (AGREES,)
    rows = []
    for check in outcome.checks:
        field = found.get(check.name)
        cells = _profile(check) if profiled else ()
        if fields:
            cells += _field(field) if field else (None, None)
        agrees = check.agrees and not (field and field.differences())
        rows.append((*_row(check), *cells, "yes" if agrees else "NO"))
    return columns, tuple(rows)


def _row(check: Check) -> Row:
    actual = check.actual
    shape = like(actual.shape, check.predicted.shape)
    return check.name, check.kind, shape, parameter_count(actual), actual.macs


def _profile(check: Check) -> Row:
    return f"{check.seconds * 1000:.2f}", check.bytes


def _field(field: FieldCheck) -> Row:
    predicted = fields_text(tuple(axis.size for axis in field.predicted.axes))
    if _is_shown(field):
        return fields_text(tuple(found.size for found in field.found)), predicted
    return "all" if _is_whole(field) else None, predicted


def _is_shown(field: FieldCheck) -> bool:
    return all(found.size is not None for found in field.found)


def _is_whole(field: FieldCheck) -> bool:
    return all(found.whole for found in field.found)


def _disagreements(outcome: Verification) -> Iterator[Section]:
    for check in outcome.disagreements:
        yield f"{check.name} ({check.kind}) disagrees", check.differences()


def _field_disagreements(fields: Sequence[FieldCheck]) -> Iterator[Section]:
    for field in fields:
        if field.differences():
            yield f"{field.name} ({field.kind}) sees other than predicted", field.differences()


def _notes(outcome: Verification) -> Iterator[str]:
    if outcome.agrees:
        drawn = sum(parameter_count(check.actual) for check in outcome.checks)
        taken = sum(check.actual.macs for check in outcome.checks)
        values = "every output is finite" if outcome.computed else "no value was computed"
        yield (
            f"verified: {len(outcome.checks)} layers have the predicted shapes; "
            f"{count_text(drawn)} parameters drawn and {count_text(taken)} products taken, as predicted; "
            f"{values}"
        )
        yield from verified_notes(outcome.analysis)
        return
    first = outcome.disagreements[0] if outcome.disagreements else None
    if first:
        rest = (
            " (those behind it may disagree only because it does)" if len(outcome.disagreements) > 1 else ""
        )
        count = len(outcome.disagreements)
        yield f"not verified: {count} of {len(outcome.checks)} layers disagree, first {first.name}{rest}"
    if outcome.not_run:
        yield f"not run: {len(outcome.not_run)} layers behind it"


def _live(outcome: Verification, options: Options) -> Iterator[str]:
    """The peak of live volumes; where a layer disagrees, nothing follows from it."""
    if outcome.live_difference():
        yield f"not verified: {outcome.live_difference()}"
    elif outcome.agrees and outcome.computed:
        yield f"live volumes: {_peak(outcome.live, options)} at most, as predicted"


def _time(outcome: Verification) -> Iterator[str]:
    if is_profiled(outcome):
        yield f"time: {sum(check.seconds for check in outcome.checks) * 1000:,.2f} ms in all layers"


def _field_notes(fields: Sequence[FieldCheck]) -> Iterator[str]:
    """How many fields were found, and why others were not."""
    if not fields:
        return
    wrong = sum(bool(field.differences()) for field in fields)
    shown = sum(_is_shown(field) or _is_whole(field) for field in fields)
    verdict = f"{wrong} are other than predicted" if wrong else "none is other than predicted"
    yield f"receptive fields: {shown} of {len(fields)} layers show theirs in full; {verdict}"
    if shown < len(fields):
        yield (
            f"not shown: {len(fields) - shown} fields reach over the edge at every output: only their limits "
            "could be compared; a larger --input shows them"
        )
    if bound := sum(field.bound for field in fields):
        yield f"upper bounds: {bound} predicted fields are the most that outputs may see behind upsampling"
    if loose := sum(not field.predicted.aligned for field in fields):
        yield f"not compared: {loose} fields behind branches that are not aligned"
