"""Advice on what no window sees: its words, and brute force over every position."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcalc import SpecError
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


DROPPED = {
    "the course's example": (
        sized(224, 224),
        "conv: {filters: 96, kernel_size: 11, stride: 4}",
        "conv1: (224 − 11)/4 leaves 1: the last row and column are never seen",
        "nothing is lost with padding 2, or an input height and width of 223 or 227",
    ),
    "one axis": (
        sized(9, 8),
        "maxpool: {kernel_size: 2}",
        "maxpool1: (9 − 2)/2 leaves 1: the last row is never seen",
        "nothing is lost with `ceil_mode: true`, padding 1, or an input height of 8 or 10",
    ),
    "several of one axis": (
        sized(8, 14),
        "conv: {filters: 4, kernel_size: [1, 4], stride: [1, 4]}",
        "conv1: (14 − 4)/4 leaves 2: the last 2 columns are never seen",
        "nothing is lost with an input width of 12 or 16",
    ),
    "axes that differ": (
        sized(10, 14),
        "avgpool: {kernel_size: 3}",
        "avgpool1: (10 − 3)/3 leaves 1: the last row is never seen; "
        "(14 − 3)/3 leaves 2: the last 2 columns are never seen",
        "nothing is lost with `ceil_mode: true`, padding 1, "
        "or an input height of 9 or 12 and width of 12 or 15",
    ),
    "partly padding": (
        sized(14, 14),
        "conv: {filters: 4, kernel_size: 6, stride: 6, padding: 1}",
        "conv1: (14 − 6 + 2·1)/6 leaves 4, 1 of it padding: the last 3 rows and columns are never seen",
        "nothing is lost with padding 2, or an input height and width of 11 or 16",
    ),
    "sides that differ": (
        sized(12, 12),
        "conv: {filters: 4, kernel_size: 4, stride: 4, padding: {top: 2, left: 2}}",
        "conv1: (12 − 4 + 2 + 0)/4 leaves 2: the last 2 rows and columns are never seen",
        "nothing is lost with padding 3, or an input height and width of 10 or 14",
    ),
    "more padding than there is on any side": (
        sized(14, 14),
        "conv: {filters: 4, kernel_size: 4, stride: 4, padding: [0, 1]}",
        "conv1: (14 − 4)/4 leaves 2: the last 2 rows are never seen",
        "nothing is lost with padding 2, or an input height of 12 or 16",
    ),
    "padding that is enough along both axes": (
        sized(6, 8),
        "conv: {filters: 4, kernel_size: 5, stride: 5}",
        "conv1: (6 − 5)/5 leaves 1: the last row is never seen; "
        "(8 − 5)/5 leaves 3: the last 3 columns are never seen",
        "nothing is lost with padding 2, or an input height and width of 5 or 10",
    ),
    "more padding than pooling allows": (
        sized(6, 9),
        "maxpool: {kernel_size: 5}",
        "maxpool1: (6 − 5)/5 leaves 1: the last row is never seen; "
        "(9 − 5)/5 leaves 4: the last 4 columns are never seen",
        "nothing is lost with `ceil_mode: true`, or an input height and width of 5 or 10",
    ),
    "dilated": (
        sized(12, 12),
        "conv: {filters: 4, kernel_size: 3, stride: 3, dilation: 2}",
        "conv1: (12 − 5)/3 leaves 1: the last row and column are never seen",
        "nothing is lost with padding 1, or an input height and width of 11 or 14",
    ),
    "a sequence": (
        "input: {channels: 1, length: 10}",
        "maxpool1d: {kernel_size: 4}",
        "maxpool1d1: (10 − 4)/4 leaves 2: the last 2 positions are never seen",
        "nothing is lost with `ceil_mode: true`, padding 1, or an input length of 8 or 12",
    ),
}


@pytest.mark.parametrize("case", DROPPED)
def test_dropped_pixels_are_counted_along_each_axis(case):
    top, layer, message, hint = DROPPED[case]
    assert said(layer, top=top) == [("dropped-pixels", message, hint)]


@pytest.mark.parametrize(
    ("top", "layer"),
    [
        (sized(227, 227), "conv: {filters: 96, kernel_size: 11, stride: 4}"),
        (sized(224, 224), "conv: {filters: 64, kernel_size: 7, stride: 2, padding: 3}"),
        (sized(224, 224), "conv: {filters: 64, kernel_size: 11, stride: 4, padding: 2}"),
        (sized(224, 224), "conv: {filters: 64, kernel_size: 3, stride: 2, padding: same_upper}"),
        (sized(7, 7), "maxpool: {kernel_size: 2, ceil_mode: true}"),
        (sized(7, 7), "global_avgpool"),
        (sized(7, 7), "adaptive_avgpool: {output_size: 3}"),
        (sized(7, 7), "pad: {padding: -1}"),
        (sized(7, 7), "pad: {padding: {top: 1, bottom: -1}}"),
        (sized(7, 7), "conv_transpose: {filters: 4, kernel_size: 2, stride: 2, padding: 1}"),
    ],
)
def test_nothing_is_dropped_where_the_rest_is_padding_or_the_layer_no_window(top, layer):
    assert said(layer, top=top) == []


@pytest.mark.parametrize("name", ["maxpool", "avgpool"])
def test_each_remedy_of_a_pooling_works(name):
    for size, settings in [(8, ""), (10, ""), (9, ", ceil_mode: true"), (9, ", padding: 1")]:
        assert said(f"{name}: {{kernel_size: 2{settings}}}", top=sized(size, size)) == []


def test_a_volume_whose_end_another_layer_sees_loses_nothing():
    pool = "maxpool: {name: pool, from: x, kernel_size: 2}"
    before = ["conv: {name: x, filters: 4, kernel_size: 1}", "conv: {filters: 4, kernel_size: 3}"]
    outputs = f"{sized(9, 9)}\noutputs: [pool, conv1]"
    assert said(*before, pool, top=outputs) == []
    assert [code for code, *_ in said(before[0], pool, top=sized(9, 9))] == ["dropped-pixels"]


def test_only_the_end_that_all_readers_drop_is_lost():
    layers = [
        "conv: {name: x, filters: 4, kernel_size: 1}",
        "maxpool: {name: a, from: x, kernel_size: 4}",
        "maxpool: {name: b, from: x, kernel_size: 3}",
    ]
    found = said(*layers, top=f"{sized(11, 11)}\noutputs: [a, b]")
    assert [message for _, message, _ in found] == [
        "a: (11 − 4)/4 leaves 3: the last 2 rows and columns are never seen"
    ]


def test_what_leaves_the_network_is_seen():
    layers = ["conv: {name: x, filters: 4, kernel_size: 1}", "maxpool: {name: pool, kernel_size: 2}"]
    assert said(*layers, top=f"{sized(9, 9)}\noutputs: [x, pool]") == []


STRIDE = "stride with a kernel at least as wide as the stride, or pool"


def test_an_input_that_is_dropped_whole_is_never_seen_at_all():
    layer = "conv1d: {filters: 1, kernel_size: 1, stride: 5, padding: 2}"
    found = said(layer, top="input: {channels: 1, length: 1}\nsilence: [dead-padding]")
    assert found == [
        (
            "dropped-pixels",
            "conv1d1: (1 − 1 + 2·2)/5 leaves 4, 2 of it padding: the last position is never seen",
            "nothing is lost with an input length of 2",
        )
    ]


SKIPPED = {
    "both axes": (
        "conv: {filters: 8, kernel_size: 1, stride: 2}",
        "conv1: sees 1 of every 2 rows and columns of input: 3 of every 4 positions are never seen",
    ),
    "one axis": (
        "maxpool: {kernel_size: 1, stride: [1, 2]}",
        "maxpool1: sees 1 of every 2 columns of input: 1 of every 2 positions is never seen",
    ),
    "two of three, and one of four": (
        "conv: {filters: 8, kernel_size: [2, 1], stride: [3, 4]}",
        "conv1: sees 2 of every 3 rows and 1 of every 4 columns of input: "
        "5 of every 6 positions are never seen",
    ),
    "a wide stride": (
        "conv: {filters: 8, kernel_size: 1, stride: [31, 1]}",
        "conv1: sees 1 of every 31 rows of input: 30 of every 31 positions are never seen",
    ),
    "dilation and stride that share a factor": (
        "conv: {filters: 8, kernel_size: 3, stride: 2, dilation: 2, padding: 2}",
        "conv1: sees 1 of every 2 rows and columns of input: 3 of every 4 positions are never seen",
    ),
}


@pytest.mark.parametrize("case", SKIPPED)
def test_skipped_pixels_are_said_as_a_share(case):
    layer, message = SKIPPED[case]
    hint = STRIDE if "pool" not in layer else STRIDE.removesuffix(", or pool")
    assert said(layer) == [("skipped-pixels", message, hint)]


@pytest.mark.parametrize(
    "layer",
    [
        "conv: {filters: 8, kernel_size: 2, stride: 2}",
        "conv: {filters: 8, kernel_size: 3, stride: 3, dilation: 2, padding: 2}",
        "conv: {filters: 8, kernel_size: 3, dilation: 4, padding: 4}",
        "maxpool: {kernel_size: 32, stride: 64}",
    ],
)
def test_windows_side_by_side_skip_nothing(layer):
    assert said(layer) == []


def test_what_is_left_out_on_purpose_is_no_advice():
    assert said("subsample: {stride: 2}", "conv: {filters: 8, kernel_size: 3}") == []


def test_a_strided_shortcut_skips_nothing_beside_a_strided_body():
    def block(kernel, padding):
        body = f"conv: {{filters: 8, kernel_size: {kernel}, stride: 2, padding: {padding}}}"
        return f"residual: {{body: [{body}], shortcut: [conv: {{filters: 8, kernel_size: 1, stride: 2}}]}}"

    assert said("relu", block(3, 1)) == []
    assert said("relu", block(1, 0)) == [
        (
            "skipped-pixels",
            "conv1: sees 1 of every 2 rows and columns of relu1, and no other layer sees more: "
            "3 of every 4 positions are never seen",
            STRIDE,
        )
    ]


@pytest.mark.parametrize(
    "other",
    [
        "conv: {name: b, from: input, filters: 4, kernel_size: 1, stride: 3}",
        "conv: {name: b, from: input, filters: 4, kernel_size: 1, stride: 2, padding: {top: 1, left: 1}}",
        "conv: {name: b, from: input, filters: 4, kernel_size: 32, stride: 33}",
    ],
)
def test_readers_that_step_over_different_positions_skip_nothing(other):
    layers = ["conv: {name: a, filters: 4, kernel_size: 1, stride: 2}", other]
    assert said(*layers, top=f"{IMAGE}\noutputs: [a, b]\nsilence: [dead-padding]") == []


def test_what_two_readers_see_together_is_seen():
    layers = [
        "conv: {name: a, filters: 4, kernel_size: 1, stride: [3, 1]}",
        "conv: {name: b, from: input, filters: 4, kernel_size: [2, 1], stride: [3, 1], padding: [1, 0]}",
    ]
    found = said(*layers, top=f"{IMAGE}\noutputs: [a, b]")
    assert [message for _, message, _ in found] == [
        "a: sees 2 of every 3 rows of input, and no other layer sees more: "
        "1 of every 3 positions is never seen"
    ]


@pytest.mark.parametrize(("kernel", "codes"), [(64, ["skipped-pixels"]), (65, [])])
def test_gaps_between_very_wide_windows_are_not_measured(kernel, codes):
    layer = f"conv1d: {{filters: 1, kernel_size: {kernel}, stride: 66}}"
    assert [code for code, *_ in said(layer, top="input: {channels: 1, length: 140}")] == codes


def test_two_windows_are_enough_to_step_over_something():
    layer = "conv: {filters: 8, kernel_size: 1, stride: 2}"
    assert [code for code, *_ in said(layer, top=sized(3, 3))] == ["skipped-pixels"]
    assert [code for code, *_ in said(layer, top=sized(2, 2))] == ["dropped-pixels"]


def test_two_readers_that_skip_what_the_other_sees_skip_nothing():
    layers = [
        "conv: {name: a, filters: 4, kernel_size: 1, stride: 2}",
        "conv: {name: b, from: input, filters: 4, kernel_size: [1, 2], stride: [2, 2]}",
    ]
    found = said(*layers, top=f"{IMAGE}\noutputs: [a, b]")
    assert [message for _, message, _ in found] == [
        "a: sees 1 of every 2 rows of input, and no other layer sees more: "
        "1 of every 2 positions is never seen"
    ]


def seen_positions(size, kernel, stride, padding, dilation):
    """Every position of a sequence that some tap of some window falls on."""
    extent = dilation * (kernel - 1) + 1
    starts = range(-padding, size + padding - extent + 1, stride)
    taps = {start + tap * dilation for start in starts for tap in range(kernel)}
    return sorted(position for position in taps if 0 <= position < size)


@given(
    size=st.integers(1, 40),
    kernel=st.integers(1, 6),
    stride=st.integers(1, 7),
    padding=st.integers(0, 5),
    dilation=st.integers(1, 4),
)
def test_what_is_never_seen_is_what_brute_force_does_not_find(size, kernel, stride, padding, dilation):
    layer = (
        f"conv1d: {{filters: 2, kernel_size: {kernel}, stride: {stride}, padding: {padding}, "
        f"dilation: {dilation}}}"
    )
    try:
        found = {
            problem.code: problem for problem in advised([layer], f"input: {{channels: 1, length: {size}}}")
        }
    except SpecError:
        return
    seen = seen_positions(size, kernel, stride, padding, dilation)
    last = seen[-1] if seen else -1
    if "skipped-pixels" in found:
        words = found["skipped-pixels"].message.split()
        residues, every = int(words[2]), int(words[5])
        assert every == stride
        assert len({position % stride for position in seen}) <= residues < stride
        assert "dropped-pixels" not in found
    elif "dropped-pixels" in found:
        assert found["dropped-pixels"].message.endswith(
            "the last position is never seen"
            if last == size - 2
            else f"the last {size - 1 - last} positions are never seen"
        )
    elif stride <= kernel and dilation == 1 and padding < kernel:
        assert seen == list(range(size))


@given(size=st.integers(2, 60), kernel=st.integers(1, 8), stride=st.integers(1, 8), padding=st.integers(0, 3))
def test_the_remedies_for_dropped_pixels_work_and_are_the_nearest(size, kernel, stride, padding):
    def drops(length, pad):
        layer = f"conv1d: {{filters: 2, kernel_size: {kernel}, stride: {stride}, padding: {pad}}}"
        found = advised([layer], f"input: {{channels: 1, length: {length}}}")
        return next((problem for problem in found if problem.code == "dropped-pixels"), None)

    if kernel > size or stride > kernel or padding >= kernel or not (found := drops(size, padding)):
        return
    words = found.hint.split()
    low, high = int(words[-3]), int(words[-1])
    assert low < size < high
    assert not drops(low, padding)
    assert not drops(high, padding)
    assert all(drops(length, padding) for length in range(low + 1, high))
    if "padding" in words:
        enough = int(words[words.index("padding") + 1].strip(","))
        assert padding < enough < kernel
        assert not drops(size, enough)
        assert all(drops(size, less) for less in range(padding, enough))
    else:
        assert all(drops(size, more) for more in range(padding, kernel))


def strided(name, of, kernel):
    padding = kernel // 2
    settings = f"filters: 8, kernel_size: {kernel}, stride: 2, padding: {padding}"
    return f"conv: {{name: {name}, from: {of}, {settings}}}"


TRUNK = "conv: {name: trunk, filters: 8, kernel_size: 3, padding: 1, bias: false}"


@pytest.mark.parametrize(("kernel", "codes"), [(3, []), (1, ["skipped-pixels"])])
def test_what_pointwise_layers_make_is_seen_by_who_reads_the_volume_behind(kernel, codes):
    """Branches with a batchnorm each, as in dual path networks, see what one with a shared one does."""
    layers = [
        TRUNK,
        "batchnorm: {name: n1}",
        strided("a", "n1", 1),
        "batchnorm: {name: n2, from: trunk}",
        "relu",
        strided("b", "relu1", kernel),
        "add: {from: [a, b]}",
    ]
    assert [code for code, *_ in said(*layers)] == codes


def test_the_shortcut_before_the_activation_sees_with_the_body_behind_it():
    layers = [TRUNK, strided("shortcut", "trunk", 1), "batchnorm: {from: trunk}", "relu"]
    assert said(*layers, strided("body", "relu1", 3), "add: {from: [shortcut, body]}") == []


def test_a_pointwise_layer_that_leaves_sees_all():
    layers = [TRUNK, strided("a", "trunk", 1), "sigmoid: {name: mask, from: trunk}"]
    assert said(*layers, top=f"{IMAGE}\noutputs: [a, mask]") == []


def factorised(shift):
    """Two paths that each see every other position, the second one of a shifted volume."""
    return [
        TRUNK,
        "avgpool: {name: even, kernel_size: 1, stride: 2}",
        "conv: {name: left, filters: 4, kernel_size: 1}",
        f"pad: {{name: moved, from: trunk, padding: {{{shift}}}}}",
        "avgpool: {name: odd, kernel_size: 1, stride: 2}",
        "conv: {name: right, filters: 4, kernel_size: 1}",
        "concat: {from: [left, right]}",
    ]


def test_a_factorised_reduction_sees_more_with_both_paths_than_with_one():
    """NASNet's sees half of all positions, (even, even) and (odd, odd), all rows and all columns."""
    assert said(*factorised("top: -1, left: -1, bottom: 1, right: 1")) == []
    found = said(*factorised("top: -2, left: -2, bottom: 2, right: 2"))
    assert [code for code, *_ in found][:1] == ["skipped-pixels"]
    assert "misaligned-branches" in [code for code, *_ in found]


def test_what_adds_is_not_looked_through():
    """Another reader of `a` sees all of it, and nothing of the sum that is stepped over."""
    steps = "conv: {name: end, filters: 2, kernel_size: 1, stride: 2, from: sum}"
    others = "conv: {name: all, filters: 2, kernel_size: 3, from: a}"
    made = [f"conv: {{name: {name}, filters: 8, kernel_size: 1, from: input}}" for name in "ab"]
    found = said(*made, "add: {name: sum, from: [a, b]}", steps, others, top=f"{IMAGE}\noutputs: [end, all]")
    assert [code for code, *_ in found] == ["skipped-pixels"]
