"""Layers that run in training only: what of an analysis is about inference, and what about all layers."""

import pytest

from archcalc.analysis.depth import depth
from archcalc.analysis.facts import Analysis, analyze
from archcalc.analysis.memory import inference
from archcalc.analysis.memory.budget import flash, stored
from archcalc.analysis.memory.schedule import best_order
from archcalc.analysis.memory.training import training
from archcalc.checks.difference import difference
from archcalc.checks.record import records
from archcalc.expectations import failures
from archcalc.forward.verify import verify
from archcalc.spec.load import loads, parse_spec

TRUNK = """\
input: {channels: 2, height: 8, width: 8}
layers:
  - conv: {name: stem, filters: 4, kernel_size: 3, padding: 1}
"""
HEAD = """\
  - conv: {name: wide, filters: 50, kernel_size: 1}
  - concat: {name: wider, from: [wide, stem]}
  - global_avgpool
  - fc: {name: hidden, units: 6}
  - fc: {name: head, units: 3}
"""
REST = """\
  - conv: {name: narrow, filters: 2, kernel_size: 3, from: stem}
  - concat: {name: both, from: [narrow, narrow]}
  - fc: {name: classes, units: 3, over: channels}
"""
LATE = """\
  - concat: {name: last, from: [head, head]}
"""
BARE = f"{TRUNK}{REST}outputs: classes\n"
WHOLE = f"{TRUNK}{HEAD}{REST}{LATE}outputs: classes\nauxiliary: last\n"
EQUAL = f"{TRUNK}{HEAD}{REST}{LATE}outputs: [classes, last]\n"


def analyzed(text: str) -> Analysis:
    return analyze(loads(text, "net.yaml"))


@pytest.mark.parametrize(
    "options", [{}, {"concat": "view"}, {"convention": "eager"}], ids=["archcalc", "view", "eager"]
)
def test_inference_takes_what_it_takes_without_them(options):
    whole, bare = (inference(analyzed(text), **options) for text in (WHOLE, BARE))
    assert (whole.steps, whole.allocations) == (bare.steps, bare.allocations)
    assert inference(analyzed(EQUAL), **options).peak > bare.peak


def test_the_best_order_is_theirs_too():
    assert best_order(analyzed(WHOLE)) == best_order(analyzed(BARE))


def test_an_auxiliary_output_holds_no_volume_at_inference():
    """The stem leaves the network in training; at inference it dies when it has been read."""
    held = BARE + "auxiliary: stem\n"
    assert inference(analyzed(held)).allocations == inference(analyzed(BARE)).allocations


def test_training_takes_what_it_takes_with_them():
    whole, equal = (training(analyzed(text), "adam") for text in (WHOLE, EQUAL))
    assert (whole.moments, whole.kept, whole.owned) == (equal.moments, equal.kept, equal.owned)
    assert whole.peak > training(analyzed(BARE), "adam").peak


def test_a_device_does_not_hold_them():
    assert stored(analyzed(WHOLE)) == stored(analyzed(BARE))
    learned = (2 * 9 + 1) * 4 + (4 * 9 + 1) * 2 + (4 + 1) * 3
    assert flash(analyzed(WHOLE), 4 * learned).fits
    assert not flash(analyzed(WHOLE), 4 * learned - 1).fits


def test_they_are_verified():
    outcome = verify(analyzed(WHOLE))
    assert outcome.agrees
    assert [check.name for check in outcome.checks if check.actual.macs] == [
        *("stem", "wide", "hidden", "head", "narrow", "classes"),
    ]
    assert outcome.live == outcome.expected_live == verify(analyzed(EQUAL)).live


def test_depth_is_that_of_what_runs():
    assert [depth(analyzed(text)) for text in (WHOLE, BARE, EQUAL)] == [3, 3, 4]


def test_expectations_are_held_to_what_summarize_counts():
    peak = inference(analyzed(BARE)).peak
    rules = "not_in_last: {concat: 1}, layers: {head: {parameters: 21, macs: 0}}"
    expected = f"expect: {{depth: 3, peak_bytes: {peak - 1}, {rules}}}\n"
    spec = parse_spec(WHOLE + expected)
    (problem,) = failures(spec.analyze(), spec.expectations)
    assert problem.message == f"peak_bytes at stem in float32 is {peak:,}, expected {peak - 1:,}: 1 too many"
    assert [place for place, _ in problem.also] == ["stem stands here"]


def test_a_layer_that_runs_no_longer_at_inference_has_changed():
    old, new = (records(analyzed(text)) for text in (EQUAL, WHOLE))
    changed = {pair.record.name: pair.macs for pair in difference(old, new).of("changed")}
    macs = 50 * 4 * 64
    assert changed == {
        "wide": -macs,
        "wider": 0,
        "global_avgpool1": 0,
        "hidden": -54 * 6,
        "head": -18,
        "last": 0,
    }
    assert not difference(old, new).of("follows")
