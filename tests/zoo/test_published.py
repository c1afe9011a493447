"""Networks beyond torchvision's list, held against the figures that their papers print."""

from math import prod

import pytest

from archcalc import analyze, load
from archcalc.analysis.quantities import totals

MILLION = 10**6
UNET = (572, 570, 568, 284, 282, 280, 140, 138, 136, 68, 66, 64, 32, 30, 28)
UNET_BACK = (56, 54, 52, 104, 102, 100, 200, 198, 196, 392, 390, 388)
GOOGLENET = {
    "conv2_reduce conv2": (112, 360),
    "3a": (159, 128),
    "3b": (380, 304),
    "4b": (437, 88),
    "5b": (None, 71),
    "4c": (None, 100),
    "4e": (None, 170),
}
"""Table 1: weights in units of 1,024 and millions of operations, where they follow from the row's sizes."""


def within(analysis, block):
    return [facts for facts in analysis.facts if facts.node.name.split("/")[0] == block]


def rounded(value, unit, digits=0):
    return round(value / unit, digits)


@pytest.mark.parametrize(
    ("name", "millions", "parameters"),
    [
        ("mobilenet_v1", 569, 4.2),
        ("mobilenet_v1_0_75", 325, 2.6),
        ("mobilenet_v1_0_5", 149, 1.3),
        ("mobilenet_v1_0_25", 41, 0.5),
    ],
)
def test_mobilenet_v1_and_its_widths(analyzed, name, millions, parameters):
    """Howard et al. 2017, tables 6 and 8: multiply-adds and parameters."""
    found = totals(analyzed(name))
    assert rounded(found["macs"], MILLION) == millions
    assert rounded(found["parameters"], MILLION, 1) == parameters


@pytest.mark.parametrize(("side", "millions"), [(224, 569), (192, 418), (160, 290), (128, 186)])
def test_mobilenet_v1_at_other_resolutions(side, millions):
    """Howard et al. 2017, table 7, which rounds some and cuts others off."""
    found = totals(analyze(load("mobilenet_v1").with_input((3, side, side))))
    assert millions - 0.5 < found["macs"] / MILLION < millions + 1


@pytest.mark.parametrize(
    ("name", "total", "learned"),
    [
        ("xception", 22_910_480, 22_855_952),
        ("mobilenet_v1", 4_253_864, 4_231_976),
        ("mobilenet_v1_0_25_96", 221_794, 216_322),
        ("resnet8-tiny", 78_666, 78_186),
        ("ds-cnn", 24_908, 23_756),
    ],
)
def test_what_keras_prints(analyzed, name, total, learned):
    """Keras Applications (Xception, MobileNet) and the reference models of MLPerf Tiny, in `model.summary()`.

    22,855,952 also stands in table 3 of Chollet 2016.
    """
    found = totals(analyzed(name))
    assert found["parameters"] == learned
    assert found["parameters"] + found["buffers"] == total


@pytest.mark.parametrize(
    ("name", "parameters", "digits"),
    [
        ("wrn-28-10", 36.5, 1),
        ("densenet-bc-100", 0.8, 1),
        ("resnext29-8x64d", 34.4, 1),
        ("all-cnn-c", 1.4, 1),
        ("resnet20", 0.27, 2),
        ("resnet32", 0.46, 2),
        ("resnet44", 0.66, 2),
        ("resnet56", 0.85, 2),
        ("resnet110", 1.7, 1),
    ],
)
def test_parameters_of_networks_for_cifar(analyzed, name, parameters, digits):
    """Zagoruyko & Komodakis 2016, table 4; Huang et al. 2016, table 2; Xie et al. 2016, table 7; Springenberg
    et al. 2014, table 3; He et al. 2015, table 6."""
    assert rounded(totals(analyzed(name))["parameters"], MILLION, digits) == parameters


@pytest.mark.parametrize(("name", "billions", "digits"), [("darknet19", 5.58, 2), ("darknet53", 18.57, 2)])
def test_operations_of_darknet(analyzed, name, billions, digits):
    """Redmon & Farhadi 2016, table 6, and 2018, table 2: two operations for each multiply-add.

    The later paper prints 18.7 billion; darknet itself prints 18.57 for the same network.
    """
    assert rounded(2 * totals(analyzed(name))["macs"], 10**9, digits) == billions


def test_u_net_row_by_row(analyzed):
    """Ronneberger et al. 2015, figure 1: the sides of its volumes down and up, and 23 convolutions."""
    analysis = analyzed("unet")
    kinds = ("conv", "maxpool", "conv_transpose")
    sides = [facts.output_shape[-1] for facts in analysis.facts if facts.node.kind in kinds]
    assert tuple(sides[: len(UNET) - 1]) == UNET[1:]
    assert tuple(sides[len(UNET) - 1 :]) == (*UNET_BACK, 388)
    convolutions = [facts for facts in analysis.facts if facts.node.kind in ("conv", "conv_transpose")]
    assert len(convolutions) == 23


