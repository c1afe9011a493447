"""A bug costs what it is in: among the repairs only these, elsewhere one line and the exit code of a bug."""

import json
import re

import pytest

from archcalc import isolation
from archcalc.checks.repair import diagnosis, search
from archcalc.cli import error_documents, summarize
from archcalc.report import escaping, problems
from archcalc.spec import kinds

COMMANDS = {
    "summarize": ("summarize", "{}"),
    "verify": ("verify", "{}", "--shapes-only"),
    "memory": ("memory", "{}"),
    "memory --train": ("memory", "{}", "--train", "sgd"),
    "fit": ("fit", "{}", "--memory", "1GiB"),
    "reconcile": ("reconcile", "{}"),
    "compare-fc": ("compare-fc", "{}"),
    "explain": ("explain", "{}", "too_large"),
    "check": ("check", "{}", "--no-config"),
    "check --diff": ("check", "{}", "--no-config", "--diff"),
    "diff": ("diff", "{}", "lenet5"),
    "lock": ("lock", "{}"),
    "lock --check": ("lock", "{}", "--check"),
}
WITH_FORMATS = ["summarize", "verify", "memory", "fit", "reconcile", "compare-fc", "explain", "check"]
WITHOUT_REPAIRS = ["diff", "lock", "lock --check"]
"""Commands of several specs, which tell the problems of all of them without edits."""
MESSAGE = "error[shape]: too_large: a window of 11 does not fit"
BUG = r"archcalc: this is a bug, please report it: ZeroDivisionError: on purpose \(ARCHCALC_.*\)\n"


def fails(*_arguments, **_options):
    raise ZeroDivisionError("on purpose")


def called(command, path, *options):
    return [word.format(path) for word in COMMANDS[command]] + list(options)


@pytest.fixture
def planted(monkeypatch):
    """Plant a bug in place of a function, by its module and name."""

    def plant(module, name):
        monkeypatch.setattr(module, name, fails)

    return plant


@pytest.fixture
def proposer(monkeypatch):
    """A bug in a proposer of edits."""
    monkeypatch.setattr(search, "PROPOSERS", (*search.PROPOSERS, fails))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_bug_among_the_repairs_costs_the_repairs(archcalc, broken_at_seven, command, monkeypatch):
    whole = archcalc(*called(command, broken_at_seven))
    monkeypatch.setattr(search, "PROPOSERS", (*search.PROPOSERS, fails))
    code, out, err = archcalc(*called(command, broken_at_seven))
    assert code == whole.code == 1
    assert MESSAGE in out + err
    assert ("  try: " in whole.out + whole.err) == (command not in WITHOUT_REPAIRS)
    assert (out, err) == (_without_repairs(whole.out), _without_repairs(whole.err))


def _without_repairs(text):
    """What a command wrote, without edits in words and as a patch."""
    words = re.sub(r"(?m)^  try: .*\n", "", text)
    return re.sub(r"(?ms)\A--- .*?^(?=/)", "", words)


@pytest.mark.parametrize("command", WITH_FORMATS)
def test_json_holds_the_errors_without_the_repairs(archcalc, broken_at_seven, command, proposer):
    code, out, _ = archcalc(*called(command, broken_at_seven, "-f", "json"))
    assert code == 1
    document = json.loads(out)
    (error,) = document["specs"][0]["findings"] if command == "check" else document["errors"]
    assert error["message"].startswith("too_large: a window of 11")
    assert not error.get("repairs")


def test_a_bug_in_the_diagnosis_leaves_the_repairs(archcalc, broken_at_seven, planted):
    planted(diagnosis, "_sizes")
    code, _, err = archcalc("summarize", broken_at_seven)
    assert code == 1
    assert MESSAGE in err
    assert "  got: " not in err
    assert "  try: " in err


def test_a_bug_in_a_hint_costs_the_hint(archcalc, spec, planted):
    path = spec("input: {features: 3}\nlayers: [linaer: {units: 3}]\n")
    assert "hint: " in archcalc("summarize", path).err
    planted(kinds.KindReader, "kind_hint")
    code, _, err = archcalc("summarize", path)
    assert code == 1
    assert "error[unknown-kind]" in err
    assert "hint: " not in err


def test_a_traceback_shows_where_if_asked_for(archcalc, broken_at_seven, proposer, monkeypatch):
    monkeypatch.setenv(isolation.TRACEBACK, "1")
    code, _, err = archcalc("verify", broken_at_seven)
    assert code == 1
    assert err.startswith("Traceback ")
    assert "ZeroDivisionError: on purpose" in err
    assert MESSAGE in err


@pytest.mark.parametrize("command", [name for name in COMMANDS if not name.startswith("check")])
def test_a_bug_while_an_error_is_told_is_one_line(archcalc, broken_at_seven, command, planted):
    planted(problems, "_lines")
    code, _, err = archcalc(*called(command, broken_at_seven))
    assert code == 3
    assert re.fullmatch(BUG, err)


@pytest.mark.parametrize("command", [name for name in WITH_FORMATS if name != "check"])
def test_a_bug_while_the_document_of_an_error_is_written_is_one_line(
    archcalc, broken_at_seven, command, planted
):
    planted(error_documents, "_document")
    code, out, err = archcalc(*called(command, broken_at_seven, "-f", "json"))
    assert (code, out) == (3, "")
    assert re.fullmatch(BUG, err)


def test_a_bug_in_the_report_of_what_works_is_one_line(archcalc, broken_at_seven, planted):
    planted(summarize, "summary")
    code, out, err = archcalc("summarize", broken_at_seven)
    assert (code, out) == (3, "")
    assert re.fullmatch(BUG, err)


def test_a_bug_while_a_wrong_config_is_told_is_one_line(archcalc, spec, planted):
    config = spec("nonsense = 1\n", "archcalc.toml")
    planted(problems, "_lines")
    code, out, err = archcalc("check", "lenet5", "--config", config)
    assert (code, out) == (3, "")
    assert re.fullmatch(BUG, err)


REPORTS = [
    *(("lenet5" if command != "explain" else "alexnet", command) for command in WITH_FORMATS),
    ("lenet5", "diff"),
]


@pytest.mark.parametrize(("network", "command"), REPORTS)
def test_a_bug_in_a_report_is_one_line(archcalc, network, command, monkeypatch):
    monkeypatch.setattr("archcalc.cli.output.written", fails)
    monkeypatch.setattr("archcalc.report.check.as_text.render", fails)
    arguments = ["conv1" if word == "too_large" else word for word in called(command, network)]
    code, out, err = archcalc(*arguments)
    assert (code, out) == (3, "")
    assert re.fullmatch(BUG, err)


def test_a_bug_that_cannot_be_told_is_one_line_still(archcalc, planted, monkeypatch):
    monkeypatch.setattr("archcalc.cli.output.written", fails)
    planted(escaping, "free_text")
    code, out, err = archcalc("summarize", "lenet5")
    assert (code, out) == (3, "")
    assert re.fullmatch(r"archcalc: this is a bug, please report it: ZeroDivisionError \(.*\)\n", err)
