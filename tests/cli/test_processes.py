"""The program as a process: pipes that close, disks that are full, signals, locales, determinism."""

import json
import os
import re
import subprocess
import sys

import pytest
from sweeps import thinned

from archcalc.report import FORMATS

LONG = ["summarize", "resnet152", "--depth", "9", "--explain"]
"""More than a pipe holds."""

INTERRUPTED = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # background jobs begin with it ignored
class Terminal:
    def read(self, size):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(10)
sys.stdin = type("Stdin", (), {"buffer": Terminal(), "isatty": lambda self: False})()
from archcalc.cli import main
main(["summarize", "-"])
"""


def shell(line, **environment):
    return subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHON": sys.executable, **environment},
    )  # fmt: skip


@pytest.mark.parametrize(
    "command", [" ".join(LONG), "summarize vgg16", "--help", "summarize --help", "zoo alexnet"]
)
@pytest.mark.parametrize("reader", thinned(["head -1", "true"], 2))
def test_a_reader_that_has_seen_enough_ends_it_quietly(command, reader):
    done = shell(f'"$PYTHON" -m archcalc {command} | {reader}; echo ${{PIPESTATUS[0]}} >&2')
    assert done.stderr == "0\n"
    assert len(done.stdout.splitlines()) == (1 if reader == "head -1" else 0)


def test_a_failure_is_still_one_when_the_reader_has_left(broken_at_seven):
    done = shell(f'"$PYTHON" -m archcalc summarize {broken_at_seven} | true; echo ${{PIPESTATUS[0]}} >&2')
    assert done.stderr.splitlines()[-1] == "1"
    assert "error[shape]" in done.stderr


@pytest.mark.parametrize(
    "command",
    thinned(["summarize vgg16", "summarize vgg16 -f json", "--help", "zoo alexnet", " ".join(LONG)], 4),
)
def test_a_full_disk_is_one_line(command):
    done = shell(f'"$PYTHON" -m archcalc {command} > /dev/full')
    assert done.returncode == 2
    assert done.stderr == "archcalc: cannot write: No space left on device\n"


def test_a_closed_output_is_one_line():
    done = shell('"$PYTHON" -m archcalc summarize vgg16 >&-')
    assert (done.returncode, done.stderr) == (2, "archcalc: cannot write: standard output is closed\n")


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_errors_that_nobody_can_read_still_have_their_exit_code(redirection, broken_at_seven):
    for arguments, code in ((f"summarize {broken_at_seven}", 1), ("summarize nowhere", 2), ("nothing", 2)):
        done = shell(f'"$PYTHON" -m archcalc {arguments} {redirection} >/dev/null')
        assert (done.returncode, done.stderr) == (code, "")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("missing/report.txt", "No such file or directory"),
        ("/dev/full", "No space left on device"),
        ("name" * 100, "File name too long"),
    ],
)
def test_a_file_that_cannot_be_written_is_one_line(process, tmp_path, monkeypatch, path, why):
    monkeypatch.chdir(tmp_path)
    done = process("summarize", "lenet5", "-o", path)
    assert done == (2, "", f"archcalc: cannot write {path}: {why}\n")


def test_a_folder_is_no_file_to_write(process, tmp_path):
    done = process("summarize", "lenet5", "-o", tmp_path)
    assert done.code == 2
    assert "is a directory" in done.err


def test_an_interruption_ends_it_at_once(process):
    done = process(code=INTERRUPTED)
    assert (done.code, done.out) == (130, "")
    assert done.err.strip() == ""


MANY = """
import json, sys
from archcalc.cli.app import exit_code
sys.exit(max(exit_code(arguments) for arguments in json.loads(sys.argv[1])))
"""
COMMANDS = [
    ["summarize", "alexnet"],
    ["summarize", "resnet50"],
    ["compare-fc", "alexnet"],
    ["explain", "alexnet", "conv1"],
    ["explain", "--kind", "conv"],
]
FORMATTED = [[*arguments, "-f", format_] for arguments in COMMANDS for format_ in FORMATS]
SEEDED = [["verify", "lenet5", "-f", format_] for format_ in FORMATS]


@pytest.fixture(scope="module")
def baseline(process):
    """What all commands write in all formats."""
    return process(json.dumps([*FORMATTED, ["zoo", "resnet"]]), code=MANY, PYTHONHASHSEED="0")


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    thinned(
        [
            {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TERM": "dumb", "COLUMNS": "20"},
            {"PYTHONHASHSEED": "4242", "LANG": "C", "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            {"PYTHONOPTIMIZE": "1", "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "COLUMNS": "500", "LINES": "3"},
            {"TZ": "Asia/Tokyo", "LC_ALL": "POSIX", "LANG": "de_DE.UTF-8"},
            {"CLICOLOR": "1", "COLORTERM": "truecolor", "FORCE_COLOR": "0"},
        ],
        3,
    ),
    ids=lambda changes: ",".join(f"{name}={value}" for name, value in changes.items()),
)
def test_the_same_input_gives_the_same_bytes(process, baseline, changes):
    assert baseline.code == 0
    assert process(json.dumps([*FORMATTED, ["zoo", "resnet"]]), code=MANY, **changes) == baseline


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes(process):
    first, second = (process(json.dumps(SEEDED), code=MANY, PYTHONHASHSEED=seed) for seed in ("1", "4242"))
    assert first.code == 0
    assert first == second


@pytest.mark.parametrize("encoding", thinned(["ascii", "latin-1", "cp437", "cp1252"], 4))
def test_an_encoding_without_our_symbols_loses_no_digit(encoding, baseline):
    done = subprocess.run(
        [sys.executable, "-c", MANY, json.dumps([*FORMATTED, ["zoo", "resnet"]])],
        capture_output=True, timeout=60, env={**os.environ, "PYTHONIOENCODING": encoding},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert re.findall(r"\d+", done.stdout.decode(encoding)) == re.findall(r"\d+", baseline.out)


@pytest.mark.slow
def test_columns_survive_ascii():
    done = shell('"$PYTHON" -m archcalc summarize alexnet', PYTHONIOENCODING="ascii")
    row = next(line.split() for line in done.stdout.splitlines() if line.startswith("conv1 "))
    assert row[:8] == ["conv1", "conv", "F11", "S4", "55x55x96", "290,400", "1.11", "MiB"]
    assert "'AlexNet, one tower, 227x227'\n" in done.stdout
    explained = shell('"$PYTHON" -m archcalc explain alexnet conv1', PYTHONIOENCODING="ascii").stdout
    assert "\n  W2 = floor((227 - 11 + 2*0)/4) + 1 = 55\n" in explained


def test_accents_are_left_out_in_ascii():
    done = shell('"$PYTHON" -m archcalc zoo resnext50', PYTHONIOENCODING="ascii")
    assert "Girshick, Dollar, Tu & He" in done.stdout


def test_the_module_ends_normally_so_that_profilers_see_it():
    done = shell('"$PYTHON" -m cProfile -m archcalc summarize lenet5')
    assert done.returncode == 0
    assert "LeNet-5" in done.stdout
    assert "cumulative" in done.stdout or "cumtime" in done.stdout


@pytest.mark.parametrize(("name", "ends"), [("run", "yes\n"), ("main", "")])
def test_exit_handlers_run_in_the_module_but_not_in_the_script(name, ends):
    code = f"import atexit, sys; atexit.register(print, 'yes'); from archcalc.cli import {name}; "
    done = shell(f'"$PYTHON" -c "{code} sys.exit({name}([\'nothing\']))" 2>/dev/null')
    assert (done.returncode, done.stdout) == (2, ends)
