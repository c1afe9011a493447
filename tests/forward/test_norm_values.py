"""Normalisation against loops over its definition."""

import math

import numpy as np
import pytest


def close(result, expected):
    assert result.output.shape == expected.shape
    np.testing.assert_allclose(result.output, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("shape", [(3, 5, 7), (2, 11), (13,)])
def test_batchnorm_with_running_statistics(ran, shape):
    result = ran("batchnorm", {"eps": 0.5}, shape)
    assert result.run.parameters == {"weight": shape[:1], "bias": shape[:1]}
    assert result.run.buffers == {"running_mean": shape[:1], "running_var": shape[:1]}
    tensors = [result.tensor(name) for name in ("running_mean", "running_var", "weight", "bias")]
    expected = np.zeros(shape)
    for place in np.ndindex(*shape):
        mean, variance, scale, shift = (tensor[place[0]] for tensor in tensors)
        expected[place] = (result.x[place] - mean) / math.sqrt(variance + 0.5) * scale + shift
    close(result, expected)


def test_batchnorm_with_its_own_statistics(ran):
    result = ran("batchnorm", {"track_running_stats": False, "affine": False}, (3, 5, 7))
    assert not result.run.parameters
    assert not result.run.buffers
    expected = [(c - np.mean(c)) / math.sqrt(np.var(c) + 1e-5) for c in result.x]
    close(result, np.array(expected))


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize(
    ("shape", "over", "own", "keeps"),
    [
        ((3, 5, 7), None, (3, 5, 7), ()),
        ((3, 5, 7), "all", (3, 5, 7), ()),
        ((3, 5, 7), "channels", (3,), (1, 2)),
        ((3, 5, 7), "features", (7,), (0, 1)),
        ((11, 5), None, (5,), (0,)),
        ((11, 5), "channels", (11,), (1,)),
        ((11, 5), "all", (11, 5), ()),
        ((13,), None, (13,), ()),
    ],
)
def test_layernorm(ran, shape, over, own, keeps, affine):
    result = ran("layernorm", {"over": over, "affine": affine, "eps": 0.25}, shape)
    assert result.run.parameters == ({"weight": own, "bias": own} if affine else {})
    expected = np.zeros(shape)
    for place in np.ndindex(*shape):
        together = [
            result.x[other] for other in np.ndindex(*shape) if all(other[a] == place[a] for a in keeps)
        ]
        expected[place] = (result.x[place] - np.mean(together)) / math.sqrt(np.var(together) + 0.25)
        if affine:
            index = tuple(place[a] for a in range(len(shape)) if a not in keeps)
            expected[place] = expected[place] * result.tensor("weight")[index] + result.tensor("bias")[index]
    close(result, expected)


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("groups", [1, 2, 3, 6])
@pytest.mark.parametrize("shape", [(6, 5, 7), (6, 11), (12,)])
def test_groupnorm(ran, shape, groups, affine):
    result = ran("groupnorm", {"groups": groups, "affine": affine, "eps": 0.25}, shape)
    assert result.run.parameters == ({"weight": shape[:1], "bias": shape[:1]} if affine else {})
    expected, size = np.zeros(shape), shape[0] // groups
    for place in np.ndindex(*shape):
        together = [result.x[one] for one in np.ndindex(*shape) if one[0] // size == place[0] // size]
        expected[place] = (result.x[place] - np.mean(together)) / math.sqrt(np.var(together) + 0.25)
        if affine:
            expected[place] *= result.tensor("weight")[place[0]]
            expected[place] += result.tensor("bias")[place[0]]
    close(result, expected)


@pytest.mark.parametrize("size", [1, 3, 4, 5, 2**31 - 1])
def test_local_response_norm(ran, size):
    settings = {"size": size, "alpha": 0.3, "beta": 0.75, "k": 2.0}
    result = ran("lrn", settings, (7, 3, 5))
    expected = np.zeros((7, 3, 5))
    for c, h, w in np.ndindex(7, 3, 5):
        near = [n for n in range(7) if c - size // 2 <= n <= c + (size - 1) // 2]
        activity = 2.0 + 0.3 * sum(result.x[n, h, w] ** 2 for n in near)
        expected[c, h, w] = result.x[c, h, w] / activity**0.75
    close(result, expected)


def test_lrn_of_a_vector_is_refused(ran):
    with pytest.raises(ValueError, match="spatial"):
        ran("lrn", {}, (7,))
