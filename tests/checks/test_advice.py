"""The catalogue of advice: pages that run, places, order, and silence."""

import re
from textwrap import dedent

import pytest

from archcalc import SpecError, analyze, loads
from archcalc.checks.advice import ADVICE, advice, unknown_codes
from archcalc.codes.table import CODES
from archcalc.layers import LAYERS, layer_class
from archcalc.layers.activation import Relu
from archcalc.layers.merge import Add
from archcalc.layers.pool import MaxPool
from archcalc.network import Network, Node
from archcalc.spec.load import parse_spec

IMAGE = "input: {channels: 3, height: 10, width: 10}\n"
DROPS = "maxpool: {kernel_size: 3}"
"""(10 − 3)/3 leaves 1."""


def advised(spec, source="net.yaml"):
    found = parse_spec(dedent(spec), source)
    return advice(found.analyze(), found.silenced)


def test_codes_are_readable():
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", code) for code in ADVICE)
    assert len(set(ADVICE.values())) == len(ADVICE)


@pytest.mark.parametrize("code", ADVICE)
def test_an_example_is_noticed_with_a_place_and_a_hint(code):
    found = advised(CODES[code].example)
    assert {problem.code for problem in found} == {code}
    assert all(problem.span and problem.hint for problem in found)


@pytest.mark.parametrize("code", ADVICE)
def test_a_mended_example_gets_no_advice(code):
    assert advised(CODES[code].mended) == ()


def test_every_kind_in_the_family_of_activations_bends_values_or_lets_them_pass():
    family = [
        kind for kind, place in LAYERS.items() if place.startswith(("activation.", "pointwise.", "dropout."))
    ]
    made = [(layer_class(kind), layer_class(kind)()) for kind in family]
    assert [cls.activates for cls, _ in made] == [not layer.identity_at_inference() for _, layer in made]


def test_advice_points_at_the_layer_in_the_order_of_the_spec():
    found = advised(
        """
        input: {channels: 3, height: 10, width: 10}
        layers:
          - conv: {filters: 4, kernel_size: 3}
          - batchnorm
          - maxpool: {kernel_size: 3}
          - conv: {filters: 4, kernel_size: 1, padding: 1}
        """
    )
    assert [(problem.code, str(problem.span)) for problem in found] == [
        ("bias-before-batchnorm", "net.yaml:4:5"),
        ("dropped-pixels", "net.yaml:6:5"),
        ("dead-padding", "net.yaml:7:5"),
    ]


def test_what_one_line_makes_is_said_once():
    found = advised(
        """
        input: {channels: 3, height: 64, width: 64}
        blocks:
          unit: {layers: [conv: {filters: 8, kernel_size: 3, padding: 1}, batchnorm, relu]}
        layers:
          - repeat: {times: 16, layers: [unit]}
        """
    )
    (problem,) = found
    assert problem.message == "unit1/conv1: unit1/batchnorm1 cancels its 8 biases (and 15 more like it)"
    assert str(problem.span) == "net.yaml:4:19"


def test_the_same_advice_on_two_lines_is_said_twice():
    found = advised(IMAGE + "layers:\n  - relu\n  - relu\n  - relu\n")
    assert [(problem.code, problem.span.line) for problem in found] == [
        ("activation-twice", 4),
        ("activation-twice", 5),
    ]


def test_a_network_without_places_gets_its_advice_layer_by_layer():
    relu = loads(IMAGE + "layers: [relu]").nodes[0].layer
    nodes = tuple(Node(f"relu{number}", "relu", relu, (number,)) for number in range(3))
    found = advice(analyze(Network("built", {"input": (3, 8, 8)}, nodes, {"relu2": 3})))
    assert [problem.message.split(":")[0] for problem in found] == ["relu1", "relu2"]
    assert [problem.span for problem in found] == [None, None]


def test_a_volume_that_nothing_reads_gets_no_advice():
    conv = loads(f"{IMAGE}layers: [conv: {{filters: 3, kernel_size: 3}}]").nodes[0].layer
    nodes = (Node("unread", "conv", conv, (0,)), Node("read", "conv", conv, (0,)))
    assert advice(analyze(Network("built", {"input": (3, 8, 8)}, nodes, {"read": 2}))) == ()


