"""What sharing filters saves: each convolution beside unshared filters and a fully connected layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcalc.analysis.connectivity import (
    Connection,
    Connectivity,
    connectivities,
    connectivity_called,
    total_connectivity,
)
from archcalc.analysis.facts import Analysis
from archcalc.report.escaping import quoted_text
from archcalc.report.heading import heading_lines, network_data, title
from archcalc.report.page import SCHEMA_VERSION, Column, Options, Page, Row, Table
from archcalc.report.values import count_text, ratio_text

if TYPE_CHECKING:
    from archcalc.report.documents.network import ComparisonDocument, WaysData, WeightsAndBiases

COLUMNS = (
    Column("name", "convolution"),
    Column("outputs", "outputs", "count", rank=3),
    Column("shared_weights", "shared weights", "count", rank=6),
    Column("shared_biases", "shared biases", "count", rank=6),
    Column("shared_parameters", "shared", "count"),
    Column("unshared_weights", "unshared weights", "count", rank=5),
    Column("unshared_biases", "unshared biases", "count", rank=5),
    Column("unshared_parameters", "unshared", "count", rank=1),
    Column("unshared_ratio", "unshared ×", "ratio", rank=2),
    Column("fully_connected_weights", "fully connected weights", "count", rank=4),
    Column("fully_connected_biases", "fully connected biases", "count", rank=4),
    Column("fully_connected_parameters", "fully connected", "count"),
    Column("fully_connected_ratio", "connected ×", "ratio", rank=2),
)
MEANINGS = (
    "shared: as they are, one filter for all positions",
    "unshared: a filter and a bias of its own for each output value",
    "fully connected: every output value sees every input value",
    "×: how many times the parameters of sharing",
)


def comparison(analysis: Analysis, layer: str | None, options: Options) -> Page:
    """The page of `archcalc compare-fc`, for all convolutions or one of them."""
    ways = connectivities(analysis) if layer is None else (connectivity_called(layer, analysis),)
    total = total_connectivity(ways)
    table = Table(COLUMNS, tuple(map(_row, ways)), _row(total) if len(ways) > 1 else None)
    name = title(analysis.network)
    return Page(
        title=f"{name}: {_point(total)}" if layer is None else f"{layer} of {name}: {_point(total)}",
        lines=(*heading_lines(analysis), *_sums(total)),
        table=table if ways else None,
        notes=(*(MEANINGS if ways else ()), *_layer_notes(ways)),
        data=lambda: _data(analysis, ways, total),
        records=lambda: table,
    )


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


def _ratio(way: Connection, ways: Connectivity) -> float | None:
    """How many times the parameters of the shared filters, where there are any."""
    return round(way.parameters / ways.shared.parameters, 3) if ways.shared.parameters else None


def _point(ways: Connectivity) -> str:
    """What it all comes to."""
    full = _ratio(ways.fully_connected, ways)
    if full is None:
        return "no convolution, and so nothing is shared"
    return f"fully connected takes {ratio_text(full)} × the parameters of sharing filters"


def _sums(ways: Connectivity) -> tuple[str, ...]:
    """The parameters of the three ways, where there is anything to compare."""
    counts = (ways.shared.parameters, ways.unshared.parameters, ways.fully_connected.parameters)
    shared, unshared, full = map(count_text, counts)
    line = f"parameters of convolutions: {shared} shared · {unshared} unshared · {full} fully connected"
    return (line,) if ways.outputs else ()


def _layer_notes(ways: tuple[Connectivity, ...]) -> tuple[str, ...]:
    return tuple(f"{one.name}: {quoted_text(one.note)}" for one in ways if one.note)


def _data(analysis: Analysis, ways: tuple[Connectivity, ...], total: Connectivity) -> ComparisonDocument:
    network = analysis.network
    return {
        "schema_version": SCHEMA_VERSION,
        "network": network_data(network),
        "layers": [_way_data(one) for one in ways],
        "totals": _way_data(total),
    }


def _way_data(ways: Connectivity) -> WaysData:
    def one(way: Connection) -> WeightsAndBiases:
        return {"weights": way.weights, "biases": way.biases, "parameters": way.parameters}

    return {
        "name": ways.name,
        "inputs": ways.inputs,
        "outputs": ways.outputs,
        "shared": one(ways.shared),
        "unshared": one(ways.unshared),
        "fully_connected": one(ways.fully_connected),
        "unshared_ratio": _ratio(ways.unshared, ways),
        "fully_connected_ratio": _ratio(ways.fully_connected, ways),
        "note": ways.note,
    }
