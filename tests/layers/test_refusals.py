"""What layers refuse: each refusal says what was needed and what was found, and often what to do."""

import re

import pytest

from archcalc import analyze, loads
from archcalc.errors import SpecError

IMAGE = "{channels: 6, height: 11, width: 14}"
SEQUENCE = "{channels: 6, length: 17}"
VECTOR = "{features: 10}"


def refusal(layer, image):
    """(code, message, hint) of the one problem with a layer on an input."""
    with pytest.raises(SpecError) as caught:
        analyze(loads(f"input: {image}\nlayers: [{layer}]"))
    (problem,) = caught.value.problems
    return problem.code, problem.message.partition(": ")[2], problem.hint


REFUSED = [
    (
        "conv: {filters: 4, kernel_size: 3, groups: 4}",
        ("groups", "4 groups need a number of input channels that they divide, got 6", "4 or 8 would fit"),
    ),
    (
        "conv: {filters: 4, kernel_size: 3, groups: 6}",
        ("groups", "6 groups need a number of filters that they divide, got 4", "6 would fit"),
    ),
    (
        "conv: {filters: 4, kernel_size: 3, in_channels: 3}",
        (
            "channels",
            "declares in_channels 3, but its input has 6 channels",
            "write `in_channels: 6`, or leave it out",
        ),
    ),
    (
        "conv: {filters: 4, kernel_size: 3, stride: 2, padding: same}",
        (
            "shape",
            "padding `same` has no one meaning for stride 2: PyTorch refuses it, others differ",
            "write `same_upper` to pad as TensorFlow and Keras do (here 1 + 1 and 0 + 1), or the numbers",
        ),
    ),
    (
        "avgpool: {kernel_size: 3, stride: [1, 4], padding: same}",
        (
            "shape",
            "padding `same` has no one meaning for stride 4: PyTorch refuses it, others differ",
            "write `same_upper` to pad as TensorFlow and Keras do (here 1 + 1 and 0 + 1), or the numbers",
        ),
    ),
    (
        "conv: {filters: 4, kernel_size: [3]}",
        ("shape", "kernel_size has 1 values, the layer has 2 axes (height, width)", None),
    ),
    (
        "conv: {filters: 4, kernel_size: 3, padding: [1, 1, 1]}",
        ("shape", "padding has 3 entries, the layer has 2 axes (height, width)", None),
    ),
    (
        "conv: {filters: 4, kernel_size: 3, padding: 11, padding_mode: reflect}",
        ("shape", "reflect padding of 11 needs a height of 12 or more, got 11", None),
    ),
    (
        "conv: {filters: 4, kernel_size: 3, padding: [0, 15], padding_mode: circular}",
        ("shape", "circular padding of 15 needs a width of 15 or more, got 14", None),
    ),
    (
        "conv: {filters: 4, kernel_size: [3, 15]}",
        (
            "shape",
            "a window of 15 does not fit into the input's width of 14",
            "use a smaller kernel or pad 1 more on each side",
        ),
    ),
    (
        "conv1d: {filters: 4, kernel_size: 3}",
        (
            "shape",
            "needs an input with channels and a length, got [6, 11, 14]",
            "use the two-dimensional kind for images",
        ),
    ),
    (
        "conv_transpose: {filters: 4, kernel_size: 3, stride: 2, output_padding: 2}",
        ("shape", "output_padding 2 must be smaller than the stride 2 or the dilation 1", "at most 1"),
    ),
    (
        "conv_transpose: {filters: 4, kernel_size: 3, padding: same}",
        (
            "shape",
            "padding `same` has no one meaning for a transposed convolution",
            "write `same_upper` for an output of the input times the stride, as Keras has it, "
            "or the padding and output_padding in numbers",
        ),
    ),
    (
        "conv_transpose: {filters: 4, kernel_size: 1, padding: 6}",
        ("shape", "the output's height would be -1: (11 − 1)·1 − 12 + 1 + 0", "use less padding"),
    ),
    (
        "maxpool: {kernel_size: 3, padding: [0, 2]}",
        (
            "shape",
            "padding 2 is more than half of the pooling kernel of 3: "
            "a window would lie wholly in the padding of the width",
            "at most 1",
        ),
    ),
    (
        "avgpool: {kernel_size: 5, padding: {left: 1, bottom: 3}}",
        (
            "shape",
            "padding 3 is more than half of the pooling kernel of 5: "
            "a window would lie wholly in the padding of the height",
            "at most 2",
        ),
    ),
    (
        "adaptive_avgpool: {output_size: [3]}",
        ("shape", "output_size has 1 values, the input has 2 spatial axes", None),
    ),
    (
        "pad: {padding: {left: -8, right: -7}}",
        ("shape", "crops 15 of a width of 14, and nothing would be left", None),
    ),
    (
        "pad: {padding: {left: 3, right: -15}}",
        ("shape", "crops 15 of a width of 14, and nothing would be left", None),
    ),
    (
        "pad: {padding: {top: 1, bottom: -2}, mode: circular}",
        ("shape", "only zero padding can crop; circular padding got -2", None),
    ),
    (
        "pad: {padding: {top: -11}}",
        ("shape", "crops 11 of a height of 11, and nothing would be left", None),
    ),
    (
        "pad: {padding: -1, mode: reflect}",
        ("shape", "only zero padding can crop; reflect padding got -1", None),
    ),
    (
        "fc: {units: 4}",
        (
            "needs-flatten",
            "a fully connected layer needs a vector, got 6 channels of 11×14",
            "put `flatten` in front of it: 6·11·14 = 924 values",
        ),
    ),
    (
        "tokens, volume: {height: 11}",
        ("shape", "needs a height and a width, or neither of them", None),
    ),
    (
        "tokens, volume: {height: 14, width: 12}",
        ("shape", "has 14·12 = 168 positions, its input 154", None),
    ),
    (
        "class_token",
        (
            "shape",
            "needs a sequence [positions, features], got [6, 11, 14]",
            "put `tokens` in front of it",
        ),
    ),
    (
        "tokens, attention: {heads: 4}",
        ("shape", "4 heads need a number of features that they divide, got 6", "4 or 8 would fit"),
    ),
    (
        "tokens, attention: {heads: 7}",
        ("shape", "7 heads need a number of features that they divide, got 6", "7 would fit"),
    ),
    (
        "select",
        ("shape", "needs a range (`start`, `stop` or both), a list of `channels`, or a `position`", None),
    ),
    (
        "select: {start: 1, channels: [2]}",
        ("shape", "needs a range (`start`, `stop` or both), a list of `channels`, or a `position`", None),
    ),
    ("select: {stop: 7}", ("shape", "selects number 6, but its input has 0 to 5", None)),
    ("select: {channels: [1, 6, 2]}", ("shape", "selects number 6, but its input has 0 to 5", None)),
    (
        "select: {stop: 2147483647}",
        ("shape", "selects number 2147483646, but its input has 0 to 5", None),
    ),
    ("select: {start: 6}", ("shape", "selects nothing from 6 up to 6", None)),
    ("select: {start: 3, stop: 3}", ("shape", "selects nothing from 3 up to 3", None)),
    (
        "select: {position: 0}",
        ("shape", "selects a position of a sequence [positions, features], got [6, 11, 14]", None),
    ),
    (
        "channel_shuffle: {groups: 4}",
        ("groups", "4 groups need a number of input channels that they divide, got 6", "4 or 8 would fit"),
    ),
    ("interpolate", ("shape", "needs either a `size` or a `scale_factor`", None)),
    ("interpolate: {size: 3, scale_factor: 2}", ("shape", "needs either a `size` or a `scale_factor`", None)),
    ("interpolate: {size: [3]}", ("shape", "size has 1 values, the layer has 2 axes (height, width)", None)),
    (
        "interpolate: {scale_factor: [2]}",
        ("shape", "scale_factor has 1 values, the input has 2 spatial axes", None),
    ),
    ("interpolate: {scale_factor: 0.09}", ("shape", "scale_factor 0.09 leaves nothing of 11", None)),
    (
        "interpolate: {size: 3, align_corners: true}",
        ("shape", "only mode `bilinear` can align corners", None),
    ),
    (
        "pad: {padding: {bottom: 89, right: 86}}, interpolate: {scale_factor: 0.29}",
        (
            "shape",
            "scale_factor 0.29 of 100 has no one meaning: 29, but 28 in PyTorch",
            "write the `size` in place of the scale_factor",
        ),
    ),
    ("prelu: {num_parameters: 3}", ("shape", "needs 1 slope or one for each of the 6 channels, got 3", None)),
]


