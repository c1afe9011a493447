"""The proof of what sharing means, as reports say it."""

import csv
import io
import json

import pytest

from archcalc import analyze, loads
from archcalc.forward.proof.sharing import prove
from archcalc.report import written
from archcalc.report.page import Options
from archcalc.report.proof import proof

PLENTY = 2**27


def page(analysis, layer=None, most=PLENTY):
    return proof(analysis, prove(analysis, layer, most), layer)


def reported(analysis, format="text", layer=None, most=PLENTY):  # noqa: A002
    return written(page(analysis, layer, most), format, Options())


def with_one_layer(layer, size=9):
    return analyze(loads(f"name: Net\ninput: {{channels: 3, height: {size}, width: 7}}\nlayers: [{layer}]"))


@pytest.mark.slow
def test_the_first_layer_of_alexnet(analyzed):
    lines = reported(analyzed("alexnet"), layer="conv1").splitlines()
    assert lines[0] == (
        "conv1 of 'AlexNet, one tower, 227×227': "
        "shared, unshared and fully connected compute the same 290,400 outputs"
    )
    assert lines[4:6] == [
        "convolution  computed on  kept as       outputs    matrix cells    non-zeros  "
        "unshared weights  cut weights"
        "  shared weights  distinct values  uses of each  equal",
        "conv1        227×227×3    index arrays  290,400  44,892,064,800  105,415,200  "
        "     105,415,200            0"
        "          34,848           34,848         3,025  yes",
    ]
    assert lines[7:11] == [
        "the formulas, counted",
        "  shared weights · positions = 34,848·3,025 = 105,415,200 unshared weights",
        "  non-zeros = 105,415,200 = 105,415,200 unshared weights",
        "  outputs · inputs = 290,400·154,587 = 44,892,064,800 matrix cells",
    ]
    assert not any(line.startswith("cut weights:") for line in lines)


def test_what_padding_cuts_and_repeats_is_said():
    plain = reported(with_one_layer("conv: {filters: 2, kernel_size: 3, padding: 1}"), layer="conv1")
    cells = (9 * 3 - 2) * (7 * 3 - 2) * 3 * 2
    assert f"\n  non-zeros + cut = {cells:,} + {9 * 7 * 54 - cells} = 3,402 unshared weights\n" in plain
    assert "  96 to 126  " not in plain
    assert "  48 to 63  yes" in plain
    assert "\ncut weights: unshared weights that meet only padding" in plain
    folded = "conv: {filters: 2, kernel_size: 3, padding: 1, padding_mode: replicate}"
    repeated = reported(with_one_layer(folded), layer="conv1")
    assert "\n  non-zeros + in a cell with another = 2,850 + 552 = 3,402 unshared weights\n" in repeated
    assert "\ncut weights:" not in repeated


def test_all_convolutions_together(analyzed):
    text = reported(analyzed("lenet5"))
    assert text.startswith(
        "'LeNet-5, every map of C3 connected, 32×32': "
        "shared, unshared and fully connected compute the same 6,304 outputs\n"
    )
    assert [row["name"] for row in csv.DictReader(io.StringIO(reported(analyzed("lenet5"), "csv")))] == [
        "C1",
        "C3",
    ]
    assert "the formulas, counted" not in text


def test_a_crop_is_named():
    analysis = with_one_layer("conv: {filters: 5, kernel_size: 3, stride: 2}", size=129)
    text = reported(analysis, layer="conv1", most=5000)
    assert "compute the same 180 outputs, on a crop\n" in text
    assert (
        "\nconv1: computed on a crop, the first 7×26 of the 7×129 inputs of each channel; "
        "the whole has 25,920 unshared weights (--max-connections allows more)\n"
    ) in text
    (layer,) = json.loads(reported(analysis, "json", "conv1", 5000))["layers"]
    assert layer["whole"] is False
    assert (layer["whole_input_shape"], layer["input_shape"]) == ([3, 129, 7], [3, 26, 7])
    (whole,) = json.loads(reported(analysis, "json", "conv1"))["layers"]
    assert whole["whole"] is True
    assert whole["unshared"]["weights"] == 25_920


def test_the_same_numbers_in_every_format():
    analysis = with_one_layer("conv: {filters: 2, kernel_size: 3, padding: 1, bias: false}")
    (row,) = csv.DictReader(io.StringIO(reported(analysis, "csv")))
    (layer,) = json.loads(reported(analysis, "json"))["layers"]
    matrix = layer["matrix"]
    assert row == {
        "name": "conv1",
        "input": "7x9x3",
        "matrix": "dense",
        "outputs": "126",
        "matrix_cells": str(matrix["cells"]),
        "non_zeros": str(matrix["non_zeros"]),
        "unshared_weights": str(layer["unshared"]["weights"]),
        "cut": str(matrix["cut"]),
        "shared_weights": str(layer["shared"]["weights"]),
        "distinct_values": str(matrix["distinct"]),
        "least_uses": "48",
        "most_uses": "63",
        "holds": "yes",
    }
    assert (matrix["cells"], matrix["non_zeros"], matrix["cut"]) == (189 * 126, 2_850, 552)
    assert layer["shared"] == {"weights": 54, "biases": 0}
    assert layer["unshared"] == {"weights": 3_402, "biases": 0, "agrees": True}
    assert layer["output_shape"] == [2, 9, 7]
    for text in (reported(analysis), reported(analysis, "markdown")):
        assert "23,814" in text
        assert "2,850" in text


@pytest.mark.parametrize("format_", ["text", "markdown", "json", "csv"])
def test_a_proof_that_fails_is_told(format_):
    analysis = with_one_layer("conv: {filters: 2, kernel_size: 3}")
    (one,) = prove(analysis, None, PLENTY)
    text = written(proof(analysis, (one._replace(matrix_agrees=False),), None), format_, Options())
    if format_ == "csv":
        assert text.splitlines()[1].endswith(",NO")
    elif format_ == "json":
        document = json.loads(text)
        assert document["holds"] is document["layers"][0]["holds"] is False
        assert document["layers"][0]["differences"] == [
            "outputs: those of the matrix are not those of the convolution"
        ]
    else:
        assert "'Net': not proved for 1 of 1 convolutions, first conv1\n" in text
        assert "conv1 disagrees" in text
        assert "outputs: those of the matrix are not those of the convolution" in text


def test_a_network_without_convolutions_has_nothing_to_prove():
    analysis = analyze(loads("name: MLP\ninput: {features: 7}\nlayers: [fc: {units: 3}]"))
    assert reported(analysis).startswith("'MLP': no convolution, and so nothing is shared\n")
    assert json.loads(reported(analysis, "json"))["layers"] == []
    assert len(reported(analysis, "csv").splitlines()) == 1
