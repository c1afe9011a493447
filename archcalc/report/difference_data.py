"""What changed between two networks as JSON writes it: exact integers, shapes channels first."""

from __future__ import annotations

from typing import TypedDict

from archcalc.analysis.facts import Analysis
from archcalc.analysis.quantities import totals
from archcalc.checks.changes import LISTED
from archcalc.checks.difference import Pair
from archcalc.checks.record import Record
from archcalc.report.difference_table import Versions
from archcalc.report.page import SCHEMA_VERSION


class ComparedNetwork(TypedDict):
    """One of the two networks."""

    spec: str
    name: str
    input_shape: list[int]
    outputs: dict[str, list[int]]
    layers: int


class TotalChange(TypedDict):
    """A total in both networks; the percentage is rounded to thousandths, and null of nothing."""

    old: int
    new: int
    difference: int
    percent: float | None


class ComparedLayer(TypedDict):
    """A layer in one of the networks; shapes are channels first."""

    name: str
    kind: str
    settings: dict[str, object]
    inputs: list[str]
    output_shape: list[int]
    parameters: int
    macs: int
    training_only: bool


class SettingChange(TypedDict):
    """A setting in both networks."""

    old: object
    new: object


class CountDifferences(TypedDict):
    """By how much the counts of a layer grew."""

    parameters: int
    macs: int


class LayerChange(TypedDict):
    """A layer and its counterpart, one of which may be missing, and what differs."""

    old: ComparedLayer | None
    new: ComparedLayer | None
    settings: dict[str, SettingChange]
    rewired: bool
    differences: CountDifferences


class DifferenceDocument(TypedDict):
    """What `archcalc diff` writes: the layers by their kind of change (see archcalc/checks/changes.py)."""

    schema_version: int
    old: ComparedNetwork
    new: ComparedNetwork
    identical: bool
    totals: dict[str, TotalChange]
    changed: list[LayerChange]
    inserted: list[LayerChange]
    removed: list[LayerChange]
    follows: list[LayerChange]
    renamed: list[LayerChange]
    unchanged: int


def difference_data(versions: Versions) -> DifferenceDocument:
    """Both networks, their totals, and every layer that is not the same by what became of it."""
    difference = versions.difference
    old, new = totals(versions.old), totals(versions.new)
    layers = {change: [_pair(pair, versions) for pair in difference.of(change)] for change in LISTED}
    return {
        "schema_version": SCHEMA_VERSION,
        "old": _network(versions.old_name, versions.old),
        "new": _network(versions.new_name, versions.new),
        "identical": versions.identical,
        "totals": {name: _change(old[name], new[name]) for name in new},
        "changed": layers["changed"],
        "inserted": layers["inserted"],
        "removed": layers["removed"],
        "follows": layers["follows"],
        "renamed": layers["renamed"],
        "unchanged": difference.counts()["same"],
    }


def _network(spec: str, analysis: Analysis) -> ComparedNetwork:
    network = analysis.network
    return {
        "spec": spec,
        "name": network.name,
        "input_shape": list(network.only_input("JSON")),
        "outputs": {name: list(analysis.shape(tensor)) for name, tensor in network.outputs.items()},
        "layers": len(network.nodes),
    }


def _change(old: int, new: int) -> TotalChange:
    return {"old": old, "new": new, "difference": new - old, "percent": _percent(new - old, old)}


def _percent(part: int, whole: int) -> float | None:
    return (200_000 * part + whole) // (2 * whole) / 1000 if whole else None


def _pair(pair: Pair, versions: Versions) -> LayerChange:
    return {
        "old": _layer(pair.old, versions.old),
        "new": _layer(pair.new, versions.new),
        "settings": {
            name: {"old": _plain(old), "new": _plain(new)} for name, old, new in pair.changed_traits()
        },
        "rewired": pair.rewired,
        "differences": {"parameters": pair.parameters, "macs": pair.macs},
    }


def _layer(record: Record | None, analysis: Analysis) -> ComparedLayer | None:
    if record is None:
        return None
    return {
        "name": record.name,
        "kind": record.kind,
        "settings": {name: _plain(value) for name, value in record.traits if value is not None},
        "inputs": [analysis.network.tensor_name(tensor) for tensor in record.reads],
        "output_shape": list(record.output),
        "parameters": record.parameters,
        "macs": record.macs,
        "training_only": record.training_only,
    }


def _plain(value: object) -> object:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
