"""The least input with which a broken network works, and what the total stride divides."""

import pytest

from archcalc.analysis.facts import BrokenNetworkError, analyze
from archcalc.checks.repair import repairs
from archcalc.checks.repair.least import ONE_BY_ONE, is_larger, least, next_multiples
from archcalc.spec.load import loads, parse_spec, read_spec

STRIDES = """\
input: {channels: 3, height: 20, width: 20}
layers:
  - conv: {filters: 4, kernel_size: 5, stride: 2}
  - conv: {filters: 4, kernel_size: 5, stride: 2}
  - conv: {filters: 4, kernel_size: 5}
"""


def offered(text):
    """What is offered for a broken spec."""
    with pytest.raises(BrokenNetworkError) as caught:
        parse_spec(text).analyze()
    return list(map(str, repairs(caught.value)))


def works(text, side):
    """Whether the network of a spec works on a square of this side."""
    try:
        analyze(loads(text).with_input((3, side, side)))
    except BrokenNetworkError:
        return False
    return True


def test_the_least_input_is_named_and_the_next_that_the_stride_divides():
    assert next(side for side in range(1, 40) if works(STRIDES, side)) == 29
    assert any(
        "write input: {channels: 3, height: 29, width: 29} (then" in words
        and words.endswith("; the next multiple of the total stride, 4, is 32×32)")
        for words in offered(STRIDES)
    )


@pytest.mark.parametrize("kernel", [3, 4, 5, 7])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_no_smaller_input_does(kernel, stride):
    layers = "".join(f"  - conv: {{filters: 2, kernel_size: {kernel}, stride: {stride}}}\n" for _ in "123")
    text = f"input: {{channels: 3, height: {kernel}, width: {kernel}}}\nlayers:\n{layers}"
    side = next(side for side in range(1, 400) if works(text, side))
    assert any(f"height: {side}, width: {side}}} (then" in words for words in offered(text))


@pytest.mark.parametrize("large", [ONE_BY_ONE, ONE_BY_ONE + 1, 1_000, 2**31])
def test_bisection_finds_what_trying_each_finds_in_few_trials(large):
    for threshold in {1, 2, large // 2, large - 1}:
        trials = []

        def does(shape, threshold=threshold, trials=trials):
            trials.append(shape)
            return shape if shape[0] >= threshold else None

        assert least((0, 0), (large, large), does) == (threshold, threshold)
        assert len(trials) <= max(ONE_BY_ONE, 32)


def test_sides_grow_in_proportion():
    tried = []
    assert least((20, 40), (40, 40), tried.append) is None
    assert tried
    assert {width for _, width in tried} == {40}


def test_only_the_given_size_may_do():
    assert least((1,), (2,), lambda shape: shape) is None


def test_an_input_is_larger_only_with_as_many_channels():
    assert is_larger((3, 5, 4), (3, 4, 4))
    assert not is_larger((3, 5, 3), (3, 4, 4))
    assert not is_larger((3, 4, 4), (3, 4, 4))
    assert not is_larger((1, 5, 5), (3, 4, 4))
    assert not is_larger((25,), (16,))


def test_multiples_are_those_of_each_axis():
    assert next_multiples((67, 64), (32, 32)) == (96, 64)
    assert next_multiples((7, 7), (0, 1)) == (7, 7)


LENET = """\
input: {channels: 1, height: 28, width: 28}
layers:
  - conv: {filters: 6, kernel_size: 5}
  - maxpool: {kernel_size: 2}
  - conv: {filters: 16, kernel_size: 5}
  - maxpool: {kernel_size: 2}
  - conv: {filters: 120, kernel_size: 5}
"""
PADDED = "line 7: write padding: 1 (then the output is 2×2×120)"
RESIZED = "line 1: write input: {channels: 1, height: 32, width: 32} (then the output of conv3 is 1×1×120)"
FIRST = "line 3: write padding: 2 (then the output of conv3 is 1×1×120)"


def test_what_is_offered_agrees_with_the_hint():
    with pytest.raises(BrokenNetworkError) as caught:
        parse_spec(LENET).analyze()
    assert caught.value.problems[0].hint.endswith("pad 1 more on each side")
    assert offered(LENET) == [PADDED, RESIZED, FIRST]


def test_in_front_of_a_classifier_the_input_comes_first():
    assert offered(LENET + "  - flatten\n  - fc: {units: 84}\n") == [RESIZED, FIRST, PADDED]


def on_input(spec, *shape):
    """What is offered for a spec on another input, as `--input` gives one."""
    with pytest.raises(BrokenNetworkError) as caught:
        spec.with_input(shape).analyze()
    return [str(repair).partition(" (then ")[0] for repair in repairs(caught.value)]


@pytest.mark.parametrize(
    ("name", "shape", "option"),
    [
        ("alexnet", (3, 40, 40), "67"),
        ("alexnet", (3, 40, 80), "height=67,width=80"),
        ("unet", (1, 100, 100), "188"),
    ],
)
def test_of_a_built_in_network_only_the_option_is_changed(name, shape, option):
    assert on_input(read_spec(name), *shape) == [f"command line: write --input {option}"]


def test_an_input_of_the_command_line_is_changed_there_first():
    first, *others = on_input(parse_spec(LENET, "net.yaml"), 1, 20, 20)
    assert first == "command line: write --input 32"
    assert all(words.startswith("line ") for words in others)


def test_channels_that_only_the_input_of_the_spec_has_are_offered():
    layers = "layers: [conv: {filters: 4, kernel_size: 1, groups: 4}]"
    grouped = parse_spec(f"input: {{channels: 4, height: 9, width: 9}}\n{layers}\n", "net.yaml")
    assert "command line: write --input 4x9x9" in on_input(grouped, 3, 9, 9)
