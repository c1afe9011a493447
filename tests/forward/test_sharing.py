"""The proof of what sharing means: that it holds, that its counts are true, and that it can fail."""

import subprocess
import sys
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from sweeps import thinned

from archcalc.analysis.facts import analyze
from archcalc.errors import RequestError
from archcalc.forward.kernels import KERNELS
from archcalc.forward.proof import connections as index_arrays
from archcalc.forward.proof import crop, sharing
from archcalc.forward.proof.connections import connections
from archcalc.forward.proof.sharing import EXACT, Integers, prove, proved
from archcalc.forward.run import Run
from archcalc.layers import LAYERS, Composite, layer_class
from archcalc.network import Network, Node
from archcalc.spec.load import load, loads

PLENTY = 2**27
EVERY_SETTING = {"kernel_size": (2, 3), "stride": (2, 1), "dilation": (1, 2), "padding": ((1, 0), (2, 3))}
UNEVEN = {"filters": 2, "kernel_size": (4, 3)}
LAYERS_PROVED = {
    "plain": ("conv", {"filters": 5, "kernel_size": 3}, (2, 7, 5)),
    "without bias": ("conv", {"filters": 5, "kernel_size": 3, "bias": False}, (2, 7, 5)),
    "one by one": ("conv", {"filters": 5, "kernel_size": 1, "stride": 2}, (3, 7, 5)),
    "every setting": ("conv", {"filters": 6, "groups": 2, **EVERY_SETTING}, (4, 5, 7)),
    "same": ("conv", {"padding": "same", **UNEVEN}, (3, 7, 5)),
    "same_upper": ("conv", {"stride": (3, 2), "padding": "same_upper", **UNEVEN}, (3, 7, 5)),
    "same_lower": ("conv", {"stride": (3, 2), "padding": "same_lower", **UNEVEN}, (3, 7, 5)),
    "reflected": ("conv", {"padding": (3, 2), "padding_mode": "reflect", **UNEVEN}, (3, 7, 5)),
    "wrapped": ("conv", {"padding": (4, 3), "padding_mode": "circular", **UNEVEN}, (3, 7, 5)),
    "replicated": ("conv", {"padding": (5, 4), "padding_mode": "replicate", **UNEVEN}, (3, 7, 5)),
    "sequence": ("conv1d", {"filters": 6, "kernel_size": 4, "stride": 3, "padding": 2, "groups": 3}, (3, 17)),
    "depthwise": ("depthwise", {"multiplier": 2, **EVERY_SETTING}, (3, 7, 11)),
    "transposed": ("conv_transpose", {"filters": 5, "kernel_size": 3}, (2, 7, 5)),
    "transposed, every setting": (
        "conv_transpose",
        {"filters": 6, "groups": 2, "output_padding": (1, 0), **EVERY_SETTING},
        (4, 3, 5),
    ),
    "transposed, with gaps": ("conv_transpose", {"filters": 3, "kernel_size": 2, "stride": 5}, (2, 3, 5)),
    "only padding": ("conv", {"filters": 2, "kernel_size": 1, "padding": 1, "stride": 2}, (3, 1, 1)),
}  # fmt: skip


def facts_of(kind, settings, shape):
    """The facts of a layer by itself."""
    node = Node("it", kind, layer_class(kind)(**settings), (0,))
    (facts,) = analyze(Network("net", {"input": shape}, (node,), {"output": 1})).facts
    return facts


class Given(Run):
    """A run with given weights and no biases."""

    def __init__(self, weight):
        super().__init__(np.random.default_rng(0))
        self.weight = weight

    def draw(self, name, shape, **_):
        return self.weight if name == "weight" else np.zeros(shape, np.float32)


def responses(facts, weight):
    """The matrix of a layer, column by column: what its kernel makes of each single 1 among zeros."""
    (shape,), node, run = facts.input_shapes, facts.node, Given(weight)
    inputs = np.eye(int(np.prod(shape)), dtype=np.float32)
    return np.stack([KERNELS[node.kind](node.layer, [x.reshape(shape)], run).ravel() for x in inputs], axis=1)


def links_of(facts):
    return connections(
        facts.node.layer,
        facts.parameter_shapes["weight"],
        *facts.input_shapes,
        facts.output_shape,
        backward=facts.node.layer.upsamples,
    )


@pytest.mark.parametrize("name", LAYERS_PROVED)
def test_the_matrix_is_what_the_kernel_does_to_single_ones(name):
    facts = facts_of(*LAYERS_PROVED[name])
    shape = facts.parameter_shapes["weight"]
    weight = np.arange(1, np.prod(shape) + 1, dtype=np.float32).reshape(shape)
    expected = responses(facts, weight)
    matrix = np.zeros_like(expected)
    for rows, columns, which in links_of(facts).entries():
        np.add.at(matrix, (rows, columns), weight.ravel()[which])
    assert np.array_equal(matrix, expected)


