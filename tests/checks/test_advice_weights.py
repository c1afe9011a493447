"""Advice on parameters, and on layers in an odd order."""

import pytest

from archcalc import analyze, loads
from archcalc.analysis.quantities import totals
from archcalc.checks.advice import advice
from archcalc.frozen import replace

IMAGE = "input: {channels: 3, height: 8, width: 8}"
VECTOR = "input: {features: 64}"
SEQUENCE = "input: {channels: 5, length: 33}"
CONV = "conv: {filters: 16, kernel_size: 3, padding: 1}"


def analysed(layers, top):
    lines = "".join(f"  - {layer}\n" for layer in layers)
    return analyze(loads(f"{top}\nlayers:\n{lines}", "net.yaml"))


def said(code, *layers, top=IMAGE):
    """(line, message, hint) of each advice with a code; the first layer stands in line 3."""
    found = advice(analysed(layers, top))
    return [(each.span.line, each.message, each.hint) for each in found if each.code == code]


@pytest.mark.parametrize(
    ("layers", "top", "line", "message", "hint"),
    [
        (
            [CONV, "batchnorm"],
            IMAGE,
            3,
            "conv1: batchnorm1 cancels its 16 biases",
            "`bias: false`: 16 parameters fewer",
        ),
        (
            ["fc: {units: 1}", "batchnorm: {name: bn, affine: false}"],
            VECTOR,
            3,
            "fc1: bn cancels its 1 bias",
            "`bias: false`: 1 parameter fewer",
        ),
        (
            ["relu", "depthwise: {kernel_size: 3, multiplier: 500}", "batchnorm"],
            IMAGE,
            4,
            "depthwise1: batchnorm1 cancels its 1,500 biases",
            "`bias: false`: 1,500 parameters fewer",
        ),
        (
            ["conv_transpose: {filters: 4, kernel_size: 2, stride: 2}", "batchnorm"],
            IMAGE,
            3,
            "conv_transpose1: batchnorm1 cancels its 4 biases",
            "`bias: false`: 4 parameters fewer",
        ),
        (
            ["separable: {filters: 7, kernel_size: 3}", "batchnorm"],
            IMAGE,
            3,
            "separable1/pointwise: batchnorm1 cancels its 7 biases",
            "`bias: false`: 7 parameters fewer",
        ),
        (
            ["repeat: {times: 3, layers: [conv: {filters: 5, kernel_size: 1}, batchnorm]}"],
            IMAGE,
            3,
            "conv1: batchnorm1 cancels its 5 biases (and 2 more like it)",
            "`bias: false`: 15 parameters fewer",
        ),
    ],
)
def test_biases_in_front_of_a_batch_normalisation(layers, top, line, message, hint):
    assert said("bias-before-batchnorm", *layers, top=top) == [(line, message, hint)]


def test_layers_without_places_each_count_their_own_biases():
    network = analysed([CONV, "batchnorm", "conv: {filters: 4, kernel_size: 1}", "batchnorm"], IMAGE).network
    built = replace(network, nodes=tuple(node._replace(span=None) for node in network.nodes))
    assert [problem.hint for problem in advice(analyze(built))] == [
        "`bias: false`: 16 parameters fewer",
        "`bias: false`: 4 parameters fewer",
    ]


@pytest.mark.parametrize(
    "layers", [[CONV, "batchnorm"], ["separable: {filters: 7, kernel_size: 3}", "batchnorm"]]
)
def test_as_many_parameters_fewer_as_the_hint_says(layers):
    ((_, _, hint),) = said("bias-before-batchnorm", *layers)
    without = [layers[0].replace("}", ", bias: false}"), *layers[1:]]
    before, after = (totals(analysed(each, IMAGE))["parameters"] for each in (layers, without))
    assert hint == f"`bias: false`: {before - after} parameters fewer"
    assert said("bias-before-batchnorm", *without) == []


