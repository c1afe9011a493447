"""What changed between two networks as JSON writes it: exact integers, shapes channels first."""

from __future__ import annotations

from typing import Any

from archcalc.analysis.facts import Analysis
from archcalc.analysis.quantities import totals
from archcalc.checks.changes import LISTED
from archcalc.checks.difference import Pair
from archcalc.checks.record import Record
from archcalc.report.difference_table import Versions
from archcalc.report.page import SCHEMA_VERSION


def difference_data(versions: Versions) -> dict[str, Any]:
    """Both networks, their totals, and every layer that is not the same by what became of it."""
    difference = versions.difference
    old, new = totals(versions.old), totals(versions.new)
    return {
        "schema_version": SCHEMA_VERSION,
        "old": _network(versions.old_name, versions.old),
        "new": _network(versions.new_name, versions.new),
        "identical": versions.identical,
        "totals": {name: _change(old[name], new[name]) for name in new},
        **{change: [_pair(pair, versions) for pair in difference.of(change)] for change in LISTED},
        "unchanged": difference.counts()["same"],
    }


def _network(spec: str, analysis: Analysis) -> dict[str, Any]:
    network = analysis.network
    return {
        "spec": spec,
        "name": network.name,
        "input_shape": list(network.input_shape),
        "outputs": {name: list(analysis.shape(volume)) for name, volume in network.outputs.items()},
        "layers": len(network.nodes),
    }


def _change(old: int, new: int) -> dict[str, Any]:
    """A total in both networks; the percentage is rounded to thousandths, and null of nothing."""
    return {"old": old, "new": new, "difference": new - old, "percent": _percent(new - old, old)}


def _percent(part: int, whole: int) -> float | None:
    return (200_000 * part + whole) // (2 * whole) / 1000 if whole else None


def _pair(pair: Pair, versions: Versions) -> dict[str, Any]:
    return {
        "old": _layer(pair.old, versions.old),
        "new": _layer(pair.new, versions.new),
        "settings": {
            name: {"old": _plain(old), "new": _plain(new)} for name, old, new in pair.changed_traits()
        },
        "rewired": pair.rewired,
        "differences": {"parameters": pair.parameters, "macs": pair.macs},
    }


def _layer(record: Record | None, analysis: Analysis) -> dict[str, Any] | None:
    return record and {
        "name": record.name,
        "kind": record.kind,
        "settings": {name: _plain(value) for name, value in record.traits if value is not None},
        "inputs": [analysis.network.tensor_name(volume) for volume in record.reads],
        "output_shape": list(record.output),
        "parameters": record.parameters,
        "macs": record.macs,
        "training_only": record.training_only,
    }


def _plain(value: object) -> object:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
