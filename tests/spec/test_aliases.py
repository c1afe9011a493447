"""The table of spellings, and what it makes of layers as PyTorch, Keras and the course write them."""

import pytest

from archcalc.errors import SpecError
from archcalc.layers import LAYERS, layer_class
from archcalc.layers.aliases import INPUT_ALIASES, KIND_ALIASES, SETTING_ALIASES
from archcalc.layers.conv import Conv, Conv1d, Depthwise
from archcalc.layers.dense import FullyConnected
from archcalc.layers.dialects import DIALECTS
from archcalc.layers.merge import Add, Concat, Multiply
from archcalc.layers.norm import BatchNorm, LocalResponseNorm
from archcalc.layers.pool import AdaptiveAvgPool, AvgPool, GlobalAvgPool, MaxPool
from archcalc.layers.reshape import Flatten, Pad
from archcalc.layers.settings import settings_of
from archcalc.layers.transposed import ConvTranspose
from archcalc.spec.calls import COMMON
from archcalc.spec.load import INPUTS, loads
from archcalc.spec.structures import STRUCTURES

IMAGE = "{channels: 64, height: 56, width: 56}"
SEQUENCE = "{channels: 64, length: 56}"
VECTOR = "{features: 512}"
CLASSES = {kind: layer_class(kind) for kind in LAYERS}


def layer(text: str, source: str = IMAGE):
    (node,) = loads(f"input: {source}\nlayers:\n  - {text}\n").nodes
    return node.layer


@pytest.mark.parametrize("alias", KIND_ALIASES)
def test_every_kind_alias_stands_for_a_kind_and_hides_none(alias):
    assert KIND_ALIASES[alias] in LAYERS
    assert alias not in LAYERS
    assert alias not in STRUCTURES


@pytest.mark.parametrize("alias", SETTING_ALIASES)
def test_every_setting_alias_stands_for_settings(alias):
    known = {name for cls in CLASSES.values() for name in settings_of(cls)}
    assert SETTING_ALIASES[alias]
    assert set(SETTING_ALIASES[alias]) <= known
    assert alias not in COMMON


@pytest.mark.parametrize("alias", SETTING_ALIASES)
def test_where_an_alias_is_a_setting_itself_it_stands_for_itself(alias):
    for kind, cls in CLASSES.items():
        names = settings_of(cls)
        if alias in names:
            assert SETTING_ALIASES[alias][0] == alias, kind


@pytest.mark.parametrize("alias", INPUT_ALIASES)
def test_every_input_alias_stands_for_a_size(alias):
    sizes = {size for form in INPUTS for size in form}
    assert INPUT_ALIASES[alias] in sizes
    assert alias not in sizes


