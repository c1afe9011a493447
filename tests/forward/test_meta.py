"""Kernels on arrays that hold nothing say what kernels on real ones do, at any size."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from sweeps import networks, thinned
from test_agreement import FEW, SWEEPS
from test_independence import CLASSES, PRIMITIVES, example

from archcalc.analysis.facts import analyze
from archcalc.errors import RequestError
from archcalc.forward.abstract.meta import MetaArray, MetaRun
from archcalc.forward.kernels import KERNELS
from archcalc.forward.run import Run
from archcalc.forward.verify import verify
from archcalc.layers import layer_class
from archcalc.network import Network, Node
from archcalc.spec.expand import LAYER_LIMIT
from archcalc.spec.load import loads


def outcome(make_run, kind, layer, shapes):
    """What a kernel does to arrays of given shapes, or None where it cannot."""
    run = make_run(np.random.default_rng(0))
    try:
        with np.errstate(all="ignore"):
            output = KERNELS[kind](layer, [run.drawn(shape) for shape in shapes], run)
    except (ValueError, IndexError):
        return None
    assert isinstance(output, MetaArray) == (make_run is MetaRun)
    return output.shape, run.parameters, run.buffers, run.products


def check(kind, layer, shapes):
    """Whether a kernel runs, on real arrays as on hollow ones."""
    real = outcome(Run, kind, layer, shapes)
    assert outcome(MetaRun, kind, layer, shapes) == real
    return real is not None


@pytest.mark.parametrize("kind", sorted(PRIMITIVES))
def test_every_kind_runs_on_nothing(kind):
    settings, shapes = example(kind)
    assert check(kind, CLASSES[kind](**settings), shapes)


@pytest.mark.parametrize("family", thinned(SWEEPS, 3))
def test_both_depths_run_and_refuse_the_same(family):
    configs, _ = SWEEPS[family]
    ran = []

    def compare(config):
        kind, own, *shapes = config
        ran.append(check(kind, layer_class(kind)(**own), shapes))

    FEW(given(configs)(compare))()
    assert 0 < sum(ran) <= len(ran)


@pytest.mark.parametrize("name", networks())
def test_agrees_with_every_built_in_network(name, built_in):
    assert verify(built_in(name), make_run=MetaRun).agrees


GIANTS = [
    "conv: {filters: 64, kernel_size: 3, padding: 1}",
    "conv: {filters: 65536, kernel_size: 1}",
    "conv: {filters: 1, kernel_size: 1, stride: 90000, padding: 90000}",
    "conv: {filters: 6, kernel_size: [2, 3], groups: 3, dilation: 99, padding: 9, padding_mode: reflect}",
    "depthwise: {kernel_size: 7, padding: 3}",
    "conv_transpose: {filters: 9, kernel_size: 4, stride: 2, padding: 1}",
    "maxpool: {kernel_size: 3, stride: 2, ceil_mode: true}",
    "avgpool: {kernel_size: 2}",
    "adaptive_avgpool: {output_size: 7}",
    "adaptive_avgpool: {output_size: 40000}",
    "adaptive_avgpool: {output_size: [2000000000, 3]}",
    "interpolate: {size: [2000000000, 3]}",
    "interpolate: {scale_factor: 1000, mode: bilinear}",
    "interpolate: {scale_factor: 0.001, mode: bilinear}",
    "global_maxpool",
    "pad: {padding: 100000, channels: [1, 2]}",
    "fc: {units: 65536}",
    "batchnorm",
    "layernorm",
    "lrn",
    "gelu",
    "softmax",
    "add: {from: [input, input]}",
    "concat: {from: [input, input]}",
]  # fmt: skip
GIANT = """
input: {{channels: 3, height: 65536, width: 65536}}
layers: [{before}{layer}]
"""


@pytest.mark.parametrize("giant", GIANTS)
def test_giants_take_no_memory(analyzed, giant):
    before = "flatten, " if giant.startswith("fc") else ""
    analysis = analyzed(GIANT.format(before=before, layer=giant))
    tracemalloc.start()
    try:
        agrees = verify(analysis, make_run=MetaRun).agrees
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert agrees
    assert peak < 2**20


def test_what_numpy_could_not_count_is_refused(analyzed):
    analysis = analyzed("input: {channels: 9, height: 2147483647, width: 2147483647}\nlayers: [relu]")
    with pytest.raises(RequestError, match=r"the input is too large to run: .*beyond 2\^61"):
        verify(analysis, make_run=MetaRun)


@pytest.mark.slow
def test_networks_deeper_than_a_spec_can_be():
    conv = layer_class("conv")(filters=8, kernel_size=3, padding=1)
    relu = layer_class("relu")()
    layers = [("conv", conv), ("relu", relu)] * (LAYER_LIMIT // 2 + 1)
    nodes = (Node(f"layer{number}", *layer, (number,)) for number, layer in enumerate(layers))
    network = Network("deep", {"input": (8, 13, 11)}, tuple(nodes), {"output": len(layers)})
    verification = verify(analyze(network), make_run=MetaRun)
    assert verification.agrees
    assert len(verification.checks) == len(layers) > LAYER_LIMIT


SPEC = """
input: {channels: 6, height: 17, width: 23}
layers:
  - conv: {filters: 8, kernel_size: 3, stride: 2, padding: 1, groups: 2}
  - batchnorm
  - depthwise: {kernel_size: 3, multiplier: 2}
  - maxpool: {kernel_size: 3, stride: 2, ceil_mode: true}
  - conv_transpose: {filters: 5, kernel_size: 3, stride: 2, output_padding: 1}
  - prelu: {num_parameters: 5}
  - concat: {from: [prelu1, prelu1]}
  - adaptive_avgpool: {output_size: 3}
  - flatten
  - fc: {units: 7}
