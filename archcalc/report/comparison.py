"""What sharing filters saves: each convolution beside unshared filters and a fully connected layer."""

from __future__ import annotations

from typing import Any

from archcalc.analysis.connectivity import (
    Connection,
    Connectivity,
    connectivities,
    connectivity_of,
    total_connectivity,
)
from archcalc.analysis.facts import Analysis
from archcalc.errors import RequestError
from archcalc.report.page import Column, Options, Page, Row, Table
from archcalc.report.summary import SCHEMA_VERSION, heading_lines
from archcalc.report.values import count_text, ratio_text

COLUMNS = (
    Column("name", "convolution"),
    Column("outputs", "outputs", "count", rank=2),
    Column("shared_weights", "shared weights", "count", rank=5),
    Column("shared_biases", "biases", "count", rank=5),
    Column("shared_parameters", "shared", "count"),
    Column("unshared_weights", "unshared weights", "count", rank=4),
    Column("unshared_biases", "biases", "count", rank=4),
    Column("unshared_parameters", "unshared", "count"),
    Column("unshared_ratio", "of shared", "ratio", rank=1),
    Column("fully_connected_weights", "fully connected weights", "count", rank=3),
    Column("fully_connected_biases", "biases", "count", rank=3),
    Column("fully_connected_parameters", "fully connected", "count"),
    Column("fully_connected_ratio", "of shared", "ratio", rank=1),
)


def comparison(analysis: Analysis, layer: str | None, options: Options) -> Page:
    """The page of `archcalc compare-fc`, for all convolutions or one of them."""
    ways = connectivities(analysis) if layer is None else (_one(analysis, layer),)
    total = total_connectivity(ways)
    return Page(
        title=f"{analysis.network.name}: parameters of its convolutions, connected in three ways",
        lines=heading_lines(analysis),
        table=Table(COLUMNS, tuple(map(_row, ways)), _row(total) if len(ways) > 1 else None),
        notes=(*_notes(total if len(ways) > 1 else ways[0] if ways else None), *_layer_notes(ways)),
        data=lambda: _data(analysis, ways, total),
    )


def _one(analysis: Analysis, layer: str) -> Connectivity:
    facts = analysis.of(layer)
    if not facts.node.layer.convolves:
        raise RequestError(f"{layer} is no convolution but `{facts.node.kind}`: it shares no filters")
    return connectivity_of(facts, analysis)


def _row(ways: Connectivity) -> Row:
    return (
        ways.name,
        ways.outputs,
        *ways.shared,
        ways.shared.parameters,
        *ways.unshared,
        ways.unshared.parameters,
        _ratio(ways.unshared, ways),
        *ways.fully_connected,
        ways.fully_connected.parameters,
        _ratio(ways.fully_connected, ways),
    )


def _ratio(way: Connection, ways: Connectivity) -> float:
    return round(way.parameters / ways.shared.parameters, 3)


def _notes(ways: Connectivity | None) -> tuple[str, ...]:
    if ways is None:
        return ("There is no convolution in this network: nothing is shared.",)
    shared = ways.shared.parameters
    unshared, full = _ratio(ways.unshared, ways), _ratio(ways.fully_connected, ways)
    return (
        f"shared: {count_text(shared)} parameters, one filter for all positions",
        f"unshared: {ratio_text(unshared)} as many, a filter and a bias for each output value",
        f"fully connected: {ratio_text(full)} as many, every output value sees every input value",
    )


def _layer_notes(ways: tuple[Connectivity, ...]) -> tuple[str, ...]:
    return tuple(f"{one.name}: {one.note}" for one in ways if one.note)


def _data(analysis: Analysis, ways: tuple[Connectivity, ...], total: Connectivity) -> dict[str, Any]:
    network = analysis.network
    return {
        "schema_version": SCHEMA_VERSION,
        "network": {"name": network.name, "source": network.source, "input_shape": list(network.input_shape)},
        "layers": [_way_data(one) for one in ways],
        "totals": _way_data(total),
    }


def _way_data(ways: Connectivity) -> dict[str, Any]:
    def one(way: Connection) -> dict[str, int]:
        return {**way._asdict(), "parameters": way.parameters}

    return {
        "name": ways.name,
        "inputs": ways.inputs,
        "outputs": ways.outputs,
        "shared": one(ways.shared),
        "unshared": one(ways.unshared),
        "fully_connected": one(ways.fully_connected),
        "unshared_ratio": _ratio(ways.unshared, ways) if ways.shared.parameters else None,
        "fully_connected_ratio": _ratio(ways.fully_connected, ways) if ways.shared.parameters else None,
        "note": ways.note,
    }
