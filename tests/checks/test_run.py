"""One spec, checked as a value: what it finds, in which order, and that it raises nothing."""

import pytest

from archcalc.checks.findings import Checked, Finding, Severity, exit_code
from archcalc.checks.run import Criteria, check_spec, examine
from archcalc.errors import Problem, Span
from archcalc.expectations.model import Bound, Expectation

SPEC = """\
name: one
input: {channels: 1, height: 8, width: 8}
layers:
  - conv: {filters: 2, kernel_size: 3, stride: 2}
expect: {depth: 2, macs: 3}
"""


@pytest.fixture
def spec(tmp_path):
    def write(text=SPEC):
        path = tmp_path / "net.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def codes(checked):
    return [(str(finding.severity), finding.problem.code) for finding in checked.findings]


def test_a_spec_that_is_well():
    checked, analysis = examine("lenet5", Criteria())
    assert checked[:2] == ("lenet5.yaml", "LeNet-5, every map of C3 connected, 32×32")
    assert checked.totals["parameters"] == 61_706
    assert (checked.findings, checked.readable, checked.verified, checked.exit_code) == ((), True, None, 0)
    assert analysis.facts


def test_a_library_of_blocks_is_well_where_its_blocks_are(spec):
    """So that a folder can be checked which holds networks and what they include."""
    checked, analysis = examine(spec("blocks: {unit: {layers: [relu]}}\n"), Criteria())
    assert (checked.network, checked.totals, checked.findings, analysis) == ("", {}, (), None)
    assert checked.exit_code == 0
    wrong, _ = examine(spec("blocks: {unit: {layer: [relu]}}\n"), Criteria())
    assert codes(wrong) == [("error", "unknown-key")]


def test_errors_come_before_advice(spec):
    checked, _ = examine(spec(), Criteria(advice=True))
    assert codes(checked) == [
        ("error", "expectation"), ("error", "expectation"), ("advice", "dropped-pixels"),
    ]  # fmt: skip
    assert [problem.span.column for problem in checked.errors] == [10, 20]
    assert len(checked.advice) == 1
    assert checked.exit_code == 1


def test_strict_makes_advice_an_error(spec):
    checked, _ = examine(spec(SPEC.replace("expect: {depth: 2, macs: 3}\n", "")), Criteria(strict=True))
    assert codes(checked) == [("error", "dropped-pixels")]
    assert checked.exit_code == 1


def test_further_problems_stand_in_front_of_advice(spec):
    checked, _ = examine(spec(), Criteria(advice=True))
    further = checked.with_errors([Problem("verify", "it does not agree")])
    assert [code for _, code in codes(further)] == ["expectation", "expectation", "verify", "dropped-pixels"]


def test_a_spec_is_run_in_numpy_where_that_is_asked_for(spec):
    path = spec(SPEC.partition("expect")[0])
    assert check_spec(path, Criteria()).verified is None
    assert check_spec(path, Criteria(verify=True)).verified is True


def test_a_network_that_cannot_be_run_fails(spec):
    path = spec(SPEC.partition("expect")[0].replace("filters: 2", "filters: 1000000000"))
    checked = check_spec(path, Criteria(verify=True))
    assert codes(checked) == [("error", "verify")]
    assert checked.errors[0].message.startswith("the network cannot be run: ")
    assert checked.verified is None


def test_a_layer_that_does_not_agree_fails_at_its_place(spec, monkeypatch):
    from archcalc.layers.conv import Conv

    monkeypatch.setattr(Conv, "macs", lambda *_: 1)
    checked = check_spec(spec(SPEC.partition("expect")[0]), Criteria(verify=True))
    (problem,) = checked.errors
    assert problem.message == "conv1: MACs: predicted 1, actual 162"
    assert (problem.code, problem.span.line, checked.verified) == ("verify", 4, False)