"""
RULES = ("output_shape", "parameter_shapes", "buffer_shapes", "macs")
KINDS = [facts.node.kind for facts in analyze(loads(SPEC)).facts]


def enlarged(answer):
    """An answer of a rule that is a little too large."""
    if isinstance(answer, int):
        return answer + 1
    if isinstance(answer, tuple):
        return (*answer[:-1], answer[-1] + 1)
    return {name: enlarged(shape) for name, shape in answer.items()} or {"weight": (1,)}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("kind", KINDS)
def test_wrong_rules_are_noticed_alike_at_both_depths(monkeypatch, kind, rule):
    right = getattr(layer_class(kind), rule)
    monkeypatch.setattr(layer_class(kind), rule, lambda layer, inputs: enlarged(right(layer, inputs)))
    real, hollow = (verify(analyze(loads(SPEC)), make_run=make_run) for make_run in (Run, MetaRun))
    assert not real.agrees
    assert [c.differences() for c in hollow.checks] == [c.differences() for c in real.checks]


@pytest.mark.parametrize("break_", ["tall", "wide"])
def test_kernels_that_write_too_much_are_refused(break_):
    x = MetaArray.blank((4, 5))
    given = MetaArray.blank({"tall": (2, 4, 5), "wide": (4, 6)}[break_])
    with pytest.raises(ValueError, match=r"does not fit|broadcast"):
        x[:] = given
    with pytest.raises(ValueError, match=r"does not fit|broadcast"):
        x += given


def test_what_is_not_known_is_not_guessed():
    with pytest.raises(TypeError, match=r"no implementation found for 'numpy\.sort'"):
        np.sort(MetaArray.blank((3,)))
    with pytest.raises(TypeError):
        np.add.accumulate(MetaArray.blank((3,)))


@pytest.mark.parametrize("axis", [None, 0, -1, (1, 2)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_reductions_have_the_shapes_of_real_ones(axis, keepdims):
    shapes = [
        x.max(axis=axis, keepdims=keepdims).shape for x in (MetaArray.blank((2, 3, 5)), np.ones((2, 3, 5)))
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("layers", ["tokens, flatten, relu", "relu6, tokens, flatten, relu"])
def test_a_view_that_has_to_copy_is_seen_by_a_real_run_alone(layers):
    analysis = analyze(loads(f"input: {{channels: 3, height: 8, width: 4}}\nlayers: [{layers}]"))
    real, meta = verify(analysis), verify(analysis, shapes_only=True)
    assert real.agrees
    assert meta.agrees
    assert real.live == real.expected_live == meta.expected_live != meta.live
