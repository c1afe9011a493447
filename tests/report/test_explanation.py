"""Explanations: every line of arithmetic is true, every symbol has its meaning, every kind its page."""

import json
import re
from fractions import Fraction
from math import ceil, floor

import pytest
from sweeps import networks

from archcalc import analyze, loads
from archcalc.layers import LAYERS, layer_class
from archcalc.layers.aliases import KIND_ALIASES, SETTING_ALIASES
from archcalc.layers.settings import settings_of
from archcalc.report import written
from archcalc.report.explanation import explanation
from archcalc.report.kind import kind_page
from archcalc.report.page import Options
from archcalc.report.symbols import SYMBOLS, WORD

SPELT_OUT = {
    "weights",
    "biases",
    "parameters",
    "outputs",
    "inputs",
    "batch",
    "MACs",
    "weights_per_filter",
    "positions",
}
"""Words in formulas that say what they are."""

ODD = """
input: {channels: 4, height: 17, width: 23}
layers:
  - conv:
      {filters: 6, kernel_size: [3, 5], stride: [2, 1], padding: {top: 1, left: 2}, dilation: [1, 2],
       groups: 2}
  - conv: {filters: 6, kernel_size: 3, padding: 2, dilation: 2, bias: false}
  - depthwise: {kernel_size: 3, padding: 1, multiplier: 2}
  - conv_transpose: {filters: 4, kernel_size: [4, 3], stride: 2, padding: 1, output_padding: [0, 1]}
  - maxpool: {kernel_size: 3, stride: 2, ceil_mode: true}
  - pad: {padding: {top: 1, left: 2, right: 3}, channels: [1, 2]}
  - batchnorm
  - prelu: {num_parameters: 7}
  - layernorm
  - branches:
      paths:
        - [conv: {filters: 2, kernel_size: 1}]
        - [conv: {filters: 3, kernel_size: 1}]
  - adaptive_avgpool: {output_size: 3}
  - flatten
  - fc: {units: 10}
"""


def kind_example(kind):
    """The example in the documentation of a kind, as a spec."""
    example = (layer_class(kind).__doc__ or "").partition("example:\n")[2]
    lines = [line for line in example.splitlines() if line.strip()]
    indent = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[indent:] for line in lines)


def explained(analysis, name, format="text"):  # noqa: A002
    return written(explanation(analysis, analysis.of(name), Options()), format, Options())


def worked_out(text):
    """The value of a formula with its numbers put in, by exact arithmetic of its own."""
    python = text.replace(",", "").replace("·", "*").replace("−", "-")
    for left, right, name in (("⌊", "⌋", "floor"), ("⌈", "⌉", "ceil")):
        python = python.replace(left, f"{name}(").replace(right, ")")
    python = re.sub(r"\d+", lambda found: f"F({found.group()})", python)
    assert re.fullmatch(r"[F\d()+*/ -]*", python.replace("floor", "").replace("ceil", "")), text
    return eval(python, {"F": Fraction, "floor": floor, "ceil": ceil})


def check_arithmetic(text):
    """Every line `name = numbers = result` is true; returns how many there are."""
    lines = re.findall(r"^  [^=\n]+ = ([^=\n]+) = ([\d,]+)$", text, re.MULTILINE)
    for numbers, result in lines:
        assert worked_out(numbers) == int(result.replace(",", "")), numbers
    return len(lines)


@pytest.mark.parametrize("name", networks())
def test_the_arithmetic_of_the_zoo_is_true(analyzed, name):
    analysis = analyzed(name)
    kinds = {facts.node.kind: facts.node.name for facts in analysis.facts}
    assert sum(check_arithmetic(explained(analysis, layer)) for layer in kinds.values()) > 20


@pytest.mark.parametrize("kind", LAYERS)
def test_the_arithmetic_of_each_kind_is_true_and_its_symbols_have_a_meaning(kind):
    analysis = analyze(loads(kind_example(kind)))
    for facts in analysis.facts:
        text = explained(analysis, facts.node.name)
        check_arithmetic(text)
        check_symbols(text)


def test_the_arithmetic_of_odd_layers_is_true_and_its_symbols_have_a_meaning():
    analysis = analyze(loads(ODD))
    texts = [explained(analysis, facts.node.name) for facts in analysis.facts]
    assert sum(map(check_arithmetic, texts)) > 100
    for text in texts:
        check_symbols(text)


