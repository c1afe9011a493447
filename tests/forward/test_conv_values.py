"""Convolutions against loops over their definition: one product at a time, in float64."""

import itertools

import numpy as np
import pytest

from archcalc.forward.run import Run


def source(i, size, mode):
    """Where padding of a mode takes position i of an axis from; None stands for a zero."""
    if 0 <= i < size:
        return i
    if mode == "reflect":
        return -i if i < 0 else 2 * (size - 1) - i
    return {"zeros": None, "replicate": min(max(i, 0), size - 1), "circular": i % size}[mode]


def starts(size, kernel, stride, dilation, before, after):
    """The first tap of each window that fits, by trying every position."""
    places = range(-before, size + after, stride)
    return [start for start in places if start + dilation * (kernel - 1) < size + after]


def convolution(x, weight, bias, stride, sides, dilation, groups, mode="zeros"):
    """y[k, o] = b[k] + Σ w[k, c, t]·x[c of k's group, o·S − P + t·D]; and the products taken."""
    filters, depth, *kernel = weight.shape
    along = [
        starts(*axis, *pair)
        for axis, pair in zip(zip(x.shape[1:], kernel, stride, dilation, strict=True), sides, strict=True)
    ]
    output = np.zeros((filters, *map(len, along)))
    products = 0
    for k, position in itertools.product(range(filters), np.ndindex(*output.shape[1:])):
        first = (k // (filters // groups)) * depth
        for c, tap in itertools.product(range(depth), np.ndindex(*kernel)):
            places = [
                source(along[a][position[a]] + tap[a] * dilation[a], x.shape[1 + a], mode)
                for a in range(len(kernel))
            ]
            value = 0.0 if None in places else x[(first + c, *places)]
            output[(k, *position)] += weight[(k, c, *tap)] * value
            products += 1
        output[(k, *position)] += 0.0 if bias is None else bias[k]
    return output, products


def check(result, expected, products):
    assert result.output.shape == expected.shape
    np.testing.assert_allclose(result.output, expected, rtol=1e-4, atol=1e-5)
    assert result.run.products == products


CONVOLUTIONS = [
    ("plain", (3, 7, 11), {"kernel_size": 3}, (1, 1), ((0, 0), (0, 0)), (1, 1)),
    ("even kernel", (3, 7, 11), {"kernel_size": 2, "stride": 2}, (2, 2), ((0, 0), (0, 0)), (1, 1)),
    (
        "rectangular",
        (2, 7, 13),
        {"kernel_size": (2, 5), "stride": (3, 2), "padding": (1, 2)},
        (3, 2),
        ((1, 1), (2, 2)),
        (1, 1),
    ),
    (
        "four sides",
        (2, 5, 7),
        {"kernel_size": (4, 3), "padding": ((2, 1), (0, 3))},
        (1, 1),
        ((2, 1), (0, 3)),
        (1, 1),
    ),
    (
        "dilated",
        (3, 11, 13),
        {"kernel_size": (3, 2), "dilation": (2, 5), "padding": 1},
        (1, 1),
        ((1, 1), (1, 1)),
        (2, 5),
    ),
    ("1×1, strided", (5, 7, 3), {"kernel_size": 1, "stride": 2}, (2, 2), ((0, 0), (0, 0)), (1, 1)),
    ("same, even", (2, 5, 7), {"kernel_size": 4, "padding": "same"}, (1, 1), ((1, 2), (1, 2)), (1, 1)),
    (
        "same_upper",
        (2, 13, 7),
        {"kernel_size": (6, 2), "stride": (5, 2), "padding": "same_upper"},
        (5, 2),
        ((1, 2), (0, 1)),
        (1, 1),
    ),
    (
        "same_lower",
        (2, 13, 7),
        {"kernel_size": (6, 2), "stride": (5, 2), "padding": "same_lower"},
        (5, 2),
        ((2, 1), (1, 0)),
        (1, 1),
    ),
    ("valid", (2, 5, 7), {"kernel_size": 3, "padding": "valid"}, (1, 1), ((0, 0), (0, 0)), (1, 1)),
]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    ("shape", "settings", "stride", "sides", "dilation"),
    [case[1:] for case in CONVOLUTIONS],
    ids=[case[0] for case in CONVOLUTIONS],
)
def test_convolution(ran, shape, settings, stride, sides, dilation, bias):
    result = ran("conv", {"filters": 5, "bias": bias, **settings}, shape)
    weight, drawn_bias = result.tensor("weight"), result.tensor("bias")
    assert (drawn_bias is not None) == bias
    check(result, *convolution(result.x, weight, drawn_bias, stride, sides, dilation, 1))


