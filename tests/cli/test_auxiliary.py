"""What each command says of layers that run in training only."""

import json

import pytest

NET = """\
input: {channels: 2, height: 8, width: 8}
layers:
  - conv: {name: stem, filters: 4, kernel_size: 3, padding: 1}
  - global_avgpool
  - fc: {name: classes, units: 3}
  - global_avgpool: {from: stem}
  - fc: {name: head, units: 5}
outputs: classes
auxiliary: head
"""
MACS = 64 * 4 * 18 + 4 * 3
PARAMETERS = 4 * 19 + 3 * 5 + 5 * 5


@pytest.fixture
def net(spec):
    return spec(NET)


def test_the_totals_of_a_lock_are_those_of_summarize(archcalc, net):
    archcalc("lock", net)
    lock = net.with_suffix(".lock").read_text()
    totals = json.loads(archcalc("summarize", net, "--format", "json").out)["totals"]
    assert (totals["macs"], totals["parameters"]) == (MACS, PARAMETERS)
    assert f"# 5 layers, {PARAMETERS:,} parameters, {MACS:,} macs" in lock
    assert archcalc("check", net).code == 0


def test_the_rows_of_diff_add_up_to_its_totals(archcalc, net, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(NET.replace("outputs: classes\nauxiliary: head", "outputs: [classes, head]"))
    found = json.loads(archcalc("diff", other, net, "--format", "json").out)
    assert found["totals"]["macs"]["difference"] == -4 * 5
    out = archcalc("diff", other, net).out
    assert "changed  head             fc              runs always → in training only" in out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("memory",), "in training only: 2 layers, towards head; they are left out"),
        (
            ("verify",),
            "in training only: 2 layers, towards head; they ran too, and 20 of the products are theirs",
        ),
        (
            ("summarize",),
            "in training only: 2 layers, towards head; their 25 parameters count, the 9 values and 20 MACs "
            "of an example do not",
        ),
    ],
)
def test_reports_say_so(archcalc, net, command, said):
    assert said in archcalc(*command, net).out.splitlines()


def test_explain_says_so_of_one_layer(archcalc, net):
    said = "in training only: it serves head, and totals count neither its MACs nor its memory"
    assert said in archcalc("explain", net, "head").out.splitlines()
    assert "in training only" not in archcalc("explain", net, "classes").out


def test_check_verifies_them(archcalc, net):
    (found,) = json.loads(archcalc("check", "--verify", net, "--format", "json").out)["specs"]
    assert found["verified"] is True
