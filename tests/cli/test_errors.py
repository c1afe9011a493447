"""What is wrong, said in the right place with the right exit code, and never with a traceback."""

import json
import re

import pytest

from archcalc.cli.request import Request
from archcalc.errors import Problem, ReadError, RequestError, Span, SpecError
from archcalc.report import FORMATS

CALLED_WRONGLY = [
    (["sumarize", "vgg16"], "no command 'sumarize'; did you mean 'summarize'?"),
    (["frobnicate"], "no command 'frobnicate'; commands are summarize, "),
    (["lenet5"], "no command 'lenet5'; did you mean `archcalc summarize lenet5`?"),
    (["lenet5", "--input", "40"], "no command 'lenet5'; did you mean `archcalc summarize lenet5`?"),
    (["help", "sumarize"], "no command 'sumarize'; did you mean 'summarize'?"),
    (["summarize", "vgg16", "--fromat", "json"], "No such option '--fromat'. Did you mean '--format'?"),
    (["summarize", "vgg16", "--format", "jsn"], "'jsn' is not one of 'text', 'json', 'csv', 'markdown'"),
    (["summarize", "vgg16", "--dtype", "float"], "'float' is not one of float32, float16"),
    (["summarize", "vgg16", "--batch", "0"], "0 is not in the range x>=1"),
    (["summarize", "vgg16", "--depth", "0"], "0 is not in the range x>=1"),
    (["summarize", "vg16"], "no file and no built-in network is called 'vg16'; did you mean 'vgg16'?"),
    (["summarize", "missing.yaml"], "cannot read missing.yaml: No such file or directory"),
    (["summarize"], "Missing argument 'SPEC'"),
    (["summarize", "vgg16", "vgg19"], "unexpected extra argument (vgg19)"),
    (["explain"], "needs a SPEC, perhaps with a LAYER, or a WORD, or --kind"),
    (["explain", "alexnet", "conv1", "--kind", "conv"], "give either SPEC and LAYER or --kind"),
    (["explain", "alexnet", "cnv1"], "no layer is called 'cnv1'; did you mean 'conv1'?"),
    (
        ["explain", "alexnet", "zzz"],
        "no layer is called 'zzz'; layers are conv1, relu1, pool1, norm1, conv2, …",
    ),
    (["explain", "resnet50", "conv2"], "no layer is called 'conv2'; did you mean 'conv1'?"),
    (
        ["reconcile", "resnet50", "--layer", "conv2_x/bottleneck1"],
        "'conv2_x/bottleneck1' is a block of 12 layers; the first is conv2_x/bottleneck1/conv1",
    ),
    (["explain", "--kind", "Conv2"], "no kind of layer is called 'Conv2'; did you mean 'conv"),
    (["explain", "--kind", "zzz"], "no kind of layer is called 'zzz'; kinds are conv, conv1d, "),
    (["compare-fc", "alexnet", "--layer", "conv9"], "no layer is called 'conv9'; did you mean 'conv1'?"),
    (
        ["compare-fc", "alexnet", "--layer", "fc6"],
        "fc6 is no convolution but `fc`; the convolutions are conv1, ",
    ),
    (["verify", "alexnet", "--seed", "-1"], "-1 is not in the range x>=0"),
]


@pytest.mark.parametrize(("arguments", "message"), CALLED_WRONGLY)
def test_called_wrongly(archcalc, arguments, message):
    code, out, err = archcalc(*arguments)
    assert code == 2
    assert out == ""
    assert message in err
    assert "Traceback" not in err


def test_a_spec_or_a_folder_in_place_of_a_command(archcalc, spec, tmp_path, monkeypatch):
    spec("input: {features: 3}\nlayers: [relu]\n", "my net.yaml")
    monkeypatch.chdir(tmp_path)
    code, out, err = archcalc("my net.yaml")
    assert (code, out) == (2, "")
    assert "did you mean `archcalc summarize 'my net.yaml'`?" in err
    assert f"did you mean `archcalc check {tmp_path}`?" in archcalc(tmp_path).err


