"""Expectations on the command line and in config files."""

import datetime

import pytest

from archcalc.errors import Span, SpecError
from archcalc.expectations.model import Bound
from archcalc.spec.requests import configured, requested


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("parameters <= 20k", "parameters", (Bound("<=", 20_000),)),
        ("parameters<20k", "parameters", (Bound("<", 20_000),)),
        ("  parameters  ==  20,000  ", "parameters", (Bound("==", 20_000),)),
        ("parameters: 20k", "parameters", (Bound("==", 20_000),)),
        ("parameters: <= 20k", "parameters", (Bound("<=", 20_000),)),
        ("parameters: >= 1k, < 2k", "parameters", (Bound(">=", 1000), Bound("<", 2000))),
        ("parameters >= 1k and < 2k", "parameters", (Bound(">=", 1000), Bound("<", 2000))),
        ("parameters: ['>= 1k', < 2k]", "parameters", (Bound(">=", 1000), Bound("<", 2000))),
        ("parameters != 7", "parameters", (Bound("!=", 7),)),
        ("parameter_bytes <= 4 MiB", "parameter_bytes", (Bound("<=", 4 * 2**20, "MiB"),)),
        ("output: [10]", "output", (10,)),
        ("output: 10", "output", (10,)),
        ("uses: [batchnorm, dense]", "uses", (("batchnorm",), ("fc",))),
        ("uses: batchnorm | dropout", "uses", (("batchnorm", "dropout"),)),
        ("followed_by: {conv: bn, except_last: 1}", "followed_by", (("conv", ("batchnorm",), 1),)),
    ],
)
def test_a_request_is_a_key_and_a_value(text, key, value):
    (expectation,) = requested(text)
    assert (expectation.key, expectation.value) == (key, value)
    assert expectation.span == Span("--expect", 1, 1)


def test_layers_may_be_nested():
    found = requested("layers: {conv1: {output: [3, 8, 8], macs: < 3k}, block/fc1: {kind: fc}}")
    assert [(one.layer, one.key) for one in found] == [
        ("conv1", "output"), ("conv1", "macs"), ("block/fc1", "kind"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "parameters", "20k", "<= 20k", ": 3", "parameters:", "parameters: ", "parameters <=",
        "a b: 3",
        "parameters 20k", "parametres <= 3", "output = [10]", "output: [10", "output: {", "uses: &a [fc]",
        "uses: !!str fc", "uses: *a", "parameters: ${x}", "parameters: $x", "x" * 5000,
        "parameters <= " + "9" * 5000,
        "output: " + "[" * 500, "parameters: \x1b[31m", "parameters: \udcff", "\udcff: 3",
        "parameters: 3\n---\n4",
        "layers: {}", "layers: {a: 3}", "layers: 3", "output: ~", "p\u0430rameters <= 3",
    ],
)  # fmt: skip
def test_a_wrong_request_is_told_in_sentences(text):
    with pytest.raises(SpecError) as caught:
        requested(text)
    for problem in caught.value.problems:
        said = f"{problem.message} {problem.hint or ''}"
        assert said.isprintable()
        assert len(said) < 500


def test_a_misspelt_key_is_named():
    with pytest.raises(SpecError) as caught:
        requested("parametres <= 3")
    assert caught.value.problems[0].hint == "did you mean 'parameters'?"


def place(key):
    return Span("a.toml", len(key), 1)


def test_a_table_is_read_as_in_a_spec():
    found = configured({"output": [10], "parameters": "< 20k", "layers": {"a": {"macs": 3}}}, place)
    assert [(one.key, one.value, one.layer) for one in found] == [
        ("output", (10,), ""),
        ("parameters", (Bound("<", 20_000),), ""),
        ("macs", (Bound("==", 3),), "a"),
    ]
    assert found[0].span == place("output")


@pytest.mark.parametrize(
    "value",
    [
        float("nan"), float("inf"), -1, 2**70, True, "", "few", [], {}, datetime.date(2020, 1, 1), 1.5, "$x",
        datetime.time(3, 3), [[3]], {"a": 3}, [None],
    ],
)  # fmt: skip
def test_a_wrong_value_of_a_table_is_refused(value):
    with pytest.raises(SpecError) as caught:
        configured({"parameters": value}, place)
    (problem,) = caught.value.problems
    assert problem.span == place("parameters")
