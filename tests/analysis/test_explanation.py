"""The formulas that all layers share: memory, receptive field, and the three ways to connect."""

import pytest

from archcalc import analyze, load, loads
from archcalc.analysis.explanation import connectivity_formulas, layer_formulas


def formulas(layers, name, batch=1):
    """(symbol, expression, values, result) of a layer's shared formulas, by symbol."""
    analysis = analyze(
        loads(f"input: {{channels: 3, height: 19, width: 23}}\nlayers:\n{layers}"), batch=batch
    )
    return {formula.symbol: tuple(formula[1:]) for formula in layer_formulas(analysis.of(name), analysis)}


SMALL = """
  - conv: {name: first, filters: 4, kernel_size: 3, stride: 2}
  - maxpool: {name: pool, kernel_size: [2, 3], stride: [1, 2]}
  - conv: {name: wide, filters: 5, kernel_size: 3, dilation: 2, padding: 2}
  - conv_transpose: {name: up, filters: 2, kernel_size: 2, stride: 2}
  - batchnorm: {name: bn}
"""


@pytest.mark.parametrize(
    ("name", "symbol", "expected"),
    [
        ("first", "parameters", ("weights + biases", {"weights": 108, "biases": 4}, 112)),
        ("first", "parameter bytes", ("parameters·B", {"parameters": 112, "B": 4}, 448)),
        ("first", "memory in bytes", ("outputs·batch·B", {"outputs": 396, "batch": 6, "B": 4}, 9504)),
        ("first", "r2", ("r1 + (F − 1)·j1", {"r1": 1, "F": 3, "j1": 1}, 3)),
        ("first", "j2", ("j1·S", {"j1": 1, "S": 2}, 2)),
        ("pool", "rw2", ("rw1 + (Fw − 1)·jw1", {"rw1": 3, "Fw": 3, "jw1": 2}, 7)),
        ("pool", "jw2", ("jw1·Sw", {"jw1": 2, "Sw": 2}, 4)),
        ("pool", "rh2", ("rh1 + (Fh − 1)·jh1", {"rh1": 3, "Fh": 2, "jh1": 2}, 5)),
        ("pool", "jh2", ("jh1·Sh", {"jh1": 2, "Sh": 1}, 2)),
        ("wide", "rw2", ("rw1 + Dw·(Fw − 1)·jw1", {"rw1": 7, "Fw": 3, "jw1": 4, "Dw": 2}, 23)),
        ("bn", "parameters", ("weights + biases", {"weights": 2, "biases": 2}, 4)),
    ],
)
def test_shared_formulas(name, symbol, expected):
    assert formulas(SMALL, name, batch=6)[symbol] == expected


def test_a_pool_learns_nothing_and_an_activation_in_place_holds_nothing():
    assert not {"parameters", "parameter bytes"} & formulas(SMALL, "pool").keys()
    assert "memory in bytes" not in formulas(SMALL, "bn")


def test_no_window_no_field_formula():
    """An upsampling has no r2 = r1 + (F − 1)·j1, and a layer that is no window neither."""
    assert not {"r2", "rw2"} & formulas(SMALL, "up").keys()
    assert not {"r2", "rw2"} & formulas(SMALL, "bn").keys()


def test_three_ways():
    analysis = analyze(load("alexnet"))
    found = {each.symbol: tuple(each[1:]) for each in connectivity_formulas(analysis.of("conv1"), analysis)}
    assert found == {
        "shared": ("weights_per_filter·K + K", {"weights_per_filter": 363, "K": 96}, 34_944),
        "unshared": (
            "outputs·weights_per_filter + outputs",
            {"outputs": 290_400, "weights_per_filter": 363},
            105_705_600,
        ),
        "fully connected": (
            "inputs·outputs + outputs",
            {"inputs": 154_587, "outputs": 290_400},
            44_892_355_200,
        ),
    }


def test_three_ways_of_a_transposed_convolution_without_biases():
    layer = "conv_transpose: {name: up, filters: 2, kernel_size: 2, stride: 2, bias: false}"
    analysis = analyze(loads(f"input: {{channels: 3, height: 4, width: 5}}\nlayers: [{layer}]"))
    found = {each.symbol: tuple(each[1:]) for each in connectivity_formulas(analysis.of("up"), analysis)}
    assert found == {
        "shared": ("weights_per_filter·K", {"weights_per_filter": 12, "K": 2}, 24),
        "unshared": ("MACs", {"MACs": 480}, 480),
        "fully connected": ("inputs·outputs", {"inputs": 60, "outputs": 160}, 9600),
    }


@pytest.mark.parametrize(
    "kind", ["conv1d: {filters: 3, kernel_size: 2}", "pad: {padding: 1}", "global_avgpool"]
)
def test_windows_over_sequences_are_explained_without_a_formula_of_the_field(kind):
    text = f"input: {{channels: 5, height: 2, width: 4}}\nlayers: [tokens, {{{kind}}}]\n"
    analysis = analyze(loads(text if ":" in kind else text.replace(f"{{{kind}}}", kind)))
    symbols = [formula.symbol for formula in layer_formulas(analysis.facts[-1], analysis)]
    assert "outputs" in symbols
    assert not {"r2", "j2"} & set(symbols)
