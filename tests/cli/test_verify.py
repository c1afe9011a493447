"""archcalc verify: its depths, what it measures besides, and what it refuses."""

import io
import json
import os
import re
import sys

import pytest

from archcalc.cli import progress as module
from archcalc.window import Axis

GIANT = """\
input: {channels: 3, height: 65536, width: 65536}
layers:
  - conv: {filters: 64, kernel_size: 3, padding: 1}
  - relu
  - maxpool: {kernel_size: 2}
  - conv: {filters: 128, kernel_size: 3, padding: 1}
  - global_avgpool
"""


def test_shapes_alone_are_verified_at_any_size(archcalc, spec):
    code, out, err = archcalc("verify", spec(GIANT), "--shapes-only")
    assert (code, err) == (0, "")
    assert "verified: 5 layers have the predicted shapes; 75,648 parameters drawn" in out
    assert out.rstrip().endswith("products taken, as predicted; no value was computed")


def test_shapes_alone_say_what_they_cannot_know(archcalc):
    document = json.loads(archcalc("verify", "lenet5", "--shapes-only", "-f", "json").out)
    values = json.loads(archcalc("verify", "lenet5", "-f", "json").out)
    assert (document["computed"], values["computed"]) == (False, True)
    assert {layer["finite"] for layer in document["layers"]} == {None}
    assert document["needed"] is None
    assert document["live"] == values["live"]
    unknown = {"finite": None}
    assert document["layers"] == [layer | unknown for layer in values["layers"]]


def test_what_needs_more_memory_is_refused_before_it_runs(archcalc, spec):
    code, out, err = archcalc("verify", spec(GIANT))
    assert (code, out) == (2, "")
    assert err.startswith("archcalc: ")
    assert "too large to run" in err
    assert "--max-memory" in err
    assert archcalc("verify", "alexnet", "--max-memory", "1 MiB").code == 2
    needed = json.loads(archcalc("verify", "lenet5", "-f", "json").out)["needed"]
    assert archcalc("verify", "lenet5", "--max-memory", f"{needed['bytes']}").code == 0
    assert archcalc("verify", "lenet5", "--max-memory", f"{needed['bytes'] - 1}").code == 2


@pytest.mark.parametrize("size", ["", "much", "-1", "4 GIB", "<= 4GiB", "1.5 B"])
def test_wrong_sizes_are_called_wrongly(archcalc, size):
    code, out, err = archcalc("verify", "lenet5", "--max-memory", size)
    assert (code, out) == (2, "")
    assert "--max-memory" in err


def test_a_profile_has_time_and_bytes_of_each_layer(archcalc):
    document = json.loads(archcalc("verify", "lenet5", "--profile", "-f", "json").out)
    assert all(layer["seconds"] > 0 for layer in document["layers"])
    by_name = {layer["name"]: layer["bytes"] for layer in document["layers"]}
    assert by_name["C5"] > 48_120 * 4
    assert by_name["tanh4"] < 2**17
    header, *rows = archcalc("verify", "lenet5", "--profile", "-f", "csv").out.splitlines()
    assert header.split(",")[-3:] == ["milliseconds", "bytes", "agrees"]
    assert len(rows) == len(document["layers"])


def test_without_a_profile_nothing_is_timed(archcalc):
    document = json.loads(archcalc("verify", "lenet5", "-f", "json").out)
    assert not any({"seconds", "bytes", "receptive_field"} & layer.keys() for layer in document["layers"])


def test_receptive_fields_are_those_of_the_summary(archcalc):
    summary = json.loads(archcalc("summarize", "vgg16", "-f", "json").out)
    document = json.loads(archcalc("verify", "vgg16", "--shapes-only", "--receptive-field", "-f", "json").out)
    for layer, check in zip(summary["layers"], document["layers"], strict=True):
        field, expected = check["receptive_field"], layer["receptive_field"]
        assert field["predicted"] == {key: expected[key] for key in ("size", "jump", "offset")}
        assert field["agrees"]
        if not any(field["whole_input"]):
            assert field["found"]["size"] == expected["size"]
        if layer["kind"] == "conv":
            assert field["found"]["jump"] == expected["jump"]
            assert field["found"]["offset"] == expected["offset"]


