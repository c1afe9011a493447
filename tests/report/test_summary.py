"""Summaries in every format, read back: columns add up to the totals, names are those documented."""

import csv
import io
import json
import re
from math import prod

import pytest
from sweeps import networks

from archcalc import analyze, loads, render
from archcalc.spec.zoo import zoo_names

FOLDED = ("alexnet", "resnet50", "densenet121", "googlenet", "mobilenet_v3_large", "shufflenet_v2_x1_0")
FOLDS = [
    pytest.param(name, depth, marks=[] if name in FOLDED else pytest.mark.slow)
    for name in sorted({*FOLDED, *zoo_names()[::5]})
    for depth in (None, 1, 2, 3, 9)
]
COUNTS = ("activations", "weights", "biases", "parameters", "MACs")
KEYS = {
    "activations": "activations", "memory": "activation_bytes", "weights": "weights", "biases": "biases",
    "parameters": "parameters", "MACs": "macs",
}  # fmt: skip
LAYER = {
    "name", "kind", "inputs", "input_shapes", "output_shape", "parameter_shapes", "weights", "biases",
    "parameters", "buffers", "macs", "activations", "activation_bytes", "receptive_field", "in_place",
}  # fmt: skip
TOTALS = {
    "weights", "biases", "parameters", "buffers", "macs", "activations", "activation_bytes",
    "parameter_bytes",
}  # fmt: skip


def number(cell):
    """The integer that a cell shows: 1,234 or 1,234 B."""
    assert re.fullmatch(r"\d{1,3}(,\d{3})*( B)?", cell), cell
    return int(re.sub("[^0-9]", "", cell))


def document(analysis):
    return json.loads(render(analysis, "json"))


def records(analysis, **options):
    return list(csv.DictReader(io.StringIO(render(analysis, "csv", **options))))


