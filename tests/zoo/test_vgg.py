"""VGG: the listing of the CS231n notes row by row, and what Simonyan & Zisserman print."""

import pytest

from archcalc.analysis.quantities import outputs, totals, weights
from archcalc.spec.load import load

# name, the volume as the notes write it, values, weights
LISTING = [
    ("input", (224, 224, 3), 150_528, 0),
    ("conv1_1", (224, 224, 64), 3_211_264, 1_728),
    ("conv1_2", (224, 224, 64), 3_211_264, 36_864),
    ("pool1", (112, 112, 64), 802_816, 0),
    ("conv2_1", (112, 112, 128), 1_605_632, 73_728),
    ("conv2_2", (112, 112, 128), 1_605_632, 147_456),
    ("pool2", (56, 56, 128), 401_408, 0),
    ("conv3_1", (56, 56, 256), 802_816, 294_912),
    ("conv3_2", (56, 56, 256), 802_816, 589_824),
    ("conv3_3", (56, 56, 256), 802_816, 589_824),
    ("pool3", (28, 28, 256), 200_704, 0),
    ("conv4_1", (28, 28, 512), 401_408, 1_179_648),
    ("conv4_2", (28, 28, 512), 401_408, 2_359_296),
    ("conv4_3", (28, 28, 512), 401_408, 2_359_296),
    ("pool4", (14, 14, 512), 100_352, 0),
    ("conv5_1", (14, 14, 512), 100_352, 2_359_296),
    ("conv5_2", (14, 14, 512), 100_352, 2_359_296),
    ("conv5_3", (14, 14, 512), 100_352, 2_359_296),
    ("pool5", (7, 7, 512), 25_088, 0),
    ("fc6", (4096,), 4_096, 102_760_448),
    ("fc7", (4096,), 4_096, 16_777_216),
    ("fc8", (1000,), 1_000, 4_096_000),
]


def test_the_listing_of_the_course(analyzed):
    analysis = analyzed("vgg16")
    shape = analysis.network.input_shape
    rows = [("input", shape[::-1], shape[0] * shape[1] * shape[2], 0)]
    rows += [
        (facts.node.name, facts.output_shape[::-1], outputs(facts), weights(facts, analysis))
        for facts in analysis.facts
        if not facts.node.layer.in_place
    ]
    assert rows == LISTING


def test_vgg16_totals(analyzed):
    found = totals(analyzed("vgg16"))
    assert found["weights"] == 138_344_128
    assert found["biases"] == 13_416
    assert found["macs"] == 15_470_264_320
    assert found["activations"] == 15_237_608 == sum(row[2] for row in LISTING)
    assert found["activation_bytes"] == 60_950_432


def test_activations_with_pointwise_layers_counted_apart(analyzed):
    """Each ReLU a volume of its own, and a softmax of 1000 behind fc8: 28,794,320 values."""
    analysis = analyzed("vgg16")
    relus = sum(outputs(facts) for facts in analysis.facts if facts.node.kind == "relu")
    assert totals(analysis)["activations"] + relus + 1000 == 28_794_320


def test_receptive_field_behind_pool5(analyzed):
    for axis in analyzed("vgg16").of("pool5").receptive_field.axes:
        assert (axis.size, axis.jump) == (212, 32)


@pytest.mark.parametrize(
    ("name", "millions"), [("vgg11", 133), ("vgg13", 133), ("vgg16c", 134), ("vgg16", 138), ("vgg19", 144)]
)
def test_parameters_of_table_2(analyzed, name, millions):
    assert round(totals(analyzed(name))["parameters"], -6) == millions * 10**6


def test_configuration_c_has_1x1_where_d_has_3x3(analyzed):
    changed = [
        (c.node.name, c.node.layer.kernel_size, d.node.layer.kernel_size)
        for c, d in zip(analyzed("vgg16c").facts, analyzed("vgg16").facts, strict=True)
        if c.node.layer != d.node.layer
    ]
    assert changed == [("conv3_3", 1, 3), ("conv4_3", 1, 3), ("conv5_3", 1, 3)]
    shapes = [[facts.output_shape for facts in analyzed(name).facts] for name in ("vgg16c", "vgg16")]
    assert shapes[0] == shapes[1]


def test_configuration_c_saves_eight_ninths_of_three_convolutions(analyzed):
    c, d = totals(analyzed("vgg16c")), totals(analyzed("vgg16"))
    assert d["parameters"] - c["parameters"] == 8 * (256 * 256 + 2 * 512 * 512)
    assert d["macs"] - c["macs"] == 8 * (56**2 * 256**2 + 28**2 * 512**2 + 14**2 * 512**2)


@pytest.mark.parametrize(
    ("name", "stages"),
    [("vgg11", "11222"), ("vgg13", "22222"), ("vgg16", "22333"), ("vgg16c", "22333"), ("vgg19", "22444")],
)
def test_convolutions_of_table_1(name, stages):
    wanted = [f"conv{stage}_{i}" for stage, many in enumerate(stages, 1) for i in range(1, int(many) + 1)]
    assert [node.name for node in load(name).nodes if node.kind == "conv"] == wanted