@pytest.mark.parametrize(
    ("layers", "top"),
    [
        (["conv: {filters: 16, kernel_size: 3, bias: false}", "batchnorm"], IMAGE),
        ([CONV, "relu", "batchnorm"], IMAGE),
        ([CONV, "layernorm: {over: channels}"], IMAGE),
        ([CONV], IMAGE),
        (["batchnorm", "batchnorm"], IMAGE),
        ([CONV, "batchnorm: {name: n}", "add: {from: [conv1, n]}"], IMAGE),
        ([CONV, "batchnorm"], f"{IMAGE}\noutputs: [conv1, batchnorm1]"),
        (["fc: {units: 5}", "batchnorm"], SEQUENCE),
        (["batchnorm", "batchnorm"], VECTOR),
    ],
)
def test_biases_that_count(layers, top):
    assert said("bias-before-batchnorm", *layers, top=top) == []


def test_biases_that_only_several_normalisations_read():
    layers = [CONV, "batchnorm: {name: a}", "batchnorm: {name: b, from: conv1}", "add: {from: [a, b]}"]
    assert [line for line, *_ in said("bias-before-batchnorm", *layers)] == [3]


HEAVY = [CONV, "relu", "flatten", "fc: {units: 10}"]


def test_a_heavy_layer_is_compared_with_what_pooling_would_leave():
    # conv: 3·9·16 + 16 = 448; fc: 8·8·16·10 + 10 = 10,250, of 10,698 together
    ((line, message, hint),) = said("heavy-fc", *HEAVY)
    assert line == 6
    assert message == "fc1: holds 10,250 of 10,698 parameters, 95 %"
    assert hint == "`global_avgpool` in place of the flatten would leave it 16·10 + 10 = 170"
    pooled = analysed([CONV, "relu", "global_avgpool", "flatten", "fc: {units: 10}"], IMAGE)
    assert totals(pooled)["parameters"] == 448 + 170


def test_a_heavy_layer_without_biases_and_behind_dropout():
    layers = [CONV, "dropout", "flatten", "dropout", "fc: {units: 1000, bias: false}"]
    ((_, message, hint),) = said("heavy-fc", *layers)
    assert message == "fc1: holds 1,024,000 of 1,024,448 parameters, 99 %"
    assert hint == "`global_avgpool` in place of the flatten would leave it 16·1,000 = 16,000"


def test_a_heavy_layer_behind_a_sequence():
    layers = ["conv1d: {filters: 4, kernel_size: 3}", "flatten", "fc: {units: 10}"]
    ((_, message, hint),) = said("heavy-fc", *layers, top=SEQUENCE)
    assert message == "fc1: holds 1,250 of 1,314 parameters, 95 %"
    assert hint == "`global_avgpool` in place of the flatten would leave it 4·10 + 10 = 50"


def test_a_volume_of_two_positions_is_enough():
    layers = ["conv: {filters: 4, kernel_size: 1}", "flatten", "fc: {units: 100}"]
    ((_, _, hint),) = said("heavy-fc", *layers, top="input: {channels: 3, height: 1, width: 2}")
    assert hint == "`global_avgpool` in place of the flatten would leave it 4·100 + 100 = 500"


def test_heavy_begins_above_80_percent():
    # conv: 3·1·k + 0 weights and no bias; fc: 64·k·1 of them all
    def layers(filters, units):
        return [
            f"conv: {{filters: {filters}, kernel_size: 1, bias: false}}",
            "conv: {filters: 4, kernel_size: 1, bias: false}",
            "flatten",
            f"fc: {{units: {units}, bias: false}}",
        ]

    # 3·f + f·4 + 256·u: f = 64·u/7 would be 80 % exactly; 4·(7·64) = 7·256
    assert said("heavy-fc", *layers(64, 7)) == []
    assert [message for _, message, _ in said("heavy-fc", *layers(63, 7))] == [
        "fc1: holds 1,792 of 2,233 parameters, 80 %"
    ]


@pytest.mark.parametrize(
    ("layers", "top"),
    [
        ([CONV, "global_avgpool", "flatten", "fc: {units: 1000}"], IMAGE),
        ([CONV, "global_avgpool", "fc: {units: 1000}"], IMAGE),
        (["flatten", "fc: {units: 1000}"], IMAGE),
        (["fc: {units: 1000}"], VECTOR),
        ([CONV, "flatten", "fc: {units: 2}", "fc: {units: 9000}"], IMAGE),
        (["conv1d: {filters: 4, kernel_size: 3}", "dropout", "fc: {units: 1000}"], SEQUENCE),
    ],
)
def test_what_no_pooling_would_lighten(layers, top):
    assert said("heavy-fc", *layers, top=top) == []


