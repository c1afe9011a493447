"""Receptive fields that the kernels show, beside those predicted."""

from fractions import Fraction
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_agreement import FEW, SWEEPS

from archcalc.analysis.facts import BrokenNetworkError, analyze
from archcalc.errors import RequestError
from archcalc.forward.abstract.fields import _predicted as predicted
from archcalc.forward.abstract.fields import receptive_fields
from archcalc.forward.abstract.ranges import dependence_ranges
from archcalc.forward.kernels import KERNELS
from archcalc.forward.run import Run
from archcalc.layers import layer_class
from archcalc.network import Network, Node
from archcalc.spec.load import load, loads
from archcalc.window import Axis, BinAxis, Field, TransposedAxis, WholeAxis

SPECS = {
    "windows": """
        input: {channels: 3, height: 31, width: 23}
        layers:
          - conv: {filters: 4, kernel_size: [3, 5], stride: 2, padding: 1, dilation: [2, 1]}
          - relu
          - lrn
          - maxpool: {kernel_size: 3, stride: 2, padding: 1, ceil_mode: true}
          - batchnorm
          - depthwise: {kernel_size: 3, padding: same_lower}
          - avgpool: {kernel_size: 2}
          - softmax
          - flatten
          - fc: {units: 3}
    """,
    "branches": """
        input: {channels: 2, height: 17, width: 19}
        layers:
          - branches:
              paths:
                - [conv: {filters: 2, kernel_size: 5, padding: 2}]
                - [maxpool: {kernel_size: 3, stride: 1, padding: 1}]
          - residual: {body: [conv: {filters: 4, kernel_size: 3, padding: 1}, gelu]}
          - branches:
              merge: multiply
              paths: [[identity], [global_avgpool, conv: {filters: 4, kernel_size: 1}]]
          - adaptive_avgpool: {output_size: [5, 4]}
          - layernorm: {over: channels}
    """,
    "upsampling": """
        input: {channels: 2, height: 11, width: 13}
        layers:
          - conv: {filters: 3, kernel_size: 3}
          - conv_transpose: {filters: 2, kernel_size: 4, stride: 2, padding: 1}
          - conv: {filters: 3, kernel_size: 3, padding: 1}
          - conv_transpose: {filters: 2, kernel_size: 2, stride: 3, dilation: 2, output_padding: 1}
          - pad: {padding: [2, -3]}
    """,
    "tokens": """
        input: {channels: 2, height: 9, width: 11}
        layers:
          - conv: {filters: 4, kernel_size: 3, stride: 2}
          - tokens
          - class_token
          - position_embedding
          - residual: {body: [layernorm, attention: {heads: 2}]}
          - fc: {units: 3}
          - select: {position: 0}
    """,
    "interpolation": """
        input: {channels: 2, height: 9, width: 11}
        layers:
          - interpolate: {mode: bilinear, size: [20, 7]}
          - conv: {filters: 4, kernel_size: 3, padding: 1}
          - channel_shuffle: {groups: 2}
    """,
    "short tokens": """
        input: {channels: 2, length: 13}
        layers: [conv1d: {filters: 4, kernel_size: 3}, tokens, class_token, attention: {heads: 2}]
    """,
    "sequence": """
        input: {channels: 2, length: 41}
        layers: [conv1d: {filters: 3, kernel_size: 4, stride: 3}, avgpool1d: {kernel_size: 2}, softplus]
    """,
}  # fmt: skip


OF_SEQUENCES = {
    "in order": "tokens, gelu, fc: {units: 6}, volume: {height: 9, width: 11}, maxpool: {kernel_size: 2}",
    "turned": "tokens, volume: {height: 11, width: 9}, conv: {filters: 1, kernel_size: 3}",
    "moved": "tokens, class_token, volume: {height: 10, width: 10}",
    "reversed": "tokens, select: {channels: [5, 4, 3, 2, 1, 0]}, volume: {height: 2, width: 3}",
    "shuffled": "tokens, channel_shuffle: {groups: 3}, volume: {height: 9, width: 11}",
    "attended": "tokens, attention: {heads: 2}, volume: {height: 9, width: 11}, maxpool: {kernel_size: 2}",
    "neighbours": "tokens, lrn, softmax",
    "blind": "tokens, class_token, select: {position: 0}, fc: {units: 3}",
    "some": "flatten, select: {stop: 5}, fc: {units: 3}",
    "statistics": "batchnorm: {track_running_stats: false}, relu, tokens",
    "statistics of positions": "tokens, batchnorm: {track_running_stats: false}",
    "channels": "tokens, fc: {units: 5, over: channels}, layernorm: {over: channels}",
    "one dimension": "tokens, volume, conv1d: {filters: 2, kernel_size: 3}",
    "windows": "tokens, maxpool1d: {kernel_size: 2}, flatten, fc: {units: 2}",
}  # fmt: skip