@cache
def counted(name):
    """How often each weight of a layer stands in its matrix, and how many in each entry, one at a time."""
    facts = facts_of(*LAYERS_PROVED[name])
    shape = facts.parameter_shapes["weight"]
    count = int(np.prod(shape))
    single = [responses(facts, np.eye(1, count, i, dtype=np.float32).reshape(shape)) for i in range(count)]
    return [int(one.sum()) for one in single], sum(single)


@pytest.mark.parametrize("dense", [True, False], ids=["dense", "index arrays"])
@pytest.mark.parametrize("name", thinned(LAYERS_PROVED, 5))
def test_the_proof_holds_and_counts_what_stands_in_the_matrix(name, dense, monkeypatch):
    monkeypatch.setattr(sharing, "DENSE", PLENTY if dense else 0)
    monkeypatch.setattr(index_arrays, "ENTRIES", 60)
    facts = facts_of(*LAYERS_PROVED[name])
    proof = proved(facts, PLENTY)
    assert proof.differences() == ()
    assert proof.holds
    assert proof.is_whole
    uses, entries = counted(name)
    matrix = proof.matrix
    assert matrix.dense is dense
    assert matrix.cells == entries.size
    assert matrix.non_zeros == np.count_nonzero(entries)
    assert matrix.connections == sum(uses)
    assert matrix.distinct == sum(map(bool, uses))
    assert (matrix.least, matrix.most) == (min(uses), max(uses))
    assert matrix.cut == facts.macs - sum(uses)


def test_every_kind_that_convolves_can_be_proved():
    classes = {kind: layer_class(kind) for kind in LAYERS}
    convolving = {k for k, each in classes.items() if each.convolves and not issubclass(each, Composite)}
    assert {kind for kind, _, _ in LAYERS_PROVED.values()} == convolving


def test_every_convolution_of_lenet_in_full():
    first, second = prove(analyze(load("lenet5")), None, PLENTY)
    assert first.holds
    assert second.holds
    assert (first.is_whole, first.matrix.dense) == (second.is_whole, second.matrix.dense) == (True, True)
    assert first.matrix[1:] == (1024 * 4704, 117_600, 117_600, 0, 150, 784, 784)
    assert second.matrix[1:] == (1176 * 1600, 240_000, 240_000, 0, 2_400, 100, 100)


