"""Every spec of the zoo: it can be read, keeps what it promises, says what it is, and is short."""

import re
from pathlib import Path
from statistics import median

import pytest
from sweeps import thinned

from archcalc.analysis.quantities import totals
from archcalc.spec.load import load, read_spec
from archcalc.spec.zoo import library_names, zoo_folder, zoo_names

ROOTS = {
    "lenet5": [],
    "alexnet": [],
    "alexnet-grouped": ["alexnet-224", "alexnet-224-grouped"],
    "alexnet-torchvision": [],
    "zfnet": [],
    "vgg16": [*(f"vgg{n}" for n in (11, 13, 19)), *(f"vgg{n}_bn" for n in (11, 13, 16, 19))],
    "vgg16c": [],
    "resnet18": ["resnet34", "plain18", "plain34"],
    "resnet50": [
        *("resnet101", "resnet152", "resnet50-v1", "wide_resnet50_2", "wide_resnet101_2"),
        *("resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "se-resnet50"),
    ],
    "densenet121": ["densenet161", "densenet169", "densenet201"],
    "squeezenet1_0": ["squeezenet1_1"],
    "mobilenet_v2": [],
    "mobilenet_v3_large": ["mobilenet_v3_small"],
    "mnasnet1_0": ["mnasnet0_5", "mnasnet0_75", "mnasnet1_3"],
    "efficientnet_b0": [f"efficientnet_b{n}" for n in range(1, 8)],
    "googlenet": ["googlenet-noaux"],
    "inception_v3": ["inception_v3-noaux"],
    "regnet_x_400mf": [
        *(f"regnet_x_{size}" for size in ("800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf")),
        *(
            f"regnet_y_{size}"
            for size in ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf", "128gf")
        ),
    ],
    "efficientnet_v2_s": ["efficientnet_v2_m", "efficientnet_v2_l"],
    "convnext_tiny": ["convnext_small", "convnext_base", "convnext_large"],
    "shufflenet_v2_x1_0": ["shufflenet_v2_x0_5", "shufflenet_v2_x1_5", "shufflenet_v2_x2_0"],
    "vit_b_16": ["vit_b_32", "vit_l_16", "vit_l_32", "vit_h_14"],
    "mobilenet_v1": ["mobilenet_v1_0_75", "mobilenet_v1_0_5", "mobilenet_v1_0_25", "mobilenet_v1_0_25_96"],
    **dict.fromkeys(("lenet5-1998", "nin", "googlenet-2014", "all-cnn-c", "unet", "xception"), ()),
    **dict.fromkeys(("darknet19", "darknet53", "ds-cnn", "resnet8-tiny", "fcn32s", "fcn8s"), ()),
    **dict.fromkeys(("fcn_resnet50", "deeplabv3_resnet50"), ()),
    **dict.fromkeys(("wrn-28-10", "densenet-bc-100", "resnext29-8x64d"), ()),
    "resnet20": ["resnet32", "resnet44", "resnet56", "resnet110", "plain20", "plain56"],
}
"""The networks that are written out, and those of the same family, which say what differs."""

ZOO = [name for root, family in ROOTS.items() for name in (root, *family)]


def text_of(name):
    return (Path(zoo_folder()) / f"{name}.yaml").read_text(encoding="utf-8")


def test_the_zoo_is_complete():
    assert sorted(zoo_names()) == sorted(ZOO)


@pytest.mark.parametrize("name", thinned(ZOO, 3))
def test_what_a_spec_expects_holds(analyzed, name):
    analysis = analyzed(name)
    output = next(iter(analysis.network.outputs.values()))
    found = {**totals(analysis), "output": analysis.shape(output)}
    expected = {
        each.key: each.value if each.key == "output" else each.value[0].limit
        for each in read_spec(name).expectations
    }
    assert {"output", "macs"} <= set(expected)
    assert "parameters" in expected or {"weights", "biases"} <= set(expected)
    assert expected == {quantity: found[quantity] for quantity in expected}


@pytest.mark.parametrize("name", ZOO)
def test_a_spec_says_where_it_comes_from(analyzed, name):
    assert re.search(r"[A-Z]\w+.* (19|20)\d\d\b", analyzed(name).network.source)


def test_each_network_has_a_name_of_its_own(analyzed):
    assert len({analyzed(name).network.name for name in ZOO}) == len(ZOO)


@pytest.mark.parametrize("name", [name for name in ZOO if name.startswith("alexnet")])
def test_an_alexnet_says_which_one_it_is(name):
    network = load(name)
    side = network.input_shape[-1]
    grouped = any(getattr(node.layer, "groups", 1) > 1 for node in network.nodes)
    assert f"{side}×{side}" in network.name
    assert ("two towers" if grouped else "one tower") in network.name


@pytest.mark.parametrize(
    "name", [name for name in ZOO if re.search(r"^(se-|wide_)?(vgg|resnet|densenet|plain)\d", name)]
)
def test_the_number_in_a_name_counts_the_weighted_layers(name):
    """Those of shortcuts, and of gates that scale channels, have never been counted."""
    nodes = [node for node in load(name).nodes if not re.search("/(shortcut|scale)/", node.name)]
    weighted = [node for node in nodes if node.kind in ("conv", "fc")]
    assert len(weighted) == int(re.search(r"\d+", name).group())


@pytest.mark.parametrize("name", ZOO)
def test_a_family_is_written_once(name):
    assert ("\nlayers:" in text_of(name)) == (name in ROOTS)


def test_specs_are_short():
    lengths = {name: len(text_of(name).splitlines()) for name in ZOO}
    assert max(lengths.values()) <= 46
    assert median(lengths.values()) <= 15
    assert all(len(line) <= 110 for name in ZOO for line in text_of(name).splitlines())


@pytest.mark.parametrize("name", library_names())
def test_a_library_is_short_and_says_where_its_blocks_come_from(name):
    lines = text_of(name).splitlines()
    assert lines[0].startswith("name: ")
    assert lines[1].startswith("source: ")
    assert all(len(line) <= 110 for line in lines)
    assert len(lines) <= 120
