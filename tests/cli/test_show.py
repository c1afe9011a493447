"""`archcalc show`: specs to read and to copy, their variables and blocks."""

import json
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from archcalc.spec.schema import spec_schema
from archcalc.spec.standalone import MODELINE
from archcalc.spec.zoo import built_in


def test_the_spec_of_a_built_in_network(archcalc):
    text = Path(built_in("lenet5")).read_text(encoding="utf-8")
    assert archcalc("show", "lenet5") == (0, MODELINE + text, "")


@pytest.mark.parametrize("options", [[], ["--flat"]])
@pytest.mark.parametrize("name", ["vgg19", "googlenet", "fcn_resnet50"])
def test_a_copy_checks_well_where_nothing_else_lies(archcalc, tmp_path, monkeypatch, name, options):
    monkeypatch.chdir(tmp_path)
    code, out, err = archcalc("show", name, "-o", "net.yaml", *options)
    assert (code, out) == (0, "")
    assert err == "editors complete it with `archcalc schema -o archcalc.schema.json`\n"
    assert archcalc("check", "net.yaml").code == 0
    totals = [
        json.loads(archcalc("summarize", each, "-f", "json").out)["totals"] for each in (name, "net.yaml")
    ]
    assert totals[0] == totals[1]


def test_nothing_is_said_of_a_schema_that_is_there(archcalc, tmp_path):
    archcalc("schema", "-o", tmp_path / "archcalc.schema.json")
    assert archcalc("show", "lenet5", "-o", tmp_path / "net.yaml") == (0, "", "")


def test_a_file_is_not_written_over(archcalc, tmp_path):
    (tmp_path / "net.yaml").write_text("mine")
    code, _, err = archcalc("show", "lenet5", "-o", tmp_path / "net.yaml")
    assert code == 2
    assert "would overwrite a YAML file" in err
    assert (tmp_path / "net.yaml").read_text() == "mine"


def test_variables_with_their_meaning_and_blocks(archcalc):
    code, out, err = archcalc("show", "se-resnet50", "--variables")
    assert (code, err) == (0, "")
    assert (
        out
        == """\
'SE-ResNet-50, 224×224': 4 variables, 3 blocks
takes over: base resnet50-v1

variable  value         meaning
classes   1000          'outputs of the classifier'
width     100           'filters of every layer, in percent'
blocks    [3, 4, 6, 3]  'bottlenecks in conv2_x … conv5_x'
r         16            'reduction ratio of squeeze and excitation'

blocks and their settings
  bottleneck: {width: required, stride: 1, projection: false}
  stage: {width: required, blocks: required, stride: required}
  squeeze_excitation: {channels: required}

vary it: archcalc init --from se-resnet50 writes a variant of it
"""
    )


def test_json_has_all_of_it(archcalc):
    found = json.loads(archcalc("show", "resnext29-8x64d", "-f", "json").out)
    assert found["variables"][1] == {
        "name": "C",
        "value": 8,
        "meaning": "cardinality: groups of the 3×3 convolutions",
        "computed": False,
    }
    assert found["spec"] == archcalc("show", "resnext29-8x64d").out
    assert (found["base"], found["libraries"]) == (None, [])
    assert [block["name"] for block in found["blocks"]] == ["bottleneck"]
    computed = json.loads(archcalc("show", "wrn-28-10", "-f", "json").out)["variables"][-1]
    assert (computed["value"], computed["computed"]) == ("${(depth - 4) // 6}", True)
    mbconv = json.loads(archcalc("show", "efficientnet_b0", "-f", "json").out)
    assert mbconv["libraries"] == ["blocks/mbconv"]
    assert {block["file"] for block in mbconv["blocks"]} == {"blocks/mbconv.yaml", "blocks/mobile.yaml"}


def test_what_a_variant_says_of_a_variable_comes_before_what_its_base_says(archcalc, tmp_path):
    spec = tmp_path / "net.yaml"
    spec.write_text("base: lenet5\nvariables:\n  classes: 7  # digits that are left\n", encoding="utf-8")
    assert "classes   7      'digits that are left'\n" in archcalc("show", spec, "--variables").out
    spec.write_text("base: lenet5\nvariables: {classes: 7}\n", encoding="utf-8")
    assert "classes   7      'outputs of the classifier'\n" in archcalc("show", spec, "--variables").out


def test_a_network_without_variables(archcalc):
    out = archcalc("show", "lenet5-1998", "--variables").out
    assert out.startswith("'LeNet-5 as published, 32×32': no variables, 1 block\n")
    assert "\n  subsampling: {}  'the mean of 2×2, times a learned factor, plus a learned bias'\n" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("lenet5", "--flat", "--variables"), "--flat leaves no variables"),
        (("lenet5", "-f", "csv"), "a spec is not written as csv: use text or json, or --variables"),
        (("lenet6",), "did you mean 'lenet5'?"),
        ((), "Missing argument"),
    ],
)
def test_calls_that_make_no_sense(archcalc, arguments, words):
    code, out, err = archcalc("show", *arguments)
    assert (code, out) == (2, "")
    assert words in err


@pytest.mark.parametrize("words", ["::error::mine", "##[command]", "\u202eright to left"])
def test_nothing_is_shown_that_a_terminal_or_a_log_obeys(archcalc, tmp_path, words):
    text = f"input: {{features: 3}}\n# {words}\nlayers: [relu]\n"
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    code, out, err = archcalc("show", tmp_path / "net.yaml")
    assert (code, out) == (2, "")
    assert "characters that a terminal may obey; write it with --output FILE" in err
    assert archcalc("show", tmp_path / "net.yaml", "-o", tmp_path / "copy.yaml").code == 0
    assert (tmp_path / "copy.yaml").read_text(encoding="utf-8") == MODELINE + text


@pytest.mark.parametrize("word", ["rleu", "relu"])
def test_a_spec_from_standard_input_and_one_that_is_wrong(archcalc, monkeypatch, word):
    text = f"input: {{features: 3}}\nlayers: [{word}]\n"
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode())))
    code, out, err = archcalc("show", "-", "--flat")
    if word == "rleu":
        assert code == 1
        assert "did you mean 'relu'?" in err
        return
    assert out == (f'{MODELINE}name: "<stdin>"\ninput: {{features: 3}}\nlayers:\n  - relu\n')


def test_the_schema_takes_what_is_shown():
    """An editor says nothing of a copy."""
    assert spec_schema()["properties"].keys() >= {"name", "source", "variables", "blocks", "expect"}
