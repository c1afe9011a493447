"""Advice on padding: its words, and brute force over every window and tap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcalc.checks.advice import advice
from archcalc.spec.load import parse_spec

IMAGE = "input: {channels: 3, height: 32, width: 32}"


def advised(layers, top=IMAGE):
    lines = "".join(f"  - {layer}\n" for layer in layers)
    spec = parse_spec(f"{top}\nlayers:\n{lines}", "net.yaml")
    return advice(spec.analyze(), spec.silenced)


def said(*layers, top=IMAGE):
    """(code, message, hint) of each advice."""
    return [(problem.code, problem.message, problem.hint) for problem in advised(layers, top)]


def sized(height, width):
    return f"input: {{channels: 3, height: {height}, width: {width}}}"


LOPSIDED = {
    "one less": (
        "conv: {filters: 8, kernel_size: 4, padding: 1}",
        "conv1: a kernel of 4 has no middle: along height and width, padding 1 on both sides makes 31 of 32",
        "a kernel of 3 or 5 is padded alike on both sides",
    ),
    "one more": (
        "conv: {filters: 8, kernel_size: 2, padding: 1}",
        "conv1: a kernel of 2 has no middle: along height and width, padding 1 on both sides makes 33 of 32",
        "a kernel of 1 or 3 is padded alike on both sides",
    ),
    "one axis": (
        "conv: {filters: 8, kernel_size: [3, 4], padding: [1, 2]}",
        "conv1: a kernel of 4 has no middle: along width, padding 2 on both sides makes 33 of 32",
        "a kernel of 3 or 5 is padded alike on both sides",
    ),
    "same": (
        "conv: {filters: 8, kernel_size: 4, padding: same}",
        "conv1: a kernel of 4 has no middle: along height and width, `same` pads 1 in front and 2 behind",
        "a kernel of 3 or 5 is padded alike on both sides",
    ),
    "same_lower": (
        "maxpool: {kernel_size: 2, stride: 1, padding: same_lower}",
        "maxpool1: a kernel of 2 has no middle: along height and width, "
        "`same_lower` pads 1 in front and 0 behind",
        "a kernel of 1 or 3 is padded alike on both sides",
    ),
}


@pytest.mark.parametrize("case", LOPSIDED)
def test_even_kernels_are_padded_unevenly(case):
    layer, message, hint = LOPSIDED[case]
    assert said(layer) == [("lopsided-padding", message, hint)]


@pytest.mark.parametrize(
    "layer",
    [
        "conv: {filters: 8, kernel_size: 3, padding: same}",
        "conv: {filters: 8, kernel_size: 4}",
        "conv: {filters: 8, kernel_size: 2}",
        "conv: {filters: 8, kernel_size: 4, stride: 2, padding: 1}",
        "conv: {filters: 8, kernel_size: 2, dilation: 2, padding: 1}",
        "conv: {filters: 8, kernel_size: 4, padding: {top: 3, left: 3}}",
        "conv: {filters: 8, kernel_size: 4, padding: 3}",
        "conv: {filters: 8, kernel_size: 4, stride: 2, padding: same_upper}",
        "conv_transpose: {filters: 8, kernel_size: 4, padding: 1}",
    ],
)
def test_paddings_that_are_meant_are_let_be(layer):
    assert said(layer) == []


def test_strides_take_padding_by_a_word_as_it_comes():
    layer = "conv: {filters: 8, kernel_size: 4, stride: 2, padding: same_upper}"
    assert said(layer, top=sized(33, 33)) == []


def test_kernels_that_are_even_in_two_ways_are_told_apart():
    found = said("conv: {filters: 8, kernel_size: [2, 4], padding: same}")
    assert [message.partition("along ")[2] for _, message, _ in found] == [
        "height, `same` pads 0 in front and 1 behind (and 1 more like it)"
    ]


DEAD = {
    "a 1×1 kernel": (
        IMAGE,
        "conv: {filters: 8, kernel_size: 1, padding: 1}",
        "conv1: 2 of 34 rows and columns of its output see nothing but padding",
        "a kernel of 1 needs no padding",
    ),
    "as wide as the kernel, on one side": (
        IMAGE,
        "conv: {filters: 8, kernel_size: 3, padding: {left: 4}}",
        "conv1: 2 of 34 columns of its output see nothing but padding",
        "padding of at most 2",
    ),
    "with a stride": (
        sized(8, 8),
        "conv: {filters: 8, kernel_size: 2, stride: 2, padding: 4}",
        "conv1: 4 of 8 rows and columns of its output see nothing but padding",
        "padding of at most 1",
    ),
    "axes that differ": (
        sized(8, 16),
        "depthwise: {kernel_size: 1, padding: 1}",
        "depthwise1: 2 of 10 rows and 2 of 18 columns of its output see nothing but padding",
        "a kernel of 1 needs no padding",
    ),
    "kernels that differ": (
        sized(8, 8),
        "conv: {filters: 8, kernel_size: [3, 5], padding: 5}",
        "conv1: 6 of 16 rows and 2 of 14 columns of its output see nothing but padding",
        "padding of at most 2",
    ),
    "taps on a line": (
        sized(1, 8),
        "conv: {filters: 8, kernel_size: 3, padding: 1}",
        "conv1: 6 of the 9 taps of its 3×3 kernel never meet a value of its 1×8 (height×width) input: "
        "144 weights see nothing but padding",
        "a 1×3 (height×width) kernel would see as much",
    ),
    "taps of a dilated kernel": (
        sized(33, 33),
        "conv: {filters: 8, kernel_size: 3, padding: 36, dilation: 36}",
        "conv1: 8 of the 9 taps of its 3×3 kernel never meet a value of its 33×33 input: "
        "192 weights see nothing but padding",
        "a 1×1 kernel would see as much",
    ),
    "taps of a wide kernel": (
        sized(2, 3),
        "conv: {filters: 8, kernel_size: 5, padding: 2, bias: false}",
        "conv1: 10 of the 25 taps of its 5×5 kernel never meet a value of its 2×3 (height×width) input: "
        "240 weights see nothing but padding",
        "a 3×5 (height×width) kernel would see as much",
    ),
    "a sequence": (
        "input: {channels: 2, length: 2}",
        "conv1d: {filters: 8, kernel_size: 3, stride: 2, padding: 1}",
        "conv1d1: 1 of the 3 taps of its 3 kernel never meet a value of its 2 input: "
        "16 weights see nothing but padding",
        "a 2 kernel would see as much",
    ),
}


@pytest.mark.parametrize("case", DEAD)
def test_padding_that_is_all_that_is_seen(case):
    top, layer, message, hint = DEAD[case]
    assert said(layer, top=top) == [("dead-padding", message, hint)]


@pytest.mark.parametrize(
    "layer",
    [
        "conv: {filters: 8, kernel_size: 3, padding: 2}",
        "conv: {filters: 8, kernel_size: 3, padding: 18, dilation: 18}",
        "conv: {filters: 8, kernel_size: 1, padding: 1, padding_mode: replicate}",
        "pad: {padding: 2}",
        "conv_transpose: {filters: 8, kernel_size: 1, padding: 1}",
    ],
)
def test_padding_that_meets_values_is_no_dead_padding(layer):
    assert said(layer) == []


@pytest.mark.parametrize(("kernel", "said_of_it"), [(64, True), (66, False)])
def test_taps_of_wide_kernels_that_leap_over_the_volume_are_not_counted(kernel, said_of_it):
    layer = f"conv1d: {{filters: 1, kernel_size: {kernel}, stride: 3, padding: {kernel // 2 - 1}}}"
    codes = [code for code, *_ in said(layer, top="input: {channels: 1, length: 2}")]
    assert ("dead-padding" in codes) is said_of_it


@given(
    size=st.integers(2, 12),
    kernel=st.integers(1, 6),
    stride=st.integers(1, 5),
    front=st.integers(0, 8),
    behind=st.integers(0, 8),
    dilation=st.integers(1, 5),
)
def test_dead_windows_and_taps_are_those_of_brute_force(size, kernel, stride, front, behind, dilation):
    layer = (
        f"conv1d: {{filters: 1, kernel_size: {kernel}, stride: {stride}, padding: [[{front}, {behind}]], "
        f"dilation: {dilation}, bias: false}}"
    )
    extent = dilation * (kernel - 1) + 1
    starts = range(-front, size + behind - extent + 1, stride)
    if not starts:
        return
    wholly = [start for start in starts if start + extent <= 0 or start >= size]
    live = {tap for tap in range(kernel) if any(0 <= start + tap * dilation < size for start in starts)}
    found = [
        problem.message
        for problem in advised([layer], f"input: {{channels: 1, length: {size}}}")
        if problem.code == "dead-padding"
    ]
    if wholly:
        positions = f"{len(wholly)} of {len(starts)} positions of its output"
        assert found == [f"conv1d1: {positions} see nothing but padding"]
    elif len(live) < kernel:
        (message,) = found
        assert message.startswith(f"conv1d1: {kernel - len(live)} of the {kernel} taps of its ")
        assert message.endswith(f": {kernel - len(live)} weights see nothing but padding")
    else:
        assert found == []
