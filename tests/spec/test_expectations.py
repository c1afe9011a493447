"""How `expect:` is read: every key, and what could never fail is refused."""

import pytest

from archcalc import loads
from archcalc.errors import SpecError
from archcalc.expectations.keys import layer_forms, network_forms
from archcalc.expectations.model import Bound, Expectation
from archcalc.layers import LAYERS, Composite, layer_class
from archcalc.spec.load import parse_spec

SPEC = (
    "input: {channels: 3, height: 8, width: 8}\nvariables: {w: 3}\nlayers:\n  - relu: {note: $w}\nexpect:\n"
)


def read(line):
    """The one expectation of a line."""
    (expectation,) = parse_spec(f"{SPEC}  {line}\n").expectations
    return expectation._replace(span=None)


def refused(line):
    with pytest.raises(SpecError) as caught:
        loads(f"{SPEC}  {line}\n")
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("input: [3, 8, 8]", (3, 8, 8)),
        ("input: $w", (3,)),
        ("output: 10", (10,)),
        ("output: [10]", (10,)),
        ("output: ['${w + 1}', 5]", (4, 5)),
        ("depth: 16", (Bound("==", 16),)),
        ("macs: <= 3G", (Bound("<=", 3 * 10**9),)),
        ("macs: $w", (Bound("==", 3),)),
        ("macs: '<= ${w * 2}k'", (Bound("<=", 6000),)),
        ("parameter_bytes: < 1 KiB", (Bound("<", 1024, "KiB"),)),
        ("activations: ['>= 1M', < 2M]", (Bound(">=", 10**6), Bound("<", 2 * 10**6))),
        ("weights: '>= 1M, < 2M'", (Bound(">=", 10**6), Bound("<", 2 * 10**6))),
        ("count: {Conv2D: <= 5, fc: 1}", {"conv": (Bound("<=", 5),), "fc": (Bound("==", 1),)}),
        ("uses: dense", (("fc",),)),
        ("uses: [bn, global_avg_pool | Dense]", (("batchnorm",), ("global_avgpool", "fc"))),
        ("forbids: [conv_transpose2d]", (("conv_transpose",),)),
        ("followed_by: {Conv2d: bn | relu}", (("conv", ("batchnorm", "relu"), 0),)),
        (
            "followed_by: {except_last: 2, conv: bn, fc: relu}",
            (("conv", ("batchnorm",), 2), ("fc", ("relu",), 2)),
        ),
        ("no_bias_before: [BatchNorm2d]", (("batchnorm",),)),
        ("not_in_last: {MaxPool2d: 3}", {"maxpool": 3}),
    ],
)
def test_values_are_read(line, value):
    key = line.split(":")[0]
    assert read(line) == Expectation(key, value)


@pytest.mark.parametrize("key", layer_forms())
def test_a_layer_is_expected_what_a_network_is(key):
    value = "conv | fc" if key == "kind" else "3"
    expectation = read(f"layers: {{block/conv1: {{{key}: {value}}}}}")
    assert (expectation.key, expectation.layer) == (key, "block/conv1")


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("parametres: 3", "unknown key 'parametres' in `expect`", "did you mean 'parameters'?"),
        ("layer: {a: {output: 3}}", "unknown key 'layer' in `expect`", "did you mean 'layers'?"),
        (
            "layers: {a: {outptu: 3}}",
            "unknown key 'outptu' in what is expected of 'a'",
            "did you mean 'output'?",
        ),
        (
            "layers: {a: {}}",
            "'a' in `expect` needs a mapping such as {output: [10]}, found an empty mapping",
            None,
        ),
        (
            "layers: {}",
            "layers in `expect` needs names of layers with what is expected of them, found an empty mapping",
            None,
        ),
        (
            "output: [1, 2, 3, 4, 5]",
            "output in `expect` needs a shape, channels first, such as [96, 55, 55] or [10], "
            "found the list [1, 2, 3, 4, 5]",
            None,
        ),
        (
            "uses: [batchnrm]",
            "uses in `expect` needs a list of kinds, such as [batchnorm, global_avgpool | fc], "
            "found the list [batchnrm]",
            "no kind of layer is called 'batchnrm'; did you mean 'batchnorm'?",
        ),
        (
            "count: {conv: <= 5, Conv2D: <= 9}",
            "count in `expect` needs kinds and how many, such as {conv: <= 5}, "
            "found the mapping {conv: <= 5, Conv2D: <= 9}",
            "conv and Conv2D are the same kind: keep one of them",
        ),
    ],
)
def test_faults_are_told(line, message, hint):
    problem = refused(line)
    assert (problem.message, problem.hint) == (message, hint)
    assert problem.span.line == 6


def hint_of(line):
    return refused(line).hint


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("forbids: []", "an empty list would hold of everything"),
        ("followed_by: {except_last: 1}", "an empty rule would hold of everything"),
        ("followed_by: {}", "an empty rule would hold of everything"),
        ("parameters: []", "an empty bound would hold of everything"),
        ("parameters: '>= 0'", "that would hold of everything"),
        ("count: {conv: '>= 0'}", "that would hold of everything"),
        ("followed_by: {conv: bn, Conv2d: relu}", "conv and Conv2d are the same kind: keep one of them"),
        (
            "not_in_last: {maxpool: 1, max_pool: 3}",
            "maxpool and max_pool are the same kind: keep one of them",
        ),
        (f"uses: [{', '.join(['fc'] * 101)}]", "at most 100 kinds"),
        ("receptive_field: 4 MiB", "MiB is no unit of a count; units are k, K, M, G, T"),
        ("activation_bytes: 4 KB", "write kB for 1,000 bytes or KiB for 1,024"),
    ],
)
def test_what_could_never_fail_is_refused(line, hint):
    assert hint_of(line) == hint


@pytest.mark.parametrize(
    "line",
    [
        "count: {}", "count: conv", "count: [conv]", "not_in_last: {}", "not_in_last: {maxpool: 0}",
        "uses: ''", "not_in_last: maxpool", "followed_by: conv", "followed_by: {conv: []}", "uses: '|'",
        "followed_by: {conv: batchnorm, except_last: -1}", "followed_by: {conv: batchnorm, except_last: all}",
        "followed_by: {conv: null}", "uses: [conv |]", "uses: {conv: 1}", "uses: [[conv]]", "uses: 3",
        "uses: null", "forbids: [any]",
        "output: []", "output: [0]", "output: [-1]", "output: [1.5]", "output: ten", "output: null",
        "output: 1x10", "parameters: null", "parameters: .nan", "parameters: .inf", "parameters: 1.0",
        "parameters: true", "depth: -16", "macs: {}", "layers: conv1", "layers: {conv1: 3}",
    ],
)  # fmt: skip
def test_what_says_nothing_is_refused(line):
    assert refused(line).code == "type"


@pytest.mark.parametrize("key", ["uses", "forbids", "no_bias_before"])
@pytest.mark.parametrize("kind", [kind for kind in LAYERS if issubclass(layer_class(kind), Composite)])
def test_a_kind_that_no_network_holds_is_refused(key, kind):
    """`forbids: [separable]` would never fail, because a separable is laid out as depthwise and conv."""
    hint = hint_of(f"{key}: [{kind}]")
    assert hint == f"a {kind} is laid out as several layers: name their kinds, as summarize shows them"


def test_every_key_is_refused_when_empty():
    for key in network_forms():
        assert refused(f"{key}:").code == "type"
