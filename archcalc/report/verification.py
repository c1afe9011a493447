"""What running the network showed: predicted beside actual, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any

from archcalc.report.heading import heading_lines, title, titled_volumes
from archcalc.report.page import Column, Page, Row, Table
from archcalc.report.summary import SCHEMA_VERSION
from archcalc.report.values import count_text

if TYPE_CHECKING:
    from archcalc.forward.outcome import Check, Measured, Verification

COLUMNS = (
    Column("name", "layer"),
    Column("kind", "kind", rank=3),
    Column("output", "actual", "shape"),
    Column("parameters", "parameters drawn", "count", rank=1),
    Column("macs", "products taken", "count", rank=2),
    Column("agrees", "as predicted"),
)


def verification(outcome: Verification) -> Page:
    """The page of `archcalc verify`."""
    network = outcome.analysis.network
    return Page(
        title=f"{title(network)}: run in NumPy on random tensors, seed {outcome.seed}",
        lines=heading_lines(outcome.analysis, "one example", "float32"),
        table=Table(titled_volumes(COLUMNS, network), tuple(map(_row, outcome.checks))),
        sections=tuple(
            (f"{check.name} ({check.kind}) disagrees", check.differences()) for check in outcome.disagreements
        ),
        notes=tuple(_notes(outcome)),
        data=lambda: _data(outcome),
    )


def _row(check: Check) -> Row:
    actual = check.actual
    return (
        check.name,
        check.kind,
        actual.shape,
        _parameters(actual),
        actual.macs,
        "yes" if check.agrees else "NO",
    )


def _parameters(measured: Measured) -> int:
    return sum(map(prod, measured.parameters.values()))


def _notes(outcome: Verification) -> Iterator[str]:
    if outcome.agrees:
        drawn = sum(_parameters(check.actual) for check in outcome.checks)
        taken = sum(check.actual.macs for check in outcome.checks)
        yield (
            f"verified: {len(outcome.checks)} layers have the predicted shapes; "
            f"{count_text(drawn)} parameters drawn and {count_text(taken)} products taken, as predicted; "
            "every output is finite"
        )
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


def _data(outcome: Verification) -> dict[str, Any]:
    network = outcome.analysis.network
    return {
        "schema_version": SCHEMA_VERSION,
        "network": {"name": network.name, "source": network.source, "input_shape": list(network.input_shape)},
        "seed": outcome.seed,
        "agrees": outcome.agrees,
        "layers": [_check_data(check) for check in outcome.checks],
        "not_run": list(outcome.not_run),
    }


def _check_data(check: Check) -> dict[str, Any]:
    return {
        "name": check.name,
        "kind": check.kind,
        "agrees": check.agrees,
        "predicted": _measured_data(check.predicted),
        "actual": _measured_data(check.actual),
        "finite": check.finite,
        "differences": list(check.differences()),
    }


def _measured_data(measured: Measured) -> dict[str, Any]:
    return {
        "output_shape": list(measured.shape),
        "parameter_shapes": {name: list(shape) for name, shape in measured.parameters.items()},
        "buffer_shapes": {name: list(shape) for name, shape in measured.buffers.items()},
        "parameters": _parameters(measured),
        "macs": measured.macs,
    }