@pytest.mark.parametrize(("channels", "filters", "groups"), [(6, 9, 3), (4, 2, 2), (5, 10, 5), (6, 6, 6)])
def test_grouped_convolution(ran, channels, filters, groups):
    settings = {"filters": filters, "kernel_size": (2, 3), "groups": groups, "padding": 1}
    result = ran("conv", settings, (channels, 5, 7))
    assert result.run.parameters == {"weight": (filters, channels // groups, 2, 3), "bias": (filters,)}
    weight, bias = result.tensor("weight"), result.tensor("bias")
    check(result, *convolution(result.x, weight, bias, (1, 1), ((1, 1), (1, 1)), (1, 1), groups))


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_padding_modes(ran, mode):
    settings = {"filters": 2, "kernel_size": 3, "padding": ((2, 1), (3, 4)), "padding_mode": mode}
    result = ran("conv", settings, (3, 5, 7))
    weight, bias = result.tensor("weight"), result.tensor("bias")
    check(result, *convolution(result.x, weight, bias, (1, 1), ((2, 1), (3, 4)), (1, 1), 1, mode))


@pytest.mark.parametrize(
    ("settings", "stride", "sides", "dilation", "groups"),
    [
        ({"kernel_size": 5}, (1,), ((0, 0),), (1,), 1),
        ({"kernel_size": (4,), "stride": (3,), "padding": ((2, 1),)}, (3,), ((2, 1),), (1,), 1),
        ({"kernel_size": 3, "dilation": 4, "groups": 2, "padding": 3}, (1,), ((3, 3),), (4,), 2),
    ],
)
def test_convolution_of_a_sequence(ran, settings, stride, sides, dilation, groups):
    result = ran("conv1d", {"filters": 4, **settings}, (2, 13))
    weight, bias = result.tensor("weight"), result.tensor("bias")
    check(result, *convolution(result.x, weight, bias, stride, sides, dilation, groups))


@pytest.mark.parametrize("multiplier", [1, 3])
def test_depthwise_convolution(ran, multiplier):
    settings = {
        "kernel_size": (3, 2),
        "stride": 2,
        "padding": 1,
        "dilation": (1, 3),
        "multiplier": multiplier,
    }
    result = ran("depthwise", settings, (5, 7, 11))
    assert result.run.parameters == {"weight": (5 * multiplier, 1, 3, 2), "bias": (5 * multiplier,)}
    weight, bias = result.tensor("weight"), result.tensor("bias")
    check(result, *convolution(result.x, weight, bias, (2, 2), ((1, 1), (1, 1)), (1, 3), 5))


BANDED = [(1031, 1), (1031, 3), (1031, 600), (7, 1500)]
"""Sizes of which a band takes some rows, one row, or a part of it."""


@pytest.fixture
def narrow(monkeypatch):
    """Bands as narrow as they become."""
    monkeypatch.setattr(Run, "working_values", 1)


@pytest.mark.parametrize(("height", "width"), BANDED)
def test_bands_cover_every_position_once(height, width, narrow):
    seen = np.zeros((height, width), int)
    bands = list(Run(np.random.default_rng(0)).bands(seen.shape, patch=9))
    for band in bands:
        seen[band] += 1
        assert 512 <= seen[band].size <= max(1024, 2 * width)
    assert len(bands) > 1
    assert (seen == 1).all()


@pytest.mark.parametrize(("height", "width"), BANDED)
def test_bands_of_a_convolution(ran, height, width, narrow):
    result = ran("conv", {"filters": 1, "kernel_size": (3, 1), "bias": False}, (1, height, width))
    x, weight = result.x, result.tensor("weight")[0, 0]
    expected = sum(weight[tap] * x[:, tap : tap + height - 2] for tap in range(3))
    check(result, expected, 3 * (height - 2) * width)


@pytest.mark.parametrize(("height", "width"), BANDED)
def test_bands_of_a_transposed_convolution(ran, height, width, narrow):
    settings = {"filters": 1, "kernel_size": (2, 1), "stride": (3, 2), "bias": False}
    result = ran("conv_transpose", settings, (1, height, width))
    expected = np.zeros((1, 3 * height - 1, 2 * width - 1))
    for tap in range(2):
        expected[:, tap::3, ::2] = result.tensor("weight")[0, 0, tap] * result.x
    check(result, expected, 2 * height * width)


def transposed(x, weight, bias, stride, sides, dilation, extra, groups):
    """Each x[c, i] adds w[c, k, t]·x[c, i] to y[k, i·S − P + t·D], where there is one; and the products."""
    channels, depth, *kernel = weight.shape
    sizes = [
        (n - 1) * s + d * (k - 1) + 1 + o - before - after
        for n, k, s, d, o, (before, after) in zip(
            x.shape[1:], kernel, stride, dilation, extra, sides, strict=True
        )
    ]
    output = np.zeros((depth * groups, *sizes)) + (0 if bias is None else bias.reshape(-1, *[1] * len(sizes)))
    products = 0
    for c, k, place, tap in itertools.product(
        range(channels), range(depth), np.ndindex(*x.shape[1:]), np.ndindex(*kernel)
    ):
        products += 1
        axes = zip(place, stride, sides, tap, dilation, strict=True)
        target = [i * s - before + t * d for i, s, (before, _), t, d in axes]
        if all(0 <= i < size for i, size in zip(target, sizes, strict=True)):
            filter_number = (c // (channels // groups)) * depth + k
            output[(filter_number, *target)] += weight[(c, k, *tap)] * x[(c, *place)]
    return output, products


@pytest.mark.parametrize(
    ("shape", "settings", "stride", "sides", "dilation", "extra", "groups"),
    [
        ((3, 5, 7), {"kernel_size": 3}, (1, 1), ((0, 0), (0, 0)), (1, 1), (0, 0), 1),
        (
            (2, 5, 7),
            {"kernel_size": 4, "stride": 2, "padding": 1},
            (2, 2),
            ((1, 1), (1, 1)),
            (1, 1),
            (0, 0),
            1,
        ),
        (
            (2, 5, 3),
            {"kernel_size": (2, 3), "stride": (3, 2), "padding": (0, 1), "output_padding": (2, 1)},
            (3, 2),
            ((0, 0), (1, 1)),
            (1, 1),
            (2, 1),
            1,
        ),
        (
            (4, 3, 5),
            {"kernel_size": 3, "dilation": (2, 3), "padding": ((1, 2), (3, 0)), "groups": 2},
            (1, 1),
            ((1, 2), (3, 0)),
            (2, 3),
            (0, 0),
            2,
        ),
        (
            (6, 2, 3),
            {"kernel_size": 1, "stride": 2, "output_padding": 1, "groups": 3, "bias": False},
            (2, 2),
            ((0, 0), (0, 0)),
            (1, 1),
            (1, 1),
            3,
        ),
        (
            (2, 2, 3),
            {"kernel_size": (3, 5), "stride": (2, 3), "dilation": (3, 1)},
            (2, 3),
            ((0, 0), (0, 0)),
            (3, 1),
            (0, 0),
            1,
        ),
    ],
    ids=["plain", "doubling", "output_padding", "dilated groups", "gaps", "fewer positions than taps"],
)
def test_transposed_convolution(ran, shape, settings, stride, sides, dilation, extra, groups):
    result = ran("conv_transpose", {"filters": 6, **settings}, shape)
    weight, bias = result.tensor("weight"), result.tensor("bias")
    assert weight.shape[:2] == (shape[0], 6 // groups)
    check(result, *transposed(result.x, weight, bias, stride, sides, dilation, extra, groups))


@pytest.mark.parametrize(
    ("kind", "settings", "shape"),
    [
        ("conv", {"filters": 2, "kernel_size": 8}, (3, 7, 11)),
        ("conv", {"filters": 2, "kernel_size": 3, "dilation": 4, "padding": ((0, 1), (0, 0))}, (3, 7, 11)),
        ("conv", {"filters": 4, "kernel_size": 1, "groups": 2}, (3, 5, 7)),
        ("conv", {"filters": 3, "kernel_size": 1, "groups": 2}, (4, 5, 7)),
        ("conv", {"filters": 2, "kernel_size": 1, "in_channels": 4}, (3, 5, 7)),
        ("conv", {"filters": 2, "kernel_size": (1, 1, 1)}, (3, 5, 7)),
        ("conv", {"filters": 2, "kernel_size": 1, "padding": (1, 1, 1)}, (3, 5, 7)),
        ("conv", {"filters": 2, "kernel_size": 3, "stride": (1, 2), "padding": "same"}, (3, 5, 7)),
        ("conv", {"filters": 2, "kernel_size": 3, "padding": 5, "padding_mode": "reflect"}, (3, 5, 7)),
        ("conv", {"filters": 2, "kernel_size": 3, "padding": 6, "padding_mode": "circular"}, (3, 5, 7)),
        ("conv", {"filters": 2, "kernel_size": 1}, (3,)),
        ("conv_transpose", {"filters": 2, "kernel_size": 2, "padding": 3}, (3, 5, 5)),
        ("conv_transpose", {"filters": 2, "kernel_size": 2, "padding": "same"}, (3, 5, 5)),
        ("conv_transpose", {"filters": 3, "kernel_size": 2, "groups": 2}, (4, 5, 5)),
        ("conv_transpose", {"filters": 2, "kernel_size": 2, "in_channels": 2}, (3, 5, 5)),
    ],
)
def test_what_is_undefined_is_refused(ran, kind, settings, shape):
    with pytest.raises(ValueError, match=r"\w"):
        ran(kind, settings, shape)