@pytest.mark.parametrize(
    ("asked", "same"), [(["help"], ["--help"]), (["help", "memory"], ["memory", "--help"])]
)
def test_help_is_a_word_too(archcalc, asked, same):
    assert archcalc(*asked) == archcalc(*same)
    assert archcalc(*asked).code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("160x160", "channels come first: did you mean 3x160x160?"),
        ("227x227x3", "channels come first: did you mean 3x227x227?"),
        ("320x240x3", "channels come first: did you mean 3x240x320 (channels 3, height 240, width 320)?"),
        ("3x3x160x160", "this network's input has channels and height and width"),
        ("0", "sizes go from 1 to 2,147,483,647"),
        ("9999999999", "sizes go from 1 to 2,147,483,647"),
        ("3x0x160", "sizes go from 1 to 2,147,483,647"),
        ("-5", "a shape is 160, 3x160x160 or height=160,width=96"),
        ("large", "a shape is 160, 3x160x160 or height=160,width=96"),
        ("1" * 50, "a shape is 160, 3x160x160 or height=160,width=96"),
        ("depth=3", "needs NAME=SIZE, each once, with channels, height, width"),
        ("height=1,height=2", "needs NAME=SIZE, each once, with channels, height, width"),
        ("height=x", "needs NAME=SIZE, each once, with channels, height, width"),
        ("height=", "needs NAME=SIZE, each once, with channels, height, width"),
    ],
)
def test_inputs_that_cannot_be(archcalc, text, message):
    code, out, err = archcalc("summarize", "alexnet", f"--input={text}")
    assert (code, out) == (2, "")
    assert err.endswith(f"Error: Invalid value for '--input': {message}\n")


@pytest.mark.parametrize(
    ("network", "text", "shape"),
    [
        ("resnet18", "160", [3, 160, 160]),
        ("resnet18", "3x160x96", [3, 160, 96]),
        ("resnet18", "3×160×96", [3, 160, 96]),
        ("resnet18", "1,160,96", [1, 160, 96]),
        ("resnet18", "height=160,width=96", [3, 160, 96]),
        ("resnet18", "width=96, height=160", [3, 160, 96]),
        ("resnet18", "width=96", [3, 224, 96]),
        ("resnet18", "channels=1", [1, 224, 224]),
    ],
)
def test_inputs_that_can_be(archcalc, network, text, shape):
    code, out, err = archcalc("summarize", network, "--input", text, "-f", "json")
    assert (code, err) == (0, "")
    assert json.loads(out)["network"]["input_shape"] == shape


@pytest.mark.parametrize(
    ("own", "text", "shape"),
    [
        ("{channels: 2, length: 50}", "60", [2, 60]),
        ("{channels: 2, length: 50}", "4x60", [4, 60]),
        ("{channels: 2, length: 50}", "length=7", [2, 7]),
        ("{features: 9}", "7", [7]),
        ("{features: 9}", "features=7", [7]),
    ],
)
def test_inputs_of_other_ranks(archcalc, spec, own, text, shape):
    path = spec(f"input: {own}\nlayers: [relu]\n")
    assert (
        json.loads(archcalc("summarize", path, "--input", text, "-f", "json").out)["network"]["input_shape"]
        == shape
    )


def test_inputs_of_other_ranks_that_cannot_be(archcalc, spec):
    sequence = spec("input: {channels: 2, length: 50}\nlayers: [relu]\n")
    assert "did you mean 2x60?" in archcalc("summarize", sequence, "--input", "60x2").err
    vector = spec("input: {features: 9}\nlayers: [relu]\n")
    assert "this network's input has features" in archcalc("summarize", vector, "--input", "3x3").err


def test_an_input_that_does_not_fit_is_a_broken_network(archcalc):
    code, out, err = archcalc("summarize", "alexnet", "--input", "10")
    assert code == 1
    assert "0 of 23 layers could be worked out; conv1 could not" in out
    assert re.match(r"alexnet\.yaml:\d+:\d+: error\[shape\]: conv1: ", err)


