"""verify: whole networks, and what it says when a rule is wrong."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

from archcalc.analysis.facts import analyze
from archcalc.forward.verification import Check, Measured
from archcalc.forward.verify import verify
from archcalc.layers import LAYERS, layer_class
from archcalc.layers.base import Layer
from archcalc.layers.conv import Conv, SharedFilters
from archcalc.layers.merge import Add
from archcalc.layers.norm import BatchNorm
from archcalc.layers.transposed import ConvTranspose
from archcalc.network import Network, Node
from archcalc.spec.load import load, loads
from archcalc.window import Axis

RESIDUAL = """
input: {channels: 3, height: 13, width: 11}
layers:
  - conv: {name: stem, filters: 8, kernel_size: 3, padding: 1}
  - residual:
      body:
        - conv: {filters: 8, kernel_size: 3, padding: 1, bias: false}
        - batchnorm
        - relu
        - conv: {filters: 8, kernel_size: 3, padding: 1}
  - relu
  - residual:
      body: [conv: {filters: 16, kernel_size: 3, stride: 2, padding: 1}]
      shortcut: [conv: {filters: 16, kernel_size: 1, stride: 2}]
  - global_avgpool
  - fc: {name: last, units: 5}
  - softmax
"""
BRANCHES = """
input: {channels: 6, height: 17, width: 23}
layers:
  - branches:
      paths:
        - [conv: {filters: 4, kernel_size: 1}]
        - [conv: {filters: 3, kernel_size: [1, 5], padding: same}, relu6]
        - [maxpool: {kernel_size: 3, stride: 1, padding: 1}, conv: {filters: 2, kernel_size: 1}]
  - branches:
      merge: multiply
      paths:
        - [identity]
        - [global_avgpool, conv: {filters: 9, kernel_size: 1}, sigmoid]
  - pad: {padding: {top: 1, left: -2}, channels: [1, 2]}
  - adaptive_avgpool: {output_size: [3, 4]}
  - flatten
  - fc: {units: 7}
"""
SEPARABLE = """
input: {channels: 5, height: 19, width: 29}
layers:
  - separable: {filters: 7, kernel_size: 3, stride: 2, padding: same_upper, multiplier: 2}
  - lrn
  - hard_swish
  - avgpool: {kernel_size: 3, stride: 2, ceil_mode: true}
  - depthwise: {kernel_size: [2, 3], padding: same_lower}
  - layernorm: {over: channels}
  - gelu
"""
TRANSPOSED = """
input: {channels: 8, height: 5, width: 7}
layers:
  - conv_transpose: {filters: 6, kernel_size: 4, stride: 2, padding: 1, groups: 2}
  - prelu: {num_parameters: 6}
  - conv_transpose: {filters: 3, kernel_size: 3, stride: 3, output_padding: [1, 2], dilation: 2, bias: false}
  - tanh
"""
SEQUENCE = """
input: {channels: 2, length: 101}
layers:
  - conv1d: {filters: 6, kernel_size: 5, stride: 2, dilation: 3}
  - selu
  - maxpool1d: {kernel_size: 3, stride: 2, ceil_mode: true}
  - layernorm
  - fc: {units: 11}
"""
SOME_CHANNELS = """
input: {channels: 3, height: 6, width: 6}
layers: [select: {start: 0, stop: 1}, silu, conv: {filters: 5, kernel_size: 3}]
"""
STEM = """
input: {channels: 3, height: 13, width: 11}
layers: [conv: {name: stem, filters: 8, kernel_size: 3, padding: 1}]
"""
SPECS = {
    "residual": RESIDUAL,
    "branches": BRANCHES,
    "separable": SEPARABLE,
    "transposed": TRANSPOSED,
    "sequence": SEQUENCE,
    "some channels": SOME_CHANNELS,
}


def documented(kind):
    """The example in a kind's docstring."""
    return textwrap.dedent(layer_class(kind).__doc__.split("example:\n")[1])


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_agrees(spec, analyzed):
    verification = verify(analyzed(spec))
    assert verification.agrees
    assert verification.disagreements == ()
    assert verification.not_run == ()


@pytest.mark.parametrize("kind", LAYERS)
def test_agrees_with_the_example_of_each_kind(kind, analyzed):
    verification = verify(analyzed(documented(kind)))
    assert verification.agrees
    assert verification.checks


@pytest.mark.parametrize("name", ["lenet5", "alexnet", "resnet20"])
def test_agrees_with_built_in_networks(name):
    assert verify(analyze(load(name))).agrees


def test_a_check_holds_what_was_used(analyzed):
    check = verify(analyzed(RESIDUAL)).checks[0]
    measured = Measured((8, 13, 11), {"weight": (8, 3, 3, 3), "bias": (8,)}, {}, 8 * 3 * 9 * 13 * 11)
    assert check == Check("stem", "conv", measured, measured, finite=True, problem="")


