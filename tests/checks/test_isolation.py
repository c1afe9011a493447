"""One spec on which archcalc itself fails takes nothing from the others, in any format."""

import json
import multiprocessing
import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from archcalc.checks import fix, parallel, run
from archcalc.checks.findings import BUG_LIMIT, Checked
from archcalc.checks.run import Criteria
from archcalc.cli.app import exit_code
from archcalc.cli.check import CHECK_FORMATS
from archcalc.errors import SpecError
from archcalc.forward import verify
from archcalc.report import problems
from archcalc.report.check import as_sarif
from archcalc.spec.load import loads

ROOT = Path(__file__).parents[2]
SARIF = ROOT / "tests" / "data" / "sarif-2.1.0-subset.json"
CODE = "internal-error"
SPECS = {
    "a": "input: {features: 4}\nlayers: [fc: {units: 2}]\n",
    "b": "name: evil\ninput: {features: 4}\nlayers: [fc: {units: 2}]\nexpect: {output: [3]}\n",
    "c": "input: {features: 4}\nlayers: [linaer: {units: 2}]\n",
    "d": "input: {channels: 16, height: 16, width: 16}\nlayers:\n"
    "  - maxpool: {kernel_size: 5}\n  - conv: {filters: 16, kernel_size: 5}\n",
}
WITHOUT = {"a": [], "b": ["expectation"], "c": ["unknown-kind"], "d": ["shape"]}
FOUND = {**WITHOUT, "b": [CODE]}
"""What is found in each, without the bug and with it."""


