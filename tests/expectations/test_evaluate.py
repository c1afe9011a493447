"""Whether a network is what is expected of it: every key when it holds and when it does not."""

import time

import pytest
from patience import PATIENCE

from archcalc import analyze, load
from archcalc.expectations import failures
from archcalc.expectations.evaluate import FAILURE_LIMIT
from archcalc.expectations.keys import layer_forms, network_forms
from archcalc.spec.load import parse_spec

SPEC = """\
input: {channels: 1, height: 6, width: 6}
blocks:
  stage:
    layers:
      - conv: {filters: 4, kernel_size: 3, bias: false}
      - batchnorm
      - relu
layers:
  - stage: {name: one}
  - maxpool: {kernel_size: 2}
  - conv: {name: last, filters: 2, kernel_size: 2}
  - flatten
  - fc: {units: 3}
expect:
"""
LINE = SPEC.count("\n") + 1


def unmet(text, further=()):
    """What does not hold of what a spec expects of its network."""
    spec = parse_spec(text)
    return failures(spec.analyze(), (*spec.expectations, *further))


def found(*lines):
    """(message, line, column, hint, what stands beside) of each failure of the expectations."""
    text = SPEC + "".join(f"  {line}\n" for line in lines)
    return [
        (p.message, p.span.line, p.span.column, p.hint, [(said, s.line) for said, s in p.also])
        for p in unmet(text)
    ]


NETWORK = {
    "input": ("[1, 6, 6]", "[1, 6, 7]", "input is [1, 6, 6], expected [1, 6, 7]"),
    "output": ("3", "[1, 3]", "output is [3], expected [1, 3]"),
    "weights": ("36 + 4 + 32 + 6", "< 78", "weights is 78, expected < 78: 1 too many"),
    "biases": ("4 + 2 + 3", "'> 9'", "biases is 9, expected > 9: 1 too few"),
    "parameters": ("78 + 9", "'>= 100'", "parameters is 87, expected >= 100: 13 too few"),
    "buffers": ("8", "'!= 8'", "buffers is 8, expected != 8"),
    "macs": ("16 * 36 + 32 + 6", "<= 0.5k", "macs is 614, expected <= 500: 114 too many"),
    "bias_adds": ("2 + 3", "1k", "bias_adds is 5, expected 1,000: 995 too few"),
    "activations": ("36 + 64 + 16 + 2 + 3", "1", "activations is 121, expected 1: 120 too many"),
    "parameter_bytes": ("4 * 87", "< 10 B", "parameter_bytes is 348 B, expected < 10 B: 339 B too much"),
    "activation_bytes": (
        "4 * 121",
        "'> 1 KiB'",
        "activation_bytes is 0.47 KiB (484 B), expected > 1 KiB: 0.53 KiB (541 B) too little",
    ),
    "receptive_field": ("6", "'>= 7'", "receptive_field is 6, expected >= 7: 1 too few"),
    "depth": ("3", "4", "depth is 3, expected 4: 1 too few"),
    "peak_bytes": (
        "400 B",
        "< 0.25 KiB",
        "peak_bytes at one/conv1 in float32 is 0.39 KiB (400 B), expected < 0.25 KiB: "
        "0.14 KiB (145 B) too much",
    ),
    "sram": ("400 B", "< 400 B", "sram at one/conv1 in float32 is 400 B, expected < 400 B: 1 B too much"),
    "flash": ("332 B", "< 332 B", "flash in float32 is 332 B, expected < 332 B: 1 B too much"),
    "count": ("{conv: 2, fc: <= 1}", "{conv: 2, fc: 0}", "count of fc is 1, expected 0: 1 too many"),
    "uses": ("[bn, avgpool | maxpool]", "[bn, dropout]", "no layer is a dropout"),
    "forbids": ("[dropout]", "[dropout, fc]", "fc is forbidden, found fc1"),
    "followed_by": (
        "{conv: bn, except_last: 1}",
        "{conv: bn}",
        "every conv must be followed by batchnorm, not so last",
    ),
    "no_bias_before": ("[bn]", "[flatten]", "no layer in front of flatten may have a bias, found last"),
    "not_in_last": (
        "{maxpool: 3}",
        "{maxpool: 4}",
        "no maxpool may be among the last 4 layers, found maxpool1",
    ),
}
BESIDE = {
    "peak_bytes": 5,
    "sram": 5,
    "flash": 5,
    "forbids": 13,
    "followed_by": 11,
    "no_bias_before": 11,
    "not_in_last": 10,
}
HINTS = {
    "output": "shapes hold no batch: write [3]",
    "no_bias_before": "write `bias: false`",
    "flash": "one/conv1 takes most, 144 B; weights of 4 B, biases of 4 B, batch-norm folded",
}


