"""The zoo beside torchvision: counts measured on the real models."""

import json
from math import prod
from pathlib import Path

import pytest

from archcalc.analysis.quantities import totals
from archcalc.spec.zoo import zoo_names

DATA = Path(__file__).parents[1] / "data" / "torchvision.json"
MODELS = json.loads(DATA.read_text(encoding="utf-8"))["models"]
ZOO_NAMES = {"alexnet": "alexnet-torchvision"}
NORMS = ("batchnorm", "layernorm", "lrn")


def zoo_name(name):
    """What the zoo calls a model; without its auxiliary heads, torchvision has no name for it."""
    return ZOO_NAMES.get(name, name.replace("__", "-"))


ROWS = [
    pytest.param(zoo_name(name), row, id=name)
    for name, row in MODELS.items()
    if zoo_name(name) in zoo_names()
]


def test_the_zoo_has_every_model_of_the_table():
    assert len(MODELS) == 75
    assert [name for name in MODELS if zoo_name(name) not in zoo_names()] == []


def family(facts, parameter):
    """Under what the table counts a parameter; the projection behind attention is a linear layer there."""
    if facts.node.layer.convolves:
        return "conv"
    if facts.node.kind == "fc" or parameter.startswith("out_proj."):
        return "fc"
    if facts.node.kind in NORMS:
        return "norm"
    return "attention" if facts.node.kind == "attention" else "other"


def values(analysis, *, biases):
    """How many weights, or biases, each family has."""
    found = dict.fromkeys(("conv", "fc", "norm", "attention", "other"), 0)
    for facts in analysis.facts:
        for name, shape in facts.parameter_shapes.items():
            if name.endswith("bias") is biases:
                found[family(facts, name)] += prod(shape)
    return found


def used(analysis):
    """The layers that the first output needs: auxiliary heads are there to train, and were not measured."""
    needed = {next(iter(analysis.network.outputs.values()))}
    for number in range(len(analysis.facts), 0, -1):
        if number in needed:
            needed.update(analysis.facts[number - 1].node.inputs)
    return [facts for number, facts in enumerate(analysis.facts, 1) if number in needed]


def weighted(analysis, *families):
    """Those of them that are convolutions or fully connected layers."""
    return [
        facts for facts in used(analysis) if facts.node.kind != "attention" and family(facts, "") in families
    ]


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_volumes(analyzed, name, row):
    analysis = analyzed(name)
    assert list(analysis.network.input_shape) == row["input_shape"]
    assert list(used(analysis)[-1].output_shape) == row["output_shape"]
    outputs = (prod(facts.output_shape) for facts in weighted(analysis, "conv", "fc"))
    assert sum(outputs) == row["conv_fc_output_values"]


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_parameters(analyzed, name, row):
    analysis = analyzed(name)
    weights, biases = values(analysis, biases=False), values(analysis, biases=True)
    other = weights.pop("other") + biases.pop("other")
    assert weights == {kind: row[f"{kind}_weights"] for kind in weights}
    assert biases == {kind: row[f"{kind}_biases"] for kind in biases}
    assert other == row["other_parameters"]
    assert totals(analysis)["parameters"] == row["parameters"]
    assert totals(analysis)["buffers"] == row["running_statistics"]


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_macs(analyzed, name, row):
    analysis = analyzed(name)
    assert sum(facts.macs for facts in weighted(analysis, "conv")) == row["macs_conv"]
    assert sum(facts.macs for facts in weighted(analysis, "fc")) == row["macs_fc"]
    assert sum(facts.macs for facts in used(analysis)) == row["macs"]
