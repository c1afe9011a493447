"""Formulas, worked out by an evaluator of its own: each gives its result, which is what the rules say."""

import math
import re
from fractions import Fraction
from inspect import cleandoc

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sweeps import thinned

from archcalc import analyze, loads
from archcalc.errors import ShapeError
from archcalc.layers import LAYERS, Composite, layer_class
from archcalc.layers.base import SequenceShape

TOKEN = re.compile(r"\s*([A-Za-z_]\w*|\d+|[-+−·/()⌊⌋⌈⌉])")
CLOSING = {"(": (")", lambda value: value), "⌊": ("⌋", math.floor), "⌈": ("⌉", math.ceil)}


class Evaluation:
    """The value of an expression of + − · /, parentheses, ⌊ ⌋ and ⌈ ⌉, as an exact fraction."""

    def __init__(self, expression, values):
        self.tokens = [*TOKEN.findall(expression), ""]
        assert "".join(self.tokens) == expression.replace(" ", "")
        self.values = values
        self.used = set()
        self.result = self.sum()
        assert self.tokens == [""]

    def sum(self):
        value = self.product()
        while self.tokens[0] in ("+", "−"):
            value += self.product() if self.tokens.pop(0) == "+" else -self.product()
        return value

    def product(self):
        value = self.atom()
        while self.tokens[0] in ("·", "/"):
            value *= self.atom() if self.tokens.pop(0) == "·" else 1 / self.atom()
        return value

    def atom(self):
        token = self.tokens.pop(0)
        if token in CLOSING:
            closing, rounded = CLOSING[token]
            value = self.sum()
            assert self.tokens.pop(0) == closing
            return Fraction(rounded(value))
        if token.isdecimal():
            return Fraction(int(token))
        self.used.add(token)
        return Fraction(self.values[token])


BIASES = ("bias", "in_proj_bias", "out_proj.bias")


def facts_by_symbol(layer, inputs):
    """What the rules say of each number that a formula may explain."""
    output = layer.output_shape(inputs)
    learned = {name: math.prod(shape) for name, shape in layer.parameter_shapes(inputs).items()}
    biases = sum(count for name, count in learned.items() if name in BIASES)
    weights = sum(learned.values()) - biases
    sizes = zip({1: "", 2: "L", 3: "HW"}[len(output)], output[1:], strict=True)
    return {
        **{f"{letter}2": size for letter, size in sizes},
        "D2": output[0],
        "N2": output[-1],
        "outputs": math.prod(output),
        "weights": weights,
        "weights per filter": weights // output[0],
        "biases": biases,
        "buffers": sum(map(math.prod, layer.buffer_shapes(inputs).values())),
        "MACs": layer.macs(inputs),
    }


def check(layer, *inputs):
    """Every formula of the layer gives what the rules say, and every number of it but 0 has a formula."""
    known, explained = facts_by_symbol(layer, inputs), {"outputs": None}
    for formula in layer.formulas(inputs):
        evaluation = Evaluation(formula.expression, formula.values)
        assert evaluation.result == formula.result == known[formula.symbol], formula
        assert evaluation.used == set(formula.values), formula
        assert formula.symbol not in explained or explained[formula.symbol] is None
        explained[formula.symbol] = formula.expression
    counts = ("outputs", "weights", "biases", "buffers", "MACs")
    assert [symbol for symbol in counts if known[symbol] and not explained.get(symbol)] == []
    return explained


@pytest.mark.parametrize("kind", [kind for kind in LAYERS if not issubclass(layer_class(kind), Composite)])
def test_example(kind):
    text = cleandoc(layer_class(kind).__doc__).partition("example:\n")[2]
    for facts in analyze(loads(cleandoc("\n" + text))).facts:
        check(facts.node.layer, *facts.input_shapes)


few = st.integers(1, 4)
pair = st.tuples(few, few)
side = st.integers(0, 2)
padding = (
    side
    | st.tuples(side | st.tuples(side, side), side)
    | st.sampled_from(["valid", "same_upper", "same_lower"])
)
crops = st.tuples(*[st.tuples(st.integers(-3, 3), st.integers(-3, 3))] * 2)
SLIDING = {"kernel_size": few | pair, "stride": few | pair, "padding": padding}
FILTERS = {
    "filters": st.sampled_from([6, 12]),
    "groups": st.sampled_from([1, 2, 3, 6]),
    "bias": st.booleans(),
}
DILATED = {"dilation": st.integers(1, 2) | st.tuples(st.integers(1, 2), st.integers(1, 2))}
POOLING = {**SLIDING, "stride": st.none() | few | pair, "ceil_mode": st.booleans()}
NUMBERS = {"padding": side | st.tuples(st.tuples(side, side), st.tuples(side, side))}

