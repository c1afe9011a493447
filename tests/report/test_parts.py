"""`archcalc explain SPEC`, and of a block; and what authors note on layers."""

import json

import pytest

from archcalc.cli.app import exit_code


@pytest.fixture
def run(capsys):
    def run(*arguments):
        code = exit_code([*map(str, arguments)])
        out, err = capsys.readouterr()
        assert (code, err) == (0, "")
        return out

    return run


def test_a_network_is_its_parts_and_what_can_be_varied(run):
    out = run("explain", "resnet18")
    assert "68 layers, 11,689,512 parameters, 1,814,073,344 MACs for one example" in out
    assert "\nconv2_x              14  56×56×64         147,968  462,422,016\n" in out
    assert "  blocks: [2, 2, 2, 2]  'building blocks in conv2_x … conv5_x'\n" in out
    assert "  building_block: {width: required, stride: 1}\n" in out
    assert out.endswith(
        "one part: archcalc explain resnet18 conv2_x; every layer: archcalc summarize resnet18\n"
    )


def test_parts_add_up_to_the_network(run):
    """But for what is counted of the input."""
    for name in ("googlenet", "lenet5", "wrn-28-10"):
        found = json.loads(run("explain", name, "-f", "json"))
        layers = json.loads(run("summarize", name, "-f", "json"))["layers"]
        assert [layer for part in found["parts"] for layer in part["layers"]] == [
            each["name"] for each in layers
        ]
        for quantity in ("parameters", "macs"):
            assert sum(part["totals"][quantity] for part in found["parts"]) == found["totals"][quantity]


def test_a_network_without_blocks_names_a_layer(run):
    out = run("explain", "lenet5")
    assert "\nblocks" not in out
    assert "one part: archcalc explain lenet5 C1; " in out


@pytest.mark.slow
def test_what_only_training_runs_is_said(run):
    assert "in training only: 18 layers, towards auxiliary1 and auxiliary2" in run("explain", "googlenet")


def test_a_block_is_what_lies_in_it(run):
    out = run("explain", "resnet50", "conv2_x")
    assert "\nconv2_x, 32 layers: 56×56×64 → 56×56×256\n" in out
    assert "\nconv2_x/bottleneck2  10 layers" in out
    assert "215,808" in next(line for line in out.splitlines() if line.startswith("total"))
    assert "\none of them: archcalc explain resnet50 conv2_x/bottleneck1\n" in out
    inner = run("explain", "resnet50", "conv2_x/bottleneck1")
    assert "\nconv2_x/bottleneck1/shortcut  " in inner
    assert "\none of them: archcalc explain resnet50 conv2_x/bottleneck1/conv1\n" in inner


def test_a_block_for_another_input_and_in_json(run):
    found = json.loads(run("explain", "resnet50", "conv2_x", "--input", "64", "--batch", "2", "-f", "json"))
    assert (found["block"], found["batch"], len(found["layers"])) == ("conv2_x", 2, 32)
    assert found["layers"][-1]["output_shape"] == [256, 16, 16]
    assert found["totals"]["parameters"] == sum(layer["parameters"] for layer in found["layers"])


def test_a_block_says_all_that_it_reads(run, tmp_path):
    (tmp_path / "net.yaml").write_text(
        "input: {channels: 2, height: 4, width: 4}\n"
        "blocks: {b: {layers: [conv: {filters: 2, kernel_size: 1}, add: {from: [conv1, stem]}]}}\n"
        "layers: [conv: {name: stem, filters: 2, kernel_size: 1}, pad: {padding: 0}, b]\n"
    )
    assert "\nb1, 2 layers: 4×4×2 and 4×4×2 → 4×4×2\n" in run("explain", tmp_path / "net.yaml", "b1")


@pytest.fixture
def noted(tmp_path):
    layers = "".join(f"  - fc: {{units: 2, note: about {n}}}\n" for n in range(7))
    repeated = '  - repeat: {times: 5, layers: [fc: {units: 4, note: "::error::`again`"}]}\n'
    (tmp_path / "net.yaml").write_text(f"input: {{features: 4}}\nlayers:\n{repeated}{layers}")
    return tmp_path / "net.yaml"


def test_notes_of_the_author_are_shown_once_each_and_not_without_end(run, noted):
    out = run("summarize", noted)
    assert "\nnote on fc1, fc2, fc3 and 2 more: '\\x3a:error\\x3a:`again`'\nnote on fc6: 'about 0'\n" in out
    assert out.count("\nnote on ") == 5
    assert "\nand 3 more notes: archcalc explain SPEC LAYER shows that of a layer\n" in out


def test_json_has_every_note(run, noted):
    layers = json.loads(run("summarize", noted, "-f", "json"))["layers"]
    assert [layer["note"] for layer in layers][4:6] == ["::error::`again`", "about 0"]


def test_one_built_in_network_with_its_variables(run):
    out = run("zoo", "mobilenet_v2")
    assert out.startswith("1 built-in network; every command takes its name: ")
    assert (
        "\nvariables\n  classes: 1000  'outputs of the classifier'\n  width: 100  'width multiplier in "
        in out
    )
    assert "\nvariables\n" not in run("zoo", "mobilenet")
