"""LeNet-5, the five AlexNets and ZFNet: the figures of their papers, of the course, and by hand."""

import pytest

from archcalc.analysis.connectivity import connectivity_of
from archcalc.analysis.quantities import bias_adds, biases, outputs, parameters, totals, weights

ALEXNETS = {
    "alexnet": (62_378_344, 1_135_256_096),
    "alexnet-grouped": (60_965_224, 724_406_816),
    "alexnet-torchvision": (61_100_840, 714_188_480),
    "alexnet-224": (50_844_008, 1_009_945_728),
    "alexnet-224-grouped": (49_430_888, 643_026_048),
}
STACK = ["conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5"]


def sides(analysis, names):
    return [analysis.of(name).output_shape[1:] for name in names]


def square(*sizes):
    return [(size, size) for size in sizes]


@pytest.mark.parametrize(("name", "figures"), ALEXNETS.items())
def test_the_five_alexnets(analyzed, name, figures):
    found = totals(analyzed(name))
    assert (found["parameters"], found["macs"]) == figures


@pytest.mark.parametrize("name", ["alexnet-224", "alexnet-224-grouped"])
def test_sizes_down_the_table_at_224(analyzed, name):
    analysis = analyzed(name)
    assert sides(analysis, STACK) == square(54, 26, 26, 12, 12, 12, 12, 5)
    assert analysis.of("conv1").output_shape == (96, 54, 54)


@pytest.mark.parametrize("name", ["alexnet", "alexnet-grouped"])
def test_sizes_down_the_table_at_227(analyzed, name):
    assert sides(analyzed(name), STACK) == square(55, 27, 27, 13, 13, 13, 13, 6)


def test_neurons_that_the_paper_prints(analyzed):
    analysis = analyzed("alexnet-grouped")
    printed = {
        "conv2": 186_624,
        "conv3": 64_896,
        "conv4": 64_896,
        "conv5": 43_264,
        "fc6": 4096,
        "fc7": 4096,
        "fc8": 1000,
    }
    assert {name: outputs(analysis.of(name)) for name in printed} == printed


@pytest.mark.parametrize("name", ["alexnet-grouped", "alexnet-224-grouped"])
def test_the_towers_meet_in_conv3(analyzed, name):
    groups = {
        facts.node.name: facts.node.layer.groups
        for facts in analyzed(name).facts
        if facts.node.kind == "conv"
    }
    assert groups == {"conv1": 1, "conv2": 2, "conv3": 1, "conv4": 2, "conv5": 2}


def test_receptive_field_behind_pool5(analyzed):
    """Araujo, Norris & Sim 2019."""
    for axis in analyzed("alexnet").of("pool5").receptive_field.axes:
        assert (axis.size, axis.jump) == (195, 32)


def test_the_first_layer_connected_in_three_ways(analyzed):
    analysis = analyzed("alexnet")
    conv1 = connectivity_of(analysis.of("conv1"), analysis)
    assert conv1.outputs == 290_400
    assert conv1.shared.parameters == 34_944 == 96 * 364
    assert conv1.unshared.parameters == 105_705_600
    assert tuple(conv1.fully_connected) == (44_892_064_800, 290_400)


def test_the_slip_of_the_slides_is_explained_at_its_layer(analyzed):
    notes = {facts.node.name: facts.node.note for facts in analyzed("alexnet").facts if facts.node.note}
    assert list(notes) == ["conv1"]
    for figure in ("66,846,304,800", "277·277·3 · 290,400", "44,892,064,800", "290,400 biases"):
        assert figure in notes["conv1"]
    assert 277 * 277 * 3 * 290_400 == 66_846_304_800
    assert 227 * 227 * 3 * 290_400 == 44_892_064_800


def test_the_note_stands_in_no_other_alexnet(analyzed):
    for name in ALEXNETS.keys() - {"alexnet"}:
        assert not any(facts.node.note for facts in analyzed(name).facts)


def test_lenet5_parameters_layer_by_layer(analyzed):
    analysis = analyzed("lenet5")
    learned = {
        facts.node.name: (weights(facts, analysis), biases(facts, analysis))
        for facts in analysis.facts
        if parameters(facts, analysis)
    }
    assert learned == {
        "C1": (150, 6),
        "C3": (2_400, 16),
        "C5": (48_000, 120),
        "F6": (10_080, 84),
        "output": (840, 10),
    }
    assert totals(analysis)["parameters"] == 61_706


def test_lenet5_connections_that_the_paper_prints(analyzed):
    """LeCun et al. 1998, section II B, count a bias as a connection: C1 122,304, C5 48,120, F6 10,164."""
    analysis = analyzed("lenet5")
    connections = {
        name: analysis.of(name).macs + bias_adds(analysis.of(name), analysis) for name in ("C1", "C5", "F6")
    }
    assert connections == {"C1": 122_304, "C5": 48_120, "F6": 10_164}


def test_lenet5_volumes(analyzed):
    volumes = [analyzed("lenet5").of(name).output_shape for name in ("C1", "S2", "C3", "S4", "C5", "F6")]
    assert volumes == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120,), (84,)]


def test_zfnet_sizes_that_the_paper_prints(analyzed):
    assert sides(analyzed("zfnet"), STACK) == square(110, 55, 26, 13, 13, 13, 13, 6)


def test_zfnet_by_hand(analyzed):
    convolutions = [(96, 49 * 3, 110), (256, 25 * 96, 26), (384, 9 * 256, 13), (384, 9 * 384, 13)]
    convolutions.append((256, 9 * 384, 13))
    full = [(4096, 6 * 6 * 256), (4096, 4096), (1000, 4096)]
    found = totals(analyzed("zfnet"))
    assert found["macs"] == sum(k * n * side**2 for k, n, side in convolutions) + sum(k * n for k, n in full)
    layers = [(k, n) for k, n, _ in convolutions] + full
    assert found["parameters"] == sum(k * (n + 1) for k, n in layers)
