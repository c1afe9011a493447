"""Activations, fully connected layers, merges and reshapes against their definition, value by value."""

import math

import numpy as np
import pytest

VALUES = [-30.0, -4.0, -3.0, -1.0, -0.25, 0.0, 0.25, 1.0, 3.0, 5.0, 7.0, 30.0]


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def hard_sigmoid(x):
    return min(max(0.0, x / 6 + 0.5), 1.0)


ACTIVATIONS = {
    "relu": ({}, lambda x: max(0.0, x)),
    "relu6": ({}, lambda x: min(max(0.0, x), 6.0)),
    "leaky_relu": ({"negative_slope": 0.2}, lambda x: x if x > 0 else 0.2 * x),
    "elu": ({"alpha": 0.7}, lambda x: x if x > 0 else 0.7 * (math.exp(x) - 1)),
    "selu": ({}, lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * (math.exp(x) - 1))),
    "gelu": ({}, lambda x: x * 0.5 * math.erfc(-x / math.sqrt(2))),
    "silu": ({}, lambda x: x * sigmoid(x)),
    "mish": ({}, lambda x: x * math.tanh(math.log(1 + math.exp(x)))),
    "sigmoid": ({}, sigmoid),
    "tanh": ({}, math.tanh),
    "hard_sigmoid": ({}, hard_sigmoid),
    "hard_swish": ({}, lambda x: x * hard_sigmoid(x)),
    "softplus": ({}, lambda x: math.log(1 + math.exp(x))),
    "identity": ({}, lambda x: x),
    "dropout": ({"p": 0.5}, lambda x: x),
}


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_activations(ran, kind):
    settings, definition = ACTIVATIONS[kind]
    result = ran(kind, settings, np.array(VALUES, np.float32))
    np.testing.assert_allclose(result.output, [definition(x) for x in VALUES], rtol=1e-5, atol=2e-6)
    assert result.inputs[0].tolist() == VALUES, "the input belongs to other readers too"


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_activations_do_not_overflow(ran, kind):
    result = ran(kind, ACTIVATIONS[kind][0], np.array([-500.0, 500.0], np.float32))
    assert np.isfinite(result.output).all()


@pytest.mark.parametrize("slopes", [1, 3])
def test_prelu(ran, slopes):
    result = ran("prelu", {"num_parameters": slopes}, (3, 2, 5))
    assert result.run.parameters == {"weight": (slopes,)}
    expected = np.zeros((3, 2, 5))
    for place in np.ndindex(3, 2, 5):
        value = result.x[place]
        expected[place] = value if value > 0 else value * result.tensor("weight")[place[0] % slopes]
    np.testing.assert_allclose(result.output, expected, rtol=1e-5)


@pytest.mark.parametrize("shape", [(7,), (7, 3), (7, 3, 5)])
def test_softmax(ran, shape):
    result = ran("softmax", {}, shape)
    expected = np.zeros(shape)
    for place in np.ndindex(*shape):
        column = [math.exp(result.x[(c, *place[1:])]) for c in range(7)]
        expected[place] = column[place[0]] / sum(column)
    np.testing.assert_allclose(result.output, expected, rtol=1e-4)


@pytest.mark.parametrize("shape", [(7,), (7, 1), (7, 1, 1)])
def test_fully_connected(ran, shape):
    result = ran("fc", {"units": 5}, shape)
    assert result.run.parameters == {"weight": (5, 7), "bias": (5,)}
    weight, bias = result.tensor("weight"), result.tensor("bias")
    x = result.x.reshape(7)
    expected = [sum(weight[k, n] * x[n] for n in range(7)) + bias[k] for k in range(5)]
    np.testing.assert_allclose(result.output, expected, rtol=1e-4, atol=1e-6)
    assert result.run.products == 5 * 7


def test_fully_connected_maps_each_position_of_a_sequence(ran):
    result = ran("fc", {"units": 5, "bias": False}, (3, 7))
    assert result.run.parameters == {"weight": (5, 7)}
    weight = result.tensor("weight")
    expected = [[sum(weight[k, n] * row[n] for n in range(7)) for k in range(5)] for row in result.x]
    np.testing.assert_allclose(result.output, expected, rtol=1e-4, atol=1e-6)
    assert result.run.products == 3 * 5 * 7


