"""What is counted, layer by layer and in total, on networks small enough to count by hand."""

import pytest

from archcalc import analyze, loads
from archcalc.analysis.dtypes import DTYPES
from archcalc.analysis.quantities import QUANTITIES, total, totals

SMALL = """
input: {channels: 3, height: 7, width: 5}
layers:
  - conv: {name: conv, filters: 4, kernel_size: 3, padding: 1, groups: 1}
  - batchnorm: {name: bn}
  - relu: {name: relu}
  - maxpool: {name: pool, kernel_size: 2}
  - flatten: {name: flat}
  - fc: {name: fc, units: 10}
  - softmax: {name: out}
"""

BY_HAND = {
    "conv": {
        "weights": 108,
        "biases": 4,
        "macs": 108 * 35,
        "bias_adds": 140,
        "activations": 140,
        "buffers": 0,
    },
    "bn": {"weights": 4, "biases": 4, "macs": 0, "bias_adds": 0, "activations": 0, "buffers": 8},
    "relu": {"weights": 0, "biases": 0, "macs": 0, "bias_adds": 0, "activations": 0, "buffers": 0},
    "pool": {"weights": 0, "biases": 0, "macs": 0, "bias_adds": 0, "activations": 24, "buffers": 0},
    "flat": {"weights": 0, "biases": 0, "macs": 0, "bias_adds": 0, "activations": 0, "buffers": 0},
    "fc": {"weights": 240, "biases": 10, "macs": 240, "bias_adds": 10, "activations": 10, "buffers": 0},
    "out": {"weights": 0, "biases": 0, "macs": 0, "bias_adds": 0, "activations": 0, "buffers": 0},
}


@pytest.fixture(scope="module")
def network():
    return loads(SMALL)


@pytest.mark.parametrize("layer", BY_HAND)
def test_each_layer(network, layer):
    analysis = analyze(network)
    found = {name: QUANTITIES[name].of(analysis.of(layer), analysis) for name in BY_HAND[layer]}
    assert found == BY_HAND[layer]


SEQUENCE = """
input: {channels: 6, height: 3, width: 4}
layers:
  - tokens: {name: tokens}
  - position_embedding: {name: positions}
  - attention: {name: attention, heads: 2}
  - fc: {name: fc, units: 5}
  - select: {name: part, stop: 4}
"""

OF_A_SEQUENCE = {
    "tokens": {"weights": 0, "biases": 0, "bias_adds": 0, "activations": 0},
    "positions": {"weights": 12 * 6, "biases": 0, "bias_adds": 0, "activations": 0},
    "attention": {"weights": 4 * 36, "biases": 4 * 6, "bias_adds": 12 * 4 * 6, "activations": 12 * 6},
    "fc": {"weights": 30, "biases": 5, "bias_adds": 12 * 5, "activations": 12 * 5},
    "part": {"weights": 0, "biases": 0, "bias_adds": 0, "activations": 0},
}


@pytest.mark.parametrize("layer", OF_A_SEQUENCE)
def test_layers_of_a_sequence(layer):
    analysis = analyze(loads(SEQUENCE))
    found = {name: QUANTITIES[name].of(analysis.of(layer), analysis) for name in OF_A_SEQUENCE[layer]}
    assert found == OF_A_SEQUENCE[layer]


def test_a_list_of_channels_is_a_volume_of_its_own():
    analysis = analyze(
        loads("input: {channels: 6, height: 3, width: 4}\nlayers: [select: {channels: [4, 2]}]")
    )
    assert QUANTITIES["activations"].of(analysis.facts[0], analysis) == 2 * 12


def test_totals(network):
    assert totals(analyze(network)) == {
        "weights": 108 + 4 + 240,
        "biases": 4 + 4 + 10,
        "parameters": 370,
        "parameter_bytes": 1480,
        "buffers": 8,
        "macs": 3780 + 240,
        "bias_adds": 150,
        "activations": 105 + 140 + 24 + 10,
        "activation_bytes": 1116,
    }


def test_totals_of_some_layers_leave_the_input_out(network):
    analysis = analyze(network)
    assert total(QUANTITIES["activations"], analysis, analysis.facts[:2]) == 140
    assert total(QUANTITIES["parameters"], analysis, analysis.facts[:2]) == 120


@pytest.mark.parametrize(
    ("dtype", "size"), [("float64", 8), ("float32", 4), ("float16", 2), ("bfloat16", 2), ("int8", 1)]
)
def test_dtype_scales_bytes_and_nothing_else(network, dtype, size):
    assert DTYPES[dtype] == size
    found = totals(analyze(network, dtype=dtype))
    assert found["parameter_bytes"] == 370 * size
    assert found["activation_bytes"] == 279 * size
    assert _without(found, "bytes") == _without(totals(analyze(network)), "bytes")