@pytest.mark.parametrize(
    ("layers", "line", "message", "hint"),
    [
        (["fc: {units: 9}", "relu", "relu"], 5, "relu2: reads what relu1 made", "remove one of the two"),
        (["fc: {units: 9}", "relu", "softmax"], 5, "softmax1: reads what relu1 made", "remove relu1"),
        (
            ["sigmoid: {name: s}", "dropout", "identity", "tanh: {name: t}"],
            6,
            "t: reads what s made",
            "remove one of the two",
        ),
        (
            ["fc: {units: 9}", "softmax", "softmax"],
            5,
            "softmax2: reads what softmax1 made",
            "remove softmax1",
        ),
    ],
)
def test_activations_of_activations(layers, line, message, hint):
    found = said("activation-twice", *layers, top=VECTOR)
    assert found == [(line, f"{message}, with no weights in between", hint)]


@pytest.mark.parametrize(
    "layers",
    [
        ["relu", "fc: {units: 9}", "relu"],
        ["relu", "dropout", "dropout"],
        ["relu", "batchnorm", "relu"],
        ["relu: {name: a}", "relu: {name: b, from: input}", "add: {from: [a, b]}", "relu"],
        ["fc: {units: 9}", "softplus", "tanh: {name: g}", "multiply: {from: [fc1, g]}"],
    ],
)
def test_activations_that_are_meant(layers):
    assert said("activation-twice", *layers, top=VECTOR) == []


def test_a_gate_that_another_layer_reads_too_is_an_activation():
    layers = ["fc: {units: 9}", "softplus", "tanh: {name: g}", "multiply: {name: m, from: [fc1, g]}"]
    found = said("activation-twice", *layers, "add: {from: [m, g]}", top=VECTOR)
    assert [line for line, *_ in found] == [5]


@pytest.mark.parametrize(
    ("layers", "line", "message", "values"),
    [
        (
            ["conv1d: {filters: 64, kernel_size: 3}", "fc: {units: 10}"],
            4,
            "fc1: maps each of 64 channels by itself, from 31 values to 10: a flatten is probably missing",
            "1,984",
        ),
        (
            ["conv1d: {filters: 4, kernel_size: 3}", "relu", "maxpool1d: {kernel_size: 31}", "relu",
             "conv1d: {filters: 7, kernel_size: 3, padding: 2}", "dropout", "fc: {name: last, units: 33}"],
            9,
            "last: maps each of 7 channels by itself, from 3 values to 33: a flatten is probably missing",
            "21",
        ),
    ],
)  # fmt: skip
def test_a_convolved_sequence_that_was_not_flattened(layers, line, message, values):
    found = said("sequence-fc", *layers, top=SEQUENCE)
    channels = message.split()[4]
    hint = f"put `flatten` in front of it, to connect all {values} values; or write `over: channels`, to map "
    assert found == [(line, message, f"{hint}the {channels} channels of each position")]


@pytest.mark.parametrize(
    ("layers", "top"),
    [
        (["fc: {units: 10}", "layernorm", "fc: {units: 10}"], SEQUENCE),
        (["conv1d: {filters: 4, kernel_size: 3}", "flatten", "fc: {units: 10}"], SEQUENCE),
        (["conv1d: {filters: 4, kernel_size: 33}", "fc: {units: 10}"], SEQUENCE),
        (["conv1d: {filters: 4, kernel_size: 3}", "global_avgpool", "fc: {units: 10}"], SEQUENCE),
        ([CONV, "global_avgpool", "fc: {units: 10}"], IMAGE),
        (["conv1d: {filters: 4, kernel_size: 3}", "tokens", "fc: {units: 10}"], SEQUENCE),
        (["conv1d: {filters: 4, kernel_size: 3}", "fc: {units: 10, over: channels}"], SEQUENCE),
        (["conv1d: {filters: 4, kernel_size: 3}", "fc: {units: 10, over: features}"], SEQUENCE),
    ],
)
def test_sequences_that_are_meant(layers, top):
    assert said("sequence-fc", *layers, top=top) == []


def test_only_the_first_of_several_lacks_its_flatten():
    layers = ["conv1d: {filters: 4, kernel_size: 3}", "fc: {units: 10}", "relu", "fc: {units: 10}"]
    assert [line for line, *_ in said("sequence-fc", *layers, top=SEQUENCE)] == [4]
