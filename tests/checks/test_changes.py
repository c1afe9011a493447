"""The table of the kinds of change: complete, true to its examples, and ready for several inputs."""

from typing import get_args

import pytest

from archcalc import analyze, loads
from archcalc.checks.changes import CHANGES, KINDS, Change
from archcalc.checks.difference import difference
from archcalc.checks.lock import lock_failures, lock_text
from archcalc.checks.record import records
from archcalc.layers.merge import Add
from archcalc.network import Network, Node

HEAD = "input: {channels: 3, height: 8, width: 8}\nlayers: "


def compared(old, new):
    return difference(*(records(analyze(loads(f"{HEAD}{layers}\n"))) for layers in (old, new)))


def test_each_kind_of_change_is_in_the_table_once():
    assert tuple(CHANGES) == tuple(kind.change for kind in KINDS) == get_args(Change)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.change)
def test_a_kind_of_change_explains_itself_with_an_example_of_it(kind):
    assert kind.what.endswith(".")
    assert len(kind.why) > 10
    found = compared(kind.old, kind.new)
    assert [pair.change for pair in found.layers].count(kind.change) == 1
    others = {pair.change for pair in found.layers} - {kind.change}
    assert others <= ({"changed"} if kind.change == "follows" else {"same"})


def test_what_alters_a_network_is_what_moves_or_is_written():
    assert [kind.change for kind in KINDS if not kind.alters] == ["renamed", "same"]


def two_inputs(shape=(3, 8, 8), second="right"):
    return analyze(
        Network("two", {"left": shape, second: shape}, (Node("sum", "add", Add(), (0, 1)),), {"sum": 2})
    )


def test_several_inputs_are_compared_each_with_its_own():
    found = difference(records(two_inputs()), records(two_inputs((3, 16, 16))))
    assert [(pair.old.name, pair.new.name, pair.change) for pair in found.pairs] == [
        ("left", "left", "changed"),
        ("right", "right", "changed"),
        ("sum", "sum", "follows"),
    ]
    assert [pair.record.name for pair in found.layers] == ["sum"]
    found = difference(records(two_inputs()), records(two_inputs(second="other")))
    assert [pair.change for pair in found.pairs] == ["same", "renamed", "same"]


def test_several_inputs_are_locked():
    lock = lock_text(two_inputs())
    assert "# 1 layer, 0 parameters, 0 macs" in lock
    assert [line.split()[:2] for line in lock.splitlines()[-3:]] == [
        ["left", "input"],
        ["right", "input"],
        ["sum", "add"],
    ]
    assert lock_failures(two_inputs(), lock, "two.lock") == ()
    (problem, *_) = lock_failures(two_inputs((3, 8, 4)), lock, "two.lock")
    assert problem.message == "left: output was 8x8x3, now 4x8x3"
