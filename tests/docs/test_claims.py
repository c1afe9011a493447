"""What docs/spec.md says in sentences and tables, beside its examples."""

import re

import pytest
from console import ROOT

from archcalc import SpecError, analyze, loads
from archcalc.layers.windowed import padded_sides

SPEC = (ROOT / "docs" / "spec.md").read_text(encoding="utf-8")
IMAGE = "input: {channels: 8, height: 32, width: 48}\n"


def network(layers, top=""):
    return loads(f"{IMAGE}{top}layers:\n" + "".join(f"  - {layer}\n" for layer in layers))


def names(*layers, top=""):
    return [node.name for node in network(layers, top).nodes]


def outputs(*layers, top=""):
    return [facts.output_shape for facts in analyze(network(layers, top)).facts]


def rows(heading, head):
    """The cells of the table below a heading whose first row begins with `head`."""
    table = SPEC.partition(f"\n{heading}\n")[2].partition(f"\n| {head} |")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()[2:]]


PADDINGS = [row for row in rows("### Padding", "padding") if row[1] != "worked out"]


@pytest.mark.parametrize("row", PADDINGS, ids=lambda row: row[0])
def test_padding_goes_where_the_table_says(row):
    padding, *sides = row
    above_below, left_right = (tuple(map(int, side.strip("| ").split(", "))) for side in sides)
    padding = padding.split("`")[1]
    (conv,) = network([f"conv: {{filters: 1, kernel_size: 7, padding: {padding}}}"]).nodes
    window = conv.layer.window((32, 48))
    assert [(axis.before, axis.after) for axis in window] == [above_below, left_right]


def test_the_table_of_paddings_has_its_rows():
    assert len(PADDINGS) == 5


def test_same_has_no_one_meaning_with_a_stride():
    image = "input: {channels: 3, height: 224, width: 224}\nlayers:\n"
    layer = "  - conv: {filters: 64, kernel_size: 7, stride: 2, padding: %s}\n"
    upper, plain = (loads(image + layer % padding) for padding in ("same_upper", 3))
    assert [(axis.before, axis.after) for axis in upper.nodes[0].layer.window((224, 224))] == [(2, 3)] * 2
    assert {analyze(each).facts[0].output_shape for each in (upper, plain)} == {(64, 112, 112)}
    with pytest.raises(SpecError, match="no one meaning"):
        analyze(loads(image + layer % "same"))


def test_lower_and_upper_put_the_odd_one_where_the_page_says():
    assert padded_sides("same_upper", (32,), (4,), (1,), (1,)) == ((1, 2),)
    assert padded_sides("same_lower", (32,), (4,), (1,), (1,)) == ((2, 1),)


def test_four_plain_numbers_are_refused():
    with pytest.raises(SpecError, match="disagree on the order"):
        network(["conv: {filters: 1, kernel_size: 7, padding: [1, 1, 2, 2]}"])


CONV = "conv: {filters: 8, kernel_size: 1}"
UNIT = f"blocks: {{unit: {{layers: [{CONV}]}}}}\n"
BRANCHES = f"paths: [[{CONV}], [{CONV}]]"
TAUGHT = {
    "a block `unit`": names("unit", "unit", "unit: {name: low}", top=UNIT),
    "`repeat`": names(f"repeat: {{times: 2, name: stage, layers: [{CONV}]}}"),
    "`residual`": [
        *names(f"residual: {{body: [{CONV}], shortcut: [{CONV}]}}"),
        *names(f"residual: {{name: r, body: [{CONV}], shortcut: [{CONV}]}}"),
    ],
    "`branches`": [*names(f"branches: {{{BRANCHES}}}"), *names(f"branches: {{name: mix, {BRANCHES}}}")],
    "[`separable`](kinds.md#separable)": names("separable: {filters: 4, kernel_size: 3}"),
}


def test_the_table_of_names_has_its_rows():
    assert [row[0] for row in rows("## Names", "what")] == list(TAUGHT)


@pytest.mark.parametrize("row", rows("## Names", "what"), ids=lambda row: row[0])
def test_names_are_as_the_table_says(row):
    paths = [word for word in re.findall(r"`([^`]+)`", row[1]) if "/" in word or word == "add1"]
    assert len(paths) >= 2
    assert set(paths) <= set(TAUGHT[row[0]])


def test_a_repeat_without_name_is_as_if_written_out():
    repeated = names(CONV, f"repeat: {{times: 2, layers: [{CONV}, relu]}}")
    assert repeated == names(CONV, CONV, "relu", CONV, "relu")


def test_an_index_counts_from_one():
    layer = (
        "repeat: {times: 3, index: i, layers: [conv: {name: conv$i, filters: '${8 * i}', kernel_size: 1}]}"
    )
    assert names(layer) == ["conv1", "conv2", "conv3"]
    assert outputs(layer) == [(8, 32, 48), (16, 32, 48), (24, 32, 48)]


def test_from_looks_on_its_own_path_first():
    top = f"blocks: {{unit: {{layers: [{CONV}, relu, add: {{from: [conv1, relu1, input]}}]}}}}\n"
    found = network([CONV, "unit"], top)
    add = found.nodes[-1]
    assert [found.tensor_name(volume) for volume in add.inputs] == ["unit1/conv1", "unit1/relu1", "input"]


def test_a_name_of_a_structure_is_the_volume_that_it_ends_on():
    found = network(
        [f"repeat: {{name: two, times: 2, layers: [{CONV}, relu]}}", CONV, "add: {from: [two, conv1]}"]
    )
    assert found.tensor_name(found.nodes[-1].inputs[0]) == "two2/relu1"


def test_a_block_does_not_see_what_its_caller_sees():
    inner = "inner: {layers: [conv: {filters: $width, kernel_size: 1}]}"
    outer = "outer: {settings: {width: 4}, layers: [inner: {note: $width}]}"
    with pytest.raises(SpecError, match="unknown variable 'width'"):
        network(["outer"], f"blocks: {{{inner}, {outer}}}\n")
    assert outputs("outer", top=f"variables: {{width: 3}}\nblocks: {{{inner}, {outer}}}\n") == [(3, 32, 48)]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("7 // 2", 3),
        ("7 % 4", 3),
        ("2 * (3 + 4) - 1", 13),
        ("(2 < 3) + (2 != 2)", 1),
        ("max(2, min(9, 5))", 5),
    ],
)
def test_expressions_compute_as_taught(expression, value):
    assert outputs(f"conv: {{filters: '${{{expression}}}', kernel_size: 1}}") == [(value, 32, 48)]


def test_there_is_no_division_but_by_rounding_down():
    with pytest.raises(SpecError, match="use // to divide"):
        network(["conv: {filters: '${8 / 2}', kernel_size: 1}"])


@pytest.mark.parametrize("word", ["yes", "no", "on", "off"])
def test_words_of_yaml_1_1_are_text(word):
    with pytest.raises(SpecError, match=f"found '{word}'(.|\n)*write `(true|false)`"):
        network([f"conv: {{filters: 1, kernel_size: 1, bias: {word}}}"])


def test_numbers_of_yaml_1_1_are_not_read_as_there():
    assert outputs("conv: {filters: 010, kernel_size: 1}") == [(10, 32, 48)]
    for text in ("3:3", "0x10"):
        with pytest.raises(SpecError, match=f"found '{text}'"):
            network([f"conv: {{filters: {text}, kernel_size: 1}}"])


def test_a_sequence_is_mapped_channel_by_channel():
    text = "input: {channels: 4, length: 10}\nlayers:\n  - fc: {units: 3}\n"
    assert analyze(loads(text)).facts[0].output_shape == (4, 3)