@pytest.mark.slow
def test_the_first_layer_of_alexnet_in_full():
    (proof,) = prove(analyze(load("alexnet")), "conv1", PLENTY)
    assert proof.holds
    assert proof.is_whole
    assert proof.shared == (34_848, 96)
    assert proof.unshared == (105_415_200, 290_400)
    assert proof.matrix == (
        False, 44_892_064_800, 105_415_200, 105_415_200, 0, 34_848, 3_025, 3_025,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only there a process knows its own peak")
def test_the_first_layer_of_alexnet_takes_little_memory():
    """What getrusage says of a process includes the one that it was forked from."""
    code = (
        "from pathlib import Path\n"
        "from archcalc.cli.app import exit_code\n"
        "code = exit_code(['compare-fc', 'alexnet', '--layer', 'conv1', '--prove'])\n"
        "print(code, Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    code, kibibytes = map(int, run.stdout.splitlines()[-1].split())
    assert code == 0
    assert kibibytes < 150 * 1024


def broken(kernel, change):
    return lambda layer, inputs, run: change(kernel(layer, inputs, run))


CHANGES = {
    "one value off by one": lambda y: y + (np.arange(y.size).reshape(y.shape) == y.size - 1),
    "mirrored": lambda y: y[..., ::-1],
    "channels swapped": lambda y: y[::-1],
    "rounded": lambda y: y * np.float32(1 + 2**-23),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", ["plain", "transposed"])
def test_a_wrong_convolution_is_noticed(change, kind, monkeypatch):
    facts = facts_of(*LAYERS_PROVED[kind])
    name = facts.node.kind
    monkeypatch.setitem(KERNELS, name, broken(KERNELS[name], CHANGES[change]))
    assert proved(facts, PLENTY).differences() == (
        "outputs: those of unshared weights are not those of the convolution",
        "outputs: those of the matrix are not those of the convolution",
    )


def test_each_way_must_agree():
    proof = proved(facts_of(*LAYERS_PROVED["plain"]), PLENTY)
    (unshared,) = proof._replace(unshared_agrees=False).differences()
    (matrix,) = proof._replace(matrix_agrees=False).differences()
    assert "unshared weights" in unshared
    assert "the matrix" in matrix


def test_a_wrong_formula_is_noticed():
    proof = proved(facts_of(*LAYERS_PROVED["every setting"]), PLENTY)
    ways = proof.predicted
    for field, words in (("shared", "shared"), ("unshared", "unshared"), ("fully_connected", "cells")):
        way = getattr(ways, field)
        wrong = proof._replace(predicted=ways._replace(**{field: way._replace(weights=way.weights + 1)}))
        assert not wrong.holds
        assert wrong.differences()[0].startswith(words)
        assert f"{way.weights + 1:,} by the formula, {way.weights:,} counted" in wrong.differences()[0]
    for field in ("shared", "unshared"):
        way = getattr(ways, field)
        wrong = proof._replace(predicted=ways._replace(**{field: way._replace(biases=way.biases + 1)}))
        assert [each.split(":")[0] for each in wrong.differences()] == [f"{field} biases"]
    assert not proof._replace(predicted=ways._replace(outputs=7)).holds


class Greatest:
    """Draws nothing but the greatest integer."""

    def integers(self, _, end, shape, dtype):
        return np.full(shape, end - 1, dtype)


def test_no_sum_is_rounded():
    """With the greatest integers everywhere, an output is the largest sum that there can be."""
    for kind, settings, shape in LAYERS_PROVED.values():
        facts = facts_of(kind, settings, shape)
        most = proved(facts, PLENTY).magnitude
        run = Integers(Greatest(), most)
        inputs = [np.full(shape, most, np.float32)]
        output = KERNELS[kind](facts.node.layer, inputs, run)
        assert {float(each.min()) for each in run.tensors.values()} == {most}
        assert output.max() < EXACT
        channels, kernel = shape[0], np.broadcast_to(facts.node.layer.kernel_size, len(shape) - 1)
        assert channels * int(np.prod(kernel)) * (most + 1) ** 2 + (most + 1) ** 2 >= EXACT


def test_sums_too_long_to_be_exact_are_refused():
    facts = facts_of("conv", {"filters": 1, "kernel_size": 1, "bias": False}, (EXACT, 1, 1))
    with pytest.raises(RequestError, match=r"it sums 16,777,216 products for each output: too many"):
        proved(facts, PLENTY)


def test_parameters_are_integers_that_cannot_cancel():
    weight = Integers(np.random.default_rng(0), 5).draw("weight", (7, 11, 13))
    assert weight.dtype == np.float32
    assert set(weight.ravel()) == {1, 2, 3, 4, 5}


WIDE = """
input: {channels: 3, height: 512, width: 301}
layers: [conv: {name: it, filters: 4, kernel_size: 5, stride: 2}]
"""


def test_a_crop_is_as_large_as_is_allowed():
    analysis = analyze(loads(WIDE))
    (proof,) = prove(analysis, "it", 100_000)
    assert proof.holds
    assert not proof.is_whole
    assert (proof.whole, proof.input_shape) == ((3, 512, 301), (3, 40, 40))
    assert proof.predicted.unshared.weights == 18 * 18 * 4 * 75 <= 100_000 < 19 * 19 * 4 * 75
    (larger,) = prove(analysis, "it", 19 * 19 * 4 * 75)
    assert larger.input_shape == (3, 42, 42)


def test_what_a_layer_has_room_for_is_limited_too(monkeypatch):
    monkeypatch.setattr(crop, "VALUES", 3 * 20 * 20)
    (proof,) = prove(analyze(loads(WIDE)), "it", PLENTY)
    assert proof.input_shape == (3, 20, 20)


def test_a_crop_narrower_than_the_input_is_high():
    (proof,) = prove(analyze(loads(WIDE.replace("301", "11"))), "it", 100_000)
    assert proof.input_shape[2] == 11
    assert proof.input_shape[1] > 37


def test_a_layer_whose_least_input_is_too_large_is_refused():
    words = "it has 300 connections and 4 outputs even on 75 inputs, the fewest that it works on; 299 and"
    with pytest.raises(RequestError, match=words):
        prove(analyze(loads(WIDE)), "it", 299)
    (proof,) = prove(analyze(loads(WIDE)), "it", 300)
    assert proof.input_shape == (3, 6, 6)


def test_all_convolutions_of_a_large_network_are_refused():
    with pytest.raises(
        RequestError, match="the 5 convolutions have 1,076,634,144 connections, more than 134,217,728"
    ):
        prove(analyze(load("alexnet")), None, PLENTY)


def test_only_convolutions_are_proved():
    with pytest.raises(RequestError, match="pool1 is no convolution but `maxpool`"):
        prove(analyze(load("alexnet")), "pool1", PLENTY)
    assert prove(analyze(loads("input: {features: 3}\nlayers: [relu]")), None, PLENTY) == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet20", "alexnet-grouped"])
def test_built_in_networks(name):
    analysis = analyze(load(name))
    layers = [facts.node.name for facts in analysis.facts if facts.node.layer.convolves]
    assert layers
    for layer in layers:
        (proof,) = prove(analysis, layer, 2**23)
        assert proof.differences() == ()


@pytest.mark.slow
def test_random_layers():
    axis = list(product((1, 2, 3), (1, 2, 3), (1, 2), (0, 1, 2)))
    random = np.random.default_rng(0)
    for _ in range(400):
        kind = str(random.choice(["conv", "depthwise", "conv_transpose"]))
        chosen = [axis[i] for i in random.integers(0, len(axis), 2)]
        names = ("kernel_size", "stride", "dilation", "padding")
        settings = dict(zip(names, map(tuple, zip(*chosen, strict=True)), strict=True))
        if kind != "depthwise":
            settings |= {"filters": 4, "groups": int(random.choice([1, 2]))}
        proof = proved(facts_of(kind, settings, (2, 7, 11)), PLENTY)
        assert proof.differences() == (), (kind, settings)
