"""Output shapes of single layers, on volumes whose sides are all different."""

import pytest

from archcalc import analyze, loads

IMAGE = "{channels: 6, height: 11, width: 14}"
SEQUENCE = "{channels: 6, length: 17}"
VECTOR = "{features: 10}"


def shape_behind(layer, image):
    return analyze(loads(f"input: {image}\nlayers: [{layer}]")).facts[-1].output_shape


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ("conv: {filters: 5, kernel_size: [3, 4]}", (5, 9, 11)),
        ("conv: {filters: 5, kernel_size: 3, stride: [2, 3]}", (5, 5, 4)),
        ("conv: {filters: 5, kernel_size: 3, padding: [2, 0]}", (5, 13, 12)),
        ("conv: {filters: 5, kernel_size: 3, padding: [[2, 1], 0]}", (5, 12, 12)),
        ("conv: {filters: 5, kernel_size: 3, padding: {bottom: 1, left: 3}}", (5, 10, 15)),
        ("conv: {filters: 5, kernel_size: 3, padding: valid}", (5, 9, 12)),
        ("conv: {filters: 5, kernel_size: [4, 3], padding: same, dilation: 2}", (5, 11, 14)),
        ("conv: {filters: 5, kernel_size: 4, stride: 3, padding: same_upper}", (5, 4, 5)),
        ("conv: {filters: 5, kernel_size: 4, stride: 3, padding: same_lower}", (5, 4, 5)),
        ("depthwise: {kernel_size: 3, multiplier: 2, stride: 2}", (12, 5, 6)),
        ("separable: {filters: 7, kernel_size: 3, stride: 2, multiplier: 2}", (7, 5, 6)),
        ("conv_transpose: {filters: 5, kernel_size: [2, 3], stride: [2, 3]}", (5, 22, 42)),
        ("conv_transpose: {filters: 5, kernel_size: 3, stride: 2, padding: {top: 1}, output_padding: [0, 1]}",
         (5, 22, 30)),
        ("conv_transpose: {filters: 5, kernel_size: 3, padding: valid, dilation: [1, 2]}", (5, 13, 18)),
        ("maxpool: {kernel_size: [2, 3]}", (6, 5, 4)),
        ("maxpool: {kernel_size: 3, stride: 2, ceil_mode: true}", (6, 5, 7)),
        ("avgpool: {kernel_size: 3, stride: 1, padding: 1, count_include_pad: false}", (6, 11, 14)),
        ("global_avgpool", (6, 1, 1)),
        ("global_maxpool", (6, 1, 1)),
        ("adaptive_avgpool: {output_size: [null, 20]}", (6, 11, 20)),
        ("flatten", (924,)),
        ("pad: {padding: {top: 1, right: 2}, channels: [1, 3]}", (10, 12, 16)),
        ("pad: {padding: [-1, 2], channels: 1}", (8, 9, 18)),
        ("pad: {padding: 5, mode: circular}", (6, 21, 24)),
        ("batchnorm", (6, 11, 14)),
        ("layernorm", (6, 11, 14)),
        ("lrn", (6, 11, 14)),
        ("prelu: {num_parameters: 6}", (6, 11, 14)),
        ("softmax", (6, 11, 14)),
        ("dropout", (6, 11, 14)),
        ("stochastic_depth: {p: 0.2}", (6, 11, 14)),
        ("fc: {units: 4, over: channels}", (4, 11, 14)),
        ("fc: {units: 4, over: features}", (6, 11, 4)),
        ("tokens", (154, 6)),
        ("subsample: {stride: 2}", (6, 6, 7)),
        ("subsample: {stride: [3, 20]}", (6, 4, 1)),
        ("select: {start: 2}", (4, 11, 14)),
        ("select: {stop: 2}", (2, 11, 14)),
        ("select: {start: 1, stop: 6}", (5, 11, 14)),
        ("select: {channels: [5, 0, 5, 3]}", (4, 11, 14)),
        ("channel_shuffle: {groups: 3}", (6, 11, 14)),
        ("scale", (6, 11, 14)),
        ("interpolate: {size: 5}", (6, 5, 5)),
        ("interpolate: {size: [5, 30], mode: bilinear}", (6, 5, 30)),
        ("interpolate: {scale_factor: 1.7}", (6, 18, 23)),
        ("interpolate: {scale_factor: [2, 0.5], mode: bilinear, align_corners: true}", (6, 22, 7)),
    ],
)  # fmt: skip
def test_image(layer, expected):
    assert shape_behind(layer, IMAGE) == expected


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ("conv1d: {filters: 5, kernel_size: 4, stride: 3, padding: [[1, 0]]}", (5, 5)),
        ("conv1d: {filters: 5, kernel_size: [4], dilation: [2]}", (5, 11)),
        ("maxpool1d: {kernel_size: 3}", (6, 5)),
        ("avgpool1d: {kernel_size: 3, stride: 2, ceil_mode: true}", (6, 8)),
        ("global_avgpool", (6, 1)),
        ("adaptive_avgpool: {output_size: 5}", (6, 5)),
        ("pad: {padding: [[1, 3]]}", (6, 21)),
        ("pad: {padding: {left: 2}}", (6, 19)),
        ("pad: {padding: {left: -2, right: 1}}", (6, 16)),
        ("conv1d: {filters: 5, kernel_size: 4, padding: {left: 3, right: 0}}", (5, 17)),
        ("conv1d: {filters: 5, kernel_size: 4, stride: 2, dilation: 3, padding: causal}", (5, 9)),
        ("maxpool1d: {kernel_size: 3, padding: {right: 1}}", (6, 6)),
        ("avgpool1d: {kernel_size: 2, stride: 1, padding: {left: 1}}", (6, 17)),
        ("flatten", (102,)),
        ("fc: {units: 4}", (6, 4)),
        ("lrn", (6, 17)),
        ("tokens", (17, 6)),
        ("subsample: {stride: 4}", (6, 5)),
        ("volume", (17, 6)),
        ("volume: {height: 2, width: 3}", (17, 2, 3)),
        ("class_token", (7, 17)),
        ("position_embedding", (6, 17)),
        ("attention: {heads: 17}", (6, 17)),
        ("select: {position: 5}", (17,)),
        ("select: {stop: 1}", (1, 17)),
        ("interpolate: {scale_factor: 3}", (6, 51)),
    ],
)
def test_sequence(layer, expected):
    assert shape_behind(layer, SEQUENCE) == expected


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ("fc: {units: 4}", (4,)),
        ("flatten", (10,)),
        ("batchnorm", (10,)),
        ("layernorm", (10,)),
        ("softmax", (10,)),
        ("scale", (10,)),
        ("select: {start: 3, stop: 5}", (2,)),
        ("fc: {units: 4, over: channels}", (4,)),
    ],
)
def test_vector(layer, expected):
    assert shape_behind(layer, VECTOR) == expected