@pytest.mark.parametrize("silence", ["[dropped-pixels]", "dropped-pixels", "[early-1x1, dropped-pixels]"])
def test_a_spec_silences_advice_by_its_code(silence):
    spec = f"{IMAGE}layers:\n  - {DROPS}\n  - relu\n  - relu\n"
    assert {problem.code for problem in advised(spec)} == {"dropped-pixels", "activation-twice"}
    assert {problem.code for problem in advised(f"{spec}silence: {silence}\n")} == {"activation-twice"}


def test_silence_holds_for_other_inputs():
    spec = parse_spec(f"{IMAGE}layers:\n  - {DROPS}\nsilence: [dropped-pixels]\n")
    other = spec.with_input((3, 11, 11))
    assert advice(other.analyze())
    assert advice(other.analyze(), other.silenced) == ()


def test_an_unknown_code_is_an_error_at_its_place():
    with pytest.raises(SpecError) as caught:
        advised(f"{IMAGE}layers:\n  - relu\nsilence:\n  - early-1x1\n  - droped-pixels\n  - zork\n")
    near, far = caught.value.problems
    assert str(near) == (
        "net.yaml:6:5: error[unknown-code]: no advice has the code 'droped-pixels'\n"
        "  hint: did you mean 'dropped-pixels'?"
    )
    assert str(far.span) == "net.yaml:7:5"
    assert far.hint.startswith("codes are dropped-pixels, skipped-pixels, ")
    assert all(code in far.hint for code in ADVICE)


def test_an_unknown_code_is_known_without_asking_for_advice():
    spec = parse_spec(f"{IMAGE}layers: [relu]\nsilence: [nothing-here]\n")
    assert [problem.code for problem in unknown_codes(spec.silenced)] == ["unknown-code"]
    assert unknown_codes(parse_spec(f"{IMAGE}layers: [relu]\nsilence: [heavy-fc]\n").silenced) == ()


@pytest.mark.parametrize(
    ("silence", "place"),
    [
        ("", "3:9"),
        ("{heavy-fc: true}", "3:10"),
        ("[[heavy-fc]]", "3:11"),
        ("[heavy-fc, 1.5]", "3:21"),
        ("['::error']", "3:11"),
    ],
)
def test_silence_needs_codes(silence, place):
    with pytest.raises(SpecError) as caught:
        loads(f"{IMAGE}layers: [relu]\nsilence: {silence}\n", "net.yaml")
    (problem,) = caught.value.problems
    assert (str(problem.span), problem.code) == (f"net.yaml:{place}", "type")
    assert problem.message.startswith("silence needs the code of an advice, or a list of codes, found ")


def test_a_spec_may_silence_nothing():
    assert parse_spec(f"{IMAGE}layers: [relu]\nsilence: []\n").silenced == ()
    assert parse_spec(f"{IMAGE}layers: [relu]\n").silenced == ()


def test_silence_is_taken_over_from_a_base(tmp_path):
    (tmp_path / "base.yaml").write_text(f"{IMAGE}layers:\n  - {DROPS}\n  - relu\nsilence: [dropped-pixels]\n")
    heir = parse_spec("base: base\n", "heir.yaml", tmp_path)
    assert [code for code, _ in heir.silenced] == ["dropped-pixels"]
    own = parse_spec("base: base\nsilence: []\n", "own.yaml", tmp_path)
    assert own.silenced == ()
    assert [problem.code for problem in advice(own.analyze(), own.silenced)] == ["dropped-pixels"]


def test_advice_reads_networks_with_several_inputs():
    """Each branch is told where it is from; of an input that no other layer sees an edge is dropped."""
    pool = MaxPool(kernel_size=(3, 3), stride=(3, 3))
    nodes = (
        Node("left", "maxpool", pool, (0,)),
        Node("right", "maxpool", pool, (1,)),
        Node("sum", "add", Add(), (2, 3)),
        Node("first", "relu", Relu(), (4,)),
        Node("second", "relu", Relu(), (5,)),
    )
    network = Network("two", {"a": (3, 10, 10), "b": (3, 10, 10)}, nodes, {"second": 6})
    assert {(problem.code, problem.message.split(":")[0]) for problem in advice(analyze(network))} == {
        ("dropped-pixels", "left"),
        ("dropped-pixels", "right"),
        ("activation-twice", "second"),
    }