factors = st.none() | st.sampled_from([2, 0.5, 1.7, 3.0, (2, 2.3), (0.75, 1)])
modes = st.sampled_from(["nearest", "bilinear"])

SWEEPS = {
    "conv": {**SLIDING, **FILTERS, **DILATED},
    "depthwise": {**SLIDING, **DILATED, "multiplier": few, "bias": st.booleans()},
    "conv_transpose": {**SLIDING, **FILTERS, **DILATED, **NUMBERS, "output_padding": st.integers(0, 1)},
    "maxpool": {**POOLING, **DILATED},
    "avgpool": POOLING,
    "adaptive_avgpool": {"output_size": few | st.tuples(few | st.none(), few | st.none())},
    "global_avgpool": {},
    "pad": {"padding": crops, "channels": st.tuples(side, side)},
    "fc": {"units": few, "bias": st.booleans(), "over": st.sampled_from([None, "channels", "features"])},
    "batchnorm": {"affine": st.booleans(), "track_running_stats": st.booleans()},
    "layernorm": {"over": st.sampled_from([None, "all", "features", "channels"]), "affine": st.booleans()},
    "groupnorm": {"groups": st.sampled_from([1, 2, 3, 6]), "affine": st.booleans()},
    "prelu": {"num_parameters": st.sampled_from([1, 6])},
    "flatten": {},
    "softmax": {},
    "tokens": {},
    "subsample": {"stride": few | pair},
    "select": {"start": st.none() | side, "stop": st.none() | few, "channels": st.none() | st.just((5, 0))},
    "channel_shuffle": {"groups": few},
    "scale": {"bias": st.booleans(), "over": st.sampled_from([None, "channels", "features"])},
    "interpolate": {"size": st.none() | few | pair, "scale_factor": factors, "mode": modes},
}
"""Settings to draw from, for each kind whose formulas depend on them."""

ONE_AXIS = {"conv": "conv1d", "maxpool": "maxpool1d", "avgpool": "avgpool1d"}


def along_one_axis(drawn):
    """The same settings for a single axis: of each pair the first."""
    firsts = {"kernel_size", "stride", "padding", "dilation", "output_size", "size", "scale_factor"}
    return {
        name: value[:1] if isinstance(value, tuple) and name in firsts else value
        for name, value in drawn.items()
    }


@st.composite
def cases(draw, kind):
    """(a layer of the kind or of its one-dimensional form, the shape of its input)."""
    drawn = draw(st.fixed_dictionaries(SWEEPS[kind]))
    shape = (6, draw(st.integers(9, 17)), draw(st.integers(9, 17)))
    if draw(st.booleans()) and kind not in ("depthwise", "conv_transpose"):
        kind, drawn, shape = ONE_AXIS.get(kind, kind), along_one_axis(drawn), shape[:2]
    if kind == "fc" and len(shape) == 3 and not drawn["over"]:
        shape = shape[1:2]
    return layer_class(kind)(**drawn), shape


@pytest.mark.parametrize("kind", thinned(SWEEPS, 2))
def test_sweep(kind):
    @settings(derandomize=True, deadline=None, max_examples=60)
    @given(cases(kind))
    def swept(case):
        layer, shape = case
        try:
            layer.output_shape((shape,))
        except ShapeError:
            assume(False)
        check(layer, shape)

    swept()


@given(st.lists(st.integers(1, 40), min_size=2, max_size=60))
@settings(derandomize=True, deadline=None, max_examples=20)
def test_concat(depths):
    check(layer_class("concat")(), *((depth, 3, 5) for depth in depths))


def test_concat_of_features():
    shapes = SequenceShape((7, 3)), SequenceShape((7, 4))
    check(layer_class("concat")(over="features"), *shapes)
    grown, _ = layer_class("concat")(over="channels_last").formulas(shapes)
    assert (grown.symbol, grown.expression, grown.result) == ("N2", "Na + Nb", 7)