@pytest.mark.parametrize("image", ["{channels: 10, height: 1, width: 1}", "{channels: 10, length: 1}"])
def test_a_volume_of_one_position_is_a_vector(image):
    (facts,) = analyze(loads(f"input: {image}\nlayers: [fc: {{units: 4}}]")).facts
    assert facts.output_shape == (4,)
    assert facts.parameter_shapes == {"weight": (4, 10), "bias": (4,)}


MERGES = [
    ("add", ["identity", "conv: {filters: 6, kernel_size: 1}"], (6, 11, 14)),
    ("add", ["identity", "relu", "sigmoid"], (6, 11, 14)),
    ("multiply", ["identity", "relu"], (6, 11, 14)),
    ("multiply", ["identity", "global_avgpool"], (6, 11, 14)),
    ("multiply", ["global_avgpool", "identity"], (6, 11, 14)),
    ("multiply", ["global_avgpool, flatten, fc: {units: 6}", "identity"], (6, 11, 14)),
    ("multiply", ["flatten, fc: {units: 6}", "global_avgpool"], (6, 1, 1)),
    ("multiply", ["global_avgpool", "global_maxpool"], (6, 1, 1)),
    ("concat", ["identity", "conv: {filters: 5, kernel_size: 1}", "relu"], (17, 11, 14)),
    ("concat", ["flatten", "global_avgpool, flatten"], (930,)),
]


