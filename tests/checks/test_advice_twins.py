"""Advice on a block that is called for each of several inputs, with weights of its own each time."""

import pytest

from archcalc.checks.advice import advice
from archcalc.spec.load import parse_spec

LEG = "leg: {layers: [block: {}, relu, conv: {filters: 4, kernel_size: 3}, global_avgpool, flatten]}"
INNER = "block: {layers: [conv: {filters: 8, kernel_size: 1}]}"


def twins(*layers, blocks=(LEG, INNER), outputs=""):
    """What is said of twins in a network of these parts."""
    lines = "".join(f"  - {layer}\n" for layer in layers)
    text = f"input: {{channels: 2, height: 8, width: 8}}\nblocks: {{{', '.join(blocks)}}}\nlayers:\n{lines}"
    text += f"outputs: {outputs}\n" if outputs else ""
    spec = parse_spec(text.encode(), "net.yaml")
    found = advice(spec.analyze())
    return [problem.message for problem in found if problem.code == "unshared-twins"]


TWO = ("leg: {name: a}", "leg: {name: b, from: input}")
SAID = "b: the same layers as a, on volumes as large, with 316 parameters of its own"
HALVES = ("select: {name: left, stop: 1}", "leg: {name: a}", "select: {name: right, start: 1, from: input}")


def test_two_legs_that_are_joined_are_told_of_once():
    """A convolution of 2·8 + 8 = 24 values and one of 8·9·4 + 4 = 292."""
    assert twins(*TWO, "concat: {from: [a, b]}") == [SAID]


def test_legs_on_parts_of_an_input_that_are_joined_much_later():
    joined = ("fc: {name: x, units: 3, from: a}", "fc: {name: y, units: 3, from: b}", "add: {from: [x, y]}")
    assert twins(*HALVES, "leg: {name: b}", *joined) == [SAID.replace("316", "308")]


def test_three_legs_are_told_of_together():
    found = twins(*TWO, "leg: {name: c, from: input}", "concat: {from: [a, b, c]}")
    assert found == ["b, c: the same layers as a, on volumes as large, with 316 parameters of their own"]


STEM = "conv: {name: stem, filters: 2, kernel_size: 1}"
BEHIND_IT = ("leg: {name: a}", "leg: {name: b, from: stem}")
RELUS = "leg: {layers: [relu, global_avgpool]}"
OTHER = "other: {layers: [conv: {filters: 4, kernel_size: 3}, global_avgpool, flatten]}"
JOINED = "concat: {from: [a, b]}"


@pytest.mark.parametrize(
    ("layers", "more"),
    [
        pytest.param(("leg: {name: a}",), {}, id="one leg"),
        pytest.param(TWO, {"outputs": "[a, b]"}, id="never joined"),
        pytest.param((STEM, *BEHIND_IT, JOINED), {}, id="weights in front"),
        pytest.param(
            ("block: {name: a}", "block: {name: b}", "add: {from: [a, b]}"),
            {"blocks": (INNER,)},
            id="one behind the other",
        ),
        pytest.param((*TWO, JOINED), {"blocks": (RELUS,)}, id="without weights"),
        pytest.param(
            (TWO[0], "other: {name: b, from: input}", JOINED), {"blocks": (LEG, INNER, OTHER)}, id="others"
        ),
    ],
)
def test_what_is_no_twin(layers, more):
    assert twins(*layers, **more) == []