def markdown_rows(text):
    """The cells of the lines of a markdown table."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


@pytest.mark.parametrize(("name", "depth"), FOLDS)
def test_the_columns_of_the_text_table_add_up(analyzed, text_table, name, depth):
    table = text_table(name, depth)
    totals = document(analyzed(name))["totals"]
    assert table.total[0] == "total"
    for title in (*COUNTS, "memory"):
        cells = [number(cell) for cell in table.column(title)]
        assert sum(cells) == number(table.total_of(title)) == totals[KEYS[title]]


@pytest.mark.parametrize("name", networks())
def test_the_columns_of_csv_add_up_and_no_layer_is_folded(analyzed, name):
    rows, exact = records(analyzed(name)), document(analyzed(name))
    assert [row["name"] for row in rows] == ["input", *(layer["name"] for layer in exact["layers"])]
    for key in ("activations", "activation_bytes", "weights", "biases", "parameters", "macs"):
        assert sum(int(row[key]) for row in rows) == exact["totals"][key]


@pytest.mark.parametrize("name", networks())
def test_json_layers_add_up_to_its_totals(analyzed, name):
    exact = document(analyzed(name))
    values = prod(exact["network"]["input_shape"])
    entered = {"activations": values, "activation_bytes": 4 * values}
    for key, total in exact["totals"].items():
        assert sum(layer[key] for layer in exact["layers"]) + entered.get(key, 0) == total


@pytest.mark.parametrize("name", networks())
def test_markdown_tables_are_rectangular_and_add_up(analyzed, name):
    heads, aligned, *rows, total = markdown_rows(render(analyzed(name), "markdown"))
    assert {len(row) for row in (heads, aligned, *rows, total)} == {len(heads)}
    assert all(re.fullmatch("---:?", cell) for cell in aligned)
    for title in COUNTS:
        column = heads.index(title)
        assert sum(number(row[column]) for row in rows) == number(total[column].strip("*"))


@pytest.mark.parametrize("name", ["lenet5", "alexnet-grouped", "resnet50", "resnet110"])
def test_json_has_the_documented_names(analyzed, name):
    exact = document(analyzed(name))
    assert exact["schema_version"] == 1
    assert {"name", "input_shape"} <= set(exact["network"])
    assert set(exact["totals"]) >= TOTALS
    assert all(set(layer) >= LAYER for layer in exact["layers"])
    assert "errors" not in exact


def test_json_says_what_each_layer_is(analyzed):
    first = document(analyzed("alexnet"))["layers"][0]
    assert first == {
        "name": "conv1", "kind": "conv", "settings": {"filters": 96, "kernel_size": 11, "stride": 4},
        "inputs": ["input"], "input_shapes": [[3, 227, 227]], "output_shape": [96, 55, 55],
        "parameter_shapes": {"weight": [96, 3, 11, 11], "bias": [96]}, "buffer_shapes": {},
        "weights": 34_848, "biases": 96, "parameters": 34_944, "parameter_bytes": 139_776, "buffers": 0,
        "macs": 105_415_200, "bias_adds": 290_400, "activations": 290_400, "activation_bytes": 1_161_600,
        "receptive_field": {"size": [11, 11], "jump": [4, 4], "offset": [0, 0], "aligned": True},
        "in_place": False, "training_only": False, "note": analyzed("alexnet").facts[0].node.note,
    }  # fmt: skip


def test_json_of_an_upsampling_has_exact_jumps():
    spec = """
    input: {channels: 2, height: 6, width: 6}
    layers: [conv_transpose: {filters: 2, kernel_size: 2, stride: 2}]
    """
    (layer,) = document(analyze(loads(spec)))["layers"]
    assert layer["receptive_field"]["jump"] == ["1/2", "1/2"]
    assert layer["output_shape"] == [2, 12, 12]


def test_merging_layers_name_what_they_read(analyzed):
    layers = {layer["name"]: layer for layer in document(analyzed("resnet18"))["layers"]}
    merging = [layer for layer in layers.values() if layer["kind"] == "add"]
    assert len(merging) == 8
    assert all(len(layer["inputs"]) == len(layer["input_shapes"]) == 2 for layer in merging)
    assert all(name in layers for layer in merging for name in layer["inputs"])


def test_deep_networks_fold_until_they_fit(text_table, analyzed):
    assert len(text_table("resnet50").rows) == 23
    assert len(text_table("resnet50", 9).rows) == 1 + len(analyzed("resnet50").facts)
    assert text_table("resnet50", 1).column("layer")[5:9] == ["conv2_x", "conv3_x", "conv4_x", "conv5_x"]


def test_a_folded_row_stands_for_its_layers(text_table, analyzed):
    table = text_table("resnet50", 1)
    row = table.column("layer").index("conv2_x")
    within = [f for f in document(analyzed("resnet50"))["layers"] if f["name"].startswith("conv2_x/")]
    assert table.rows[row][table.heads.index("kind")] == f"{len(within)} layers"
    assert number(table.column("parameters")[row]) == sum(layer["parameters"] for layer in within) == 215_808
    assert table.column("output W×H×D")[row] == "56×56×256"
    assert table.column("rec. field")[row] == "35"


def test_data_formats_fold_only_when_asked(analyzed):
    analysis = analyzed("resnet50")
    assert len(records(analysis)) == 1 + len(analysis.facts)
    folded = records(analysis, depth=1)
    assert [row["name"] for row in folded][5:9] == ["conv2_x", "conv3_x", "conv4_x", "conv5_x"]
    assert sum(int(row["parameters"]) for row in folded) == 25_557_032
    assert len(json.loads(render(analysis, "json", depth=1))["layers"]) == len(analysis.facts)


def test_csv_shapes_are_channels_last_and_settings_short(analyzed):
    conv1 = records(analyzed("alexnet"))[1]
    assert conv1["output"] == "55x55x96"
    assert conv1["settings"] == "F11 S4"
    assert conv1["receptive_field"] == "11"


@pytest.mark.parametrize(
    ("units", "vgg16"), [("binary", "58.13 MiB"), ("decimal", "60.95 MB"), ("bytes", "60,950,432 B")]
)
def test_bytes_in_each_unit(text_table, units, vgg16):
    assert text_table("vgg16", units=units).total_of("memory") == vgg16


def test_shares_are_of_the_totals(text_table):
    table = text_table("vgg16")
    row = table.column("layer").index("fc6")
    assert table.column("parameters %")[row] == "74.3"
    assert table.column("memory %")[1] == "21.1"
    assert table.column("parameters %")[1] == "<0.1"
    assert table.column("parameters %")[0] == ""


def test_the_legend_explains_what_the_table_abbreviates(analyzed):
    assert "\nsettings: F kernel_size, S stride, P padding; defaults are left out\n" in render(
        analyzed("alexnet")
    )
    spec = """
    input: {channels: 4, height: 9, width: 12}
    layers:
      - conv: {filters: 4, kernel_size: [3, 5], padding: {top: 1, left: 2, right: 2}, groups: 2}
      - conv: {filters: 4, kernel_size: 3, padding: same}
    """
    text = render(analyze(loads(spec)))
    assert "F3,5 P1+0,2+2 G2" in text
    assert "F3 P=same" in text
    assert (
        "settings: F kernel_size, P padding, G groups; two numbers are height,width; "
        "a+b is in front and behind; defaults are left out"
    ) in text


def test_what_has_no_settings_and_no_field_has_no_legend():
    text = render(analyze(loads("input: {features: 7}\nlayers: [fc: {units: 3}]")))
    assert "settings" not in text
    assert "field" not in text


@pytest.mark.parametrize(
    ("spec", "heading", "column"),
    [
        ("input: {features: 7}\nlayers: [fc: {units: 3}]", "input 7 (values)", "output"),
        (
            "input: {channels: 2, length: 9}\nlayers: [conv1d: {filters: 3, kernel_size: 3}]",
            "input 9×2 (L×D)",
            "output L×D",
        ),
        (
            "input: {channels: 2, height: 4, width: 9}\nlayers: [relu]",
            "input 9×4×2 (W×H×D)",
            "output W×H×D",
        ),
    ],
)
def test_a_report_says_in_which_order_it_prints_volumes(spec, heading, column):
    lines = render(analyze(loads(spec))).splitlines()
    assert lines[1].startswith(heading + " · batch 1")
    assert column in re.split("  +", lines[3])


def test_batch_and_type_multiply_memory_but_not_macs(analyzed):
    network = analyzed("lenet5").network
    one, many = document(analyze(network)), document(analyze(network, batch=32, dtype="int8"))
    assert many["totals"]["activations"] == 32 * one["totals"]["activations"]
    assert 4 * many["totals"]["activation_bytes"] == 32 * one["totals"]["activation_bytes"]
    assert 4 * many["totals"]["parameter_bytes"] == one["totals"]["parameter_bytes"]
    assert many["totals"]["macs"] == one["totals"]["macs"]


def test_explained_summaries_explain_each_layer(analyzed):
    analysis = analyzed("lenet5")
    text = render(analysis, "text", explain=True)
    for facts in analysis.facts:
        assert f"\n{facts.node.name} ({facts.node.kind}" in text
    assert "  MACs = 28·28·(5·5·1)·6 = 117,600\n" in text
    assert text.count("symbols: ") == 1
