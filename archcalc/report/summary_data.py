"""The JSON of a network and of its layers: exact integers, shapes channels first and without the batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import QUANTITIES, totals
from archcalc.layers.settings import changed_settings
from archcalc.report.heading import network_data
from archcalc.report.page import SCHEMA_VERSION

if TYPE_CHECKING:
    from archcalc.report.documents.network import LayerData, LayerField, SummaryDocument


def summary_data(analysis: Analysis) -> SummaryDocument:
    """What `archcalc summarize --format json` writes; of a network that breaks, as far as it works."""
    network = analysis.network
    document: SummaryDocument = {
        "schema_version": SCHEMA_VERSION,
        "network": {
            **network_data(network),
            "outputs": {name: list(analysis.shape(volume)) for name, volume in network.outputs.items()}
            if analysis.complete
            else {},
            "auxiliary": list(network.auxiliary),
        },
        "batch": analysis.batch,
        "dtype": analysis.dtype,
        "layers": [layer_data(facts, analysis) for facts in analysis.facts],
    }
    if analysis.complete:
        document["totals"] = totals(analysis)
    return document


def layer_data(facts: Facts, analysis: Analysis) -> LayerData:
    """One layer in JSON."""
    node, network = facts.node, analysis.network
    quantities = {quantity.name: quantity.of(facts, analysis) for quantity in QUANTITIES.values()}
    layer = {
        "name": node.name,
        "kind": node.kind,
        "settings": {name: _plain(value) for name, value in changed_settings(node.layer).items()},
        "inputs": [network.tensor_name(tensor) for tensor in node.inputs],
        "input_shapes": [list(shape) for shape in facts.input_shapes],
        "output_shape": list(facts.output_shape),
        "parameter_shapes": {name: list(shape) for name, shape in facts.parameter_shapes.items()},
        "buffer_shapes": {name: list(shape) for name, shape in facts.buffer_shapes.items()},
        **quantities,
        "receptive_field": _field_data(facts),
        "in_place": node.layer.in_place,
        "training_only": node.name in network.training_only,
        "note": node.note,
    }
    return cast("LayerData", layer)  # its quantities are rows of a table, which no TypedDict can list


def _plain(value: object) -> object:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _field_data(facts: Facts) -> LayerField | None:
    axes, aligned = facts.receptive_field
    if not axes:
        return None
    return {
        "size": [axis.size for axis in axes],
        "jump": [axis.jump if isinstance(axis.jump, int) else str(axis.jump) for axis in axes],
        "offset": [axis.offset for axis in axes],
        "aligned": aligned,
    }