@pytest.mark.parametrize("alias", KIND_ALIASES)
def test_every_kind_alias_is_read(alias):
    """As its kind: what is refused of one is refused of the other, in the same words."""

    def outcome(word: str) -> object:
        try:
            return layer(f"{word}: {{}}")
        except SpecError as error:
            return error.problems[0].code, error.problems[0].message

    if alias not in DIALECTS:
        assert outcome(alias) == outcome(KIND_ALIASES[alias])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Conv2d: {in_channels: 64, out_channels: 8, kernel_size: 3, stride: 2, padding: 1, bias: false}",
            Conv(8, 3, 2, 1, bias=False, in_channels=64),
        ),
        (
            "Conv2d: {out_channels: 8, kernel_size: [3, 5], padding_mode: reflect}",
            Conv(8, (3, 5), padding_mode="reflect"),
        ),
        (
            "ConvTranspose2d: {out_channels: 8, kernel_size: 2, stride: 2, output_padding: 1}",
            ConvTranspose(8, 2, 2, 0, 1),
        ),
        ("MaxPool2d: {kernel_size: 3, stride: 2, ceil_mode: true}", MaxPool(3, 2, ceil_mode=True)),
        ("AvgPool2d: {kernel_size: 2, count_include_pad: false}", AvgPool(2, count_include_pad=False)),
        ("AdaptiveAvgPool2d: {output_size: [7, null]}", AdaptiveAvgPool((7, None))),
        ("BatchNorm2d: {eps: 0.001, momentum: 0.01}", BatchNorm(eps=0.001, momentum=0.01)),
        ("LocalResponseNorm: {size: 4}", LocalResponseNorm(4, alpha=0.000025, k=1.0)),
        ("ZeroPad2d: {padding: 2}", Pad(2)),
        ("Flatten", Flatten()),
        (
            "Conv2D: {filters: 8, kernel_size: 3, strides: 2, padding: valid, dilation_rate: 1, use_bias: 0}",
            Conv(8, 3, 2, "valid", bias=False),
        ),
        ("Conv2D: {filters: 8, kernel_size: 3, padding: SAME}", Conv(8, 3, padding="same")),
        ("DepthwiseConv2D: {kernel_size: 3, depth_multiplier: 2}", Depthwise(3, multiplier=2)),
        ("Conv2DTranspose: {filters: 8, kernel_size: 2, strides: 2}", ConvTranspose(8, 2, 2)),
        ("MaxPooling2D: {pool_size: 2, strides: 1}", MaxPool(2, 1)),
        ("AveragePooling2D: {pool_size: [2, 3]}", AvgPool((2, 3))),
        ("GlobalAveragePooling2D", GlobalAvgPool()),
        (
            "BatchNormalization: {epsilon: 0.01}",
            BatchNorm(eps=0.01, momentum=0.01, over="channels_last"),
        ),
        ("ZeroPadding2D: {padding: [1, 2]}", Pad((1, 2))),
        ("conv: {K: 96, F: 11, S: 4, P: 0}", Conv(96, 11, 4)),
        ("maxpool: {F: 3, S: 2}", MaxPool(3, 2)),
        ("convolution: {filters: 8, filter_size: 3, pad: 1}", Conv(8, 3, padding=1)),
        ("pad: {P: 3}", Pad(3)),
    ],
)
def test_layers_of_images(text, found):
    assert layer(text) == found
    assert type(layer(text)) is type(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Linear: {in_features: 512, out_features: 10, bias: false}",
            FullyConnected(10, bias=False, in_features=512),
        ),
        ("Dense: {units: 10, use_bias: false}", FullyConnected(10, bias=False, over="channels_last")),
        ("FC: {neurons: 10}", FullyConnected(10)),
        ("dense: {units: 10, in_channels: 512}", FullyConnected(10, in_features=512, over="channels_last")),
    ],
)
def test_layers_of_vectors(text, found):
    assert layer(text, VECTOR) == found


def test_a_layer_of_sequences():
    assert layer("Conv1d: {out_channels: 4, kernel_size: 3, dilation: 2}", SEQUENCE) == Conv1d(
        4, 3, dilation=2
    )


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("Add", Add),
        ("sum", Add),
        ("Multiply", Multiply),
        ("mul", Multiply),
        ("cat", Concat),
        ("Concatenate", Concat),
    ],
)
def test_merging_layers(word, found):
    network = loads(f"input: {IMAGE}\nlayers: [relu: {{name: a}}, {word}: {{from: [a, input]}}]")
    assert type(network.nodes[-1].layer) is found


def test_default_names_are_made_from_the_canonical_kind():
    network = loads(f"input: {IMAGE}\nlayers: [ReLU, conv2d: {{K: 1, F: 1}}, Conv2D: {{K: 1, F: 1}}, relu]")
    assert [node.name for node in network.nodes] == ["relu1", "conv1", "conv2", "relu2"]


def test_a_block_may_not_take_an_alias_but_comes_before_none():
    with pytest.raises(SpecError, match="'dense' cannot be the name of a block"):
        loads(f"blocks: {{dense: {{layers: [relu]}}}}\ninput: {VECTOR}\nlayers: [dense]")


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("{C: 3, H: 5, W: 7}", (3, 5, 7)),
        ("{D: 3, H: 5, W: 7}", (3, 5, 7)),
        ("{width: 7, height: 5, depth: 3}", (3, 5, 7)),
        ("{in_channels: 3, L: 9}", (3, 9)),
        ("{in_features: 9}", (9,)),
        ("{units: 9}", (9,)),
    ],
)
def test_spellings_of_the_input(text, shape):
    assert loads(f"input: {text}\nlayers: [relu]").input_shape == shape


@pytest.mark.parametrize(
    "text",
    [
        "conv: {filters: 8, K: 8, kernel_size: 3}",
        "conv: {K: 8, filters: 8, kernel_size: 3}",
        "conv: {K: 8, out_channels: 8, kernel_size: 3}",
        "conv: {filters: 8, kernel_size: 3, P: 1, pad: 1}",
    ],
)
def test_two_spellings_of_one_setting_are_refused(text):
    with pytest.raises(SpecError) as caught:
        layer(text)
    assert [problem.code for problem in caught.value.problems] == ["duplicate-key"]