def test_layers_are_told_as_they_run(analyzed):
    told = []
    verification = verify(analyzed(BRANCHES), on_layer=told.append)
    assert tuple(told) == verification.checks
    assert [check.name for check in told] == [facts.node.name for facts in verification.analysis.facts]


def test_one_example_runs_whatever_the_batch():
    network = loads(RESIDUAL)
    assert verify(analyze(network, batch=32)).checks == verify(analyze(network)).checks


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_the_seed_decides_every_value(spec, analyzed, outputs):
    first, again, other = (outputs(analyzed(spec), seed) for seed in (5, 5, 6))
    assert all(map(np.array_equal, first, again))
    assert not any(map(np.array_equal, first, other))


def one_too_many(self, size):
    return (size + self.before + self.after - self.extent) // self.stride + 2


def without_bias(self, inputs):
    return {"weight": (self.filters, inputs[0][0] // self.groups, 3, 3)}


def one_buffer(self, inputs):
    return {"running_mean": inputs[0][:1]}


def macs_of_outputs(self, inputs):
    return SharedFilters.macs(self, inputs)


@pytest.mark.parametrize(
    ("owner", "rule", "wrong", "spec", "layer", "difference"),
    [
        (Axis, "output_size", one_too_many, STEM, "stem",
         "shape: predicted [8, 14, 12], actual [8, 13, 11]"),
        (Conv, "parameter_shapes", without_bias, RESIDUAL, "stem",
         "parameter bias: predicted none, actual [8]"),
        (BatchNorm, "buffer_shapes", one_buffer, RESIDUAL, "batchnorm1",
         "buffer running_var: predicted none, actual [8]"),
        (ConvTranspose, "macs", macs_of_outputs, TRANSPOSED, "conv_transpose1",
         "MACs: predicted 53,760, actual 13,440"),
    ],
    ids=["shape", "parameters", "buffers", "MACs"],
)  # fmt: skip
def test_a_wrong_rule_is_reported(monkeypatch, analyzed, owner, rule, wrong, spec, layer, difference):
    monkeypatch.setattr(owner, rule, wrong)
    verification = verify(analyzed(spec))
    assert not verification.agrees
    assert verification.disagreements[0].name == layer
    assert difference in verification.disagreements[0].differences()


def test_what_follows_a_wrong_shape_runs_on_the_actual_one(monkeypatch, analyzed):
    monkeypatch.setattr(Axis, "output_size", one_too_many)
    verification = verify(analyzed("""
        input: {channels: 3, height: 13, width: 11}
        layers: [conv: {filters: 2, kernel_size: 3}, relu, {conv: {filters: 2, kernel_size: 5}}]
    """))  # fmt: skip
    assert [check.actual.shape for check in verification.checks] == [(2, 11, 9), (2, 11, 9), (2, 7, 5)]
    assert [check.agrees for check in verification.checks] == [False] * 3
    assert verification.not_run == ()


def test_a_kernel_that_cannot_run_ends_the_pass(monkeypatch, analyzed):
    monkeypatch.setattr(Add, "output_shape", lambda _, inputs: inputs[0])
    verification = verify(analyzed("""
        input: {channels: 3, height: 13, width: 11}
        layers:
          - conv: {name: a, filters: 3, kernel_size: 3}
          - add: {name: sum, from: [input, a]}
          - relu: {name: b}
          - relu: {name: c}
    """))  # fmt: skip
    failed = verification.checks[-1]
    assert not verification.agrees
    assert verification.disagreements == (failed,)
    assert verification.not_run == ("b", "c")
    assert failed.problem == "adds arrays of [3, 13, 11] and [3, 11, 9]"
    assert failed.differences() == (f"could not run: {failed.problem}",)
    assert failed.actual.shape == ()


def test_values_that_are_not_finite_are_reported(analyzed):
    verification = verify(analyzed("""
        input: {features: 5}
        layers: [batchnorm: {track_running_stats: false, eps: 0, affine: false}]
    """))  # fmt: skip
    assert not verification.agrees
    assert verification.checks[0].differences() == ("values: not all finite",)


class Doubled(Layer):
    """A kind that the catalogue does not have."""

    def output_shape(self, inputs):
        return inputs[0]


def test_a_kind_without_a_kernel_is_no_silent_success():
    network = Network(
        "own", {"input": (3, 5, 7)}, (Node("double", "doubled", Doubled(), (0,)),), {"output": 1}
    )
    check = verify(analyze(network)).checks[0]
    assert check.differences() == ("could not run: there is no kernel for doubled",)


def test_the_package_exports_verify_without_importing_numpy():
    code = "import sys, archcalc, archcalc.forward; assert 'numpy' not in sys.modules; archcalc.verify"
    subprocess.run([sys.executable, "-c", code], check=True)
