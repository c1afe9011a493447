"""Receptive fields of networks: in two directions, through branches, and behind what sees everything."""

import pytest

from archcalc import analyze, load, loads

IMAGE = "input: {channels: 8, height: 64, width: 48}\nlayers:\n"


def field_of(layers, image=IMAGE):
    """The receptive field of the last layer."""
    return analyze(loads(image + layers)).facts[-1].receptive_field


def numbers(field):
    """(size, jump, offset) along each axis, height first."""
    return [(axis.size, axis.jump, axis.offset) for axis in field.axes]


def test_height_comes_first():
    layers = """
  - conv: {filters: 4, kernel_size: [3, 5], stride: [2, 1], padding: [1, 0], dilation: [1, 2]}
  - maxpool: {kernel_size: [2, 3], stride: [1, 3]}
"""
    assert numbers(field_of(layers)) == [(5, 2, -1), (11, 3, 0)]


@pytest.mark.parametrize(("network", "size"), [("vgg16", 212), ("alexnet", 195)])
def test_published(network, size):
    """Sizes and strides of 32 behind the last pool, as Araujo, Norris & Sim 2019 list them in table 1."""
    pools = [facts for facts in analyze(load(network)).facts if facts.node.kind == "maxpool"]
    field = pools[-1].receptive_field
    assert [(axis.size, axis.jump) for axis in field.axes] == [(size, 32)] * 2


RESIDUALS = {
    "identity": ("conv: {filters: 8, kernel_size: 3, padding: 1}", None, (3, 1, -1), True),
    "two convolutions": (
        "repeat: {times: 2, layers: [conv: {filters: 8, kernel_size: 3, padding: 1}]}",
        None,
        (5, 1, -2),
        True,
    ),
    "strided": (
        "conv: {filters: 8, kernel_size: 3, stride: 2, padding: 1}",
        "conv: {filters: 8, kernel_size: 1, stride: 2}",
        (3, 2, -1),
        True,
    ),
    "shortcut sees more": (
        "conv: {filters: 8, kernel_size: 1}",
        "avgpool: {kernel_size: 5, stride: 1, padding: 2}",
        (5, 1, -2),
        True,
    ),
    "averaged shortcut lies half a position off": (
        "conv: {filters: 8, kernel_size: 3, stride: 2, padding: 1}",
        "avgpool: {kernel_size: 2}",
        (3, 2, -1),
        False,
    ),
    "crop in front": (
        "conv: {filters: 8, kernel_size: 3}",
        "pad: {padding: {top: -2, left: -2}}",
        (3, 1, 0),
        False,
    ),
    "crop around": ("conv: {filters: 8, kernel_size: 3}", "pad: {padding: -1}", (3, 1, 0), True),
    "even kernel padded behind": (
        "conv: {filters: 8, kernel_size: 2, padding: same}",
        None,
        (2, 1, 0),
        False,
    ),
    "even kernel, averaged alike": (
        "conv: {filters: 8, kernel_size: 2, stride: 2}",
        "avgpool: {kernel_size: 2}",
        (2, 2, 0),
        True,
    ),
}


@pytest.mark.parametrize("case", RESIDUALS)
def test_residual(case):
    body, shortcut, expected, aligned = RESIDUALS[case]
    by_name = f", shortcut: [{shortcut}]" if shortcut else ""
    field = field_of(f"  - residual: {{body: [{body}]{by_name}}}\n")
    assert numbers(field) == [expected] * 2
    assert field.aligned is aligned


def test_branches_give_the_largest():
    layers = """
  - branches:
      paths:
        - [conv: {filters: 2, kernel_size: 1}]
        - [conv: {filters: 2, kernel_size: 1}, conv: {filters: 2, kernel_size: 5, padding: 2}]
        - [maxpool: {kernel_size: 3, stride: 1, padding: 1}]
"""
    field = field_of(layers)
    assert numbers(field) == [(5, 1, -2)] * 2
    assert field.aligned


def test_branches_of_different_jumps():
    """They begin at the same centre, and the second falls behind."""
    layers = """
  - branches:
      paths:
        - [conv: {filters: 2, kernel_size: 1, stride: 2}]
        - [conv: {filters: 2, kernel_size: 5, padding: 2}, pad: {padding: {bottom: -4, right: -4}}]
"""
    field = field_of(layers, "input: {channels: 1, height: 9, width: 9}\nlayers:\n")
    assert numbers(field) == [(5, 1, -2)] * 2
    assert not field.aligned


@pytest.mark.parametrize("crop", ["{top: -2, left: -1, right: -1}", "{top: -1, bottom: -1, left: -2}"])
def test_one_crooked_direction_is_enough(crop):
    shortcut = f"pad: {{padding: {crop}}}"
    field = field_of(
        f"  - residual: {{body: [conv: {{filters: 8, kernel_size: 3}}], shortcut: [{shortcut}]}}\n"
    )
    assert not field.aligned