def test_flatten_goes_channel_by_channel(ran):
    result = ran("flatten", {}, (2, 3, 5))
    assert result.output.tolist() == [result.inputs[0][c, h, w] for c, h, w in np.ndindex(2, 3, 5)]


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_pad(ran, mode):
    x = np.array([[[1, 2, 3], [4, 5, 6]]], np.float32)
    result = ran("pad", {"padding": ((1, 0), (2, 1)), "mode": mode}, x)
    expected = {
        "zeros": [[0, 0, 0, 0, 0, 0], [0, 0, 1, 2, 3, 0], [0, 0, 4, 5, 6, 0]],
        "reflect": [[6, 5, 4, 5, 6, 5], [3, 2, 1, 2, 3, 2], [6, 5, 4, 5, 6, 5]],
        "replicate": [[1, 1, 1, 2, 3, 3], [1, 1, 1, 2, 3, 3], [4, 4, 4, 5, 6, 6]],
        "circular": [[5, 6, 4, 5, 6, 4], [2, 3, 1, 2, 3, 1], [5, 6, 4, 5, 6, 4]],
    }[mode]
    assert result.output.tolist() == [expected]


def test_pad_crops_where_negative_and_adds_channels(ran):
    x = np.array([[[1, 2, 3], [4, 5, 6]]], np.float32)
    result = ran("pad", {"padding": ((-1, 1), (0, -2)), "channels": (2, 1)}, x)
    assert result.output.tolist() == [[[0], [0]], [[0], [0]], [[4], [0]], [[0], [0]]]


def test_pad_may_cut_off_all_that_there_was(ran):
    x = np.array([[[1, 2, 3], [4, 5, 6]]], np.float32)
    assert ran("pad", {"padding": ((1, -2), 0)}, x).output.tolist() == [[[0, 0, 0]]]


def test_merges(ran):
    shape = (3, 2, 5)
    for kind, operation in (("add", lambda a, b, c: a + b + c), ("multiply", lambda a, b, c: a * b * c)):
        result = ran(kind, {}, shape, shape, shape)
        expected = [operation(*(x[place] for x in result.inputs)) for place in np.ndindex(*shape)]
        np.testing.assert_allclose(result.output.reshape(-1), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("order", [1, -1])
def test_multiply_scales_whole_channels(ran, order):
    result = ran("multiply", {}, *((3, 2, 5), (3, 1, 1))[::order])
    volume, scale = result.inputs[::order]
    for c, h, w in np.ndindex(3, 2, 5):
        assert result.output[c, h, w] == volume[c, h, w] * scale[c, 0, 0]


@pytest.mark.parametrize("order", [1, -1])
def test_multiply_scales_whole_channels_by_a_vector(ran, order):
    result = ran("multiply", {}, *((3, 2, 5), (3,))[::order])
    volume, scale = result.inputs[::order]
    for c, h, w in np.ndindex(3, 2, 5):
        assert result.output[c, h, w] == volume[c, h, w] * scale[c]


def test_concat_is_along_the_channels(ran):
    result = ran("concat", {}, (3, 2, 5), (1, 2, 5), (2, 2, 5))
    a, b, c = (x.tolist() for x in result.inputs)
    assert result.output.tolist() == a + b + c


@pytest.mark.parametrize(
    ("kind", "settings", "shapes"),
    [
        ("add", {}, [(3, 2, 5), (3, 1, 1)]),
        ("add", {}, [(3, 2, 5), (1, 2, 5)]),
        ("multiply", {}, [(3, 2, 5), (1, 1, 1)]),
        ("multiply", {}, [(3, 2, 5), (3, 2, 1)]),
        ("multiply", {}, [(3, 2, 5), (2,)]),
        ("concat", {}, [(3, 2, 5), (3, 5, 2)]),
        ("fc", {"units": 5}, [(3, 2, 5)]),
        ("fc", {"units": 5, "in_features": 8}, [(7,)]),
        ("pad", {"padding": (-1, 0), "mode": "reflect"}, [(3, 5, 7)]),
        ("pad", {"padding": (5, 0), "mode": "reflect"}, [(3, 5, 7)]),
        ("pad", {"padding": (0, 8), "mode": "circular"}, [(3, 5, 7)]),
        ("pad", {"padding": ((-3, -2), 0)}, [(3, 5, 7)]),
        ("pad", {"padding": ((-6, 2), 0)}, [(3, 5, 7)]),
        ("pad", {"padding": 1}, [(3,)]),
        ("prelu", {"num_parameters": 2}, [(3, 5, 7)]),
        ("fc", {"units": 5, "over": "channels", "in_features": 4}, [(3, 5, 7)]),
        ("tokens", {}, [(3,)]),
        ("volume", {"height": 2, "width": 4}, [(6, 5)]),
        ("volume", {}, [(6,)]),
        ("class_token", {}, [(3, 5, 7)]),
        ("attention", {"heads": 2}, [(3, 5)]),
        ("channel_shuffle", {"groups": 2}, [(3, 5, 7)]),
        ("interpolate", {"scale_factor": 2}, [(3,)]),
    ],
)
def test_what_is_undefined_is_refused(ran, kind, settings, shapes):
    with pytest.raises(ValueError, match=r"\w"):
        ran(kind, settings, *shapes)
