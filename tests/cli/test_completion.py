"""What shells complete: commands, options, networks, files and layers; and that they hear nothing else."""

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archcalc.cli.app import COMMANDS, app, exit_code
from archcalc.cli.completion import SHELLS
from archcalc.layers import LAYERS
from archcalc.report.check import CHECK_FORMATS
from archcalc.spec.load import load
from archcalc.spec.zoo import zoo_names

SPEC = """\
input: {channels: 3, height: 32, width: 32}
layers:
  - conv: {name: first, filters: 8, kernel_size: 3}
  - relu
  - repeat: {times: 2, name: stage, layers: [conv: {filters: 8, kernel_size: 3}]}
"""
BROKEN = "input: {features: 3}\nlayers: [fd]\n"
CANNOT_WORK = "input: {features: 3}\nlayers: [fc: {name: ok, units: 3}, conv: {filters: 1, kernel_size: 9}]\n"


@pytest.fixture
def complete(capsys, monkeypatch):
    """What a shell is told to offer for a line whose last word is incomplete; nothing else is written."""

    def completed(*words):
        monkeypatch.setenv("COMP_WORDS", " ".join(["archcalc", *words]))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        monkeypatch.setenv("_ARCHCALC_COMPLETE", "bash_complete")
        assert exit_code([]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        offered = [line.partition(",") for line in out.splitlines() if line]
        assert {kind for kind, _, _ in offered} <= {"plain", "file"}
        return [word for _, _, word in offered]

    return completed


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with specs of all kinds, in which the shell stands."""
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "net.yaml": SPEC,
        "nets/deep.yml": SPEC,
        "nets/broken.yaml": BROKEN,
        "only/one/way/far.yaml": SPEC,
        "only/one/way/cannot.yaml": CANNOT_WORK,
        "notes.txt": "",
        ".hidden/net.yaml": SPEC,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_commands(complete):
    assert complete("") == list(COMMANDS)
    assert complete("c") == [name for name in COMMANDS if name.startswith("c")]
    assert complete("nothing") == []


@pytest.mark.parametrize("command", COMMANDS)
def test_options_of_every_command(complete, command):
    options = [name for parameter in app.get_command(None, command).params for name in parameter.opts]
    assert set(complete(command, "--")) == {name for name in options if name.startswith("--")} | {"--help"}


def test_values_of_options(complete):
    assert complete("check", "net.yaml", "--format", "") == list(CHECK_FORMATS)
    assert complete("summarize", "--dtype", "fl") == ["float32", "float16", "float64"]
    assert complete("completion", "") == list(SHELLS)
    assert complete("explain", "--kind", "") == list(LAYERS)
    assert complete("explain", "--kind", "flat") == ["flatten"]


@pytest.mark.parametrize("command", ["summarize", "compare-fc", "verify", "explain", "check", "diff", "lock"])
def test_built_in_networks_and_files(complete, folder, command):
    found = complete(command, "")
    assert set(found) >= {*zoo_names(), "net.yaml", "nets/", "only/"}
    assert not {"notes.txt", ".hidden/"} & set(found)
    assert complete(command, "vgg") == [name for name in zoo_names() if name.startswith("vgg")]
    assert complete(command, "net") == ["net.yaml", "nets/"]
    assert complete(command, "nets/") == ["nets/broken.yaml", "nets/deep.yml"]
    assert complete(command, "./n") == ["./net.yaml", "./nets/"]
    assert complete(command, "nothing/") == complete(command, "nothing") == []


def test_every_argument_is_completed(complete, folder):
    assert complete("diff", "vgg16", "net") == ["net.yaml", "nets/"]
    assert complete("check", "a.yaml", "b.yaml", "net") == ["net.yaml", "nets/"]


def test_a_lone_folder_is_looked_into(complete, folder):
    """Or the shell would end the word behind its name."""
    assert complete("summarize", "on") == ["only/one/way/cannot.yaml", "only/one/way/far.yaml"]
    (folder / "empty").mkdir()
    assert complete("summarize", "em") == ["empty/"]


def test_hidden_files_must_be_asked_for(complete, folder):
    assert complete("summarize", ".h") == [".hidden/net.yaml"]


def test_absolute_paths(complete, folder):
    assert complete("summarize", f"{folder}/net") == [f"{folder}/net.yaml", f"{folder}/nets/"]


@pytest.mark.parametrize(
    "name",
    ["a b", "$(touch owned)", "`id`", "a;id", "a&b", "a\nplain,b", "'a", '"', "a*", "a\\b", "<a", "\x1b[2J"],
)
def test_names_that_a_shell_would_obey_are_not_offered(complete, folder, name):
    (folder / f"{name}.yaml").write_text(SPEC, encoding="utf-8")
    assert complete("summarize", "a") == [found for found in zoo_names() if found.startswith("a")]
    assert {found for found in complete("summarize", "") if "/" not in found} == {*zoo_names(), "net.yaml"}


def test_layers_of_a_network(complete, folder):
    assert complete("explain", "net.yaml", "") == ["first", "relu1", "stage1/conv1", "stage2/conv1"]
    assert complete("explain", "net.yaml", "stage") == ["stage1/conv1", "stage2/conv1"]
    assert complete("explain", "--batch", "3", "net.yaml", "f") == ["first"]
    assert complete("explain", "resnet50", "") == [node.name for node in load("resnet50").nodes]
    assert complete("explain", "only/one/way/cannot.yaml", "") == ["ok", "conv1"]


def test_convolutions_of_a_network(complete, folder):
    assert complete("compare-fc", "net.yaml", "--layer", "") == ["first", "stage1/conv1", "stage2/conv1"]
    assert complete("compare-fc", "net.yaml", "--format", "json", "--layer", "f") == ["first"]
    assert complete("compare-fc", "net.yaml", "--layer=f") == ["first"]
    assert complete("compare-fc", "--layer", "") == []


@pytest.mark.parametrize("command", ["memory", "fit"])
def test_choices_of_training(complete, folder, command):
    assert complete(command, "net.yaml", "--train", "ada") == [
        "adagrad",
        "adadelta",
        "adam",
        "adamw",
        "adafactor",
    ]
    assert complete(command, "net.yaml", "--checkpoint", "") == ["stage1", "stage2"]
    assert complete(command, "resnet50", "--checkpoint", "conv2_x/b") == [
        "conv2_x/bottleneck1",
        "conv2_x/bottleneck1/shortcut",
        "conv2_x/bottleneck2",
        "conv2_x/bottleneck3",
    ]


def test_variables_are_completed_behind_set(complete):
    assert complete("summarize", "resnet50", "--set", "w") == ["width="]
    assert complete("explain", "resnet50", "conv1", "--set", "b") == ["blocks=", "base_width="]
    assert complete("check", "resnet50", "--set", "cl") == ["classes="]
    assert complete("diff", "resnet18", "resnet50", "--set", "g") == ["groups="]
    assert complete("summarize", "net.yaml", "--set", "") == []


def test_comparisons_are_completed(complete):
    assert complete("compare", "resnet50", "widt") == ["width="]
    assert complete("compare", "resnet50", "--columns", "macs,pe") == ["macs,peak_bytes"]
    assert complete("compare", "resnet50", "--sort", "rec") == ["receptive_field"]
    assert complete("compare", "resnet50", "--set", "wi") == ["width="]


def test_words_are_explained(complete):
    assert complete("explain", "dropped") == ["dropped-pixels"]
    assert complete("explain", "unread") == ["unread-output", "unreadable"]
    assert complete("explain", "stoch") == ["stochastic_depth"]
    assert complete("explain", "bias_") == ["bias_adds"]
    assert complete("explain", "recept") == ["receptive-field"]
    assert complete("explain", "dropped-pixels", "") == []
    assert "dropped-pixels" not in complete("summarize", "")


@pytest.mark.parametrize(
    "spec",
    ["nets/broken.yaml", "nothing.yaml", "nothing", "nets", "notes.txt", "binary.yaml", "-", "/"],
)
def test_what_cannot_be_read_offers_nothing_and_says_nothing(complete, folder, monkeypatch, spec):
    (folder / "binary.yaml").write_bytes(bytes(range(256)))
    monkeypatch.setattr("sys.stdin", None)
    assert complete("explain", spec, "") == []
    assert complete("compare-fc", spec, "--layer", "") == []


def test_standard_input_is_left_for_the_command(complete, monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(SPEC.encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    assert complete("explain", "-", "") == []
    assert stdin.read() == SPEC


def test_a_bug_says_nothing_either(complete, folder, monkeypatch):
    def broken(spec):
        raise RuntimeError

    monkeypatch.setattr("archcalc.spec.load.read_parts", broken)
    assert complete("explain", "net.yaml", "") == []


@pytest.mark.parametrize(
    "words", [["summarize", "'"], ["--nothing", ""], ["nothing", ""], ["summarize", "a", "b", ""]]
)
def test_lines_that_make_no_sense_are_taken_calmly(complete, words):
    assert isinstance(complete(*words), list)


@pytest.mark.parametrize(
    ("shell", "words"),
    [
        ("bash", ["complete -o nosort -F _archcalc_completion archcalc", "_ARCHCALC_COMPLETE=bash_complete"]),
        ("zsh", ["#compdef archcalc\n", "_ARCHCALC_COMPLETE=zsh_complete"]),
        ("fish", ["complete --no-files --command archcalc", "_ARCHCALC_COMPLETE=fish_complete"]),
    ],
)
def test_the_script_of_every_shell(archcalc, monkeypatch, shell, words):
    monkeypatch.setenv("PATH", "")
    code, out, err = archcalc("completion", shell)
    assert (code, err) == (0, "")
    assert all(word in out for word in words)
    assert not out.startswith("\n")


@pytest.mark.parametrize("shell", [shell for shell in SHELLS if shutil.which(shell)])
def test_the_shell_reads_its_script(archcalc, shell):
    script = archcalc("completion", shell).out
    done = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_unknown_shell_is_refused(archcalc):
    code, out, err = archcalc("completion", "tcsh")
    assert (code, out) == (2, "")
    assert "'bash', 'zsh', 'fish'" in err


@pytest.fixture
def bash(folder):
    """What bash offers for a line, by the script that it read, with a program called archcalc on its path."""
    program = folder / "bin" / "archcalc"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m archcalc "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(Path(__file__).parents[2])}

    def offered(*words):
        line = " ".join(f"'{word}'" for word in ("archcalc", *words))
        script = (
            'eval "$(archcalc completion bash)"\n'
            f"COMP_WORDS=({line}) COMP_CWORD={len(words)}\n"
            "_archcalc_completion archcalc\n"
            'printf "%s\\n" "${COMPREPLY[@]}"\n'
        )
        done = subprocess.run(
            ["bash", "--norc", "-c", script], capture_output=True, text=True, timeout=60, env=environment
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.split()

    return offered


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_bash_completes(bash):
    assert bash("comp") == ["compare", "compare-fc", "completion"]
    assert bash("explain", "net.yaml", "stage") == ["stage1/conv1", "stage2/conv1"]
    assert bash("summarize", "nets/") == ["nets/broken.yaml", "nets/deep.yml"]
    assert bash("explain", "nets/broken.yaml", "") == []
