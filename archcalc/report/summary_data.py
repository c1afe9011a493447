"""The JSON of a network and of its layers: exact integers, shapes channels first and without the batch."""

from __future__ import annotations

from typing import Any

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import QUANTITIES, totals
from archcalc.layers.settings import changed_settings
from archcalc.report.page import SCHEMA_VERSION


def summary_data(analysis: Analysis) -> dict[str, Any]:
    """What `archcalc summarize --format json` writes; of a network that breaks, as far as it works."""
    network = analysis.network
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "network": {
            "name": network.name,
            "source": network.source,
            "input_shape": list(network.input_shape),
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


def layer_data(facts: Facts, analysis: Analysis) -> dict[str, Any]:
    """One layer in JSON."""
    node = facts.node
    return {
        "name": node.name,
        "kind": node.kind,
        "settings": {name: _plain(value) for name, value in changed_settings(node.layer).items()},
        "inputs": [analysis.network.tensor_name(volume) for volume in node.inputs],
        "input_shapes": [list(shape) for shape in facts.input_shapes],
        "output_shape": list(facts.output_shape),
        "parameter_shapes": {name: list(shape) for name, shape in facts.parameter_shapes.items()},
        "buffer_shapes": {name: list(shape) for name, shape in facts.buffer_shapes.items()},
        **{quantity.name: quantity.of(facts, analysis) for quantity in QUANTITIES.values()},
        "receptive_field": _field_data(facts),
        "in_place": node.layer.in_place,
        "training_only": node.name in analysis.network.training_only,
    }


def _plain(value: object) -> object:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _field_data(facts: Facts) -> dict[str, Any] | None:
    axes, aligned = facts.receptive_field
    if not axes:
        return None
    return {
        "size": [axis.size for axis in axes],
        "jump": [axis.jump if isinstance(axis.jump, int) else str(axis.jump) for axis in axes],
        "offset": [axis.offset for axis in axes],
        "aligned": aligned,
    }