def fails(*_arguments):
    raise ZeroDivisionError("on <purpose>")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The specs in the current folder."""
    for name, text in SPECS.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def bug(monkeypatch):
    """A bug that only the spec called evil meets."""
    totals = run.totals

    def planted(analysis):
        return fails() if analysis.network.name == "evil" else totals(analysis)

    monkeypatch.setattr(run, "totals", planted)


def in_json(text):
    document = json.loads(text)
    schema = json.loads((ROOT / "schemas" / "check.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(document)
    specs = document["specs"]
    return {each["source"][0]: [found["code"] for found in each["findings"]] for each in specs}


def in_sarif(text):
    document = json.loads(text)
    Draft202012Validator(json.loads(SARIF.read_text(encoding="utf-8"))).validate(document)
    (only,) = document["runs"]
    places = [each["locations"][0]["physicalLocation"]["artifactLocation"] for each in only["results"]]
    pairs = [(place["uri"][0], each["ruleId"]) for place, each in zip(places, only["results"], strict=True)]
    crashed = CODE in [rule["id"] for rule in only["tool"]["driver"]["rules"]]
    assert only["invocations"][0]["executionSuccessful"] is not crashed
    return {name: [code for uri, code in pairs if uri == name] for name in SPECS}


def in_junit(text):
    (suite,) = ElementTree.fromstring(text)
    tags = {case.get("name")[0]: case[0].tag for case in suite}
    kinds = {case.get("name")[0]: [case[0].get("type")] for case in suite}
    expected = {name: "error" if kinds[name] == [CODE] else "failure" for name in "bcd"}
    assert tags == {"a": "system-out", **expected}
    assert int(suite.get("errors")) == list(tags.values()).count("error")
    return {**kinds, "a": []}


def in_gitlab(text):
    issues = [(each["location"]["path"][0], each["check_name"]) for each in json.loads(text)]
    return {name: [code for path, code in issues if path == name] for name in SPECS}


def in_github(text):
    pairs = re.findall(r"(?m)^::error file=(\w)\.yaml,line=\d+,col=\d+,title=archcalc%3A ([\w-]+)::", text)
    return {name: [code for file, code in pairs if file == name] for name in SPECS}


def in_markdown(text):
    parts = {part[0]: re.findall(r"\*\*error\\\[([\w-]+)", part) for part in text.split("### ")[1:]}
    return {"a": [], **parts}


def in_text(text):
    pairs = re.findall(r"(?m)^(\w)\.yaml:\d+:\d+: error\[([\w-]+)\]", text)
    return {name: [code for file, code in pairs if file == name] for name in SPECS}


READERS = {
    "text": in_text, "json": in_json, "github": in_github, "sarif": in_sarif, "junit": in_junit,
    "gitlab": in_gitlab, "markdown": in_markdown,
}  # fmt: skip


@pytest.fixture
def found(capsys):
    """What a document of a format says of each spec, and the exit code."""

    def check(format_, *options):
        code = exit_code(["check", ".", "--no-config", "-f", format_, *options])
        return code, READERS[format_](capsys.readouterr().out)

    return check


def test_every_format_has_its_reader():
    assert list(READERS) == list(CHECK_FORMATS)


@pytest.mark.parametrize("format_", READERS)
def test_without_the_bug_all_is_found(folder, found, format_):
    assert found(format_) == (1, WITHOUT)


@pytest.mark.parametrize("format_", READERS)
def test_a_bug_is_a_finding_of_its_spec(folder, bug, found, format_):
    assert found(format_) == (3, FOUND)


@pytest.mark.parametrize("options", [("--diff",), ("--jobs", "2"), ("--exit-zero",), ("-q",), ("--advice",)])
def test_a_bug_is_a_finding_with_every_option(folder, bug, found, options):
    assert found("json", *options) == (3, FOUND)


def test_what_can_be_mended_is_mended(folder, bug, found):
    assert found("sarif", "--fix") == (3, {**FOUND, "d": []})
    assert (folder / "d.yaml").read_text(encoding="utf-8") != SPECS["d"]
    assert (folder / "b.yaml").read_text(encoding="utf-8") == SPECS["b"]


def test_what_is_said_is_a_sentence(folder, bug, capsys):
    assert exit_code(["check", "b.yaml"]) == 3
    said = "this is a bug in archcalc, please report it: ZeroDivisionError: on <purpose>"
    assert (
        f"b.yaml:1:1: error[{CODE}]: {said} (ARCHCALC_TRACEBACK=1 shows where)\n" in capsys.readouterr().out
    )


def test_what_a_bug_says_is_cut():
    checked = Checked("net.yaml").with_bug(ValueError("::error::" + "word " * 200_000))
    (problem,) = checked.errors
    assert len(problem.message) < BUG_LIMIT + 100
    assert "::" not in problem.message


def test_a_traceback_shows_where_if_asked_for(folder, bug, capsys, monkeypatch):
    monkeypatch.setenv("ARCHCALC_TRACEBACK", "1")
    assert exit_code(["check", "."]) == 3
    out, err = capsys.readouterr()
    assert "Traceback" not in out
    assert err.startswith("Traceback ")
    assert "in fails\n" in err


def test_a_bug_in_the_run_keeps_what_was_found_before(folder, monkeypatch, found):
    monkeypatch.setattr(verify, "verify", fails)
    assert found("json", "--verify") == (3, {**WITHOUT, "a": [CODE], "b": [CODE, "expectation"]})


@pytest.mark.parametrize("options", [("--fix",), ("--diff",)])
def test_a_bug_among_the_patches_is_a_finding_of_its_spec(folder, monkeypatch, found, options):
    monkeypatch.setattr(fix, "edited", fails)
    assert found("junit", *options) == (3, {**WITHOUT, "d": [CODE]})
    assert found("json", *options) == (3, {**WITHOUT, "d": [CODE, "shape"]})
    assert (folder / "d.yaml").read_text(encoding="utf-8") == SPECS["d"]


@pytest.mark.parametrize("format_", ["text", "github"])
def test_what_cannot_be_written_is_a_bug_of_its_spec(folder, monkeypatch, found, format_):
    headline = problems.headline

    def planted(problem, *arguments):
        return fails() if problem.code == "unknown-kind" else headline(problem, *arguments)

    monkeypatch.setattr(problems, "headline", planted)
    monkeypatch.setattr("archcalc.report.check.as_github.headline", planted)
    assert found(format_) == (3, {**WITHOUT, "c": [CODE]})


def test_an_edit_that_cannot_be_written_is_a_bug_of_its_spec(folder, monkeypatch, found):
    monkeypatch.setattr(as_sarif, "_fix", fails)
    assert found("sarif") == (3, {**WITHOUT, "d": [CODE]})


def dies(spec, request):
    """What the system does to a process for want of memory."""
    if spec == "b.yaml":
        os._exit(9)
    return run.check_spec(spec, request)


@pytest.mark.skipif(multiprocessing.get_start_method() != "fork", reason="what is planted must be inherited")
def test_a_process_that_dies_takes_nothing_from_the_others(folder, monkeypatch):
    monkeypatch.setattr(parallel, "check_spec", dies)
    specs = [f"{name}.yaml" for name in SPECS]
    checked = parallel.checked_in_processes(specs, [Criteria()] * len(specs), 2)
    assert {one.source[0]: [problem.code for problem in one.errors] for one in checked} == FOUND


def test_an_empty_expectation_is_refused():
    with pytest.raises(SpecError, match="would hold of everything"):
        loads(f"{SPECS['a']}expect: {{}}\n")


CUT = [(19, False, "1 with 19 errors"), (27, True, "1 with at least 20 errors")]


@pytest.mark.parametrize(("lines", "cut", "said"), CUT)
def test_a_count_that_is_cut_says_so(lines, cut, said, tmp_path, capsys):
    wrong = "  - conv: {filtres: 1, kernel_size: 1}\n" * lines
    path = tmp_path / "net.yaml"
    path.write_text(f"input: {{channels: 3, height: 8, width: 8}}\nlayers:\n{wrong}", encoding="utf-8")
    assert exit_code(["check", str(path)]) == 1
    assert f"{said}\n" in capsys.readouterr().out
    exit_code(["check", str(path), "-f", "markdown"])
    assert said.removeprefix("1 with ") in capsys.readouterr().out
    exit_code(["check", str(path), "-f", "junit"])
    more = "(and at least 19 more errors)" if cut else "(and 18 more errors)"
    assert more in capsys.readouterr().out
    exit_code(["check", str(path), "-f", "github"])
    assert f"and {'at least 11' if cut else '10'} more errors;" in capsys.readouterr().out
    exit_code(["check", str(path), "-f", "json"])
    document = json.loads(capsys.readouterr().out)
    assert (document["summary"]["truncated"], document["specs"][0]["truncated"]) == (cut, cut)


@pytest.mark.parametrize(("lines", "cut", "said"), CUT)
@pytest.mark.parametrize("command", [["summarize"], ["lock"], ["diff", "lenet5"]])
def test_errors_that_are_cut_say_so(command, lines, cut, said, tmp_path, capsys):
    wrong = "  - conv: {filtres: 1, kernel_size: 1}\n" * lines
    path = tmp_path / "net.yaml"
    path.write_text(f"input: {{channels: 3, height: 8, width: 8}}\nlayers:\n{wrong}", encoding="utf-8")
    assert exit_code([*command, str(path)]) == 1
    err = capsys.readouterr().err
    assert err.count("error[unknown-setting]") == min(lines, 20)
    assert err.endswith("archcalc: reading stopped at so many errors; there may be more\n") is cut
    if command != ["lock"]:
        exit_code([*command, str(path), "-f", "json"])
        assert json.loads(capsys.readouterr().out)["truncated"] is cut