@pytest.mark.parametrize("layers", OF_SEQUENCES.values(), ids=OF_SEQUENCES)
@pytest.mark.parametrize("conv", ["conv: {filters: 4, kernel_size: 3, padding: 1}", "identity"])
def test_fields_behind_sequences_are_found(analyzed, layers, conv):
    checks = receptive_fields(
        analyzed(f"input: {{channels: 4, height: 9, width: 11}}\nlayers: [{conv}, {layers}]")
    )
    assert [check.differences() for check in checks] == [()] * len(checks)


@pytest.mark.parametrize(
    "layers", ["tokens, layernorm, fc: {units: 4}, volume, conv1d: {filters: 2, kernel_size: 2}",
               "fc: {units: 5}, layernorm", "fc: {units: 6}, volume, relu",
               "tokens, conv1d: {filters: 2, kernel_size: 3}, flatten, fc: {units: 2}"],
)  # fmt: skip
def test_fields_of_sequences_of_one_dimension_are_found(analyzed, layers):
    conv = "conv1d: {filters: 10, kernel_size: 3, padding: 1}"
    checks = receptive_fields(analyzed(f"input: {{channels: 10, length: 6}}\nlayers: [{conv}, {layers}]"))
    assert [check.differences() for check in checks] == [()] * len(checks)


def test_a_size_is_a_bound_only_where_it_may_be_less(analyzed):
    head = "input: {channels: 2, height: 9, width: 11}"
    attended = receptive_fields(analyzed(f"{head}\nlayers: [{OF_SEQUENCES['attended']}]"))
    assert not any(check.bound for check in attended)
    blind = receptive_fields(analyzed(f"{head}\nlayers: [{OF_SEQUENCES['blind']}]"))
    assert [check.bound for check in blind] == [False, False, True, True]


def test_exact_where_64_bits_do_not_hold_it():
    """Far steps in thirds: computed in Python's integers, as each number by itself."""
    field = Field(
        5, Fraction(2**61, 3), base=2, start=-7, grid=2**60, steps=Fraction(4, 3), lead=Fraction(-1, 3)
    )
    first, last = predicted(field, 5, True)
    places = [field.lead + number * Fraction(2, 3) for number in range(5)]
    assert first.tolist() == [-7 + ceil(place) * 2**60 for place in places]
    assert last.tolist() == [-6 + floor(place + field.steps) * 2**60 for place in places]


def outputs(network, start):
    """What the kernels make of an input, in real arithmetic."""
    random, volumes = np.random.default_rng(0), [start]
    for node in network.nodes:
        with np.errstate(all="ignore"):
            volumes.append(KERNELS[node.kind](node.layer, [volumes[one] for one in node.inputs], Run(random)))
    return volumes


def perturbed(network, axis, are_laid):
    """For each volume, input position and place along an axis: whether the one makes the other NaN."""
    found = []
    for position in range(network.input_shape[axis + 1]):
        start = np.ones(network.input_shape, np.float32)
        np.moveaxis(start, axis + 1, 0)[position] = np.nan
        volumes = outputs(network, start)
        found.append([places(np.isnan(x), axis, laid) for x, laid in zip(volumes, are_laid, strict=True)])
    return [np.array(along) for along in zip(*found, strict=True)]


def places(hit, axis, laid):
    """Whether any value is hit at each place along an axis of the input, or along the first of a sequence."""
    return hit.any(axis=tuple({*range(hit.ndim)} - {axis + 1 if laid else 0}))


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_what_is_seen_is_what_changes(analyzed, spec):
    network = analyzed(spec).network
    found = dependence_ranges(network, set())
    assert len(found) == len(network.nodes) + 1
    for axis in range(len(network.input_shape) - 1):
        sights_along = [dependence[axis] for dependence in found]
        changes = perturbed(network, axis, [dependence.laid for dependence in sights_along])
        for dependence, changed in zip(sights_along, changes, strict=True):
            assert dependence.sees.tolist() == changed.any(axis=0).tolist()
            first, last = changed.argmax(axis=0), len(changed) - 1 - changed[::-1].argmax(axis=0)
            assert dependence.first[dependence.sees].tolist() == first[dependence.sees].tolist()
            assert dependence.last[dependence.sees].tolist() == last[dependence.sees].tolist()


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_predicted_fields_are_found(analyzed, spec):
    checks = receptive_fields(analyzed(spec))
    assert [check.differences() for check in checks] == [()] * len(checks)


def test_size_jump_and_offset_are_those_of_the_summary():
    analysis = analyze(load("vgg16"))
    checks = receptive_fields(analysis)
    for check, facts in zip(checks, analysis.facts, strict=True):
        for found, field in zip(check.found, facts.receptive_field.axes, strict=True):
            if not check.name.startswith(("flatten", "fc", "relu", "dropout", "softmax")):
                assert found.size == field.size
            assert found.jump in (None, field.jump)
            assert found.offset in (None, field.offset)
            assert found.whole or found.size
    assert sum(found.jump is not None for check in checks for found in check.found) > len(checks)
    assert not any(check.differences() for check in checks)