def test_a_wrong_receptive_field_is_exit_1(archcalc, monkeypatch):
    wrong = Axis.field
    monkeypatch.setattr(Axis, "field", lambda self, field, count: wrong(self, field, count)._replace(start=9))
    assert archcalc("verify", "lenet5", "--shapes-only").code == 0
    code, out, err = archcalc("verify", "lenet5", "--shapes-only", "--receptive-field")
    assert (code, err) == (1, "")
    assert "C1 (conv) sees other than predicted\n  output 0 sees 0 to 4, predicted 9 to 13\n" in out
    assert re.search(r"^C1 .* NO$", out, re.MULTILINE)
    document = json.loads(archcalc("verify", "lenet5", "--receptive-field", "-f", "json").out)
    assert document["agrees"] is False
    assert document["layers"][0]["agrees"] is True
    assert document["layers"][0]["receptive_field"]["agrees"] is False


def test_receptive_fields_need_memory_even_with_shapes_alone(archcalc, spec):
    code, out, err = archcalc("verify", spec(GIANT), "--shapes-only", "--receptive-field")
    assert (code, out) == (2, "")
    assert "too large to find receptive fields" in err
    assert "more than the 4.00 GiB allowed; give it more with --max-memory" in err


@pytest.mark.parametrize(
    ("layer", "named"),
    [
        ("pad: {padding: 1000000000}", "pad1"),
        ("conv: {filters: 1, kernel_size: 3}", "conv1"),
        ("avgpool: {kernel_size: 3}", "avgpool1"),
        ("concat: {from: [input, input, input]}", "concat1"),
    ],
)
def test_what_no_array_can_count_is_refused_and_does_not_disagree(archcalc, spec, layer, named):
    path = spec(f"input: {{channels: 1, height: 1000000000, width: 1000000000}}\nlayers: [{layer}]\n")
    code, out, err = archcalc("verify", path, "--shapes-only")
    assert (code, out) == (2, "")
    assert err.startswith(f"archcalc: {named} is too large to run: an array of [")


def test_features_have_no_receptive_field(archcalc, spec):
    path = spec("input: {features: 3}\nlayers: [fc: {units: 2}]")
    code, out, err = archcalc("verify", path, "--receptive-field")
    assert (code, out) == (2, "")
    assert "features alone has no receptive fields" in err


def threads_of(process, *options, **environment):
    code = (
        "import os; from archcalc.cli.app import exit_code;"
        f"assert exit_code(['verify', 'lenet5', '-o', {os.devnull!r}, *{options!r}]) == 0;"
        "print(os.environ['OPENBLAS_NUM_THREADS'])"
    )
    return process(code=code, **environment).out.strip()


@pytest.mark.slow
def test_one_thread_unless_said_otherwise(process):
    unset = {"OPENBLAS_NUM_THREADS": None, "OMP_NUM_THREADS": None}
    assert threads_of(process, **unset | {"OPENBLAS_NUM_THREADS": ""}) == "1"
    assert threads_of(process, OPENBLAS_NUM_THREADS="3") == "3"
    assert threads_of(process, "--threads", "2", OPENBLAS_NUM_THREADS="3") == "2"


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.fixture
def screen(monkeypatch):
    """Let standard error be a terminal from now on; within a test, as pytest sets it anew before one."""

    def shown(patience):
        stream = Screen()
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setattr(module, "PATIENCE", patience)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "120")
        return stream

    return shown


def test_a_long_run_shows_how_far_it_is_and_cleans_up(archcalc, screen):
    stream = screen(0)
    code, out, _ = archcalc("verify", "lenet5")
    assert code == 0
    assert "needs 1." in stream.getvalue()
    assert "12/12" in stream.getvalue()
    assert stream.getvalue().rstrip("\n").endswith("\x1b[2K")
    assert "\x1b" not in out


def test_a_short_run_shows_nothing(archcalc, screen):
    stream = screen(600)
    assert archcalc("verify", "lenet5").code == 0
    assert stream.getvalue() == ""


@pytest.mark.parametrize("quiet", ["dumb", "no terminal"])
def test_progress_is_for_terminals(archcalc, screen, monkeypatch, quiet):
    stream = screen(0)
    if quiet == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    else:
        monkeypatch.setattr(Screen, "isatty", lambda _: False)
    assert archcalc("verify", "lenet5").code == 0
    assert stream.getvalue() == ""


def test_an_interrupted_run_cleans_up_too(archcalc, screen, monkeypatch):
    step = module.Progress.step

    def interrupted(self, check):
        step(self, check)
        if self.done == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(module.Progress, "step", interrupted)
    stream = screen(0)
    assert archcalc("verify", "lenet5").code == 130
    assert stream.getvalue().rstrip("\n").endswith("\x1b[2K")
