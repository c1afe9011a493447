"""Every command in every format: exit codes, whole documents, and help that is true."""

import ast
import csv
import io
import json
import re
import shlex
from pathlib import Path

import pytest
from sweeps import thinned

from archcalc import cli
from archcalc.cli.app import COMMANDS
from archcalc.forward.kernels import KERNELS
from archcalc.report import FORMATS
from archcalc.spec.zoo import zoo_names

NETWORKS = ("lenet5", "alexnet-grouped", "resnet20")
CLASSES = {
    node.name
    for path in Path(cli.__file__).parent.glob("*.py")
    for node in ast.parse(path.read_text(encoding="utf-8")).body
    if isinstance(node, ast.ClassDef)
}
"""Names of the code of the command line, which users shall not read."""
INVOCATIONS = {
    "summarize": ["summarize", "{}"],
    "summarize folded": ["summarize", "{}", "--depth", "1", "--batch", "3", "--dtype", "int8"],
    "summarize explained": ["summarize", "{}", "--explain"],
    "summarize resized": ["summarize", "{}", "--input", "96"],
    "compare": ["compare", "{}", "lenet5"],
    "compare-fc": ["compare-fc", "{}"],
    "verify": ["verify", "{}"],
    "reconcile": ["reconcile", "{}"],
    "reconcile one tool": ["reconcile", "{}", "--with", "torchsummary"],
    "fit a batch": ["fit", "{}", "--memory", "24GiB", "--train", "adam"],
    "fit an input": ["fit", "{}", "--memory", "1GB", "--batch", "2"],
    "zoo": ["zoo", "alexnet"],
    "explain kind": ["explain", "--kind", "conv"],
}
FIRST_CONVOLUTION = {"lenet5": "C1", "alexnet-grouped": "conv1", "resnet20": "conv1"}
KEYS = {
    "summarize": {"network", "layers", "totals", "batch", "dtype"},
    "compare": {"batch", "dtype", "columns", "sort", "pareto", "variants"},
    "compare-fc": {"network", "layers", "totals"},
    "verify": {"network", "layers", "seed", "computed", "agrees", "needed", "live", "not_run"},
    "reconcile": {"network", "figures"},
    "explain": {"network", "batch", "dtype", "layer", "formulas", "connectivity", "note"},
    "zoo": {"networks"},
}


def check_whole(format_, out):
    """What came out is a whole document in its format."""
    assert out.endswith("\n")
    assert not out.endswith("\n\n")
    assert not re.search("[ \t]+$", out, re.MULTILINE)
    if format_ == "json":
        document = json.loads(out)
        assert document["schema_version"] == 1
        assert "errors" not in document
    elif format_ == "csv":
        header, *rows = list(csv.reader(io.StringIO(out)))
        assert rows
        assert len(set(header)) == len(header)
        assert {len(row) for row in rows} == {len(header)}
    elif format_ == "markdown":
        assert out.startswith("## ")
        lines = [line for line in out.splitlines() if line.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) <= 1
        assert out.count("```") % 2 == 0


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", thinned(INVOCATIONS, 3))
def test_every_command_in_every_format(archcalc, name, format_):
    for network in NETWORKS:
        arguments = [argument.format(network) for argument in INVOCATIONS[name]]
        code, out, err = archcalc(*arguments, "--format", format_)
        assert (code, err) == (0, "")
        check_whole(format_, out)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("network", NETWORKS)
def test_one_layer_in_every_format(archcalc, network, format_):
    layer = FIRST_CONVOLUTION[network]
    for arguments in (["explain", network, layer], ["compare-fc", network, "--layer", layer]):
        code, out, err = archcalc(*arguments, "-f", format_)
        assert (code, err) == (0, "")
        check_whole(format_, out)


@pytest.mark.parametrize("command", KEYS)
def test_json_has_the_keys_of_its_command(archcalc, command):
    arguments = {"explain": ["alexnet", "conv1"], "zoo": ["alexnet"]}.get(command, ["lenet5"])
    document = json.loads(archcalc(command, *arguments, "--format", "json").out)
    assert set(document) == KEYS[command] | {"schema_version"}


def test_a_file_gets_what_standard_output_would(archcalc, tmp_path):
    for format_ in FORMATS:
        path = tmp_path / f"report.{format_}"
        written = archcalc("summarize", "lenet5", "-f", format_, "-o", path)
        assert written == (0, "", "")
        assert path.read_bytes().decode() == archcalc("summarize", "lenet5", "-f", format_).out