BROKEN = {
    "syntax": ("input: {channels: 3\nlayers: [", r"2:\d+: error\[syntax\]"),
    "unknown kind": ("input: {features: 3}\nlayers: [linaer: {units: 3}]", r"2:10: error\[unknown-kind\]"),
    "unknown key": ("inptu: {features: 3}\nlayers: [relu]", r"1:1: error\[unknown-key\]"),
    "type": ("input: {features: 3}\nlayers: [fc: {units: three}]", r"2:22: error\[type\]"),
    "missing": ("input: {features: 3}\nlayers: [fc]", r"2:10: error\[missing-setting\]"),
    "empty": ("", r"1:1: error\[syntax\]"),
    "shape": (
        "input: {features: 3}\nlayers: [relu, conv: {filters: 1, kernel_size: 1}]",
        r"2:16: error\[shape\]",
    ),
}


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("command", ["summarize", "compare-fc", "verify", "explain"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_wrong_spec_is_placed_in_every_command_and_format(archcalc, spec, name, command, format_):
    text, expected = BROKEN[name]
    path = spec(text)
    code, out, err = archcalc(command, path, *(["relu1"] if command == "explain" else []), "-f", format_)
    assert code == 1
    assert re.match(re.escape(str(path)) + ":" + expected, err)
    assert "Traceback" not in err
    if format_ == "json":
        document = json.loads(out)
        (error, *_) = document["errors"]
        always = {"file", "line", "column", "code", "message", "hint"}
        assert set(error) - {"repairs", "detail", "also"} == always
        assert error["file"] == str(path)
        assert f"{error['line']}:{error['column']}: error[{error['code']}]: {error['message']}" in err
    elif not (command == "summarize" and name == "shape"):
        assert out == ""


def test_the_line_at_fault_is_shown(archcalc, spec):
    path = spec("input: {features: 3}\nlayers:\n  - fc: {unit: 5}\n")
    assert archcalc("summarize", path).err == (
        f"{path}:3:10: error[unknown-setting]: fc has no setting 'unit'\n"
        "    3 |   - fc: {unit: 5}\n"
        "                 ^^^^\n"
        "  hint: did you mean 'units'?\n"
    )


def test_a_network_that_breaks_shows_what_stands_before(archcalc, broken_at_seven):
    code, out, err = archcalc("summarize", broken_at_seven)
    assert code == 1
    names = [line.split()[0] for line in out.partition("layer ")[2].partition("\n\n")[0].splitlines()[1:]]
    assert names == ["input", "conv1", "relu1", "maxpool1", "conv2", "relu2", "maxpool2"]
    assert "\n6 of 9 layers could be worked out; too_large could not\n" in out
    assert "total" not in out
    assert "%" not in out
    assert err.startswith(
        f"{broken_at_seven}:10:5: error[shape]: too_large: "
        "a window of 11 does not fit into the input's height of 6\n"
        "   10 |   - conv: {name: too_large, filters: 8, kernel_size: 11}\n            ^^^^\n  hint: "
    )


@pytest.mark.parametrize("command", ["summarize", "compare-fc", "verify", "explain"])
def test_json_of_a_network_that_breaks_is_one_document(archcalc, broken_at_seven, command):
    more = ["conv1"] if command == "explain" else []
    code, out, _ = archcalc(command, broken_at_seven, *more, "-f", "json")
    assert code == 1
    document = json.loads(out)
    assert [layer["name"] for layer in document["layers"]][-1] == "maxpool2"
    assert len(document["layers"]) == 6
    assert document["network"]["outputs"] == {}
    assert "totals" not in document
    ((error),) = document["errors"]
    assert (error["line"], error["column"], error["code"]) == (10, 5, "shape")
    assert error["message"].startswith("too_large: ")


def test_csv_of_a_network_that_breaks_has_the_rows_before(archcalc, broken_at_seven):
    code, out, err = archcalc("summarize", broken_at_seven, "-f", "csv")
    assert code == 1
    assert [line.split(",")[0] for line in out.splitlines()] == [
        "name", "input", "conv1", "relu1", "maxpool1", "conv2", "relu2", "maxpool2",
    ]  # fmt: skip
    assert err


def test_several_faults_are_all_shown(archcalc, spec):
    path = spec("input: {features: 3}\nlayers:\n  - fcc: {units: 5}\n  - fc: {unit: 5}\n  - rleu\n")
    lines = archcalc("summarize", path, "-f", "json")
    assert [error["line"] for error in json.loads(lines.out)["errors"]] == [3, 4, 5]
    assert len(re.findall(r"error\[", lines.err)) == 3


HOSTILE = r"""
input: {features: 3}
layers:
  - "::error::x ##[error]y\e[31m\u202e": {"##vso[a]b": 1}
  - relu:
      "::set-output name=a::b": 1
  - fc: {units: "\n::error::z"}
"""


def test_hostile_errors_are_harmless(archcalc, spec):
    path = spec(HOSTILE)
    for format_ in FORMATS:
        code, out, err = archcalc("summarize", path, "-f", format_)
        assert code == 1
        for text in (out, err):
            assert not re.search(r"##\w*\[", text)
            assert not re.search(r"^\s*::", text, re.MULTILINE)
            assert all(c.isprintable() or c == "\n" for c in text)


def test_hostile_arguments_are_harmless(archcalc):
    evil = "\n::error::x ##[error]y\x1b[31m\u202e"
    for arguments in (
        [evil], ["summarize", evil], ["summarize", f"./{evil}.yaml"], ["explain", "alexnet", evil],
        ["explain", "--kind", evil], ["compare-fc", "alexnet", "--layer", evil],
        ["summarize", "alexnet", "--input", evil], ["summarize", "alexnet", "--input", f"{evil}=3"],
        ["summarize", "alexnet", f"--{evil}"], ["summarize", "alexnet", "--format", evil],
        ["summarize", "alexnet", evil], ["summarize", "alexnet", "--batch", evil],
        ["summarize", "alexnet", "-o", f"/nowhere/{evil}"],
    ):  # fmt: skip
        code, out, err = archcalc(*arguments)
        assert (code, out) == (2, "")
        assert not re.search(r"##\w*\[", err)
        assert not re.search(r"^\s*::", err, re.MULTILINE)
        assert all(c.isprintable() or c == "\n" for c in err)


def test_a_bug_is_one_line_and_exit_3(archcalc, monkeypatch):
    def fails(*_):
        raise ZeroDivisionError("division\nby ::zero")

    monkeypatch.setattr(Request, "read", fails)
    monkeypatch.delenv("ARCHCALC_TRACEBACK", raising=False)
    code, out, err = archcalc("summarize", "alexnet")
    assert (code, out) == (3, "")
    assert err == (
        "archcalc: this is a bug, please report it: ZeroDivisionError: division by \\x3a:zero "
        "(ARCHCALC_TRACEBACK=1 shows where)\n"
    )
    monkeypatch.setenv("ARCHCALC_TRACEBACK", "1")
    code, out, err = archcalc("summarize", "alexnet")
    assert code == 3
    assert err.startswith("Traceback (most recent call last):\n")


@pytest.mark.parametrize("kind", [ReadError, RequestError, OSError])
def test_no_message_can_command(archcalc, monkeypatch, kind):
    def fails(*_):
        raise kind("what\n::error::x ##[error]y \x1b[31m")

    monkeypatch.setattr(Request, "read", fails)
    code, out, err = archcalc("summarize", "alexnet")
    assert (code, out) == (2, "")
    assert err.endswith("what\\n\\x3a:error\\x3a:x \\x23#[error]y \\x1b[31m\n")


def test_no_problem_of_a_spec_can_command(archcalc, monkeypatch):
    def fails(*_):
        raise SpecError([Problem("c", "what\n::x", Span("::y", 1, 1), "##[z]")], {"::y": "##vso[w]\n"})

    monkeypatch.setattr(Request, "read", fails)
    code, out, err = archcalc("summarize", "alexnet")
    assert (code, out) == (1, "")
    assert err == (
        "\\x3a:y:1:1: error[c]: what\\n\\x3a:x\n    1 | \\x23#vso[w]\n        ^\n  hint: \\x23#[z]\n"
    )


def test_an_interruption_is_exit_130(archcalc, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Request, "read", interrupted)
    code, out, err = archcalc("summarize", "alexnet")
    assert (code, out) == (130, "")
    assert err.strip() == ""
