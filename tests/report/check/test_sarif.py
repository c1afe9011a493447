"""SARIF: valid, with places and rules that code scanning finds again."""

import json
import os
from pathlib import Path
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator, Draft202012Validator

from archcalc.checks.findings import Checked
from archcalc.codes.table import CODES
from archcalc.errors import Edit, Repair, Span

SUBSET = Path(__file__).parents[2] / "data" / "sarif-2.1.0-subset.json"
OFFICIAL = os.environ.get("ARCHCALC_SARIF_SCHEMA")
"""Where the official schema lies, which tests/data/README.md says how to get."""


def validator(path):
    schema = json.loads(Path(path).read_text(encoding="utf-8"))
    return (Draft4Validator if "draft-04" in schema["$schema"] else Draft202012Validator)(schema)


VALIDATORS = [validator(path) for path in filter(None, (SUBSET, OFFICIAL))]


def run_of(text):
    """The one run of a valid document."""
    document = json.loads(text)
    for each in VALIDATORS:
        each.validate(document)
    return document["runs"][0]


def place(location):
    physical = location["physicalLocation"]
    region = physical.get("region", {})
    return physical["artifactLocation"]["uri"], region.get("startLine"), region.get("startColumn")


def test_every_kind_of_spec_is_valid(write, everything):
    for checked in [(), everything, *((one,) for one in everything)]:
        run_of(write("sarif", *checked))


def test_results_say_what_and_where(write, everything):
    run = run_of(write("sarif", *everything))
    assert run["columnKind"] == "unicodeCodePoints"
    assert [
        (result["ruleId"], result["level"], *place(result["locations"][0])) for result in run["results"]
    ] == [
        ("shape", "error", "specs/broken.yaml", 4, 5),
        ("expectation", "error", "specs/broken.yaml", 7, 11),
        ("dropped-pixels", "note", "specs/base.yaml", 2, 3),
        ("heavy-fc", "note", "specs/heavy.yaml", 3, 5),
        ("unreadable", "error", "gone.yaml", None, None),
    ]
    shape, expectation, *_ = run["results"]
    assert shape["message"]["text"] == "conv1: a window of 50 does not fit\nhint: pad 11 more"
    (related,) = expectation["relatedLocations"]
    assert related["id"] == 1
    assert place(related) == ("specs/broken.yaml", 5, 5)
    assert related["message"]["text"] == "relu1 ends the network"
    assert run["invocations"] == [{"executionSuccessful": False}]


def test_rules_are_the_codes_and_results_point_at_theirs(write, everything):
    run = run_of(write("sarif", *everything))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [
        "dropped-pixels", "expectation", "heavy-fc", "shape", "unreadable",
    ]  # fmt: skip
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert (rule["id"], rule["defaultConfiguration"]["level"]) == (result["ruleId"], result["level"])


@pytest.mark.parametrize("code", CODES)
def test_the_rule_of_a_code_has_its_page(write, make, code):
    run = run_of(write("sarif", Checked("a.yaml", findings=(make.advice(code, "said"),))))
    (rule,) = run["tool"]["driver"]["rules"]
    declared = CODES[code]
    assert rule["shortDescription"]["text"] == declared.what
    assert declared.why in rule["fullDescription"]["text"]
    assert rule["help"]["text"].startswith(declared.what)
    for text in (declared.why, declared.mend):
        assert f"\n  {text}\n" in rule["help"]["text"]
    assert declared.example.splitlines()[-1] in rule["help"]["text"]


@pytest.mark.parametrize(
    ("source", "uri"),
    [
        ("specs/net.yaml", "specs/net.yaml"),
        ("./specs//net.yaml", "specs/net.yaml"),
        ("a b/ü%20#?.yaml", "a%20b/%C3%BC%2520%23%3F.yaml"),
        ("c:net.yaml", "c%3Anet.yaml"),
        ("../net.yaml", "../net.yaml"),
        ("/tmp/a b.yaml", "file:///tmp/a%20b.yaml"),
        ("//host/net.yaml", "file:///host/net.yaml"),
        ("<stdin>", "%3Cstdin%3E"),
    ],
)
def test_paths_are_uris(write, make, source, uri):
    found = (make.error("shape", "wrong", Span(source, 1, 1)), make.error("shape", "without place"))
    for result in run_of(write("sarif", Checked(source, findings=found)))["results"]:
        assert place(result["locations"][0])[0] == uri
    assert unquote(uri).endswith(source.rpartition("/")[2])


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("output is [8], expected [10]", "output is [8], expected [10]"),
        ("see [here](http://example.org)", "see [here] (http://example.org)"),
        ("write {top: 1, left: 2}", "write {top: 1, left: 2}"),
        ("a {0} b {12} {{3}} {a1}", "a { 0} b { 12} {{ 3}} {a1}"),
        ("red \x1b[31m \u202e\nsecond", "red \\x1b[31m \\u202e\\nsecond"),
    ],
)
def test_messages_are_plain_text(write, make, message, text):
    found = (make.error("shape", message, hint=message, also=((message, Span("a.yaml", 1, 1)),)),)
    (result,) = run_of(write("sarif", Checked("a.yaml", findings=found)))["results"]
    assert result["message"]["text"] == f"{text}\nhint: {text}"
    assert result["relatedLocations"][0]["message"]["text"] == text


