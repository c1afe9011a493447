"""GitLab Code Quality: a list of findings that the merge request widget can tell apart."""

import json

from archcalc.checks.findings import Checked
from archcalc.errors import Span


def test_findings_are_listed(write, everything):
    found = json.loads(write("gitlab", *everything))
    prints = [finding.pop("fingerprint") for finding in found]
    assert len(set(prints)) == 5
    assert found == [
        {
            "description": "conv1: a window of 50 does not fit (hint: pad 11 more)",
            "check_name": "shape",
            "severity": "major",
            "location": {"path": "specs/broken.yaml", "lines": {"begin": 4}},
        },
        {
            "description": "output is [8], expected [10]",
            "check_name": "expectation",
            "severity": "major",
            "location": {"path": "specs/broken.yaml", "lines": {"begin": 7}},
        },
        {
            "description": "1 row is never seen",
            "check_name": "dropped-pixels",
            "severity": "info",
            "location": {"path": "specs/base.yaml", "lines": {"begin": 2}},
        },
        {
            "description": "fc1 holds 91.0% of all parameters",
            "check_name": "heavy-fc",
            "severity": "info",
            "location": {"path": "specs/heavy.yaml", "lines": {"begin": 3}},
        },
        {
            "description": "cannot read gone.yaml: No such file or directory",
            "check_name": "unreadable",
            "severity": "major",
            "location": {"path": "gone.yaml", "lines": {"begin": 1}},
        },
    ]


def test_nothing_found_is_an_empty_list(write, well):
    assert json.loads(write("gitlab", well)) == json.loads(write("gitlab")) == []


def test_a_fault_in_a_common_base_is_one_finding(write, make):
    def base(name, line):
        found = (make.error("shape", "wrong", Span("./base.yaml", line, 3)),)
        return Checked(name, findings=found, texts={"./base.yaml": "a\nb\nb\n"})

    one, other = json.loads(write("gitlab", base("a.yaml", 2), base("b.yaml", 2), base("c.yaml", 3)))
    assert one["location"] == {"path": "base.yaml", "lines": {"begin": 2}}
    assert other["location"] == {"path": "base.yaml", "lines": {"begin": 3}}
    assert one["fingerprint"] != other["fingerprint"]


def test_the_same_fault_of_two_specs_is_two_findings(write, make):
    specs = [Checked(name, findings=(make.error("shape", "wrong"),)) for name in ("a.yaml", "b.yaml")]
    one, other = json.loads(write("gitlab", *specs))
    assert (one["location"]["path"], other["location"]["path"]) == ("a.yaml", "b.yaml")
    assert one["fingerprint"] != other["fingerprint"]


def test_fingerprints_stay_when_lines_move(write, make):
    def written(line, text):
        found = (make.error("shape", "conv1: 50 is too large", Span("a.yaml", line, 3)),)
        return json.loads(write("gitlab", Checked("a.yaml", findings=found, texts={"a.yaml": text})))[0]

    before, after = written(1, "- conv\n"), written(3, "# a\n\n- conv\n")
    assert before["fingerprint"] == after["fingerprint"]
    assert written(1, "- relu\n")["fingerprint"] != before["fingerprint"]