KINDS = ["conv", "depthwise", "conv_transpose", "maxpool", "avgpool", "adaptive_avgpool", "pad", "lrn"]


@st.composite
def chains(draw):
    """One to three layers of any settings, one behind the other, on a volume of any size."""
    layers = []
    families = ["convolutions", "depthwise", "transposed", "pools", "padded pools", "others"]
    for _ in range(draw(st.integers(1, 3))):
        kind, own, *_ = draw(SWEEPS[draw(st.sampled_from(families))][0])
        if kind in KINDS:
            layers.append((kind, own | {"filters": 6, "groups": 1} if "filters" in own else own))
    return layers, (3, draw(st.integers(1, 40)), draw(st.integers(1, 40)))


def test_fields_of_random_chains_are_found():
    sizes = []

    def compare(chain):
        layers, shape = chain
        nodes = [
            Node(f"layer{number}", kind, layer_class(kind)(**own), (number,))
            for number, (kind, own) in enumerate(layers)
        ]
        try:
            analysis = analyze(Network("chain", {"input": shape}, tuple(nodes), {}))
        except BrokenNetworkError:
            return
        for check in receptive_fields(analysis):
            assert check.differences() == ()
            sizes.extend(found.size for found in check.found)

    FEW(given(chains())(compare))()
    assert len(sizes) > 50
    assert sum(size is not None for size in sizes) > len(sizes) / 2


def one_wider(self, field, count):
    return field.widened(self.extent, -self.before, field.jump * self.stride, count)


def one_earlier(self, field, count):
    return field.widened(self.extent - 1, -self.before - 1, field.jump * self.stride, count)


def never_strided(self, field, count):
    return field.widened(self.extent - 1, -self.before, field.jump, count)


def undilated(self, field, count):
    return field.widened(self.kernel - 1, -self.before, field.jump * self.stride, count)


def still_the_same(self, field, count):
    return field


def begun_late(self, field, count):
    found = TRANSPOSED(self, field, count)
    return found._replace(start=found.start + 1)


TRANSPOSED = TransposedAxis.field
FAULTS = [
    (Axis, one_wider, "windows", "conv1"),
    (Axis, one_earlier, "windows", "conv1"),
    (Axis, never_strided, "windows", "conv1"),
    (Axis, undilated, "windows", "conv1"),
    (TransposedAxis, begun_late, "upsampling", "conv_transpose1"),
    (TransposedAxis, still_the_same, "upsampling", "conv_transpose1"),
    (BinAxis, still_the_same, "bins", "adaptive_avgpool1"),
    (WholeAxis, still_the_same, "windows", "fc1"),
]
BINS = "input: {channels: 2, height: 12, width: 13}\nlayers: [adaptive_avgpool: {output_size: [4, 5]}]"


@pytest.mark.parametrize(("owner", "wrong", "spec", "layer"), FAULTS)
def test_wrong_fields_are_noticed(analyzed, monkeypatch, owner, wrong, spec, layer):
    monkeypatch.setattr(owner, "field", wrong)
    checks = receptive_fields(analyzed(SPECS.get(spec, BINS)))
    assert [check.name for check in checks if check.differences()][:1] == [layer]


def test_what_differs_is_said(analyzed, monkeypatch):
    monkeypatch.setattr(Axis, "field", one_wider)
    (check,) = receptive_fields(
        analyzed("input: {channels: 1, length: 9}\nlayers: [maxpool1d: {kernel_size: 2}]")
    )
    assert check.differences() == ("output 0 sees 0 to 1, predicted 0 to 2",)


def test_gaps_make_a_size_an_upper_bound(analyzed):
    (check,) = receptive_fields(
        analyzed("""
        input: {channels: 1, length: 9}
        layers: [maxpool1d: {kernel_size: 1}]
    """)
    )
    assert not check.bound
    found = {check.name: check for check in receptive_fields(analyzed(SPECS["upsampling"]))}
    assert not found["conv2"].bound
    assert found["conv_transpose2"].bound


@pytest.mark.slow
def test_fields_larger_than_the_input_are_not_made_up():
    checks = receptive_fields(analyze(load("resnet50")))
    last = next(check for check in reversed(checks) if check.kind == "conv")
    assert [(found.size, found.offset, found.whole) for found in last.found] == [(None, None, False)] * 2
    assert last.differences() == ()


def test_vectors_have_no_fields():
    with pytest.raises(RequestError, match="features alone has no receptive fields"):
        receptive_fields(analyze(loads("input: {features: 3}\nlayers: [relu]")))
