"""Sequences are written positions first, in every report; volumes channels last."""

import csv
import io
import json
import re

import pytest

from archcalc import analyze, loads
from archcalc.checks.lock import lock_failures, lock_text, read_lock

SPEC = """\
input: {channels: 3, height: 32, width: 48}
layers:
  - conv: {name: patches, filters: 24, kernel_size: 8, stride: 8}
  - tokens: {name: flat}
  - class_token: {name: one_more}
  - position_embedding: {name: places}
  - layernorm: {name: before}
  - attention: {name: attended, heads: 2}
  - add: {name: sum, from: [attended, places]}
  - fc: {name: wide, units: 40}
  - gelu: {name: bent}
  - fc: {name: narrow, units: 20}
  - concat: {name: doubled, from: [narrow, narrow]}
  - select: {name: few, stop: 5}
  - fc: {name: mixed, units: 7, over: channels}
  - volume: {name: row}
  - conv1d: {name: slid, filters: 6, kernel_size: 3}
"""
WRITTEN = {
    "patches": "6x4x24",
    "flat": "24x24",
    "one_more": "25x24",
    "places": "25x24",
    "before": "25x24",
    "attended": "25x24",
    "sum": "25x24",
    "wide": "25x40",
    "bent": "25x40",
    "narrow": "25x20",
    "doubled": "50x20",
    "few": "5x20",
    "mixed": "7x20",
    "row": "7x20",
    "slid": "5x6",
}
NOTE = "sequences are positions×features"
COMMANDS = [
    ("summarize",),
    ("memory",),
    ("verify",),
    ("verify", "--shapes-only"),
    ("memory", "--train", "sgd"),
]


@pytest.fixture
def spec(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(SPEC)
    return str(path)


def shape_in(line):
    return re.search(r"\d+(?:×\d+)+", line)[0].replace("×", "x")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
class TestTables:
    def test_csv(self, archcalc, spec, command):
        rows = list(csv.DictReader(io.StringIO(archcalc(*command, spec, "--format", "csv").out)))
        assert {row["name"]: row["output"] for row in rows if row["name"] in WRITTEN} == WRITTEN

    def test_text(self, archcalc, spec, command):
        lines = archcalc(*command, spec).out.splitlines()
        rows = {line.split()[0]: shape_in(line) for line in lines if re.match(r"\w+ .*\d×\d", line)}
        assert {name: rows[name] for name in WRITTEN} == WRITTEN
        assert any(line.endswith(f"W×H×D: {NOTE}") for line in lines)

    def test_markdown(self, archcalc, spec, command):
        out = archcalc(*command, spec, "--format", "markdown").out
        assert re.search(r"^\| wide \| fc \|.* 25×40 \|", out, re.MULTILINE)
        assert f"W×H×D: {NOTE}\n" in out


def test_json_has_shapes_as_they_are(archcalc, spec):
    document = json.loads(archcalc("summarize", spec, "--format", "json").out)
    shapes = {layer["name"]: layer["output_shape"] for layer in document["layers"]}
    assert (shapes["wide"], shapes["row"]) == ([25, 40], [20, 7])


@pytest.mark.parametrize("name", ["alexnet", "ds-cnn"])
def test_without_sequences_nothing_is_said_of_them(archcalc, name):
    assert NOTE not in archcalc("summarize", name).out


def test_explanations(archcalc, spec):
    out = archcalc("explain", spec, "before").out
    assert (
        "): 25×24 → 25×24\n  outputs = L2·N\n  outputs = 25·24 = 600\n  weights = N\n  weights = 24\n" in out
    )
    assert f"volumes: {NOTE}\n" in out
    assert (
        "25×20 and 25×20 → 50×20\n  L2 = La + Lb\n  L2 = 25 + 25 = 50\n"
        in archcalc("explain", spec, "doubled").out
    )
    assert "L2 = stop − start" in archcalc("explain", spec, "few").out
    assert NOTE not in archcalc("explain", spec, "slid").out


def test_a_layer_over_all_of_a_sequence():
    layers = "[tokens, layernorm: {over: all}, layernorm: {over: channels}]"
    _, whole, columns = analyze(loads(f"input: {{channels: 6, length: 4}}\nlayers: {layers}")).facts
    formulas = {f.symbol: f for f in whole.node.layer.formulas(whole.input_shapes)}
    assert (formulas["weights"].expression, formulas["weights"].values) == ("L1·N", {"L1": 4, "N": 6})
    formulas = {f.symbol: f for f in columns.node.layer.formulas(columns.input_shapes)}
    assert (formulas["weights"].expression, formulas["weights"].result) == ("L1", 4)


def test_kinds_that_slide_read_a_sequence_as_channels_and_length(archcalc, tmp_path):
    path = tmp_path / "slid.yaml"
    path.write_text(
        "input: {channels: 6, length: 4}\nlayers: [tokens, interpolate: {scale_factor: 2}, "
        "tokens, adaptive_avgpool: {output_size: 3}]"
    )
    assert "4×6 → 12×4\n  L2 = L1·2\n  L2 = 6·2 = 12\n" in archcalc("explain", str(path), "interpolate1").out
    assert "12×4 → 3×12\n" in archcalc("explain", str(path), "adaptive_avgpool1").out


def test_differences(archcalc, spec, tmp_path):
    new = tmp_path / "new.yaml"
    new.write_text(SPEC.replace("units: 40", "units: 30"))
    out = archcalc("diff", spec, str(new)).out
    assert re.search(r"wide .* 25×40 → 25×30 ", out)
    assert f"output: {NOTE}\n" in out
    (row,) = [
        row
        for row in csv.DictReader(io.StringIO(archcalc("diff", spec, str(new), "--format", "csv").out))
        if row["new_name"] == "wide"
    ]
    assert (row["old_output"], row["new_output"]) == ("25x40", "25x30")


def test_a_repair_says_what_it_gives(archcalc, spec, tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text(SPEC.replace("units: 40", "units: 40, in_features: 600"))
    assert "got: 25×24 (positions×features) from sum\n" in archcalc("summarize", str(broken)).err


class TestLocks:
    def test_they_are_written_positions_first(self):
        text = lock_text(analyze(loads(SPEC)))
        rows = dict(line.split()[:3:2] for line in text.splitlines()[5:])
        assert {name: rows[name] for name in WRITTEN} == WRITTEN
        assert "(width x height x depth; of sequences positions x features)" in text.splitlines()[0]

    def test_they_are_read_back(self):
        analysis = analyze(loads(SPEC))
        text = lock_text(analysis)
        assert lock_failures(analysis, f"{text}\n", "net.lock") == ()
        wide = next(record for record in read_lock(text, "net.lock") if record.name == "wide")
        assert dict(wide.traits)["depth"] == 40

    def test_what_moved_is_said_in_that_order(self):
        locked, now = (analyze(loads(text)) for text in (SPEC, SPEC.replace("units: 40", "units: 30")))
        problems = lock_failures(now, lock_text(locked), "net.lock")
        assert any("wide: output was 25x40, now 25x30;" in problem.message for problem in problems)
