"""The zoo beside torchvision: counts measured on the real models."""

import json
from math import prod
from pathlib import Path

import pytest

from archcalc.analysis.quantities import totals

DATA = Path(__file__).parents[1] / "data" / "torchvision.json"
MODELS = json.loads(DATA.read_text(encoding="utf-8"))["models"]
ZOO_NAMES = {"alexnet": "alexnet-torchvision"}
ROWS = [pytest.param(ZOO_NAMES.get(name, name), row, id=name) for name, row in MODELS.items()]
FAMILIES = {"conv": ("conv",), "fc": ("fc",), "norm": ("batchnorm", "lrn")}


def values(analysis, family, parameter):
    """Values of the parameters called `parameter` in the layers of a family."""
    return sum(
        prod(facts.parameter_shapes.get(parameter, (0,)))
        for facts in analysis.facts
        if facts.node.kind in FAMILIES[family]
    )


def macs(analysis, family):
    return sum(facts.macs for facts in analysis.facts if facts.node.kind in FAMILIES[family])


def test_the_table_has_the_models_of_the_zoo():
    depths = [f"resnet{n}" for n in (18, 34, 50, 101, 152)] + [f"vgg{n}" for n in (11, 13, 16, 19)]
    assert sorted(MODELS) == sorted(["alexnet", *depths])


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_volumes(analyzed, name, row):
    analysis = analyzed(name)
    assert list(analysis.network.input_shape) == row["input_shape"]
    assert list(analysis.facts[-1].output_shape) == row["output_shape"]
    weighted = [facts for facts in analysis.facts if facts.node.kind in ("conv", "fc")]
    assert sum(prod(facts.output_shape) for facts in weighted) == row["conv_fc_output_values"]


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_parameters(analyzed, name, row):
    analysis = analyzed(name)
    for family in FAMILIES:
        assert values(analysis, family, "weight") == row[f"{family}_weights"], family
        assert values(analysis, family, "bias") == row[f"{family}_biases"], family
    assert totals(analysis)["parameters"] == row["parameters"]
    assert totals(analysis)["buffers"] == row["running_statistics"]


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_macs(analyzed, name, row):
    analysis = analyzed(name)
    assert macs(analysis, "conv") == row["macs_conv"]
    assert macs(analysis, "fc") == row["macs_fc"]
    assert totals(analysis)["macs"] == row["macs"]