def test_dash_is_standard_output(archcalc):
    assert archcalc("zoo", "vgg16", "-o", "-").out == archcalc("zoo", "vgg16").out


def test_standard_input_is_a_spec(process):
    text = b"input: {features: 4}\nlayers: [fc: {units: 2}]\n"
    done = process("summarize", "-", stdin=text)
    assert done.code == 0
    assert done.out.startswith("'<stdin>'\n")
    wrong = process("summarize", "-", stdin=b"input: {features: 4}\nlayers: [fc: {unit: 2}]\n")
    assert wrong.code == 1
    assert wrong.err.startswith("<stdin>:2:15: error[unknown-setting]: ")


@pytest.mark.slow
def test_the_zoo_lists_what_summaries_say(archcalc):
    listed = json.loads(archcalc("zoo", "-f", "json").out)["networks"]
    assert [network["name"] for network in listed] == zoo_names()
    for network in (n for n in listed if n["name"] in ("lenet5", "alexnet-224", "resnet50-v1", "vgg16c")):
        single = json.loads(archcalc("summarize", network["name"], "-f", "json").out)
        assert network["totals"] == single["totals"]
        assert network["network"] == single["network"]["name"]
        assert network["input_shape"] == single["network"]["input_shape"]
    assert all(network["source"] for network in listed)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_short_and_shows_an_example(archcalc, command):
    code, out, err = archcalc(command, "--help")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert f"\n    archcalc {command} " in out or f"\n    archcalc {command}\n" in out
    assert not set(re.findall(r"\w+", out)) & CLASSES


def test_names_of_classes_are_known():
    assert {"Request", "RunOptions"} <= CLASSES


@pytest.mark.parametrize("command", thinned([*KEYS, "memory", "fit", "schema"], 3))
def test_the_examples_of_help_work(archcalc, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(
        "input: {channels: 3, height: 32, width: 32}\n"
        "layers: [conv: {name: conv1, filters: 4, kernel_size: 3}]\n"
    )
    examples = archcalc(command, "--help").out.partition("Examples:")[2]
    for example in re.findall(r"^    archcalc (.*?)(?: \| jq .*)?$", examples, re.MULTILINE):
        assert archcalc(*shlex.split(example)).code == 0, example


def test_the_program_says_what_it_is(archcalc):
    code, out, err = archcalc("--help")
    assert (code, err) == (0, "")
    assert all(re.search(rf"^  {command} ", out, re.MULTILINE) for command in COMMANDS)
    assert "130 interrupted" in out
    assert archcalc("-h").out == out
    assert archcalc("--version") == archcalc("-V")
    assert re.fullmatch(r"archcalc \d+\.\d+\.\d+\n", archcalc("--version").out)


def test_options_that_change_nothing_are_not_offered(archcalc):
    for command in ("compare-fc", "explain"):
        assert "--units" not in archcalc(command, "--help").out
    assert "--batch" not in archcalc("compare-fc", "lenet5").out


@pytest.mark.parametrize("word", ["conv", "conv2d", "Conv2D"])
def test_kinds_are_known_by_all_their_names(archcalc, word):
    assert archcalc("explain", "--kind", word) == archcalc("explain", "--kind", "conv")


@pytest.mark.parametrize("format_", FORMATS)
def test_a_disagreement_is_exit_1_and_no_error(archcalc, monkeypatch, format_):
    monkeypatch.setitem(KERNELS, "tanh", lambda _, inputs, __: inputs[0][:1])
    code, out, err = archcalc("verify", "lenet5", "-f", format_)
    assert (code, err) == (1, "")
    check_whole(format_, out)
    if format_ == "json":
        assert json.loads(out)["agrees"] is False
    elif format_ == "csv":
        assert {row["name"] for row in csv.DictReader(io.StringIO(out)) if row["agrees"] == "NO"} >= {"tanh1"}
    else:
        assert "shape: predicted [6, 28, 28], actual [1, 28, 28]" in out


def test_verify_is_reproducible(archcalc):
    assert archcalc("verify", "lenet5", "--seed", "5") == archcalc("verify", "lenet5", "--seed", "5")
    assert "seed 5\n" in archcalc("verify", "lenet5", "--seed", "5").out
    assert json.loads(archcalc("verify", "lenet5", "--seed", "5", "-f", "json").out)["seed"] == 5


def test_types_of_values_may_be_shortened(archcalc):
    short, whole = (archcalc("summarize", "lenet5", "--dtype", dtype) for dtype in ("bf16", "bfloat16"))
    assert short == whole
    assert "bfloat16" in short.out