@pytest.mark.parametrize(("merge", "paths", "expected"), MERGES)
def test_merges(merge, paths, expected):
    listed = ", ".join(f"[{path}]" for path in paths)
    assert shape_behind(f"branches: {{merge: {merge}, paths: [{listed}]}}", IMAGE) == expected


def test_a_separable_convolution_is_two_layers():
    layers = "layers: [separable: {name: sep, filters: 7, kernel_size: [3, 2], multiplier: 2, stride: 2}]"
    depthwise, pointwise = analyze(loads(f"input: {IMAGE}\n{layers}")).facts
    assert (depthwise.node.name, pointwise.node.name) == ("sep/depthwise", "sep/pointwise")
    assert depthwise.parameter_shapes == {"weight": (12, 1, 3, 2)}
    assert pointwise.parameter_shapes == {"weight": (7, 12, 1, 1), "bias": (7,)}


@pytest.mark.parametrize(
    ("layer", "weight", "bias"),
    [
        ("conv: {filters: 4, kernel_size: [3, 2], groups: 2}", (4, 3, 3, 2), (4,)),
        ("conv: {filters: 4, kernel_size: 3, bias: false}", (4, 6, 3, 3), None),
        ("depthwise: {kernel_size: 3, multiplier: 3}", (18, 1, 3, 3), (18,)),
        ("conv_transpose: {filters: 4, kernel_size: [3, 2], groups: 2}", (6, 2, 3, 2), (4,)),
        ("batchnorm", (6,), (6,)),
        ("layernorm", (6, 11, 14), (6, 11, 14)),
        ("layernorm: {over: channels}", (6,), (6,)),
        ("layernorm: {over: features}", (14,), (14,)),
        ("prelu: {num_parameters: 6}", (6,), None),
        ("fc: {units: 4, over: channels}", (4, 6), (4,)),
        ("fc: {units: 4, over: features, bias: false}", (4, 14), None),
        ("scale", (6,), None),
        ("scale: {bias: true, over: features}", (14,), (14,)),
    ],
)
def test_parameters_are_named_as_frameworks_name_them(layer, weight, bias):
    (facts,) = analyze(loads(f"input: {IMAGE}\nlayers: [{layer}]")).facts
    assert facts.parameter_shapes.get("weight") == weight
    assert facts.parameter_shapes.get("bias") == bias


def test_running_statistics_are_buffers():
    (facts,) = analyze(loads(f"input: {IMAGE}\nlayers: [batchnorm]")).facts
    assert facts.buffer_shapes == {"running_mean": (6,), "running_var": (6,)}


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ("class_token", {"weight": (17,)}),
        ("position_embedding", {"weight": (6, 17)}),
        ("scale", {"weight": (17,)}),
        ("scale: {over: channels}", {"weight": (6,)}),
        ("attention: {heads: 1, bias: false}", {"in_proj_weight": (51, 17), "out_proj.weight": (17, 17)}),
        (
            "attention: {heads: 17}",
            {
                "in_proj_weight": (51, 17),
                "out_proj.weight": (17, 17),
                "in_proj_bias": (51,),
                "out_proj.bias": (17,),
            },
        ),
    ],
)
def test_parameters_of_sequences(layer, expected):
    (facts,) = analyze(loads(f"input: {SEQUENCE}\nlayers: [{layer}]")).facts
    assert facts.parameter_shapes == expected


@pytest.mark.parametrize(
    ("layer", "image", "macs"),
    [
        ("attention: {heads: 17}", SEQUENCE, 6 * 17 * 51 + 6 * 6 * 17 + 6 * 6 * 17 + 6 * 17 * 17),
        ("attention: {heads: 1, bias: false}", SEQUENCE, 6 * 17 * 51 + 6 * 6 * 17 + 6 * 6 * 17 + 6 * 17 * 17),
        ("fc: {units: 4, over: channels}", IMAGE, 11 * 14 * 6 * 4),
        ("fc: {units: 4, over: features}", IMAGE, 6 * 11 * 14 * 4),
        ("scale: {bias: true}", IMAGE, 0),
    ],
)
def test_products(layer, image, macs):
    (facts,) = analyze(loads(f"input: {image}\nlayers: [{layer}]")).facts
    assert facts.macs == macs
