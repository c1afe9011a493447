"""Reports as users see them, kept word for word in tests/goldens.

When a change of them is meant, write them anew and read the difference:

    ARCHCALC_UPDATE_GOLDENS=1 pytest tests/report && git diff tests/goldens
"""

import os
import sys
from pathlib import Path

import pytest

from archcalc.cli.app import exit_code

GOLDENS = Path(__file__).parent.parent / "goldens"

COMMANDS = {
    "summarize-alexnet": "summarize alexnet",
    "summarize-vgg16": "summarize vgg16",
    "summarize-resnet50": "summarize resnet50",
    "summarize-resnet50-depth1": "summarize resnet50 --depth 1 --batch 8 --dtype float16 --units decimal",
    "summarize-alexnet-markdown": "summarize alexnet --format markdown",
    "summarize-vgg16-markdown": "summarize vgg16 --format markdown",
    "summarize-resnet50-markdown": "summarize resnet50 --format markdown",
    "summarize-lenet5-json": "summarize lenet5 --format json",
    "summarize-lenet5-csv": "summarize lenet5 --format csv",
    "summarize-lenet5-explain": "summarize lenet5 --explain",
    "compare-fc-alexnet": "compare-fc alexnet",
    "compare-fc-alexnet-conv1-markdown": "compare-fc alexnet --layer conv1 --format markdown",
    "compare-fc-lenet5-prove": "compare-fc lenet5 --prove",
    "explain-alexnet-conv1": "explain alexnet conv1",
    "explain-alexnet-conv1-markdown": "explain alexnet conv1 --format markdown",
    "explain-resnet50-add": "explain resnet50 conv2_x/bottleneck1/add1",
    "explain-kind-conv": "explain --kind Conv2D",
    "reconcile-vgg16": "reconcile vgg16",
    "reconcile-resnet50-torchsummary": "reconcile resnet50 --with torchsummary",
    "reconcile-vgg16-number": "reconcile vgg16 30.94GFLOPs",
    "reconcile-mobilenet_v2-markdown": "reconcile mobilenet_v2 --with thop --format markdown",
    "fit-resnet50-adam": "fit resnet50 --memory 24GiB --train adam --dtype bfloat16",
    "fit-vgg16-input": "fit vgg16 --memory 24GiB --train momentum --batch 64",
    "verify-lenet5": "verify lenet5",
    "memory-vgg16": "memory vgg16",
    "memory-resnet50-eager": "memory resnet50 --convention eager",
    "memory-shufflenet-best": "memory shufflenet_v2_x2_0 --schedule best --concat view --depth 2",
    "memory-lenet5-fits": "memory lenet5 --dtype int8 --fits flash=64KiB,sram=8KiB",
    "memory-lenet5-json": "memory lenet5 --format json",
    "memory-lenet5-csv": "memory lenet5 --format csv",
    "memory-lenet5-markdown": "memory lenet5 --format markdown",
    "memory-resnet18-train": "memory resnet18 --train --batch 32",
    "memory-alexnet-train-markdown": "memory alexnet --train adafactor --batch 128 --dtype bfloat16 "
    "--checkpoint conv3,conv4,conv5 --format markdown",
    "zoo-alexnet": "zoo alexnet",
    "zoo-alexnet-csv": "zoo alexnet --format csv",
}
TERMINALS = {
    "terminal80-summarize-alexnet": (80, "summarize alexnet"),
    "terminal120-summarize-alexnet": (120, "summarize alexnet"),
    "terminal80-summarize-resnet50": (80, "summarize resnet50"),
    "terminal80-compare-fc-alexnet": (80, "compare-fc alexnet"),
    "terminal120-compare-fc-alexnet": (120, "compare-fc alexnet"),
    "terminal80-explain-kind-conv": (80, "explain --kind conv"),
    "terminal80-memory-vgg16": (80, "memory vgg16"),
    "terminal80-memory-resnet18-train": (80, "memory resnet18 --train"),
    "terminal80-zoo-alexnet": (80, "zoo alexnet"),
}


def check_golden(name, text):
    path = GOLDENS / f"{name}.txt"
    if os.environ.get("ARCHCALC_UPDATE_GOLDENS"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_pipe_gets(name, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert exit_code(COMMANDS[name].split()) == 0
    out, err = capsys.readouterr()
    check_golden(name, out)
    assert err == ""


@pytest.mark.parametrize("name", TERMINALS)
def test_what_a_terminal_without_colour_shows(name, capsys, monkeypatch):
    columns, command = TERMINALS[name]
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert exit_code(command.split()) == 0
    check_golden(name, capsys.readouterr().out)


def test_each_golden_is_checked():
    assert {path.stem for path in GOLDENS.glob("*.txt")} == {*COMMANDS, *TERMINALS}