@pytest.mark.parametrize(("layer", "expected"), REFUSED)
def test_on_an_image(layer, expected):
    assert refusal(layer, IMAGE) == expected


@pytest.mark.parametrize(
    ("layer", "message", "hint"),
    [
        (
            "conv: {filters: 4, kernel_size: 3}",
            "needs an input with channels, height and width, got [10]",
            "it reads a vector, as flatten and fc write: it must stand in front of them",
        ),
        (
            "global_avgpool",
            "needs an input with spatial axes, got [10]",
            "it reads a vector, as flatten and fc write: it must stand in front of them",
        ),
        ("lrn", "needs an input with channels and spatial axes, got [10]", None),
        (
            "fc: {units: 4, in_features: 9}",
            "declares in_features 9, but its input has 10",
            "write `in_features: 10`, or leave it out",
        ),
    ],
)
def test_on_a_vector(layer, message, hint):
    assert refusal(layer, VECTOR) == ("shape", message, hint)


@pytest.mark.parametrize(
    ("layer", "message", "hint"),
    [
        (
            "pad: {padding: [2, 0]}",
            "padding has 2 entries, the layer has 1 axes (length)",
            "write `padding: {left: 2, right: 0}` for 2 in front and 0 behind",
        ),
        (
            "maxpool1d: {kernel_size: 3, padding: {top: 1}}",
            "padding has 2 entries, the layer has 1 axes (length)",
            "a sequence has two sides: write {left: …, right: …}",
        ),
    ],
)
def test_sides_that_a_sequence_has_not(layer, message, hint):
    assert refusal(layer, "{channels: 6, length: 17}") == ("shape", message, hint)