def test_batch_scales_activations_and_nothing_else(network):
    found = totals(analyze(network, batch=7))
    assert found["activations"] == 279 * 7
    assert found["activation_bytes"] == 1116 * 7
    assert _without(found, "activation") == _without(totals(analyze(network)), "activation")


def _without(amounts, word):
    return {name: amount for name, amount in amounts.items() if word not in name}


def test_the_input_counts_as_an_activation_only(network):
    analysis = analyze(network, batch=2, dtype="float16")
    (shape,) = analysis.network.input_shapes
    amounts = {quantity.name: quantity.of_input(shape, analysis) for quantity in QUANTITIES.values()}
    assert {name: amount for name, amount in amounts.items() if amount} == {
        "activations": 210,
        "activation_bytes": 420,
    }


def test_biases_of_a_layer_without_products_are_added_to_nothing():
    """The shift of a normalisation is a parameter, but no bias add of a product."""
    analysis = analyze(loads("input: {features: 6}\nlayers: [layernorm]"))
    assert totals(analysis)["biases"] == 6
    assert totals(analysis)["bias_adds"] == 0


@pytest.mark.parametrize(
    ("layer", "parameters", "macs"),
    [
        pytest.param("conv: {filters: 6, kernel_size: [3, 1], groups: 2}", (36, 6), 36 * 45, id="grouped"),
        pytest.param("conv: {filters: 6, kernel_size: 1, bias: false}", (24, 0), 24 * 63, id="no bias"),
        pytest.param("depthwise: {kernel_size: 3, multiplier: 2}", (72, 8), 72 * 35, id="depthwise"),
        pytest.param(
            "conv_transpose: {filters: 6, kernel_size: 2, stride: 2}", (96, 6), 96 * 63, id="transposed"
        ),
        pytest.param(
            "conv_transpose: {filters: 6, kernel_size: 2, groups: 2}", (48, 6), 48 * 63, id="and grouped"
        ),
        pytest.param("batchnorm: {affine: false}", (0, 0), 0, id="not affine"),
        pytest.param("layernorm", (252, 252), 0, id="over all"),
        pytest.param("layernorm: {affine: false}", (0, 0), 0, id="nor this"),
        pytest.param("layernorm: {over: channels}", (4, 4), 0, id="over channels"),
        pytest.param("layernorm: {over: features}", (9, 9), 0, id="over features"),
        pytest.param("prelu: {num_parameters: 4}", (4, 0), 0, id="slopes"),
        pytest.param("prelu", (1, 0), 0, id="one slope"),
        pytest.param("avgpool: {kernel_size: 3}", (0, 0), 0, id="pools learn nothing"),
    ],
)
def test_parameters_and_macs(layer, parameters, macs):
    """On 4 channels of 7×9, worked out by hand."""
    analysis = analyze(loads(f"input: {{channels: 4, height: 7, width: 9}}\nlayers: [{layer}]"))
    found = totals(analysis)
    assert (found["weights"], found["biases"]) == parameters
    assert found["macs"] == macs


def test_batchnorm_without_statistics_keeps_no_buffers():
    layers = "layers: [batchnorm: {track_running_stats: false}]"
    found = totals(analyze(loads(f"input: {{channels: 4, height: 7, width: 9}}\n{layers}")))
    assert (found["parameters"], found["buffers"]) == (8, 0)


def test_positions_of_a_sequence_share_a_fully_connected_layer():
    found = totals(analyze(loads("input: {channels: 5, length: 7}\nlayers: [fc: {units: 3}]")))
    assert (found["weights"], found["biases"], found["macs"], found["bias_adds"]) == (21, 3, 105, 15)


IN_PLACE = ["relu", "dropout", "batchnorm", "flatten", "identity", "softmax", "sigmoid", "prelu"]
NEW_VOLUME = {
    "lrn": 252,
    "layernorm": 252,
    "pad": 252,
    "global_avgpool": 4,
    "conv: {filters: 2, kernel_size: 1}": 126,
}


@pytest.mark.parametrize("layer", [*IN_PLACE, *NEW_VOLUME])
def test_in_place(layer):
    analysis = analyze(loads(f"input: {{channels: 4, height: 7, width: 9}}\nlayers: [{layer}]"))
    assert totals(analysis)["activations"] == 252 + NEW_VOLUME.get(layer, 0)


def test_merged_volumes_are_new():
    paths = "paths: [[identity], [conv: {filters: 2, kernel_size: 1}]]"
    analysis = analyze(loads(f"input: {{channels: 4, height: 7, width: 9}}\nlayers: [branches: {{{paths}}}]"))
    assert totals(analysis)["activations"] == 252 + 126 + 378