def test_concat_names_each_input():
    depth, _ = layer_class("concat")().formulas(((1, 3, 5),) * 28)
    assert depth.expression.startswith("Da + Db + Dc + ")
    assert depth.expression.endswith(" + Dz + Da1 + Db1")


@pytest.mark.parametrize("kind", ["volume", "class_token", "position_embedding", "attention"])
@pytest.mark.parametrize("shape", [(12, 6), (7, 2), (1, 4)])
def test_sequences(kind, shape):
    own = {"attention": [{"heads": 2}, {"heads": 1, "bias": False}]}
    for drawn in own.get(kind, [{}]):
        check(layer_class(kind)(**drawn), shape)


@pytest.mark.parametrize(
    "layer", ["conv: {filters: 1, kernel_size: 3}", "maxpool: {kernel_size: 2}", "pad", "global_avgpool"]
)
def test_width_comes_first(layer):
    """As the course writes volumes: W×H×D."""
    (facts,) = analyze(loads(f"input: {{channels: 3, height: 4, width: 5}}\nlayers: [{layer}]")).facts
    symbols = [formula.symbol for formula in facts.node.layer.formulas(facts.input_shapes)]
    assert symbols[:4] == ["W2", "H2", "D2", "outputs"]


CONV = "conv: {filters: 96, kernel_size: 11, stride: 4}"
AS_THE_COURSE = [
    (CONV, "W2", "⌊(W1 − F + 2·P)/S⌋ + 1", {"W1": 227, "F": 11, "P": 0, "S": 4}, 55),
    (CONV, "H2", "⌊(H1 − F + 2·P)/S⌋ + 1", {"H1": 199, "F": 11, "P": 0, "S": 4}, 48),
    (CONV, "D2", "K", {"K": 96}, 96),
    (CONV, "outputs", "W2·H2·D2", {"W2": 55, "H2": 48, "D2": 96}, 253_440),
    (CONV, "weights per filter", "F·F·D1", {"F": 11, "D1": 3}, 363),
    (CONV, "weights", "(F·F·D1)·K", {"F": 11, "D1": 3, "K": 96}, 34_848),
    (CONV, "biases", "K", {"K": 96}, 96),
    (CONV, "MACs", "W2·H2·(F·F·D1)·K", {"W2": 55, "H2": 48, "F": 11, "D1": 3, "K": 96}, 91_998_720),
    (
        "conv: {filters: 6, kernel_size: [3, 5], padding: 1, groups: 3, bias: false}",
        "weights",
        "(Fw·Fh·(D1/G))·K",
        {"Fw": 5, "Fh": 3, "D1": 3, "G": 3, "K": 6},
        90,
    ),
    (
        "conv: {filters: 6, kernel_size: [3, 5], padding: 1, bias: false}",
        "W2",
        "⌊(W1 − Fw + 2·Pw)/Sw⌋ + 1",
        {"W1": 227, "Fw": 5, "Pw": 1, "Sw": 1},
        225,
    ),
    (
        "conv: {filters: 6, kernel_size: 3, dilation: 2}",
        "W2",
        "⌊(W1 − (D·(F − 1) + 1) + 2·P)/S⌋ + 1",
        {"W1": 227, "F": 3, "D": 2, "P": 0, "S": 1},
        223,
    ),
    (
        "conv: {filters: 6, kernel_size: 7, stride: 2, padding: same_upper}",
        "W2",
        "⌊(W1 − F + 2·P)/S⌋ + 1",
        {"W1": 227, "F": 7, "P": 3, "S": 2},
        114,
    ),
    (
        "conv: {filters: 6, kernel_size: 4, padding: same_upper}",
        "W2",
        "⌊(W1 − F + Pa + Pb)/S⌋ + 1",
        {"W1": 227, "F": 4, "Pa": 1, "Pb": 2, "S": 1},
        227,
    ),
    (
        "conv: {filters: 6, kernel_size: 4, padding: same_lower}",
        "W2",
        "⌊(W1 − F + Pa + Pb)/S⌋ + 1",
        {"W1": 227, "F": 4, "Pa": 2, "Pb": 1, "S": 1},
        227,
    ),
    (
        "conv: {filters: 6, kernel_size: 3, padding: {top: 0, bottom: 1, left: 0, right: 1}}",
        "H2",
        "⌊(H1 − F + Pa + Pb)/S⌋ + 1",
        {"H1": 199, "F": 3, "Pa": 0, "Pb": 1, "S": 1},
        198,
    ),
    (
        "conv_transpose: {filters: 6, kernel_size: 4, stride: 2, padding: 1, output_padding: 1}",
        "W2",
        "(W1 − 1)·S − 2·P + F + O",
        {"W1": 227, "F": 4, "P": 1, "S": 2, "O": 1},
        455,
    ),
    (
        "conv_transpose: {filters: 6, kernel_size: 4, stride: 2, groups: 3}",
        "MACs",
        "W1·H1·(F·F·D1)·(K/G)",
        {"W1": 227, "H1": 199, "F": 4, "D1": 3, "K": 6, "G": 3},
        227 * 199 * 48 * 2,
    ),
    (
        "maxpool: {kernel_size: 2, padding: 1, ceil_mode: true}",
        "W2",
        "⌈(W1 − F + 2·P)/S⌉ + 1 − 1",
        {"W1": 227, "F": 2, "P": 1, "S": 2},
        114,
    ),
    ("pad: {padding: {top: 2, left: -3}}", "W2", "W1 − Pl + Pr", {"W1": 227, "Pl": 3, "Pr": 0}, 224),
    ("pad: {padding: {top: 2, left: -3}}", "H2", "H1 + Pt + Pb", {"H1": 199, "Pt": 2, "Pb": 0}, 201),
    ("pad: {channels: [1, 2]}", "D2", "D1 + Pa + Pb", {"D1": 3, "Pa": 1, "Pb": 2}, 6),
    ("flatten", "outputs", "W1·H1·D1", {"W1": 227, "H1": 199, "D1": 3}, 135_519),
    ("batchnorm", "buffers", "2·D1", {"D1": 3}, 6),
    ("layernorm: {over: features}", "weights", "W1", {"W1": 227}, 227),
    ("tokens", "outputs", "W1·H1·D1", {"W1": 227, "H1": 199, "D1": 3}, 135_519),
    ("fc: {units: 5, over: channels}", "outputs", "W1·H1·K", {"W1": 227, "H1": 199, "K": 5}, 225_865),
    (
        "fc: {units: 5, over: channels}",
        "MACs",
        "W1·H1·N·K",
        {"W1": 227, "H1": 199, "N": 3, "K": 5},
        677_595,
    ),
    (
        "fc: {units: 5, over: features}",
        "MACs",
        "H1·D1·N·K",
        {"H1": 199, "D1": 3, "N": 227, "K": 5},
        677_595,
    ),
    ("select: {start: 1}", "D2", "stop − start", {"stop": 3, "start": 1}, 2),
    ("scale: {bias: true}", "biases", "D1", {"D1": 3}, 3),
    ("interpolate: {scale_factor: 2}", "W2", "W1·2", {"W1": 227}, 454),
    ("interpolate: {scale_factor: [2, 1.7]}", "W2", "⌊W1·17/10⌋", {"W1": 227}, 385),
    ("interpolate: {size: [7, 5]}", "W2", "size", {"size": 5}, 5),
    ("relu", "outputs", "W2·H2·D2", {"W2": 227, "H2": 199, "D2": 3}, 135_519),
]


@pytest.mark.parametrize(("layer", "symbol", "expression", "values", "result"), AS_THE_COURSE)
def test_reads_as_the_course_writes_it(layer, symbol, expression, values, result):
    (facts,) = analyze(loads(f"input: {{channels: 3, height: 199, width: 227}}\nlayers: [{layer}]")).facts
    formulas = {formula.symbol: formula for formula in facts.node.layer.formulas(facts.input_shapes)}
    assert formulas[symbol] == (symbol, expression, values, result)


def test_mapping_the_positions_of_a_sequence():
    """Mixing tokens: each unit sees the positions, of one feature after the other."""
    facts = analyze(
        loads("input: {channels: 24, height: 4, width: 4}\nlayers: [tokens, fc: {units: 5, over: channels}]")
    ).of("fc1")
    formulas = {formula.symbol: formula for formula in facts.node.layer.formulas(facts.input_shapes)}
    assert formulas["weights"] == ("weights", "L1·K", {"L1": 16, "K": 5}, 80)
    assert formulas["MACs"] == ("MACs", "N·L1·K", {"N": 24, "L1": 16, "K": 5}, 1_920)
    assert formulas["outputs"] == ("outputs", "N·K", {"N": 24, "K": 5}, 120)