def check_symbols(text):
    """The words in formulas are spelt out, or the note says what they stand for, and no others."""
    formulas = re.findall(r"^  [^=\n]+ = (.*[A-Za-z].*)$", text, re.MULTILINE)
    words = {word for formula in formulas for word in WORD.findall(formula)} - SPELT_OUT
    note = re.search("^symbols: (.*)$", text, re.MULTILINE)
    shown = note.group(1) if note else ""
    for word in words:
        symbols = [(symbol, meaning) for symbol, pattern, meaning in SYMBOLS if re.fullmatch(pattern, word)]
        known = word in layer_settings() or any(f"{symbol} {meaning}" in shown for symbol, meaning in symbols)
        assert known, f"{word} is not explained by: {shown}"


def layer_settings():
    return {name for kind in LAYERS for name in settings_of(layer_class(kind))}


def test_a_convolution_as_the_course_writes_it(analyzed):
    text = explained(analyzed("alexnet"), "conv1")
    for line in (
        "conv1 (conv, filters 96, kernel_size 11, stride 4): 227×227×3 → 55×55×96",
        "  W2 = ⌊(W1 − F + 2·P)/S⌋ + 1",
        "  W2 = ⌊(227 − 11 + 2·0)/4⌋ + 1 = 55",
        "  weights = (11·11·3)·96 = 34,848",
        "  unshared = 290,400·363 + 290,400 = 105,705,600",
        "  fully connected = 154,587·290,400 + 290,400 = 44,892,355,200",
    ):
        assert f"\n{line}\n" in text
    assert "\nnote: 'Lecture slides print 66,846,304,800 " in text
    assert "F kernel size, S stride, P padding on each side, K number of filters or units" in text
    assert "groups" not in text
    assert "dilation" not in text


def test_explanations_as_data(analyzed):
    document = json.loads(explained(analyzed("alexnet"), "conv1", "json"))
    by_symbol = {formula["symbol"]: formula for formula in document["formulas"] + document["connectivity"]}
    assert by_symbol["W2"] == {
        "symbol": "W2", "expression": "⌊(W1 − F + 2·P)/S⌋ + 1",
        "values": {"W1": 227, "F": 11, "S": 4, "P": 0},
        "result": 55, "worked_out": "⌊(227 − 11 + 2·0)/4⌋ + 1 = 55",
    }  # fmt: skip
    assert by_symbol["fully connected"]["result"] == 44_892_355_200
    header, *rows = explained(analyzed("alexnet"), "conv1", "csv").splitlines()
    assert header == "symbol,expression,worked_out,result"
    assert len(rows) == len(document["formulas"]) + len(document["connectivity"])
    assert "W2,⌊(W1 − F + 2·P)/S⌋ + 1,⌊(227 − 11 + 2·0)/4⌋ + 1 = 55,55" in rows


@pytest.mark.parametrize("kind", LAYERS)
def test_a_kind_has_a_page_with_its_settings_and_other_spellings(kind):
    text = written(kind_page(kind), "text", Options())
    assert text.splitlines()[0] == kind
    assert "  example:\n" in text
    assert "  source: " in text
    for name in settings_of(layer_class(kind)):
        assert re.search(rf"^  {name} \((required|default )", text, re.MULTILINE)
    for alias in (alias for alias, name in KIND_ALIASES.items() if name == kind):
        assert re.search(rf"^also written: .*\b{alias}\b", text, re.MULTILINE)
    assert not re.search(" $", text, re.MULTILINE)


def test_a_kind_as_data():
    document = json.loads(written(kind_page("fc"), "json", Options()))
    assert document["kind"] == "fc"
    assert "Dense" in document["aliases"]
    units, bias, *_ = document["settings"]
    assert units == {
        "name": "units", "default": "required", "needs": "a positive integer",
        "aliases": [alias for alias, names in SETTING_ALIASES.items() if "units" in names],
    }  # fmt: skip
    assert bias["default"] == "true"
    rows = written(kind_page("fc"), "csv", Options()).splitlines()
    assert rows[0] == "setting,default,needs,aliases"
    assert len(rows) == 1 + len(document["settings"])
