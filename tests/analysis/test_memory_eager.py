"""The convention of a program that runs layers one by one, rule by rule, worked out by hand.

The zoo's peaks are held against measured ones in tests/zoo/test_inference_peak.py.
"""

import pytest

from archcalc import analyze, loads
from archcalc.analysis.memory import inference
from archcalc.analysis.memory.schedule import planned
from archcalc.errors import RequestError

HEAD = "input: {features: 8}\nblocks:\n"


def live(text):
    analysis = analyze(loads(text), dtype="int8")
    return [step.live for step in inference(analysis, convention="eager").steps]


def flat(*layers):
    return "input: {features: 8}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)


def test_the_caller_keeps_the_input():
    assert live(flat("fc: {units: 4}", "fc: {units: 2}", "fc: {units: 1}")) == [12, 14, 11]


@pytest.mark.parametrize("kind", ["relu", "relu6", "silu", "hard_swish"])
def test_some_activations_write_over_their_input(kind):
    assert live(flat("fc: {units: 4}", kind)) == [12, 12]


@pytest.mark.parametrize("kind", ["batchnorm", "sigmoid", "gelu", "tanh", "softmax", "layernorm"])
def test_other_layers_do_not(kind):
    assert live(flat("fc: {units: 4}", kind)) == [12, 16]


@pytest.mark.parametrize("kind", ["dropout", "identity", "flatten"])
def test_what_does_nothing_takes_nothing(kind):
    assert live(flat("fc: {units: 4}", kind)) == [12, 12]


def test_a_block_holds_what_it_reads_until_it_ends():
    """The wide volume in front of the block is there while the second layer of it runs."""
    block = "  b:\n    layers: [fc: {units: 2}, fc: {units: 1}]\n"
    layers = "layers:\n  - fc: {units: 5}\n  - b\n  - fc: {units: 1}\n"
    assert live(HEAD + block + layers) == [13, 15, 8 + 5 + 2 + 1, 8 + 1 + 1]


def test_the_largest_block_holds_it_longest():
    blocks = "  inner:\n    layers: [fc: {units: 2}, fc: {units: 1}]\n"
    blocks += "  outer:\n    layers: [inner, fc: {units: 1}]\n"
    assert live(HEAD + blocks + "layers:\n  - fc: {units: 5}\n  - outer\n") == [13, 15, 16, 8 + 5 + 1 + 1]


def test_a_volume_with_two_readers_has_a_name_until_its_block_ends():
    """SqueezeNet: what both paths read is still there while their ends are joined."""
    fire = (
        "  fire:\n    layers:\n      - fc: {name: s, units: 3}\n"
        "      - branches: {paths: [[fc: {units: 1}], [fc: {units: 2}]]}\n"
    )
    assert live(HEAD + fire + "layers:\n  - fire\n  - fc: {units: 1}\n") == [
        8 + 3,
        8 + 3 + 1,
        8 + 3 + 1 + 2,
        8 + 3 + 3 + 3,
        8 + 3 + 1,
    ]


def test_outside_of_blocks_a_name_is_used_anew():
    layers = ("fc: {name: s, units: 3}", "fc: {name: t, units: 3}", "add: {from: [s, t]}", "fc: {units: 1}")
    assert live(flat(*layers)) == [11, 14, 17, 12]


def test_a_concatenation_has_a_name_until_its_block_ends():
    block = (
        "  b:\n    layers:\n      - branches: {paths: [[fc: {units: 1}], [fc: {units: 2}]]}\n"
        "      - batchnorm\n      - fc: {units: 4}\n"
    )
    assert live(HEAD + block + "layers:\n  - b\n")[-2:] == [8 + 3 + 3, 8 + 3 + 3 + 4]


def test_a_list_that_grows_is_joined_anew():
    """DenseNet: the parts 8, 2 and 2 stay; each concatenation of them is a copy with a life of its own."""
    dense = "  grow:\n    layers: [branches: {paths: {above: [], new: [batchnorm, fc: {units: 2}]}}]\n"
    found = live(HEAD + dense + "layers:\n  - grow\n  - grow\n  - fc: {units: 1}\n")
    parts = 8 + 2
    assert found == [
        8 + 8,
        8 + 8 + 2,
        parts + 10,
        parts + 10 + 10,
        parts + 10 + 10 + 2,
        parts + 10 + 2 + 12,
        8 + 12 + 1,
    ]


def test_what_joins_a_list_further_reads_its_parts():
    """The first concatenation, 4 wide, is gone when the second is made of 2, 2 and 2."""
    text = (
        "input: {features: 8}\n"
        "blocks: {g: {layers: [batchnorm, fc: {units: 2}]}}\n"
        "layers:\n"
        "  - fc: {name: a, units: 2}\n"
        "  - g: {name: b}\n"
        "  - concat: {name: x, from: [a, b]}\n"
        "  - g: {name: c}\n"
        "  - concat: {name: y, from: [x, c]}\n"
    )
    assert live(text) == [10, 12, 14, 8 + 4 + 4, 8 + 4 + 4 + 4, 8 + 4 + 4 + 4 + 2, 8 + 6 + 6]


def test_attention_holds_its_scores_inside():
    """Four positions of 6: queries, keys and values 3·24, two heads' products and softmax 2·2·16."""
    text = "input: {channels: 6, height: 2, width: 2}\nlayers: [tokens, attention: {heads: 2}]\n"
    timeline = inference(analyze(loads(text), dtype="int8"), convention="eager")
    assert timeline.steps[1].live == 24 + 24 + 3 * 24 + 2 * 2 * 16
    assert [tuple(each) for each in timeline.live_tensors(1)][-1] == ("inside attention1", 136)
    assert inference(analyze(loads(text), dtype="int8")).steps[1].live == 48


@pytest.mark.parametrize("wish", [{"schedule": "best"}, {"concat": "view"}])
def test_a_program_runs_as_it_is_written(wish):
    with pytest.raises(RequestError, match="eager runs layers as written and copies what it concatenates"):
        planned(analyze(loads(flat("relu"))), convention="eager", **wish)
