"""JSON: exact, and as schemas/check.schema.json says."""

import copy
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from archcalc.checks.findings import Checked
from archcalc.errors import Edit, Repair, Span

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas" / "check.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def test_what_is_written_is_what_the_schema_says(write, everything):
    for checked in [(), everything, *((one,) for one in everything)]:
        VALIDATOR.validate(json.loads(write("json", *checked)))


def test_every_figure_and_word_is_there(write, everything):
    document = json.loads(write("json", *everything))
    assert document["summary"] == {"specs": 5, "ok": 3, "errors": 3, "advice": 2, "truncated": False}
    assert document["exit_code"] == 2
    well, run, broken, advised, unreadable = document["specs"]
    assert well == {
        "source": "specs/vgg16.yaml",
        "network": "VGG-16",
        "ok": True,
        "totals": {"parameters": 138357544, "macs": 15470264320, "buffers": 0},
        "verified": None,
        "truncated": False,
        "findings": [],
    }
    assert (run["verified"], advised["ok"], unreadable["ok"]) == (True, True, False)
    assert (broken["totals"], broken["network"]) == ({}, "")
    assert broken["findings"][1] == {
        "severity": "error",
        "file": "specs/broken.yaml",
        "line": 7,
        "column": 11,
        "code": "expectation",
        "message": "output is [8], expected [10]",
        "hint": None,
        "also": [
            {"message": "relu1 ends the network", "file": "specs/broken.yaml", "line": 5, "column": 5},
        ],
        "repairs": [],
    }
    assert [finding["severity"] for finding in broken["findings"]] == ["error", "error", "advice"]
    assert [unreadable["findings"][0][key] for key in ("file", "line", "column")] == [None] * 3


@pytest.mark.parametrize(("specs", "code"), [((0,), 0), ((0, 2), 1), ((2, 4), 2), ((), 0)])
def test_the_exit_code_is_the_worst(write, everything, specs, code):
    assert json.loads(write("json", *(everything[i] for i in specs)))["exit_code"] == code


def objects(node, path=()):
    """The paths of all objects in a document, but those whose keys are free."""
    if isinstance(node, dict) and path[-1:] != ("totals",):
        yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(value, dict | list):
            yield from objects(value, (*path, key))


def test_the_schema_lets_no_key_be_added_or_left_out(write, everything):
    document = json.loads(write("json", *everything))
    places = list(objects(document))
    assert len(places) > 10
    for path in places:
        for change in ("more", *at(document, path)):
            changed = copy.deepcopy(document)
            place = at(changed, path)
            place.pop(change) if change in place else place.update({change: 1})
            assert not VALIDATOR.is_valid(changed), (path, change)


def at(document, path):
    for key in path:
        document = document[key]
    return document


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("exit_code",), 4),
        (("schema_version",), 2),
        (("summary", "errors"), -1),
        (("specs", 0, "totals", "parameters"), "138357544"),
        (("specs", 0, "totals", "parameters"), 1.5),
        (("specs", 0, "verified"), "yes"),
        (("specs", 0, "source"), ""),
        (("specs", 2, "findings", 0, "severity"), "warning"),
        (("specs", 2, "findings", 0, "line"), 0),
        (("specs", 2, "findings", 0, "hint"), 5),
    ],
)
def test_the_schema_lets_no_value_be_of_another_kind(write, everything, path, value):
    document = json.loads(write("json", *everything))
    at(document, path[:-1])[path[-1]] = value
    assert not VALIDATOR.is_valid(document)


def test_words_are_exact(write, well):
    name = "a ##[error] \x1b[31m ::error:: \u202e \ud800"
    text = write("json", well._replace(network=name))
    assert json.loads(text)["specs"][0]["network"] == name
    assert "##" not in text
    assert text.isascii()


def test_repairs_have_ranges_or_nulls(write, make):
    edits = (Edit(Span("a.yaml", 2, 9, (2, 11)), "1"),)
    repairs = (
        Repair("write padding: 1", "the output is 2", "line 2", Span("a.yaml", 2, 5), edits),
        Repair("write padding: 2", "the output is 3", "conv1"),
    )
    document = json.loads(
        write("json", Checked("a.yaml", findings=(make.error("shape", "x", repairs=repairs),)))
    )
    Draft202012Validator(SCHEMA).validate(document)
    written, in_words = document["specs"][0]["findings"][0]["repairs"]
    assert written == {
        "file": "a.yaml",
        "line": 2,
        "column": 5,
        "edit": "write padding: 1",
        "gives": "the output is 2",
        "edits": [
            {
                "file": "a.yaml",
                "range": {"start": {"line": 2, "column": 9}, "end": {"line": 2, "column": 11}},
                "new_text": "1",
            }
        ],
    }
    assert in_words["edits"] == [{"file": None, "range": None, "new_text": None}]
