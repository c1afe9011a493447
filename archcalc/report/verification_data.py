"""What JSON says of a network that was run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from archcalc.report.heading import network_data
from archcalc.report.page import SCHEMA_VERSION

if TYPE_CHECKING:
    from archcalc.forward.abstract.fields import FieldCheck
    from archcalc.forward.verification import Check, Measured, Peak, Verification
    from archcalc.report.documents.parts import FieldData
    from archcalc.report.documents.run import (
        CheckData,
        FieldCheckData,
        MeasuredData,
        PeakData,
        VerificationDocument,
    )


def data(outcome: Verification, fields: Sequence[FieldCheck]) -> VerificationDocument:
    """One document; what was not asked for is not in it, and what a run on shapes cannot know is null."""
    network = outcome.analysis.network
    return {
        "schema_version": SCHEMA_VERSION,
        "network": network_data(network),
        "seed": outcome.seed,
        "computed": outcome.computed,
        "agrees": outcome.agrees and not any(field.differences() for field in fields),
        "needed": _peak_data(outcome.needed) if outcome.computed else None,
        "live": {"predicted": _peak_data(outcome.expected_live), "actual": _peak_data(outcome.live)},
        "layers": list(_layers(outcome, fields)),
        "not_run": list(outcome.not_run),
    }


def parameter_count(measured: Measured) -> int:
    """The values of all parameters."""
    return sum(map(prod, measured.parameters.values()))


def is_profiled(outcome: Verification) -> bool:
    """Whether the layers' time and bytes were measured."""
    return any(check.seconds for check in outcome.checks)


def _peak_data(peak: Peak) -> PeakData:
    return {"bytes": peak.bytes, "layer": peak.layer}


def _layers(outcome: Verification, fields: Sequence[FieldCheck]) -> Iterator[CheckData]:
    profiled, found = is_profiled(outcome), {field.name: field for field in fields}
    for check in outcome.checks:
        layer = _check_data(check, outcome.computed)
        if profiled:
            layer["seconds"], layer["bytes"] = check.seconds, check.bytes
        if fields:
            layer["receptive_field"] = _field_data(found[check.name]) if check.name in found else None
        yield layer


def _check_data(check: Check, computed: bool) -> CheckData:
    return {
        "name": check.name,
        "kind": check.kind,
        "agrees": check.agrees,
        "predicted": _measured_data(check.predicted),
        "actual": _measured_data(check.actual),
        "finite": check.finite if computed else None,
        "differences": list(check.differences()),
    }


def _measured_data(measured: Measured) -> MeasuredData:
    return {
        "output_shape": list(measured.shape),
        "parameter_shapes": {name: list(shape) for name, shape in measured.parameters.items()},
        "buffer_shapes": {name: list(shape) for name, shape in measured.buffers.items()},
        "parameters": parameter_count(measured),
        "macs": measured.macs,
    }


def _field_data(field: FieldCheck) -> FieldCheckData:
    axes = field.predicted.axes
    return {
        "agrees": not field.differences(),
        "predicted": _sizes((axis.size, axis.jump, axis.offset) for axis in axes),
        "found": _sizes((found.size, found.jump, found.offset) for found in field.found),
        "whole_input": [found.whole for found in field.found],
        "upper_bound": field.bound,
        "aligned": field.predicted.aligned,
        "differences": list(field.differences()),
    }


def _sizes(axes: Iterable[tuple[int | None, int | Fraction | None, int | None]]) -> FieldData:
    sizes, jumps, offsets = zip(*axes, strict=True)
    exact = [str(jump) if isinstance(jump, Fraction) else jump for jump in jumps]
    return {"size": list(sizes), "jump": exact, "offset": list(offsets)}
