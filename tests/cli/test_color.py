"""Colour: when there is some, and what of diagnostics has which."""

import re

import pytest

from archcalc.cli.app import exit_code
from archcalc.cli.color import painted

SPEC = "input: {features: 3}\nlayers:\n  - fc: {units: 2, bais: true}\n"
VARIABLES = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "TERM")
COMMANDS = [
    ["summarize", "lenet5"], ["memory", "lenet5"], ["check", "lenet5"], ["diff", "lenet5", "vgg11"],
    ["compare", "lenet5"], ["explain", "conv"], ["zoo", "lenet5"], ["fit", "lenet5", "--memory", "1GiB"],
]  # fmt: skip


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def colored(capsys, *args):
    exit_code([*args])
    return "\x1b[" in "".join(capsys.readouterr())


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_every_command_is_told(command, capsys):
    assert not colored(capsys, *command)
    assert colored(capsys, *command, "--color", "always")
    assert not colored(capsys, *command)


@pytest.mark.parametrize(
    ("variables", "mode", "wanted"),
    [
        ({"FORCE_COLOR": "1"}, None, True),
        ({"CLICOLOR_FORCE": "1"}, None, True),
        ({"FORCE_COLOR": "0"}, None, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, None, False),
        ({"FORCE_COLOR": "1"}, "never", False),
        ({"NO_COLOR": "1"}, "always", True),
        ({"TERM": "xterm"}, None, False),
    ],
)
def test_the_environment_decides_where_nobody_asks(monkeypatch, capsys, variables, mode, wanted):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert colored(capsys, "summarize", "lenet5", *(["--color", mode] if mode else [])) is wanted


@pytest.mark.parametrize("format_", ["json", "csv", "markdown"])
def test_other_formats_and_files_have_none(format_, tmp_path, capsys):
    assert not colored(capsys, "summarize", "lenet5", "-f", format_, "--color", "always")
    assert not colored(capsys, "summarize", "lenet5", "-o", str(tmp_path / "out.txt"), "--color", "always")
    assert "\x1b" not in (tmp_path / "out.txt").read_text()
    for each in ("json", "github", "markdown", "junit"):
        assert not colored(capsys, "check", "lenet5", "-f", each, "--color", "always")


def parts(text):
    """What stands in which colour."""
    return re.findall(r"\x1b\[([\d;]+)m(.*?)\x1b\[0m", text)


def test_an_error_shows_what_is_wrong_in_red(tmp_path, capsys):
    (tmp_path / "net.yaml").write_text(SPEC)
    exit_code(["summarize", str(tmp_path / "net.yaml"), "--color", "always"])
    found = parts(capsys.readouterr().err)
    assert ("1;31", "error[unknown-setting]:") in found
    assert ("1;31", "^^^^") in found
    assert ("36", "hint:") in found
    assert ("2", "    3 |") in found


def test_what_is_well_is_green_and_what_is_not_is_red():
    text = (
        "a.yaml: ok (3 parameters)\nb.yaml:3:4: advice[heavy-fc]: fc1\nb.yaml:1:2: note: here\n  try: x\n"
        "1,234 specs: 1,230 ok, 4 with 5 errors; 1 piece of advice\n"
    )
    assert parts(painted(text)) == [
        ("32", "ok"), ("2", "b.yaml:3:4: "), ("1;33", "advice[heavy-fc]:"), ("1", " fc1"),
        ("2", "b.yaml:1:2: note:"), ("32", "try:"), ("32", "1,230 ok"), ("1;31", "4 with 5 errors"),
    ]  # fmt: skip
    assert re.sub(r"\x1b\[[\d;]*m", "", painted(text)) == text


def test_growth_is_green_and_loss_is_red(capsys):
    exit_code(["diff", "lenet5", "vgg11", "--color", "always"])
    out = capsys.readouterr().out
    assert re.search(r"\x1b\[32m\s*\+[1-9]", out)
    exit_code(["diff", "vgg11", "lenet5", "--color", "always"])
    assert re.search(r"\x1b\[31m\s*-[1-9]", capsys.readouterr().out)


def test_the_peak_is_red(capsys):
    exit_code(["memory", "lenet5", "--color", "always"])
    assert len(set(re.findall(r"\x1b\[31m(█+)", capsys.readouterr().out))) == 1
