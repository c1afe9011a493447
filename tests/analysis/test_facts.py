"""Applying the rules to a network: in order, once for each layer, and up to the first that cannot work."""

import sys
from collections import Counter

import pytest
from sweeps import thinned

from archcalc import analyze, loads
from archcalc.analysis.connectivity import connectivities
from archcalc.analysis.facts import BrokenNetworkError
from archcalc.analysis.quantities import totals
from archcalc.errors import RequestError

BROKEN = """
input: {channels: 3, height: 32, width: 32}
layers:
  - conv: {name: first, filters: 8, kernel_size: 5}
  - maxpool: {name: second, kernel_size: 2}
  - conv: {name: third, filters: 8, kernel_size: 3, groups: 3}
  - fc: {name: fourth, units: 10}
"""


def test_facts_stand_in_order():
    layers = (
        "layers: [conv: {name: a, filters: 2, kernel_size: 3}, flatten: {name: b}, fc: {name: c, units: 4}]"
    )
    analysis = analyze(loads(f"input: {{channels: 3, height: 5, width: 7}}\n{layers}"))
    shapes = [(facts.node.name, facts.input_shapes, facts.output_shape) for facts in analysis.facts]
    assert shapes == [("a", ((3, 5, 7),), (2, 3, 5)), ("b", ((2, 3, 5),), (30,)), ("c", ((30,),), (4,))]
    assert [analysis.shape(volume) for volume in range(4)] == [(3, 5, 7), (2, 3, 5), (30,), (4,)]
    assert analysis.of("c").parameter_shapes == {"weight": (4, 30), "bias": (4,)}
    assert [axis.positions for axis in analysis.field(0).axes] == [5, 7]


def test_a_broken_layer_is_named_and_those_before_it_are_kept():
    with pytest.raises(BrokenNetworkError) as caught:
        analyze(loads(BROKEN, "net.yaml"), batch=3, dtype="int8")
    (problem,) = caught.value.problems
    assert str(problem.span) == "net.yaml:6:5"
    assert problem.code == "groups"
    assert problem.message == "third: 3 groups need a number of input channels that they divide, got 8"
    assert problem.hint == "6 or 9 would fit"
    partial = caught.value.partial
    assert [facts.node.name for facts in partial.facts] == ["first", "second"]
    assert (partial.batch, partial.dtype) == (3, "int8")
    assert totals(partial)["activation_bytes"] == 3 * (3 * 32 * 32 + 8 * 28 * 28 + 8 * 14 * 14)


def test_a_layer_that_is_not_there():
    analysis = analyze(loads("input: {features: 3}\nlayers: [fc: {name: score, units: 2}]"))
    with pytest.raises(RequestError, match="did you mean 'score'"):
        analysis.of("scores")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"dtype": "float31"}, "no type of values is called 'float31'; known are float32, float16"),
        ({"batch": 0}, "a batch has 1 example or more, got 0"),
    ],
)
def test_what_cannot_be_asked(asked, message):
    with pytest.raises(RequestError, match=message):
        analyze(loads("input: {features: 3}\nlayers: [relu]"), **asked)


def deep(layers):
    """A network of so many layers, of kinds that use every rule."""
    kinds = ["conv: {filters: 4, kernel_size: 3, padding: 1}", "batchnorm", "relu", "lrn", "identity"]
    body = "\n".join(f"      - {kind}" for kind in kinds)
    times = f"  - repeat:\n      times: {layers // len(kinds)}\n      layers:\n"
    return (
        "input: {channels: 4, height: 8, width: 8}\nlayers:\n"
        + times
        + body.replace("      - ", "        - ")
    )


def calls(function, *args):
    """How many calls of Python functions it takes to call `function`."""
    counted = Counter()

    def count(frame, event, argument):
        counted[event] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        function(*args)
    finally:
        sys.setprofile(before)
    return counted["call"] + counted["c_call"]


def everything(network):
    analysis = analyze(network)
    return totals(analysis), connectivities(analysis)


@pytest.mark.parametrize("function", thinned([everything, loads], 2), ids=["analyze", "read"])
def test_work_grows_with_the_number_of_layers(function):
    """Counted in calls, which no other process can disturb: ten times the layers, ten times the calls."""
    amounts = []
    for layers in (500, 5_000):
        given = deep(layers) if function is loads else loads(deep(layers))
        amounts.append(calls(function, given))
    assert 9 < amounts[1] / amounts[0] < 10.5


def test_one_layer_on_a_volume_and_on_a_sequence_of_the_same_sizes():
    layers = "[subsample: {name: a, stride: 2}, tokens: {from: input}, subsample: {name: b, stride: 2}]"
    text = f"input: {{channels: 5, length: 5}}\nlayers: {layers}\noutputs: [a, b]"
    analysis = analyze(loads(text))
    assert [facts.output_shape for facts in analysis.facts] == [(5, 3), (5, 5), (3, 5)]
