"""Concatenations whose inputs are written straight into them, and those that have to copy."""

import pytest

from archcalc import analyze, loads
from archcalc.analysis.memory import inference

VECTOR = "input: {features: 10}\nlayers:\n"
A = "fc: {name: a, units: 1, from: input}"
B = "fc: {name: b, units: 2, from: input}"
C = "fc: {name: c, units: 4, from: input}"


def timeline(*layers, concat="view", outputs=""):
    text = VECTOR + "".join(f"  - {layer}\n" for layer in layers)
    return inference(analyze(loads(text + outputs), dtype="int8"), concat=concat)


def taken(*layers, concat="view", outputs=""):
    """What each layer takes anew."""
    return [step.allocated for step in timeline(*layers, concat=concat, outputs=outputs).steps]


def test_inputs_written_side_by_side_need_no_copy():
    layers = (A, B, "concat: {from: [a, b]}")
    assert taken(*layers, concat="copy") == [1, 2, 3]
    assert taken(*layers) == [1, 2, 0]


@pytest.mark.parametrize(("over", "units", "allocated"), [("features", 2, 12), ("channels", 1, 0)])
def test_features_are_written_between_each_other_and_so_copied(over, units, allocated):
    """Of two sequences of 4 positions: 1 + 2 features of each, or 8 positions one behind the other."""
    layers = (
        f"[tokens: {{name: t}}, fc: {{name: a, units: 1}}, fc: {{name: b, units: {units}, from: t}}, "
        f"concat: {{from: [a, b], over: {over}}}]"
    )
    network = loads(f"{{input: {{channels: 3, height: 2, width: 2}}, layers: {layers}}}")
    assert inference(analyze(network, dtype="int8"), concat="view").steps[-1].allocated == allocated


def test_the_parts_live_as_long_as_the_concatenation():
    found = timeline(A, B, "concat: {from: [a, b], name: both}", "fc: {units: 5}", "fc: {units: 1}")
    assert [step.live for step in found.steps] == [11, 13, 3, 8, 6]
    assert found.live_tensors(3)[0] == ("both", 3)


def test_what_is_written_over_a_part_lies_there_too():
    assert taken(A, "relu: {name: ra}", B, "concat: {from: [ra, b]}", "relu") == [1, 0, 2, 0, 0]


def test_a_part_that_is_read_later_is_not_written_over():
    layers = (A, B, "concat: {name: both, from: [a, b]}", "relu: {name: over}", "fc: {units: 3, name: d}")
    assert taken(*layers, "concat: {from: [d, a]}") == [1, 2, 0, 3, 3, 0]


def test_growing_concatenations_lie_in_one_row():
    """DenseNet: each begins with the one in front of it, whether by name or part by part."""
    nested = ("concat: {name: ab, from: [a, b]}", "fc: {units: 4, name: c}", "concat: {from: [ab, c]}")
    flat = ("concat: {name: ab, from: [a, b]}", "fc: {units: 4, name: c}", "concat: {from: [a, b, c]}")
    assert taken(A, B, *nested) == taken(A, B, *flat) == [1, 2, 0, 4, 0]


def taken_by_two(first, second):
    merges = (f"concat: {{name: x, from: {first}}}", f"concat: {{name: y, from: {second}}}")
    return taken(A, B, C, *merges, outputs="outputs: [x, y, c]\n")[3:]


@pytest.mark.parametrize(
    ("first", "second", "copied"),
    [
        pytest.param("[a, b]", "[a, c]", 5, id="two behind one"),
        pytest.param("[a, c]", "[b, c]", 6, id="two in front of one"),
        pytest.param("[a, b]", "[b, a]", 3, id="in a ring"),
        pytest.param("[a, b]", "[b, c, a]", 7, id="in a larger ring"),
    ],
)
def test_the_second_of_two_that_do_not_go_together_copies(first, second, copied):
    assert taken_by_two(first, second) == [0, copied]


@pytest.mark.parametrize("second", ["[b, c]", "[c, a]", "[c, a, b]", "[a, b, c]"])
def test_two_that_share_parts_go_together_where_all_lie_in_one_row(second):
    assert taken_by_two("[a, b]", second) == [0, 0]


@pytest.mark.parametrize(
    "merge",
    [
        pytest.param("concat: {from: [a, input]}", id="the network's input"),
        pytest.param("concat: {from: [a, a]}", id="a volume twice"),
    ],
)
def test_what_cannot_lie_where_it_is_wanted_is_copied(merge):
    assert taken(A, merge)[-1] > 0


def test_two_that_may_be_written_over_one_volume_are_copied():
    layers = (A, "relu: {name: p, from: a}", "sigmoid: {name: q, from: a}", "concat: {from: [p, q]}")
    assert taken(*layers) == [1, 1, 0, 2]


def test_an_end_of_a_concatenation_that_was_written_over_is_copied():
    layers = (A, B, "concat: {name: x, from: [a, b]}", "relu: {name: over}", C, "concat: {from: [over, c]}")
    assert taken(*layers) == [1, 2, 0, 0, 4, 7]


def test_parts_may_leave_the_network():
    layers = (A, B, "concat: {name: x, from: [a, b]}", "fc: {name: d, units: 1}", "fc: {name: e, units: 1}")
    found = timeline(*layers, outputs="outputs: [a, e]\n")
    assert [step.live for step in found.steps] == [11, 13, 3, 4, 3]
    assert found.live_tensors(3) == (("a", 1), ("x", 2), ("d", 1))
    assert found.live_tensors(4) == (("a", 1), ("d", 1), ("e", 1))