def test_misalignment_is_not_forgotten():
    crooked = "  - residual: {body: [conv: {filters: 8, kernel_size: 2, padding: same}]}\n"
    straight = "  - residual: {body: [conv: {filters: 8, kernel_size: 3, padding: 1}]}\n"
    assert not field_of(crooked + "  - relu\n" + straight).aligned


@pytest.mark.parametrize(
    ("down", "up", "size", "aligned"),
    [
        (2, "kernel_size: 2, stride: 2", 8, True),
        (2, "kernel_size: 3, stride: 2, output_padding: 1, padding: 1", 10, False),
        (4, "kernel_size: 4, stride: 4", 14, True),
    ],
)
def test_two_paths_of_a_u_net(down, up, size, aligned):
    """The way down and up again lies centred on the skip when the upsampling undoes the pool."""
    layers = f"""
  - conv: {{name: skip, filters: 8, kernel_size: 3, padding: 1}}
  - maxpool: {{kernel_size: {down}}}
  - conv: {{filters: 8, kernel_size: 3, padding: 1}}
  - conv_transpose: {{name: up, filters: 8, {up}}}
  - concat: {{from: [skip, up]}}
"""
    field = field_of(layers)
    assert [(axis.size, axis.jump) for axis in field.axes] == [(size, 1)] * 2
    assert field.aligned is aligned


SQUEEZE = """
  - conv: {filters: 8, kernel_size: 3, stride: 2, padding: 1}
  - residual:
      body:
        - branches:
            merge: multiply
            paths:
              - [identity]
              - [global_avgpool, conv: {filters: 8, kernel_size: 1}, sigmoid]
"""


AS_A_VECTOR = SQUEEZE.replace(
    "conv: {filters: 8, kernel_size: 1}, sigmoid", "flatten, fc: {units: 8}, sigmoid"
)


@pytest.mark.parametrize("block", [SQUEEZE, AS_A_VECTOR], ids=["convolutions", "fully connected"])
def test_squeeze_and_excitation_sees_everything(block):
    """The scale of a channel depends on all positions; the volume keeps its own jump."""
    field = field_of(block)
    assert numbers(field) == [(65, 2, -1), (49, 2, -1)]
    assert field.aligned


def test_nothing_is_seen_beyond_everything():
    field = field_of(SQUEEZE + "  - conv: {filters: 8, kernel_size: 3, stride: 2, padding: 1}\n")
    assert numbers(field) == [(65, 4, -1), (49, 4, -1)]


EVERYTHING = {
    "global_avgpool": [(64, 64, 0), (48, 48, 0)],
    "adaptive_avgpool: {output_size: [1, 4]}": [(64, 64, 0), (12, 12, 0)],
    "adaptive_avgpool: {output_size: [null, 1]}": [(1, 1, 0), (48, 48, 0)],
    "softmax": [(1, 1, 0), (1, 1, 0)],
    "lrn": [(1, 1, 0), (1, 1, 0)],
    "layernorm": [(64, 1, 0), (48, 1, 0)],
    "layernorm: {over: channels}": [(1, 1, 0), (1, 1, 0)],
    "layernorm: {over: features}": [(1, 1, 0), (48, 1, 0)],
    "pad: {padding: {top: 3, left: -2}}": [(1, 1, -3), (1, 1, 2)],
}


@pytest.mark.parametrize("layer", EVERYTHING)
def test_one_layer(layer):
    assert numbers(field_of(f"  - {layer}\n")) == EVERYTHING[layer]


@pytest.mark.parametrize(
    ("layer", "size"),
    [("softmax", 1), ("layernorm", 6), ("layernorm: {over: channels}", 1), ("fc: {units: 3}", 6)],
)
def test_one_layer_on_a_sequence(layer, size):
    """As many positions as channels: which of them are seen is not told by their number."""
    image = "input: {channels: 6, length: 6}\nlayers:\n"
    assert numbers(field_of(f"  - {layer}\n", image)) == [(size, 1, 0)]


MIXING = [
    "fc: {units: 10}",
    "softmax",
    *(f"layernorm: {{over: {over}}}" for over in ("all", "features", "channels")),
]


@pytest.mark.parametrize("last", MIXING)
def test_vectors(last):
    """Behind a flatten each value still sees its own window; what mixes them sees all, padding included."""
    convs = "  - conv: {filters: 8, kernel_size: 3, stride: 2, padding: 1}\n  - flatten\n"
    assert numbers(field_of(convs)) == [(3, 2, -1), (3, 2, -1)]
    assert numbers(field_of(f"{convs}  - {last}\n")) == [(65, 64, -1), (49, 48, -1)]


def test_features_have_no_field():
    assert field_of("  - fc: {units: 3}\n", "input: {features: 4}\nlayers:\n").axes == ()