def test_causal_padding_is_along_one_axis():
    code, message, hint = refusal("conv: {filters: 4, kernel_size: 3, padding: causal}", IMAGE)
    assert (code, hint) == ("shape", "write the sides")
    assert message == "padding `causal` is of one axis, which is that of time"


def test_one_column_is_no_vector():
    code, message, _ = refusal("fc: {units: 4}", "{channels: 6, height: 11, width: 1}")
    assert code == "needs-flatten"
    assert message == "a fully connected layer needs a vector, got 6 channels of 11×1"


def test_on_a_sequence():
    _, message, hint = refusal("maxpool: {kernel_size: 2}", SEQUENCE)
    assert message == "needs an input with channels, height and width, got [6, 17]"
    assert hint == "use the one-dimensional kind (`conv1d`, `maxpool1d`, `avgpool1d`) for sequences"


SMALLER = "conv: {filters: 6, kernel_size: 3}"


@pytest.mark.parametrize(
    ("merge", "path", "message"),
    [
        ("add", SMALLER, "adds volumes of the same shape, got [6, 11, 14] and [6, 9, 12]"),
        ("add", "flatten", "adds volumes of the same shape, got [6, 11, 14] and [924]"),
        ("add", "global_avgpool", "adds volumes of the same shape, got [6, 11, 14] and [6, 1, 1]"),
        (
            "multiply",
            "global_avgpool, conv: {filters: 3, kernel_size: 1}",
            "multiplies volumes of the same shape, or by one value for each channel, got "
            "[6, 11, 14] and [3, 1, 1]",
        ),
        (
            "concat",
            SMALLER,
            "concatenates channels of volumes that are equally large, got [6, 11, 14] and [6, 9, 12]",
        ),
        (
            "concat",
            "flatten",
            "concatenates channels of volumes that are equally large, got [6, 11, 14] and [924]",
        ),
    ],
)
def test_merges(merge, path, message):
    layer = f"branches: {{merge: {merge}, paths: [[identity], [{path}]]}}"
    assert refusal(layer, IMAGE)[1] == message


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ("concat: {from: [input, input], over: features}", "features of sequences, got [6, 4] and [6, 4]"),
        (
            "tokens: {name: t}, class_token, concat: {from: [t, class_token1], over: features}",
            "features of sequences that are equally long, got [4, 6] and [5, 6]",
        ),
    ],
)
def test_features_that_cannot_be_joined(layers, message):
    with pytest.raises(SpecError, match=re.escape(f"concatenates {message}")):
        analyze(loads(f"input: {{channels: 6, length: 4}}\nlayers: [{layers}]"))


def test_sides_by_name_are_no_list_of_sides_though_they_are_equal():
    by_name = "maxpool1d: {kernel_size: 5, padding: {left: 2, right: 1}}"
    analyze(loads(f"input: {SEQUENCE}\nlayers: [{by_name}]"))
    assert refusal("maxpool1d: {kernel_size: 5, padding: [[0, 0], [2, 1]]}", SEQUENCE)[1] == (
        "padding has 2 entries, the layer has 1 axes (length)"
    )
