"""Advice on receptive fields, and on volumes of 1×1."""

from textwrap import dedent

import pytest

from archcalc import analyze, loads
from archcalc.checks.advice import advice
from archcalc.spec.load import parse_spec

CONV = "conv: {filters: 8, kernel_size: 3, padding: 1}"
POOL = "maxpool: {kernel_size: 3, stride: 2, padding: 1}"
FIELDS = "use a larger input, or fewer layers and strides in front of it"


def sized(height, width):
    return f"input: {{channels: 8, height: {height}, width: {width}}}"


def analysed(layers, top):
    lines = "".join(f"  - {layer}\n" for layer in layers)
    return analyze(loads(f"{top}\nlayers:\n{lines}", "net.yaml"))


def said(code, *layers, top=None):
    """(line, message, hint) of each advice with a code; the first layer stands in line 3."""
    found = advice(analysed(layers, top or sized(16, 16)))
    return [(each.span.line, each.message, each.hint) for each in found if each.code == code]


def test_the_first_convolution_behind_a_field_larger_than_the_input_is_named():
    # r = 1 + 2 + 4 + 8 = 15 behind three poolings of 3 with stride 2, then 15 + 2·8 = 31
    assert said("field-exceeds-input", POOL, POOL, POOL, CONV) == []
    assert said("field-exceeds-input", POOL, POOL, POOL, CONV, CONV, "relu", CONV, CONV) == [
        (
            7,
            "conv2: reads values that already see 31×31 of an input of 16×16, so its 3×3 kernel adds no "
            "context; nor do 2 more convolutions",
            FIELDS,
        )
    ]


def test_a_field_as_large_as_the_input_does_not_exceed_it():
    layers = (CONV, CONV, CONV)
    assert said("field-exceeds-input", *layers, top=sized(5, 5)) == []
    assert [line for line, *_ in said("field-exceeds-input", *layers, top=sized(4, 4))] == [5]


def test_one_axis_is_enough_where_the_kernel_is_wide_along_it():
    top = sized(16, 4)
    ((_, message, _),) = said("field-exceeds-input", CONV, CONV, CONV, CONV, top=top)
    assert message == (
        "conv3: reads values that already see 5×5 of an input of 16×4 (height×width), so its 3×3 kernel adds "
        "no context; nor does 1 more convolution"
    )
    along = "conv: {filters: 8, kernel_size: [3, 1], padding: [1, 0]}"
    assert said("field-exceeds-input", CONV, CONV, along, along, top=top) == []


def test_kernels_of_1_and_poolings_need_no_context():
    small = sized(4, 4)
    assert (
        said("field-exceeds-input", CONV, CONV, "conv: {filters: 8, kernel_size: 1}", POOL, top=small) == []
    )


def test_a_kernel_of_2_is_wide():
    conv = "conv: {filters: 8, kernel_size: 2, padding: {bottom: 1, right: 1}}"
    assert [line for line, *_ in said("field-exceeds-input", *[conv] * 4, top=sized(3, 3))] == [6]


def test_sequences_have_fields_too():
    conv = "conv1d: {filters: 4, kernel_size: 5, padding: 2}"
    ((line, message, _),) = said(
        "field-exceeds-input", conv, conv, conv, top="input: {channels: 1, length: 8}"
    )
    assert line == 5
    assert message == (
        "conv1d3: reads values that already see 9 of an input of 8, so its 5 kernel adds no context"
    )


def test_a_shortcut_carries_what_has_seen_little():
    block = f"residual: {{body: [{CONV}, {CONV}]}}"
    assert said("field-exceeds-input", *[block] * 9) == []
    assert said("field-exceeds-input", *[CONV] * 18) != []


def test_what_an_attention_gate_scales_has_not_seen_everything():
    gate = [
        "relu: {name: x}",
        "global_avgpool",
        "sigmoid: {name: gate}",
        "multiply: {from: [x, gate]}",
        CONV,
    ]
    assert said("field-exceeds-input", CONV, *gate) == []


@pytest.mark.parametrize(
    "upsampling",
    [
        "conv_transpose: {filters: 8, kernel_size: 2, stride: 2}",
        "adaptive_avgpool: {output_size: 16}",
        "layernorm: {over: all}",
        "layernorm: {over: features}",
    ],
)
def test_what_stands_behind_an_upsampling_is_not_looked_at(upsampling):
    layers = [POOL, POOL, POOL, CONV, upsampling, CONV, CONV]
    assert said("field-exceeds-input", *layers) == []
    assert said("field-exceeds-input", *layers[:4], CONV) != []


def test_a_network_for_large_images_on_small_ones():
    spec = """
        input: {channels: 64, height: 2, width: 2}
        layers:
          - conv: {name: a, filters: 8, kernel_size: 3, stride: 2, padding: 1, bias: false}
          - relu
          - conv: {name: b, filters: 8, kernel_size: 3, padding: 1, bias: false}
          - conv: {name: c, filters: 8, kernel_size: [1, 5], padding: [0, 2]}
          - adaptive_avgpool: {name: d, output_size: [6, 7]}
        silence: [field-exceeds-input, dead-padding]
    """
    # b has 8·8·9 weights, 8 of 9 taps dead; c has 8·8·5, 4 of 5 dead
    hint = "use a larger input, or fewer strides and poolings in front of it"
    found = parse_spec(dedent(spec))
    given = advice(found.analyze(), found.silenced)
    assert [(each.code, each.message, each.hint) for each in given] == [
        (
            "early-1x1",
            "b: its 3×3 kernel slides over the 1×1 that a made, and so does 1 more convolution behind it: "
            "768 weights see nothing but padding",
            hint,
        ),
        ("early-1x1", "d: makes 6×7 (height×width) of the 1×1 that a made: 42 copies of each value", hint),
    ]


def test_an_input_of_1x1_is_said_to_be_the_input():
    ((_, message, _),) = said("early-1x1", "relu", CONV, top=sized(1, 1))
    assert message == (
        "conv1: its 3×3 kernel slides over the 1×1 that is the input: 512 weights see nothing but padding"
    )


def test_an_even_kernel_and_two_copies_are_noticed_too():
    layers = ["conv: {filters: 8, kernel_size: 2, padding: {bottom: 1, right: 1}}"]
    layers.append("adaptive_avgpool: {output_size: [2, 1]}")
    assert [message for _, message, _ in said("early-1x1", *layers, top=sized(1, 1))] == [
        "conv1: its 2×2 kernel slides over the 1×1 that is the input: 192 weights see nothing but padding",
        "adaptive_avgpool1: makes 2×1 (height×width) of the 1×1 that is the input: 2 copies of each value",
    ]


@pytest.mark.parametrize(
    "layers",
    [
        ["global_avgpool", "conv: {filters: 4, kernel_size: 1}", "relu"],
        ["global_avgpool: {name: s}", "multiply: {from: [s, input]}"],
        ["global_avgpool", "conv_transpose: {filters: 4, kernel_size: 4}"],
        ["global_avgpool", "pad: {padding: 1}"],
        ["global_avgpool", "adaptive_avgpool: {output_size: 1}"],
        ["global_avgpool", "flatten", "fc: {units: 4}"],
        ["global_avgpool", CONV.replace("padding: 1", "padding: 1, padding_mode: replicate")],
        ["global_avgpool", CONV.replace("padding: 1", "padding: 2")],
    ],
)
def test_volumes_of_1x1_that_are_meant(layers):
    assert said("early-1x1", *layers) == []