def test_every_key_is_held():
    assert set(NETWORK) == set(network_forms())


@pytest.mark.parametrize("key", NETWORK)
def test_what_holds_is_silent(key):
    right = NETWORK[key][0]
    amount = str(eval(right)) if key in layer_forms() and key not in ("input", "output") else right
    assert found(f"{key}: {amount}") == []


@pytest.mark.parametrize("key", NETWORK)
def test_what_does_not_hold_is_told_once_at_its_key(key):
    _, wrong, message = NETWORK[key]
    ((said, line, column, hint, beside),) = found(f"{key}: {wrong}")
    assert said == message
    assert (line, column) == (LINE, 3)
    assert hint == HINTS.get(key)
    assert [line for _, line in beside] == ([BESIDE[key]] if key in BESIDE else [])


LAYER = {
    "input": ("last", "[4, 2, 2]", "[2, 2, 4]", "input of last is [4, 2, 2], expected [2, 2, 4]"),
    "output": ("one", "[4, 4, 4]", "64", "output of one is [4, 4, 4], expected [64]"),
    "kind": ("last", "fc | Conv2d", "fc | depthwise", "last is a conv, expected fc or depthwise"),
    "weights": ("one", "40", "36", "weights of one is 40, expected 36: 4 too many"),
    "biases": ("one", "4", "0", "biases of one is 4, expected 0: 4 too many"),
    "parameters": ("one/conv1", "36", "< 36", "parameters of one/conv1 is 36, expected < 36: 1 too many"),
    "buffers": ("one", "8", "9", "buffers of one is 8, expected 9: 1 too few"),
    "macs": ("one", "576", "575", "macs of one is 576, expected 575: 1 too many"),
    "bias_adds": ("last", "2", "0", "bias_adds of last is 2, expected 0: 2 too many"),
    "activations": ("one", "64", "192", "activations of one is 64, expected 192: 128 too few"),
    "parameter_bytes": (
        "last",
        "136",
        "1 kB",
        "parameter_bytes of last is 0.14 kB (136 B), expected 1 kB: 0.86 kB (864 B) too little",
    ),
    "activation_bytes": ("last", "8 B", "2", "activation_bytes of last is 8, expected 2: 6 too many"),
    "receptive_field": ("maxpool1", "4", "2", "receptive_field of maxpool1 is 4, expected 2: 2 too many"),
}


def test_every_key_of_layers_is_held():
    assert set(LAYER) == set(layer_forms())


@pytest.mark.parametrize("key", LAYER)
def test_what_holds_of_a_layer_is_silent(key):
    name, right, _, _ = LAYER[key]
    assert found("layers:", f"  {name}: {{{key}: {right}}}") == []


@pytest.mark.parametrize("key", LAYER)
def test_what_does_not_hold_of_a_layer_points_at_both(key):
    name, _, wrong, message = LAYER[key]
    ((said, line, column, _, ((_, layer_line),)),) = found("layers:", f"  {name}: {{{key}: {wrong}}}")
    assert said == message
    assert (line, column) == (LINE + 1, 5 + len(name) + 3)
    assert layer_line == {"one": 7, "one/conv1": 5, "maxpool1": 10, "last": 11}[name]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("lst", "did you mean 'last'?"), ("on", "did you mean 'one'?"), ("maxpol1", "did you mean 'maxpool1'?"),
     ("one/conv2", "did you mean 'one/conv1'?"),
     ("one/", "did you mean 'one'?"), ("zz", None), ("input", None)],
)  # fmt: skip
def test_a_layer_that_is_not_there_fails(name, hint):
    ((said, line, _, found_hint, _),) = found("layers:", f"  {name}: {{macs: 576}}")
    assert (said, line, found_hint) == (f"no layer is called '{name}'", LINE + 1, hint)


