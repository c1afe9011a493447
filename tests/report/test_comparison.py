"""What sharing filters saves, as reports say it."""

import csv
import io
import json
import re

import pytest

from archcalc import analyze, loads
from archcalc.errors import RequestError
from archcalc.report import written
from archcalc.report.comparison import comparison
from archcalc.report.page import Options


def compared(analysis, format="text", layer=None):  # noqa: A002
    return written(comparison(analysis, layer, Options()), format, Options())


def test_the_first_layer_of_alexnet(analyzed):
    (conv1,) = json.loads(compared(analyzed("alexnet"), "json", "conv1"))["layers"]
    assert conv1["inputs"] == 154_587
    assert conv1["outputs"] == 290_400
    assert conv1["shared"] == {"weights": 34_848, "biases": 96, "parameters": 34_944}
    assert conv1["unshared"] == {"weights": 105_415_200, "biases": 290_400, "parameters": 105_705_600}
    assert conv1["fully_connected"] == {
        "weights": 44_892_064_800, "biases": 290_400, "parameters": 44_892_355_200,
    }  # fmt: skip
    assert (conv1["unshared_ratio"], conv1["fully_connected_ratio"]) == (3025, 1_284_694.231)
    assert "66,846,304,800" in conv1["note"]


def test_the_point_is_made_in_the_title(analyzed):
    title, source, given, sums, *_ = compared(analyzed("alexnet")).splitlines()
    assert title == (
        "'AlexNet, one tower, 227×227': fully connected takes 18,088 × the parameters of sharing filters"
    )
    assert source.startswith("source: 'Krizhevsky")
    assert given == "input 227×227×3 (W×H×D)"
    assert sums == (
        "parameters of convolutions: "
        "3,747,200 shared · 1,077,284,224 unshared · 67,780,220,800 fully connected"
    )
    one = compared(analyzed("alexnet"), layer="conv1").splitlines()[0]
    assert one.startswith("conv1 of 'AlexNet, one tower, 227×227': fully connected takes 1,284,694 × ")


def test_the_figure_of_the_slides_is_explained_where_it_is_compared(analyzed):
    note = "conv1: 'Lecture slides print 66,846,304,800 for the fully connected version of this layer."
    for layer in (None, "conv1"):
        assert f"\n{note}" in compared(analyzed("alexnet"), layer=layer)
    assert "66,846,304,800" not in compared(analyzed("alexnet"), layer="conv2")


@pytest.mark.parametrize("name", ["lenet5", "alexnet", "alexnet-grouped", "vgg16", "resnet50"])
def test_the_largest_saving_comes_first_and_columns_add_up(analyzed, name):
    rows = list(csv.DictReader(io.StringIO(compared(analyzed(name), "csv"))))
    document = json.loads(compared(analyzed(name), "json"))
    full = [int(row["fully_connected_parameters"]) for row in rows]
    assert full == sorted(full, reverse=True)
    for way in ("shared", "unshared", "fully_connected"):
        for what in ("weights", "biases", "parameters"):
            column = [int(row[f"{way}_{what}"]) for row in rows]
            assert sum(column) == document["totals"][way][what]
            assert f"{sum(column):,}" in compared(analyzed(name))


def test_a_network_without_convolutions_has_nothing_to_compare():
    analysis = analyze(loads("name: MLP\ninput: {features: 7}\nlayers: [fc: {units: 3}]"))
    assert compared(analysis) == "'MLP': no convolution, and so nothing is shared\ninput 7 (values)\n"
    assert len(compared(analysis, "csv").splitlines()) == 1
    assert json.loads(compared(analysis, "json"))["layers"] == []
    assert "|" not in compared(analysis, "markdown")


def test_ratios_below_one_are_not_rounded_away():
    spec = """
    input: {channels: 3, height: 1, width: 1}
    layers: [conv: {filters: 2, kernel_size: 3, padding: 1, bias: false}]
    """
    text = compared(analyze(loads(spec)))
    assert "fully connected takes 0.111 × the parameters" in text


def test_only_convolutions_are_compared(analyzed):
    with pytest.raises(RequestError, match=re.escape("pool1 is no convolution but `maxpool`")):
        compared(analyzed("alexnet"), layer="pool1")
