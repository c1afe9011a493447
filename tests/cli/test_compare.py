"""`archcalc compare`: networks and their variants side by side."""

import csv
import io
import json

import pytest

from archcalc.cli.variations import values_in

NET = """\
name: small
input: {channels: 3, height: 16, width: 16}
variables: {width: 8, sizes: [4, 4]}
layers:
  - conv: {filters: $width, kernel_size: 3}
  - repeat: {each: {f: $sizes}, layers: [conv: {filters: $f, kernel_size: 1}]}
  - flatten
  - fc: {units: 10}
expect: {parameters: 1}
"""
DEEP = """\
name: deep and narrow
input: {channels: 3, height: 16, width: 16}
layers:
  - conv: {filters: 2, kernel_size: 9}
  - conv: {filters: 2, kernel_size: 8}
  - flatten
  - fc: {units: 400}
"""


@pytest.fixture
def net(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(NET)
    (tmp_path / "deep.yaml").write_text(DEEP)
    return "net.yaml"


@pytest.fixture
def variants(archcalc, net):
    """The variants that JSON has."""

    def run(*arguments, code=0):
        result = archcalc("compare", *arguments, "--format", "json")
        assert result.code == code, result.err
        return json.loads(result.out)["variants"]

    return run


def told(variants):
    return [
        (each["spec"], *each["set"].values(), *(each["input_shapes"] or [[None]])[0][1:2])
        for each in variants
    ]


def test_networks_are_rows_with_the_values_that_other_commands_give(archcalc, variants):
    found = variants(
        "net.yaml", "deep.yaml", "--columns", "parameters,macs,peak_bytes,depth,receptive_field,output"
    )
    assert [each["spec"] for each in found] == ["net.yaml", "deep.yaml"]
    for each in found:
        summary = json.loads(archcalc("summarize", each["spec"], "--format", "json").out)
        memory = json.loads(archcalc("memory", each["spec"], "--format", "json").out)
        values = each["values"]
        assert values["parameters"] == summary["totals"]["parameters"]
        assert values["macs"] == summary["totals"]["macs"]
        assert values["peak_bytes"] == memory["peak_bytes"]
        assert values["output"] == summary["layers"][-1]["output_shape"]
    assert [each["values"]["depth"] for each in found] == [4, 3]
    assert [each["values"]["receptive_field"] for each in found] == [16, 16]


def test_every_combination_is_a_row_the_last_option_fastest(variants):
    assert told(variants("net.yaml", "--set", "width=8,9", "--input", "16,20")) == [
        ("net.yaml", "8", 16),
        ("net.yaml", "8", 20),
        ("net.yaml", "9", 16),
        ("net.yaml", "9", 20),
    ]
    assert told(variants("net.yaml", "--set", "width=8,9", "--set", "sizes=[1,2],[3]")) == [
        ("net.yaml", "8", "[1,2]", 16),
        ("net.yaml", "8", "[3]", 16),
        ("net.yaml", "9", "[1,2]", 16),
        ("net.yaml", "9", "[3]", 16),
    ]
    assert told(variants("net.yaml", "--input", "height=20,width=17", "--input", "3x18x18")) == [
        ("net.yaml", 20),
        ("net.yaml", 18),
    ]


def test_a_spec_can_have_values_of_its_own_that_stand_for_those_of_all(variants, tmp_path):
    found = variants("net.yaml", "width=1,2", "net.yaml", "sizes=[7]", "--set", "width=5")
    assert [each["set"] for each in found] == [
        {"width": "1"},
        {"width": "2"},
        {"sizes": "[7]", "width": "5"},
    ]
    (tmp_path / "a=b").write_text(NET)
    assert told(variants("a=b")) == [("a=b", 16)]


def test_values_are_parted_at_commas_outside_brackets_and_quotes():
    for text, parts in (
        ("8", ["8"]),
        ("8, 16", ["8", "16"]),
        ("[1,2],[3,[4,5]]", ["[1,2]", "[3,[4,5]]"]),
        ("{a: [1,2], b: 3},4", ["{a: [1,2], b: 3}", "4"]),
        ("'a,b',\"c,d\"", ["'a,b'", '"c,d"']),
        ("${max(1,2)},3", ["${max(1,2)}", "3"]),
        ("1,,2", ["1", "", "2"]),
    ):
        assert values_in(text) == parts


def test_best_and_pareto_optimal_rows_are_marked(archcalc, variants):
    found = variants("net.yaml", "deep.yaml", "net.yaml", "width=9", "--columns", "parameters,macs,depth")
    parameters, macs = ([each["values"][name] for each in found] for name in ("parameters", "macs"))
    assert min(parameters) == parameters[1]
    assert min(macs) == macs[1]
    assert [each["best"] for each in found] == [[], ["parameters", "macs"], []]
    assert [each["pareto"] for each in found] == [False, True, False]
    found = variants("net.yaml", "deep.yaml", "net.yaml", "width=9", "--pareto", "parameters,max:depth")
    assert [each["pareto"] for each in found] == [True, True, False]
    out = archcalc("compare", "net.yaml", "deep.yaml", "--columns", "parameters").out
    assert f"{parameters[1]:,} *  yes" in out
    assert "Pareto: no other row is as good in all of these, and better in one: least parameters" in out
    out = archcalc("compare", "net.yaml", "net.yaml", "--pareto", "none").out
    assert "*" not in out
    assert "Pareto" not in out


def test_rows_are_sorted_and_the_direction_is_said(archcalc, variants):
    widths = ("net.yaml", "--set", "width=9,7,8")
    assert [w for _, w, _ in told(variants(*widths, "--sort", "macs"))] == ["7", "8", "9"]
    assert [w for _, w, _ in told(variants(*widths, "--sort", "max:macs"))] == ["9", "8", "7"]
    assert [w for _, w, _ in told(variants(*widths))] == ["9", "7", "8"]
    assert "sorted by MACs, most first" in archcalc("compare", *widths, "--sort", "max:macs").out
    found = variants(*widths, "--set", "sizes=[4],[a]", "--sort", "macs", code=1)
    assert [bool(each["errors"]) for each in found] == [False] * 3 + [True] * 3


def test_what_is_wrong_with_a_variant_costs_its_row_alone(archcalc, variants):
    found = variants("net.yaml", "deep.yaml", "--set", "width=8,0", "--input", "16,1,3x4", code=1)
    codes = [each["errors"][0]["code"] if each["errors"] else "" for each in found]
    assert codes == ["", "shape", "input", "type", "type", "type", *["unused"] * 6]
    result = archcalc("compare", "net.yaml", "deep.yaml", "--set", "width=8", "--input", "16,1")
    assert result.code == 1
    assert "4 variants, 3 wrong: net.yaml, deep.yaml" in result.out
    assert "net.yaml width=8 --input 1: net.yaml:5:5: " in result.out
    assert result.out.count("there is no variable 'width'") == 1, "once, and not for each input"


def test_what_all_rows_share_is_said_once(archcalc, net):
    out = archcalc("compare", net, "deep.yaml", "--columns", "parameters").out
    assert "input 16×16×3 · batch 1 · float32" in out
    assert "16×16×3" not in out.split("\n", 3)[3]
    out = archcalc("compare", net, "--set", "width=3,4", "--set", "sizes=[2]", "--batch", "2").out
    assert "sizes=[2] · input 16×16×3 · batch 2 · float32" in out


def test_csv_has_exact_values_and_all_that_makes_a_variant(archcalc, net):
    result = archcalc("compare", net, "--set", "width=8,0", "-f", "csv", "--columns", "macs,output")
    first, second = csv.DictReader(io.StringIO(result.out))
    assert first == {
        "spec": "net.yaml",
        "width": "8",
        "input": "16x16x3",
        "macs": "59584",
        "output": "10",
        "pareto": "yes",
        "error": "",
    }
    assert second["error"].startswith("filters of conv needs a positive integer")


def test_markdown_is_a_table(archcalc, net):
    out = archcalc("compare", net, "deep.yaml", "--columns", "macs", "-f", "markdown").out
    assert "| network | MACs | Pareto |\n| --- | ---: | --- |\n| net.yaml |" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--columns", "makros"], "--columns: no column is called 'makros'"),
        (["--columns", "mac"], "did you mean 'macs'?"),
        (["--columns", "macs,macs"], "each once"),
        (["--sort", "depth"], "write min:depth or max:depth"),
        (["--sort", "output"], "output is no number"),
        (["--sort", "least:macs"], "begins with neither min: nor max:"),
        (["--pareto", ""], "each once"),
        (["--set", "width"], "needs NAME=VALUE"),
        (["--set", "width=1,,2"], "a value is missing between the commas"),
        (
            ["--set", "width=" + ",".join(map(str, range(1, 502)))],
            "501 variants (501 × 1): compare shows up to 500",
        ),
        (["=3"], "no file and no built-in network"),
    ],
)
def test_what_is_called_wrongly_is_told(archcalc, net, arguments, said):
    result = archcalc("compare", net, *arguments)
    assert result.code == 2
    assert said in result.err
    assert not result.out


def test_a_value_needs_a_spec_in_front(archcalc, net):
    assert "stands behind the SPEC" in archcalc("compare", "width=3", net).err
    assert archcalc("compare").code == 2
    assert "read once" in archcalc("compare", "-", "-").err


@pytest.mark.slow
def test_several_specs_for_a_command_of_one_are_told_of_compare(archcalc, net):
    for command in ("summarize", "verify", "memory"):
        result = archcalc(command, net, "deep.yaml")
        assert result.code == 2
        assert "`archcalc compare SPEC SPEC …` shows networks side by side" in result.err
    assert "archcalc compare" not in archcalc("reconcile", net, "3", "4").err
    assert "archcalc compare" not in archcalc("zoo", "a", "b").err


def test_words_of_strangers_are_escaped(archcalc, net):
    result = archcalc("compare", net, "--set", "sizes=['\u202e']")
    assert result.code == 2
    assert "\u202e" not in result.err
