"""Inputs and expectations as users of other tools write them first; letters of other scripts."""

import re

import pytest

from archcalc import analyze
from archcalc.errors import SpecError
from archcalc.expectations.evaluate import unmet
from archcalc.spec.load import loads, parse_spec

LAYERS = "layers: [relu]\n"


def problems(text):
    with pytest.raises(SpecError) as caught:
        loads(text)
    return caught.value.problems


def shapes(hint):
    """The inputs that a hint says to write."""
    return [loads(f"input: {text}\n{LAYERS}").input_shape for text in re.findall(r"\{[^}]*\}", hint)]


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("input: 3x64x48", [(3, 64, 48)]),
        ("input: 64x64x3", [(3, 64, 64)]),
        ("input: (3, 64, 64)", [(3, 64, 64)]),
        ("input: (28, 28, 1)", [(1, 28, 28)]),
        ("input: 3, 64, 64", [(3, 64, 64)]),
        ("input: [64, 64, 3]", [(3, 64, 64)]),
        ("input: [28, 28, 1]", [(1, 28, 28)]),
        ("input: [48, 64, 3]", [(3, 48, 64)]),
        ("input: [3, 64, 64]", [(3, 64, 64)]),
        ("input: [16, 32, 32]", [(16, 32, 32)]),
        ("input: [3, 3, 3]", [(3, 3, 3)]),
        ("input: [32, 32, 16]", [(16, 32, 32), (32, 32, 16)]),
        ("input: [null, 28, 28, 1]", [(1, 28, 28)]),
        ("input: [8, 3, 64, 64]", [(3, 64, 64)]),
        ("input: [28, 28]", [(1, 28, 28), (28, 28)]),
        ("input: [4, 100]", [(4, 100)]),
        ("input: 224x224", [(1, 224, 224), (224, 224)]),
        ("input: 784", [(784,)]),
        ("input: {channels: 3, size: 64}", [(3, 64, 64)]),
        ("input: {channels: 3, image_size: [64, 48]}", [(3, 64, 48)]),
        ("input: {channels: 3, height: 8, width: 9, batch: 8}", [(3, 8, 9)]),
        ("input: {shape: [64, 64, 3]}", [(3, 64, 64)]),
        ("input_shape: [64, 64, 3]", [(3, 64, 64)]),
        ("inputs: {channels: 3, height: 8, width: 9}", [(3, 8, 9)]),
        ("inputs: {image: {channels: 3, height: 8, width: 9}}", [(3, 8, 9)]),
    ],
)
def test_the_input_of_the_hint_is_what_was_meant(line, meant):
    (problem,) = problems(f"{line}\n{LAYERS}")
    assert shapes(problem.hint) == meant


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("input: {channels: 3, height: 8, width: 8, batch: 8}", "--batch"),
        ("input: {channels: 3, depth: 8, height: 8, width: 8}", "no 3-D volumes"),
        ("inputs: {a: {features: 3}, b: {features: 4}}", "one input"),
    ],
)
def test_what_an_input_cannot_say_is_said(line, said):
    (problem,) = problems(f"{line}\n{LAYERS}")
    assert said in problem.hint


@pytest.mark.parametrize(
    ("text", "shown", "hint"),
    [
        ("layers: [r\u0435lu]", r"'r\u0435lu'", r"write `relu`: \u0435 looks like e"),
        ("layers: [conv: {filters: 3, k\u0435rnel_size: 3}]", r"'k\u0435rnel_size'", "write `kernel_size`"),
        ("layers: [relu]\n\u0435xpect: {}", r"'\u0435xpect'", "write `expect`"),
        ("layers: [c\u03bfnv: {filters: 3, kernel_size: 3}]", r"'c\u03bfnv'", "write `conv`"),
    ],
)
def test_letters_that_look_alike_are_shown(text, shown, hint):
    (problem, *_) = problems(f"input: {{channels: 3, height: 8, width: 8}}\n{text}\n")
    assert shown in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("bound", "hint"),
    [
        ("macs: < 1e5", "write < 100k"),
        ("macs: 1e6", "write 1M"),
        ("parameters: <= 1.5e3", "write <= 1500"),
        ("parameter_bytes: < 1e6", "write < 1000000"),
    ],
)
def test_exponents_in_bounds(bound, hint):
    (problem,) = problems(f"input: {{features: 3}}\n{LAYERS}expect: {{{bound}}}\n")
    assert problem.hint == hint
    loads(
        f"input: {{features: 3}}\n{LAYERS}expect: {{{bound.split(':')[0]}: {hint.removeprefix('write ')}}}\n"
    )


CONV = "input: {channels: 3, height: 8, width: 8}\nlayers: [conv: {filters: 8, kernel_size: 3}]\n"


def expected(text):
    spec = parse_spec(f"{CONV}expect: {{{text}}}\n")
    return [problem.hint for problem in unmet(analyze(spec.network), spec.expectations)]


def test_a_batch_in_an_expected_shape():
    assert expected("output: [8, 8, 6, 6]") == ["shapes hold no batch: write [8, 6, 6]"]
    assert expected("output: [8, 6, 6]") == []


def test_bias_adds_among_expected_macs():
    (hint,) = expected("macs: 8064")
    assert hint == "8,064 is 7,776 MACs and 288 bias adds, which are no MACs: write 7776"
    assert expected("macs: 7776") == []
    assert expected("macs: 9000") == [None]


@pytest.mark.parametrize(
    "text", ["(3, 64", "(" * 900, "[1, 2, 3, 4, 5]", "[]", "[[3, 4], 5]", "{" + "size: 1, a: 2" + "}", "3x"]
)
def test_what_is_no_shape_has_no_hint_and_does_no_harm(text):
    problem = problems(f"input: {text}\n{LAYERS}")[0]
    assert "write {" not in (problem.hint or "")
