"""One spec on which archcalc itself fails takes nothing from the others."""

import json
from pathlib import Path

import pytest

from archcalc.checks import repair, run
from archcalc.cli.app import exit_code
from archcalc.errors import SpecError
from archcalc.spec.load import loads

ROOT = Path(__file__).parents[2]
GOOD = "input: {features: 4}\nlayers: [fc: {units: 2}]\n"
BROKEN = "input: {features: 4}\nlayers: [fc: {units: 2, in_features: 3}]\n"


def fails(*args):
    raise ZeroDivisionError("on purpose")


def test_a_crash_is_a_finding_of_its_spec(tmp_path, monkeypatch, capsys):
    for name, text in {"a": GOOD, "b": BROKEN, "c": GOOD}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run, "_mended", fails)
    assert exit_code(["check", ".", "-f", "json"]) == 3
    document = json.loads(capsys.readouterr().out)
    schema = json.loads((ROOT / "schemas" / "check.schema.json").read_text(encoding="utf-8"))
    assert document["exit_code"] in schema["properties"]["exit_code"]["enum"]
    assert [one["ok"] for one in document["specs"]] == [True, False, True]
    (finding,) = document["specs"][1]["findings"]
    assert finding["message"].startswith("this is a bug in archcalc, please report it: ZeroDivisionError")


def test_a_crash_among_the_repairs_costs_the_repairs(tmp_path, monkeypatch, capsys):
    (tmp_path / "b.yaml").write_text(BROKEN, encoding="utf-8")
    monkeypatch.setattr(repair, "repairs", fails)
    assert exit_code(["check", str(tmp_path / "b.yaml")]) == 1
    assert "declares in_features 3" in capsys.readouterr().out


def test_an_empty_expectation_is_refused():
    with pytest.raises(SpecError, match="would hold of everything"):
        loads(f"{GOOD}expect: {{}}\n")


@pytest.mark.parametrize(("lines", "said"), [(19, "1 with 19 errors"), (27, "1 with at least 20 errors")])
def test_a_count_that_is_cut_says_so(lines, said, tmp_path, capsys):
    wrong = "  - conv: {filtres: 1, kernel_size: 1}\n" * lines
    path = tmp_path / "net.yaml"
    path.write_text(f"input: {{channels: 3, height: 8, width: 8}}\nlayers:\n{wrong}", encoding="utf-8")
    assert exit_code(["check", str(path)]) == 1
    assert f"{said}\n" in capsys.readouterr().out
    exit_code(["check", str(path), "-f", "markdown"])
    assert said.removeprefix("1 with ") in capsys.readouterr().out