def fingerprints(text):
    return [list(result["partialFingerprints"].items()) for result in run_of(text)["results"]]


def findings(make, first_line, message="parameters is 20, expected 10"):
    return (
        make.error("expectation", message, Span("a.yaml", first_line, 3)),
        make.error("shape", "wrong", Span("a.yaml", first_line + 1, 3)),
        make.error("shape", "wrong", Span("a.yaml", first_line + 2, 3)),
        make.error("shape", "wrong"),
        make.error("shape", "wrong", hint="another"),
    )


LINES = "  parameters: 10\n  - relu\n  - relu\n"


def test_fingerprints_differ(write, make):
    checked = Checked("a.yaml", findings=findings(make, 1), texts={"a.yaml": LINES})
    other = Checked("b.yaml", findings=(make.error("shape", "wrong"),))
    found = fingerprints(write("sarif", checked, other, checked))
    assert [len(each) for each in found] == [1] * 6
    assert len({value for ((_, value),) in found}) == 6


def test_fingerprints_stay_when_lines_and_figures_move(write, make):
    before = Checked("a.yaml", findings=findings(make, 1), texts={"a.yaml": LINES})
    moved = findings(make, 3, "parameters is 1,234, expected 10")
    after = Checked("a.yaml", findings=moved, texts={"a.yaml": "# more\n\n" + LINES.replace("  ", "    ")})
    assert fingerprints(write("sarif", before)) == fingerprints(write("sarif", after))


@pytest.mark.parametrize("change", ["code", "line", "file", "message"])
def test_fingerprints_of_other_findings_are_others(write, make, change):
    def written(code="shape", line="  - relu", file="a.yaml", message="wrong"):
        found = (make.error(code, message, Span(file, 1, 1)),)
        return fingerprints(write("sarif", Checked(file, findings=found, texts={file: line})))

    assert written() != written(**{change: "type"})


def test_documents_are_the_same_twice(write, everything):
    assert write("sarif", *everything) == write("sarif", *everything)


def test_a_region_ends_where_that_is_known(write, make):
    spans = (Span("a.yaml", 2, 5, (2, 9)), Span("a.yaml", 2, 5))
    found = [Checked("a.yaml", findings=(make.error("shape", "said", span),)) for span in spans]
    regions = [
        run_of(write("sarif", one))["results"][0]["locations"][0]["physicalLocation"]["region"]
        for one in found
    ]
    begin = {"startLine": 2, "startColumn": 5}
    assert regions == [{**begin, "endLine": 2, "endColumn": 9}, begin]


REPAIR = Repair(
    "write padding: 1", "the output is 2", "line 2", Span("a b.yaml", 2, 5),
    (Edit(Span("a b.yaml", 2, 9), ", padding: 1"), Edit(Span("lib.yaml", 3, 1, (4, 1)), "")),
)  # fmt: skip
IN_WORDS = Repair("write padding: 1", "the output is 2", "conv1")


def test_fixes_are_the_edits_by_file(write, make):
    found = (make.error("shape", "wrong", Span("a b.yaml", 2, 5), repairs=(REPAIR, IN_WORDS)),)
    document = write("sarif", Checked("a b.yaml", findings=found))
    (result,) = run_of(document)["results"]
    here = {"startLine": 2, "startColumn": 9, "endLine": 2, "endColumn": 9}
    gone = {"startLine": 3, "startColumn": 1, "endLine": 4, "endColumn": 1}
    assert result["fixes"] == [
        {
            "description": {"text": "write padding: 1 (then the output is 2)"},
            "artifactChanges": [
                {
                    "artifactLocation": {"uri": "a%20b.yaml"},
                    "replacements": [{"deletedRegion": here, "insertedContent": {"text": ", padding: 1"}}],
                },
                {
                    "artifactLocation": {"uri": "lib.yaml"},
                    "replacements": [{"deletedRegion": gone, "insertedContent": {"text": ""}}],
                },
            ],
        }
    ]


def test_without_edits_there_are_no_fixes(write, make):
    found = (make.error("shape", "wrong", repairs=(IN_WORDS,)),)
    assert "fixes" not in run_of(write("sarif", Checked("a.yaml", findings=found)))["results"][0]
