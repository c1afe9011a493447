"""Advice on branches that are merged, and on transposed convolutions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcalc import analyze, loads
from archcalc.checks.advice import advice


def sized(height, width):
    return f"input: {{channels: 8, height: {height}, width: {width}}}"


def analysed(layers, top):
    lines = "".join(f"  - {layer}\n" for layer in layers)
    return analyze(loads(f"{top}\nlayers:\n{lines}", "net.yaml"))


def said(code, *layers, top=None):
    """(line, message, hint) of each advice with a code; the first layer stands in line 3."""
    found = advice(analysed(layers, top or sized(16, 16)))
    return [(each.span.line, each.message, each.hint) for each in found if each.code == code]


def residual(body, shortcut):
    return f"residual: {{body: [{body}], shortcut: [{shortcut}]}}"


SHORTCUT = "conv: {name: right, filters: 8, kernel_size: 1, stride: 2}"
ALIGN = "give the branches the same strides, and padding that centres their windows alike"


def body(kernel, padding, stride=2):
    return f"conv: {{name: left, filters: 8, kernel_size: {kernel}, stride: {stride}, padding: {padding}}}"


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        (
            body(3, "same_upper"),
            SHORTCUT,
            "add1: along height and width, left and shortcut/right lie 1 position of the input apart, "
            "where a step is 2",
        ),
        (
            body(3, "{top: 1, bottom: 1, right: 2}"),
            SHORTCUT,
            "add1: along width, left and shortcut/right lie 1 position of the input apart, where a step is 2",
        ),
        (
            body(5, "{bottom: 3, left: 1, right: 3}"),
            SHORTCUT,
            "add1: along height, left and shortcut/right lie 2 positions of the input apart, "
            "where a step is 2; along width, left and shortcut/right lie 1 position of the input apart, "
            "where a step is 2",
        ),
        (
            body(2, "same", 1),
            "identity",
            "add1: along height and width, left and shortcut/identity1 lie 1/2 position of the input apart, "
            "where a step is 1",
        ),
        (
            body(4, 1, 1),
            "conv: {name: right, filters: 8, kernel_size: 2}",
            None,
        ),
        (
            "conv: {name: left, filters: 8, kernel_size: 2, stride: 2}",
            "conv: {name: right, filters: 8, kernel_size: 9}",
            "add1: along height and width, left and shortcut/right step by 2 and 1 positions of the input",
        ),
        (body(3, 1), SHORTCUT, None),
        (body(5, 2), SHORTCUT, None),
        (body(3, 1), "avgpool: {kernel_size: 2}, conv: {filters: 8, kernel_size: 1}", None),
        (body(3, 1), "avgpool: {kernel_size: 2}", None),
        (body(5, 2), "avgpool: {kernel_size: 2}", None),
        (
            body(7, 3, 3),
            "conv: {filters: 8, kernel_size: 3, stride: 3, padding: {bottom: 2, right: 2}}",
            None,
        ),
    ],
)
def test_branches_that_lie_half_a_step_apart_are_said_where_they_merge(left, right, message):
    expected = [(3, message, ALIGN)] if message else []
    assert said("misaligned-branches", residual(left, right)) == expected


def test_two_positions_are_enough_to_disagree():
    block = residual(body(2, "same", 1), "identity")
    assert [line for line, *_ in said("misaligned-branches", block, top=sized(2, 2))] == [3]


def test_the_branches_are_those_that_disagree_first():
    paths = "[identity: {name: a}], [conv: {name: b, filters: 4, kernel_size: 3, padding: 1}]"
    third = "[conv: {name: c, filters: 4, kernel_size: 3, padding: {bottom: 2, right: 2}}]"
    ((_, message, _),) = said("misaligned-branches", f"branches: {{paths: [{paths}, {third}]}}")
    assert message == (
        "concat1: along height and width, branch1/a and branch3/c lie 1 position of the input apart, "
        "where a step is 1"
    )


def test_each_merge_is_judged_by_its_own_branches():
    shifted = residual(body(3, "same_upper"), SHORTCUT)
    inner = "conv: {filters: 8, kernel_size: 3, padding: 1}"
    found = said("misaligned-branches", shifted, f"residual: {{body: [{inner}]}}", "relu")
    assert [line for line, *_ in found] == [3]
    again = residual(body(3, "same_upper").replace("left", "left2"), SHORTCUT.replace("right", "right2"))
    assert [line for line, *_ in said("misaligned-branches", shifted, again)] == [3, 4]


def test_single_positions_and_vectors_agree_with_all():
    gate = [
        "relu: {name: x}",
        "global_avgpool",
        "sigmoid: {name: gate}",
        "multiply: {from: [x, gate]}",
        "flatten: {name: a}",
        "relu: {name: b}",
        "concat: {from: [a, b]}",
    ]
    assert said("misaligned-branches", *gate) == []


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3)), min_size=2, max_size=3))
def test_windows_disagree_where_neither_their_centres_nor_their_ends_do(windows):
    """With stride 1 the smallest shift is half a step."""
    paths = [
        f"[conv1d: {{filters: 2, kernel_size: {kernel}, padding: [[{front}, {kernel + 3 - front}]]}}]"
        for kernel, front in windows
    ]
    analysis = analysed([f"branches: {{paths: [{', '.join(paths)}]}}"], "input: {channels: 2, length: 12}")
    (start, end), *others = [(-front, kernel - 1 - front) for kernel, front in windows]
    apart = [other for other in others if sum(other) != start + end and other[1] != end]
    codes = [problem.code for problem in advice(analysis)]
    assert ("misaligned-branches" in codes) is bool(apart)
    if apart:
        assert not analysis.facts[-1].receptive_field.aligned


def test_dilated_causal_convolutions_are_aligned():
    window = "kernel_size: 2, dilation: {0}, padding: [[{0}, 0]]"
    layers = [f"residual: {{body: [conv1d: {{filters: 8, {window.format(2**i)}}}]}}" for i in range(5)]
    assert said("misaligned-branches", *layers, top="input: {channels: 8, length: 64}") == []


UNEVEN = {
    "the usual 3 and 2": (
        "conv_transpose: {filters: 4, kernel_size: 3, stride: 2, padding: 1, output_padding: 1}",
        "conv_transpose1: a kernel of 3 with stride 2 writes outputs 1 and 2 times by turns "
        "along height and width",
        "a kernel of 2 or 4 writes all equally often",
    ),
    "one axis": (
        "conv_transpose: {filters: 4, kernel_size: [4, 7], stride: [2, 3]}",
        "conv_transpose1: a kernel of 7 with stride 3 writes outputs 2 and 3 times by turns along width",
        "a kernel of 6 or 9 writes all equally often",
    ),
    "single inputs along one axis": (
        "conv_transpose: {filters: 4, kernel_size: 3, stride: 2}",
        "conv_transpose1: a kernel of 3 with stride 2 writes outputs 1 and 2 times by turns along height",
        "a kernel of 2 or 4 writes all equally often",
    ),
    "gaps": (
        "conv_transpose: {filters: 4, kernel_size: 1, stride: 2}",
        "conv_transpose1: a kernel of 1 with stride 2 leaves outputs unwritten along height and width",
        "a kernel of 2 writes all equally often",
    ),
    "dilation that shares a factor with the stride": (
        "conv_transpose: {filters: 4, kernel_size: 2, stride: 2, dilation: 2}",
        "conv_transpose1: a kernel of 2 with stride 2 leaves outputs unwritten along height and width",
        "use no dilation, and a kernel that is a multiple of the stride",
    ),
}


@pytest.mark.parametrize("case", UNEVEN)
def test_kernels_that_are_no_multiple_of_the_stride_overlap_unevenly(case):
    layer, message, hint = UNEVEN[case]
    top = sized(2, 1) if case == "single inputs along one axis" else None
    assert said("uneven-overlap", layer, top=top) == [(3, message, hint)]


@pytest.mark.parametrize(
    ("layer", "top"),
    [
        ("conv_transpose: {filters: 4, kernel_size: 4, stride: 2, padding: 1}", sized(8, 8)),
        ("conv_transpose: {filters: 4, kernel_size: 2, stride: 2}", sized(8, 8)),
        ("conv_transpose: {filters: 4, kernel_size: 3, padding: 1}", sized(8, 8)),
        ("conv_transpose: {filters: 4, kernel_size: 5, stride: 2}", sized(1, 1)),
        ("conv: {filters: 4, kernel_size: 3, stride: 2}", sized(9, 9)),
    ],
)
def test_multiples_and_single_inputs_overlap_evenly(layer, top):
    assert said("uneven-overlap", layer, top=top) == []


@pytest.mark.parametrize("kernel", range(1, 10))
@pytest.mark.parametrize("stride", range(1, 7))
@pytest.mark.parametrize("dilation", range(1, 5))
def test_how_often_outputs_are_written_is_what_counting_finds(kernel, stride, dilation):
    layer = (
        f"conv_transpose: {{filters: 1, kernel_size: [{kernel}, 1], stride: [{stride}, 1], "
        f"dilation: [{dilation}, 1]}}"
    )
    inputs = 100
    written = [0] * ((inputs - 1) * stride + dilation * (kernel - 1) + 1)
    for position in range(inputs):
        for tap in range(kernel):
            written[position * stride + dilation * tap] += 1
    edge = dilation * kernel + stride
    inner = written[edge:-edge]
    found = [message for _, message, _ in said("uneven-overlap", layer, top=sized(inputs, 2))]
    if min(inner) == max(inner):
        assert found == []
    else:
        fewest, most = min(inner), max(inner)
        how = f"writes outputs {fewest} and {most} times" if fewest else "leaves outputs unwritten"
        assert found
        assert f": a kernel of {kernel} with stride {stride} {how}" in found[0]


def pyramid(scale, padding, kernel=3):
    """A fine branch, and a coarse one that is upsampled to its size."""
    halvings = [
        f"conv: {{filters: 8, kernel_size: {kernel}, stride: 2, padding: {padding}}}"
    ] * scale.bit_length()
    return [
        "conv: {name: fine, filters: 8, kernel_size: 1}",
        *halvings[1:],
        f"interpolate: {{name: coarse, scale_factor: {scale}}}",
        "add: {from: [fine, coarse]}",
    ]


@pytest.mark.parametrize("scale", [2, 4, 8])
def test_half_a_step_that_upsampling_makes_is_let_be(scale):
    assert said("misaligned-branches", *pyramid(scale, 1)) == []


def test_more_than_half_a_coarse_step_is_said_behind_upsampling_too():
    (found,) = said("misaligned-branches", *pyramid(2, "{top: 3, left: 3}", 5))
    assert "coarse" in found[1]


def test_upsampling_in_front_of_both_branches_excuses_neither():
    shifted = residual(body(3, "same_upper"), SHORTCUT)
    assert len(said("misaligned-branches", "interpolate: {scale_factor: 2}", shifted)) == 1