def test_fully_convolutional_networks(analyzed):
    """Long et al. 2014, table 1: VGG-16's receptive field of 404 and stride of 32, and 134 M parameters.

    GoogLeNet's field of 907 and AlexNet's of 355 stand in the same table.
    """
    for name in ("fcn32s", "fcn8s"):
        scores = analyzed(name).of("classifier1/score_fr")
        assert {axis.size for axis in scores.receptive_field.axes} == {404}
        assert {axis.jump for axis in scores.receptive_field.axes} == {32}
        assert analyzed(name).facts[-1].output_shape == (21, 500, 500)
    assert rounded(totals(analyzed("fcn8s"))["parameters"], MILLION) == 134
    fields = {name: analyzed(name).facts[-1].receptive_field for name in ("googlenet-2014", "alexnet")}
    assert {axis.size for axis in fields["googlenet-2014"].axes} == {907}
    assert {axis.size for axis in fields["alexnet"].axes} == {355}


@pytest.mark.parametrize(
    ("name", "parameters", "gflops"),
    [("fcn_resnet50", 35_322_218, 152.717), ("deeplabv3_resnet50", 42_004_074, 178.722)],
)
def test_segmentation_with_both_heads(analyzed, name, parameters, gflops):
    """num_params and GFLOPS of the weights that torchvision publishes, COCO_WITH_VOC_LABELS_V1."""
    found = totals(analyzed(name))
    assert found["parameters"] == parameters
    assert rounded(found["macs"], 10**9, 3) == gflops
    assert [analyzed(name).shape(output) for output in analyzed(name).network.outputs.values()] == [
        (21, 520, 520)
    ] * 2


@pytest.mark.parametrize("rows", GOOGLENET)
def test_googlenet_row_by_row(analyzed, rows):
    """Szegedy et al. 2014, table 1."""
    weights, millions = GOOGLENET[rows]
    layers = [facts for block in rows.split() for facts in within(analyzed("googlenet-2014"), block)]
    counted = sum(totals_of(layers, "weight"))
    assert weights is None or abs(counted / 1024 - weights) < 1.5
    assert rounded(sum(facts.macs for facts in layers), MILLION) == millions


def totals_of(layers, tensor):
    return [prod(facts.parameter_shapes.get(tensor, (0,))) for facts in layers]


def test_squeeze_and_excitation_adds_two_and_a_half_million(analyzed):
    """Hu et al. 2017, section 3: about 2.5 M additional parameters, and hardly any operations."""
    plain, squeezed = totals(analyzed("resnet50-v1")), totals(analyzed("se-resnet50"))
    assert rounded(squeezed["parameters"] - plain["parameters"], MILLION, 1) == 2.5
    assert rounded(squeezed["macs"] - plain["macs"], 10**9, 2) == 0
    assert rounded(plain["macs"], 10**9, 2) == 3.86


def test_network_in_network_has_no_fully_connected_layer(analyzed):
    """Lin et al. 2013: the last maps are averaged, one for each class. 966,986 parameters in Caffe."""
    analysis = analyzed("nin")
    assert {facts.node.kind for facts in analysis.facts if facts.parameter_shapes} == {"conv"}
    assert totals(analysis)["parameters"] == 966_986


LENET = {
    "C1": (156, 122_304),
    "S2": (12, 5_880),
    "C3": (1_516, 151_600),
    "S4": (32, 2_000),
    "C5": (48_120, 48_120),
}
"""LeCun et al. 1998, section II.B: trainable parameters and connections; F6 has 10,164 of both."""


@pytest.mark.parametrize(("row", "printed"), {**LENET, "F6": (10_164, 10_164)}.items())
def test_lenet5_row_by_row(analyzed, row, printed):
    """A connection is a multiply-add, the addition of a bias, or one of the four values that a pool adds."""
    layers = [
        facts for facts in analyzed("lenet5-1998").facts if facts.node.name.split("/")[0].split("_")[0] == row
    ]
    learned = sum(totals_of(layers, "weight")) + sum(totals_of(layers, "bias"))
    added = sum(prod(facts.output_shape) for facts in layers if facts.parameter_shapes)
    pooled = sum(4 * prod(facts.output_shape) for facts in layers if facts.node.kind == "avgpool")
    assert (learned, sum(facts.macs for facts in layers) + added + pooled) == printed


def test_lenet5_as_published_learns_60000_values(analyzed):
    assert totals(analyzed("lenet5-1998"))["parameters"] == 60_000
