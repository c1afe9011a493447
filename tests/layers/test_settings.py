"""How each kind of setting reads its values, what it refuses, and which hints it gives."""

import pytest

from archcalc.layers import layer_class
from archcalc.layers.settings import (
    FLAG,
    GREATEST_INTEGER,
    NATURAL,
    PADDING,
    PADDING_MODE,
    POSITIVE,
    SIDES,
    SIZES,
    changed_settings,
    number,
    optional,
    required_settings,
)

FRACTION = number(0, 1, "a number from 0 to 1")


def refusal(setting, given):
    """The hint with which a value is refused, if there is one; None where it is read."""
    try:
        setting.read(given)
    except ValueError as error:
        return error.args
    return None


@pytest.mark.parametrize(
    ("setting", "given", "read"),
    [
        (POSITIVE, 1, 1),
        (POSITIVE, GREATEST_INTEGER, GREATEST_INTEGER),
        (NATURAL, 0, 0),
        (FLAG, True, True),
        (FLAG, 0, False),
        (FLAG, 1, True),
        (FRACTION, 0, 0),
        (FRACTION, 1.0, 1.0),
        (SIZES, 3, 3),
        (SIZES, [3, 5], (3, 5)),
        (optional(SIZES), None, None),
        (PADDING, 0, 0),
        (PADDING, [1, 2], (1, 2)),
        (PADDING, [[1, 2], 3], ((1, 2), 3)),
        (PADDING, "SAME", "same"),
        (PADDING, "valid", "valid"),
        (PADDING, {"top": 1, "right": 2}, ((1, 0), (0, 2))),
        (PADDING, {"bottom": 3, "left": 4}, ((0, 3), (4, 0))),
        (SIDES, -2, -2),
        (SIDES, {"top": -1}, ((-1, 0), (0, 0))),
        (PADDING_MODE, "circular", "circular"),
    ],
)
def test_read(setting, given, read):
    found = setting.read(given)
    assert found == read
    assert type(found) is type(read)


@pytest.mark.parametrize(
    ("setting", "given", "hint"),
    [
        (POSITIVE, 0, None),
        (POSITIVE, -3, None),
        (POSITIVE, True, None),
        (POSITIVE, None, None),
        (POSITIVE, 2.5, None),
        (POSITIVE, "three", None),
        (POSITIVE, [3], None),
        (POSITIVE, GREATEST_INTEGER + 1, "at most 2,147,483,647"),
        (POSITIVE, 3.0, "write 3"),
        (POSITIVE, "1_000", "write it as a number: 1000"),
        (NATURAL, -1, None),
        (FLAG, "yes", "write `true`: in YAML 1.2 yes is a string"),
        (FLAG, "Off", "write `false`: in YAML 1.2 Off is a string"),
        (FLAG, 2, None),
        (FLAG, 1.0, None),
        (FRACTION, 1.5, None),
        (FRACTION, True, None),
        (FRACTION, float("nan"), None),
        (FRACTION, "0.5", None),
        (SIZES, [], None),
        (SIZES, [1, 2, 3, 4], None),
        (SIZES, [3, 0], None),
        (PADDING, -1, None),
        (PADDING, "full", None),
        (PADDING, [[1, 2, 3]], None),
        (
            PADDING,
            [1, 1, 2, 2],
            "tools disagree on the order of four numbers: write {top: …, bottom: …, left: …, right: …}",
        ),
        (PADDING, {"up": 1}, "sides are top, bottom, left and right; those not named are 0"),
        (PADDING, {"top": -1}, None),
        (SIDES, "same", None),
        (PADDING_MODE, "mirror", None),
        (PADDING_MODE, ["zeros"], None),
    ],
)
def test_refused(setting, given, hint):
    assert refusal(setting, given) == ((hint,) if hint else ())


@pytest.mark.parametrize(
    ("kind", "name", "given"),
    [
        ("adaptive_avgpool", "output_size", [7, None]),
        ("adaptive_avgpool", "output_size", 7),
        ("pad", "channels", [1, 2]),
        ("maxpool", "stride", None),
        ("layernorm", "over", None),
    ],
)
def test_settings_of_single_kinds(kind, name, given):
    reader = layer_class(kind).FIELDS[name].setting
    assert reader.read(given) == (tuple(given) if isinstance(given, list) else given)


@pytest.mark.parametrize(
    ("kind", "name", "given"),
    [
        ("adaptive_avgpool", "output_size", None),
        ("adaptive_avgpool", "output_size", []),
        ("adaptive_avgpool", "output_size", [0, 1]),
        ("pad", "channels", [1, 2, 3]),
        ("pad", "channels", -1),
        ("dropout", "p", 1.01),
        ("layernorm", "over", "rows"),
    ],
)
def test_refused_by_single_kinds(kind, name, given):
    reader = layer_class(kind).FIELDS[name].setting
    assert refusal(reader, given) == ()


def test_zero_channels_may_be_the_same_on_both_sides():
    reader = layer_class("pad").FIELDS["channels"].setting
    assert reader.read(3) == (3, 3)


def test_settings_without_a_default_are_required():
    assert required_settings(layer_class("conv")) == ("filters", "kernel_size")
    assert required_settings(layer_class("maxpool")) == ("kernel_size",)
    assert required_settings(layer_class("relu")) == ()


def test_changed_settings_are_those_that_a_reader_needs_to_see():
    conv = layer_class("conv")(64, 3, stride=1, padding=1, bias=False)
    assert changed_settings(conv) == {"filters": 64, "kernel_size": 3, "padding": 1, "bias": False}


DEFAULTS = {
    "conv": {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "padding_mode": "zeros"},
    "conv_transpose": {
        "stride": 1,
        "padding": 0,
        "output_padding": 0,
        "dilation": 1,
        "groups": 1,
        "bias": True,
    },
    "depthwise": {"stride": 1, "padding": 0, "dilation": 1, "multiplier": 1, "bias": True},
    "separable": {"stride": 1, "padding": 0, "dilation": 1, "multiplier": 1, "bias": True},
    "maxpool": {"stride": None, "padding": 0, "dilation": 1, "ceil_mode": False},
    "avgpool": {"stride": None, "padding": 0, "ceil_mode": False, "count_include_pad": True},
    "fc": {"bias": True, "in_features": None},
    "batchnorm": {"affine": True, "track_running_stats": True, "eps": 1e-5, "momentum": 0.1},
    "layernorm": {"over": None, "affine": True, "eps": 1e-5},
    "lrn": {"size": 5, "alpha": 1e-4, "beta": 0.75, "k": 2.0},
    "dropout": {"p": 0.5},
    "leaky_relu": {"negative_slope": 0.01},
}


@pytest.mark.parametrize("kind", DEFAULTS)
def test_defaults_are_those_of_the_frameworks(kind):
    """PyTorch's, but for lrn: there they are the paper's, size 5 and k 2."""
    layer = layer_class(kind)(**dict.fromkeys(required_settings(layer_class(kind)), 2))
    assert {name: getattr(layer, name) for name in DEFAULTS[kind]} == DEFAULTS[kind]
