"""What advice says of the built-in networks: little, and nothing that an expert would laugh at."""

import pytest
from sweeps import networks

from archcalc.checks.advice import advice
from archcalc.spec.load import read_spec
from archcalc.spec.zoo import zoo_names

OF_ALEXNET_224 = [
    ("alexnet-grouped.yaml", "conv1: (224 − 11)/4 leaves 1: the last row and column are never seen"),
    ("alexnet-grouped.yaml", "pool1: (54 − 3)/2 leaves 1: the last row and column are never seen"),
    ("alexnet-grouped.yaml", "pool2: (26 − 3)/2 leaves 1: the last row and column are never seen"),
    ("alexnet-grouped.yaml", "pool5: (12 − 3)/2 leaves 1: the last row and column are never seen"),
]
SAID = {
    "alexnet-224": OF_ALEXNET_224,
    "alexnet-224-grouped": OF_ALEXNET_224,
    "plain18": [
        (
            "plain18.yaml",
            "conv5_x/building_block1/conv2: reads values that already see 243×243 of an input of 224×224, "
            "so its 3×3 kernel adds no context; nor do 2 more convolutions",
        ),
    ],
    "plain34": [
        (
            "plain18.yaml",
            "conv4_x/building_block2/conv1: reads values that already see 227×227 of an input of 224×224, "
            "so its 3×3 kernel adds no context; nor do 15 more convolutions",
        ),
    ],
    "plain20": [
        (
            "plain20.yaml",
            "conv3_x/building_block3/conv2: reads values that already see 33×33 of an input of 32×32, "
            "so its 3×3 kernel adds no context; nor do 6 more convolutions",
        ),
    ],
    "plain56": [
        (
            "plain20.yaml",
            "conv2_x/building_block8/conv2: reads values that already see 33×33 of an input of 32×32, "
            "so its 3×3 kernel adds no context; nor do 38 more convolutions",
        ),
    ],
    "resnet50-v1": [
        (
            "resnet50-v1.yaml",
            "conv3_x/bottleneck1/conv1: sees 1 of every 2 rows and columns of conv2_x/bottleneck3/relu3, "
            "and no other layer sees more: 3 of every 4 positions are never seen (and 2 more like it)",
        ),
    ],
}
"""All other built-in networks get no advice."""


@pytest.mark.parametrize("name", networks())
def test_built_in_networks(name, built_in):
    found = advice(built_in(name), read_spec(name).silenced)
    assert [(problem.span.source, problem.message) for problem in found] == SAID.get(name, [])


def test_networks_with_advice_are_built_in():
    assert set(SAID) <= set(zoo_names())


@pytest.mark.parametrize(
    ("name", "shape", "codes"),
    [
        ("vgg16", (3, 32, 32), ["field-exceeds-input"]),
        ("vgg16", (3, 256, 256), []),
        ("vgg16", (3, 230, 230), ["dropped-pixels"]),
        ("resnet18", (3, 32, 32), ["field-exceeds-input", "dead-padding", "early-1x1"]),
        ("resnet50", (3, 225, 200), []),
        ("alexnet-torchvision", (3, 64, 64), ["field-exceeds-input", "early-1x1"]),
        ("alexnet", (3, 228, 227), ["dropped-pixels"]),
    ],
)
def test_built_in_networks_on_other_inputs(name, shape, codes):
    spec = read_spec(name).with_input(shape)
    found = advice(spec.analyze(), spec.silenced)
    assert sorted(problem.code for problem in found) == sorted(codes)
