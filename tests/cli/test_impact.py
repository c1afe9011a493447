"""`archcalc explain SPEC LAYER --impact`: what a change leads to."""

import csv
import io
import json

import pytest

NET = """\
name: small
input: {channels: 3, height: 16, width: 16}
variables: {width: 8, first: 8, deep: false}
layers:
  - conv: {name: stem, filters: $first, kernel_size: 3, padding: 1}
  - batchnorm
  - relu
  - conv: {name: more, filters: $width, kernel_size: 1, when: $deep}
  - conv: {name: side, filters: $width, kernel_size: 3, padding: 1}
  - add: {from: [side, relu1]}
  - flatten
  - fc: {units: 10}
expect: {parameters: 21314, output: [10], peak_bytes: 1, layers: {stem: {output: [8, 16, 16]}}}
"""
WORDS = """\
input: {channels: 8, length: 4}
layers: [attention: {name: a, heads: 2}, layernorm, fc: {units: 2}]
"""


@pytest.fixture
def impacts(archcalc, tmp_path, monkeypatch):
    """What JSON says, by change."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(NET)

    def run(*arguments):
        result = archcalc("explain", *arguments, "--impact", "--format", "json")
        assert result.code == 0, result.err
        return {each["change"]: each for each in json.loads(result.out)["impacts"]}

    return run


def effects(impact):
    """Each layer with what became of its output, and the parameters that change."""
    return {
        each["name"]: (each["output"] and each["output"]["new"], *each["parameter_shapes"])
        for each in impact["layers"]
    }


def test_channels_change_shapes_and_weights_until_something_breaks(impacts):
    found = impacts("net.yaml", "stem")["channels"]
    assert effects(found) == {
        "stem": ([16, 16, 16],),
        "batchnorm1": ([16, 16, 16], "weight", "bias"),
        "relu1": ([16, 16, 16],),
        "side": ([8, 16, 16], "weight"),
        "add1": (None,),
    }
    assert found["layers"][3]["parameter_shapes"]["weight"] == {"old": [8, 8, 3, 3], "new": [8, 16, 3, 3]}
    assert found["layers"][4]["breaks"]["code"] == "shape"
    assert (found["unknown"], found["checked"]) == (2, False)


def test_sizes_change_shapes_and_what_is_fully_connected(impacts):
    found = impacts("net.yaml", "stem")["size"]
    assert effects(found)["flatten1"] == ([8 * 32 * 32],)
    assert effects(found)["fc1"] == ([10], "weight")
    assert found["checked"]
    assert [each["message"] for each in found["expectations"]] == ["parameters", "stem: output"]


def test_what_is_not_behind_the_layer_is_as_before(impacts):
    assert list(effects(impacts("net.yaml", "side")["channels"])) == ["side", "add1"]
    last = impacts("net.yaml", "fc1")
    assert list(last) == ["features"]
    assert effects(last["features"]) == {"fc1": ([20],)}


def test_a_variable_has_an_impact_on_all_or_behind_a_layer(impacts):
    whole = impacts("net.yaml", "--set", "width=9", "--set", "first=9")["width=9, first=9"]
    assert list(effects(whole)) == ["stem", "batchnorm1", "relu1", "side", "add1", "flatten1", "fc1"]
    messages = [each["message"] for each in whole["expectations"]]
    assert any(message.startswith("parameters is ") for message in messages)
    assert not any(message.startswith("peak_bytes") for message in messages), "which did not hold before"
    behind = impacts("net.yaml", "side", "--set", "width=9", "--set", "first=9")["width=9, first=9"]
    assert list(effects(behind)) == ["side", "add1", "flatten1", "fc1"]


def test_a_variable_that_breaks_a_layer_is_told_where(impacts, archcalc):
    found = impacts("net.yaml", "--set", "width=9")["width=9"]
    assert effects(found)["add1"] == (None,)
    assert found["unknown"] == 2
    out = archcalc("explain", "net.yaml", "--impact", "--set", "width=9").out
    assert "width=9: 1 layer changes shape, 1 needs other weights: side" in out
    assert "breaks first at add1: adds volumes of the same shape, got [9, 16, 16] and [8, 16, 16]" in out
    assert archcalc("explain", "net.yaml", "--impact", "--set", "width=0").code == 1


def test_layers_that_come_and_go_are_named(impacts):
    found = impacts("net.yaml", "--set", "deep=true")["deep=true"]
    assert (found["come"], found["gone"]) == (["more"], [])


def test_sequences_have_positions_and_features(impacts, tmp_path):
    (tmp_path / "words.yaml").write_text(WORDS)
    found = impacts("words.yaml", "a")
    assert list(found) == ["features", "positions"]
    assert effects(found["positions"])["fc1"] == ([16, 2],)
    assert effects(found["features"])["layernorm1"] == ([8, 8], "weight", "bias")


def test_every_format_has_it(impacts, archcalc):
    out = archcalc("explain", "net.yaml", "side", "--impact", "-f", "markdown").out
    assert "| channels | breaks | add1 | add | 16×16×8 → ? |  |" in out
    rows = list(
        csv.DictReader(io.StringIO(archcalc("explain", "resnet50", "conv1", "--impact", "-f", "csv").out))
    )
    assert len(rows) > 170
    out = archcalc("explain", "resnet50", "conv1", "--impact").out
    assert "more rows, of shapes alone or far behind: --format csv has all" in out
    assert "no longer holds: macs (resnet50.yaml" in out
    assert len(out.splitlines()) < 80


def test_it_needs_a_layer_or_a_variable(impacts, archcalc):
    for arguments in ([], ["net.yaml"], ["--kind", "conv"], ["net.yaml", "stem", "--codes"]):
        result = archcalc("explain", *arguments, "--impact")
        assert result.code == 2
        assert "--impact needs SPEC and LAYER, or SPEC and --set" in result.err
    assert "no layer is called 'sten'" in archcalc("explain", "net.yaml", "sten", "--impact").err