def test_a_block_reads_what_its_first_layer_reads():
    assert found("layers:", "  one: {input: [1, 6, 6], output: [4, 4, 4]}") == []
    ((said, *_),) = found("layers:", "  one: {input: [4, 4, 4]}")
    assert said == "input of one is [1, 6, 6], expected [4, 4, 4]"


def test_a_name_is_no_prefix_of_another():
    layers = "[{relu: {name: one}}, {relu: {name: onetwo}}, {fc: {name: one/a, units: 2}}]"
    spec = f"input: {{features: 3}}\nlayers: {layers}"
    assert unmet(f"{spec}\nexpect: {{layers: {{one: {{macs: 6}}, onetwo: {{macs: 0}}}}}}\n") == ()


def test_several_failures_are_told_in_order():
    messages = [said for said, *_ in found("depth: 4", "parameters: '>= 100, != 87'", "output: [4]")]
    assert messages == [
        "depth is 3, expected 4: 1 too few",
        "parameters is 87, expected >= 100: 13 too few",
        "parameters is 87, expected != 87",
        "output is [3], expected [4]",
    ]


def test_a_shape_that_is_written_the_other_way_round_is_hinted_at():
    ((_, _, _, hint, _),) = found("layers: {last: {input: [2, 2, 4]}}")
    assert hint == "shapes are channels first"


@pytest.mark.parametrize(
    ("network", "depth"),
    [("lenet5", 5), ("alexnet", 8), ("vgg11", 11), ("vgg16", 16), ("vgg19", 19), ("resnet18", 18),
     ("resnet50", 50), ("resnet152", 152), ("resnet110", 110), ("plain34", 34)],
)  # fmt: skip
def test_the_depth_is_the_one_that_papers_count(network, depth):
    from archcalc.analysis.depth import depth as depth_of

    assert depth_of(analyze(load(network))) == depth


def test_the_receptive_field_of_a_named_layer():
    spec = "base: vgg16\nexpect: {layers: {pool5: {receptive_field: 212}}}\n"
    assert unmet(spec) == ()


def test_a_field_is_the_longest_axis():
    spec = "input: {channels: 1, height: 9, width: 9}\nlayers: [{conv: {filters: 1, kernel_size: [1, 5]}}]\n"
    assert unmet(f"{spec}expect: {{receptive_field: 5}}\n") == ()


def test_the_input_itself_may_be_the_output():
    spec = (
        "input: {channels: 1, height: 9, width: 9}\nlayers: [{maxpool: {kernel_size: 3}}]\n"
        "outputs: [input, maxpool1]\nexpect: {output: [1, 9, 9], receptive_field: 1}\n"
    )
    assert unmet(spec) == ()


def test_what_is_expected_further_is_held_too():
    from archcalc.spec.requests import requested

    problems = unmet(SPEC + "  depth: 3\n", requested("depth: 9"))
    assert [problem.message for problem in problems] == ["depth is 3, expected 9: 6 too few"]


def test_thousands_of_failures_are_not_all_told_and_cost_little():
    layers = "".join(f"  - relu: {{name: layer{n}}}\n" for n in range(4000))
    expected = "".join(f"    leyer{n}: {{macs: 1}}\n" for n in range(4000))
    spec = parse_spec(f"input: {{features: 3}}\nlayers:\n{layers}expect:\n  layers:\n{expected}")
    analysis = spec.analyze()
    begin = time.process_time()
    problems = failures(analysis, spec.expectations)
    assert time.process_time() - begin < PATIENCE
    assert len(problems) == FAILURE_LIMIT + 1 == 51
    assert (
        problems[-1].message == f"more than {FAILURE_LIMIT} expectations do not hold: this, and maybe others"
    )


def test_amounts_are_those_of_the_declared_type_and_in_the_unit_that_was_asked_in():
    bounds = "  sram: 0.09765625 KiB\n  peak_bytes: < 0.0625 KiB\n  flash: < 0.1 kB\n"
    spec = parse_spec(f"dtype: int8\n{SPEC}{bounds}")
    found = [problem.message for problem in failures(spec.analyze(dtype="float64"), spec.expectations)]
    assert found == [
        "peak_bytes at one/conv1 in int8 is 0.10 KiB (100 B), expected < 0.06 KiB (64 B): "
        "0.04 KiB (37 B) too much",
        "flash in int8 is 0.11 kB, expected < 0.1 kB: 0.01 kB (11 B) too much",
    ]