def test_what_is_expected_elsewhere_points_at_no_line_of_the_spec(spec):
    path = spec(SPEC.partition("expect")[0])
    expected = (
        Expectation("depth", (Bound("==", 2),), Span("--expect", 1, 1)),
        Expectation("depth", (Bound("==", 3),), Span("archcalc.toml", 7, 2)),
        Expectation("depth", (Bound("==", 4),)),
        Expectation("forbids", (("conv",),), Span("archcalc.toml", 8, 2)),
    )
    checked, _ = examine(path, Criteria(expected))
    assert [problem.span for problem in checked.errors] == [None] * 4
    assert [problem.message for problem in checked.errors] == [
        "depth is 1, expected 2: 1 too few (asked for by --expect)",
        "depth is 1, expected 3: 2 too few",
        "depth is 1, expected 4: 3 too few",
        "conv is forbidden, found conv1",
    ]
    assert [problem.also for problem in checked.errors] == [
        (), (("expected here", ("archcalc.toml", 7, 2)),), (),
        (("expected here", ("archcalc.toml", 8, 2)), ("conv1 stands here", (path, 4, 5))),
    ]  # fmt: skip


def test_what_is_expected_in_the_spec_points_at_its_base_too(spec, tmp_path):
    path = spec()
    (tmp_path / "variant.yaml").write_text("base: net\nexpect: {forbids: conv}\n", encoding="utf-8")
    checked, _ = examine(str(tmp_path / "variant.yaml"), Criteria())
    (problem,) = checked.errors
    assert problem.span == (str(tmp_path / "variant.yaml"), 2, 10)
    assert problem.also == (("conv1 stands here", (path, 4, 5)),)
    assert set(checked.texts) == {str(tmp_path / "variant.yaml"), path}


@pytest.mark.parametrize(
    "name",
    ["nope.yaml", "nope", "", ".", "x" * 5000, "a\0b", "a\0b.yaml", "\x1b[31m.yaml", "\udcff.yaml",
     "/dev/null", "/proc/self/mem", "no/such/folder/net.yaml"],
)  # fmt: skip
def test_what_cannot_be_read_is_a_finding(name):
    checked, analysis = examine(name, Criteria())
    assert analysis is None
    assert (checked.exit_code, checked.readable) == (2, False)
    assert [code for _, code in codes(checked)] == ["unreadable"]
    assert checked.errors[0].message.isprintable()


@pytest.mark.parametrize(
    "text", ["", "a: [", "3", "input: {features: 3}\nlayers: [{fc: {units: 0}}]\n", "\x00", "a: &a b"]
)
def test_what_is_wrong_is_a_finding(spec, text):
    checked, analysis = examine(spec(text), Criteria(advice=True, strict=True))
    assert analysis is None
    assert (checked.exit_code, checked.readable, checked.network, checked.totals) == (1, True, "", {})
    assert checked.findings


def test_a_broken_network_has_the_edits_that_mend_it_beside_it(spec):
    layers = "  - flatten\n  - conv: {filters: 2, kernel_size: 3}\n"
    path = spec(SPEC.partition("expect")[0] + layers)
    checked, analysis = examine(path, Criteria())
    assert analysis is None
    (problem,) = checked.errors
    assert problem.span == (path, 6, 5)
    assert problem.repairs
    for repair in problem.repairs:
        assert [edit.span.source for edit in repair.edits] == [path] * len(repair.edits)
        assert repair.edits


def test_the_worst_code_wins():
    error = (Finding(Severity.ERROR, Problem("x", "y")),)
    well, wrong, unread = (
        Checked("a"),
        Checked("b", findings=error),
        Checked("c", findings=error, readable=False),
    )
    advised = Checked("d", findings=(Finding(Severity.ADVICE, Problem("x", "y")),))
    assert [exit_code(each) for each in ([], [well], [advised], [well, wrong], [unread, wrong, well])] == [
        0, 0, 0, 1, 2,
    ]  # fmt: skip


def test_a_lock_that_is_a_link_is_not_followed(tmp_path):
    """It may point anywhere, so nothing of what it points at is read or shown."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("secret")
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "net.yaml").write_text("input: {features: 3}\nlayers: [relu]\n")
    (folder / "net.lock").symlink_to(elsewhere)
    checked = examine(str(folder / "net.yaml"), Criteria()).checked
    assert checked.exit_code == 2
    assert "not a regular file" in checked.errors[0].message
    assert "secret" not in str(checked)
