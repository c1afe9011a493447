"""Sequences, channels and interpolation against their definition, value by value."""

import math
from fractions import Fraction

import numpy as np
import pytest
from sweeps import thinned

from archcalc import analyze, loads
from archcalc.forward.abstract.fields import receptive_fields
from archcalc.forward.run import Run
from archcalc.forward.verify import verify

GRID = np.arange(24, dtype=np.float32).reshape(2, 3, 4)


def test_tokens_follow_each_other_row_by_row(ran):
    rows = ran("tokens", {}, GRID).output.tolist()
    assert rows == [[GRID[0, h, w], GRID[1, h, w]] for h in range(3) for w in range(4)]


def test_a_volume_is_where_its_tokens_come_from(ran):
    tokens = ran("tokens", {}, GRID).output
    assert np.array_equal(ran("volume", {"height": 3, "width": 4}, tokens).output, GRID)
    assert np.array_equal(ran("volume", {}, tokens).output, GRID.reshape(2, 12))


def test_the_class_token_is_the_first_position(ran):
    result = ran("class_token", {}, (3, 5))
    assert result.run.parameters == {"weight": (5,)}
    assert result.output.tolist() == [result.run.tensors["weight"].tolist(), *result.inputs[0].tolist()]


def test_position_embedding_is_added(ran):
    result = ran("position_embedding", {}, (3, 5))
    np.testing.assert_allclose(result.output, result.x + result.tensor("weight"), rtol=1e-6)


def test_features_are_joined_at_each_position(ran):
    result = ran("concat", {"over": "features"}, (3, 2), (3, 1))
    one, other = result.inputs
    assert result.output.tolist() == [[*a, *b] for a, b in zip(one.tolist(), other.tolist(), strict=True)]


@pytest.mark.parametrize(("over", "axis"), [("channels_last", 1), ("features", 1), ("channels", 0)])
def test_which_axis_of_sequences_grows(analyzed, outputs, over, axis):
    layers = f"[tokens: {{name: a}}, relu, concat: {{from: [a, relu1], over: {over}}}]"
    tokens, relu, joined = outputs(
        analyzed(f"{{input: {{channels: 3, height: 2, width: 2}}, layers: {layers}}}")
    )
    assert np.array_equal(joined, np.concatenate([tokens, relu], axis))


@pytest.mark.parametrize(("heads", "bias"), [(1, True), (2, True), (3, False), (6, True)])
def test_attention(ran, heads, bias):
    """One head after the other, one query after the other, in float64."""
    positions, features = 4, 6
    result = ran("attention", {"heads": heads, "bias": bias}, (positions, features))

    def linear(rows, name, separator):
        shift = result.tensor(f"{name}{separator}bias") if bias else 0
        return rows @ result.tensor(f"{name}{separator}weight").T + shift

    query, key, value = np.split(linear(result.x, "in_proj", "_"), 3, axis=1)
    size = features // heads
    joined = np.zeros((positions, features))
    for head in range(heads):
        own = slice(head * size, (head + 1) * size)
        for place in range(positions):
            scores = [
                float(query[place, own] @ key[other, own]) / math.sqrt(size) for other in range(positions)
            ]
            powers = [math.exp(score) for score in scores]
            for other in range(positions):
                joined[place, own] += powers[other] / sum(powers) * value[other, own]
    np.testing.assert_allclose(result.output, linear(joined, "out_proj", "."), rtol=1e-3, atol=1e-5)
    assert result.run.products == positions * 24 * features + 2 * positions**2 * features


def test_attention_does_not_overflow(ran):
    assert np.isfinite(ran("attention", {"heads": 2}, np.full((3, 4), 1e4, np.float32)).output).all()


@pytest.mark.parametrize("shape", [(7, 2, 3), (7, 5), (7,)])
def test_fully_connected_over_channels_is_a_1x1_convolution(ran, shape):
    result = ran("fc", {"units": 5, "over": "channels"}, shape)
    weight, bias = result.tensor("weight"), result.tensor("bias")
    for place in np.ndindex(*shape[1:]):
        expected = weight @ result.x[:, *place] + bias
        np.testing.assert_allclose(result.output[:, *place], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({"start": 4}, [4, 5]),
        ({"stop": 2}, [0, 1]),
        ({"start": 1, "stop": 3}, [1, 2]),
        ({"channels": (5, 0, 0, 2)}, [5, 0, 0, 2]),
    ],
)
def test_select(ran, settings, kept):
    result = ran("select", settings, (6, 2, 3))
    assert result.output.tolist() == [result.inputs[0][channel].tolist() for channel in kept]


def test_subsample_takes_every_so_many_th_position(ran):
    result = ran("subsample", {"stride": (2, 3)}, (2, 5, 7))
    x, output = result.inputs[0], result.output
    assert output.tolist() == [[[x[c, i, j] for j in (0, 3, 6)] for i in (0, 2, 4)] for c in (0, 1)]


def test_select_a_position(ran):
    result = ran("select", {"position": 2}, (4, 5))
    assert result.output.tolist() == result.inputs[0][2].tolist()


def test_shuffled_channels_come_from_each_group_by_turns(ran):
    channels = np.arange(6, dtype=np.float32).reshape(6, 1, 1)
    assert ran("channel_shuffle", {"groups": 2}, channels).output.ravel().tolist() == [0, 3, 1, 4, 2, 5]
    assert ran("channel_shuffle", {"groups": 3}, channels).output.ravel().tolist() == [0, 2, 4, 1, 3, 5]


@pytest.mark.parametrize(
    ("shape", "settings", "axis"),
    [
        ((3, 2, 5), {}, 0),
        ((3, 5), {}, 1),
        ((3, 5), {"over": "channels", "bias": True}, 0),
        ((3, 2, 5), {"over": "features", "bias": True}, 2),
    ],
)
def test_scale(ran, shape, settings, axis):
    result = ran("scale", settings, shape)
    shift = result.tensor("bias") if "bias" in settings else np.zeros(shape[axis])
    for place in np.ndindex(*shape):
        expected = result.x[place] * result.tensor("weight")[place[axis]] + shift[place[axis]]
        assert result.output[place] == pytest.approx(expected, rel=1e-5, abs=1e-6)


SQUARE = np.array([[[1, 2], [3, 4]]], np.float32)
THIRD = 1 / 3


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]),
        (
            {"mode": "bilinear"},
            [[1, 1.25, 1.75, 2], [1.5, 1.75, 2.25, 2.5], [2.5, 2.75, 3.25, 3.5], [3, 3.25, 3.75, 4]],
        ),
        (
            {"mode": "bilinear", "align_corners": True},
            [[row + THIRD * column for column in range(4)] for row in (1, 1 + 2 * THIRD, 1 + 4 * THIRD, 3)],
        ),
    ],
)
def test_interpolation_as_in_the_documentation_of_pytorch(ran, settings, expected):
    result = ran("interpolate", {"scale_factor": 2, **settings}, SQUARE)
    np.testing.assert_allclose(result.output, [expected], rtol=1e-6)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"size": (1, 3)}, [0, 1, 3]),
        ({"size": (1, 7)}, [0, 0, 1, 2, 2, 3, 4]),
        ({"scale_factor": (1, 1.5)}, [0, 0, 1, 2, 2, 3, 4]),
        ({"size": (1, 10), "mode": "bilinear"}, [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4]),
        ({"size": (1, 2), "mode": "bilinear"}, [0.75, 3.25]),
        ({"size": (1, 3), "mode": "bilinear", "align_corners": True}, [0, 2, 4]),
        ({"size": (1, 1), "mode": "bilinear", "align_corners": True}, [0]),
        ({"scale_factor": (1, 0.5), "mode": "bilinear"}, [0.5, 2.5]),
    ],
)
def test_interpolation_along_a_row(ran, settings, expected):
    row = np.arange(5, dtype=np.float32).reshape(1, 1, 5)
    np.testing.assert_allclose(ran("interpolate", settings, row).output.ravel(), expected, rtol=1e-6)


@pytest.mark.parametrize("held", thinned([1, 40, 2**18], 2))
@pytest.mark.parametrize("factor", [2, 0.37, 1.2345678901234567, 9.87654321098765])
def test_interpolation_by_any_factor(ran, factor, held, monkeypatch):
    """Exactly, though some at a time, and where products of integers are longer than 64 bits."""
    monkeypatch.setattr(Run, "working_values", held)
    row = np.random.default_rng(0).random((2, 1, 1001), np.float32)
    by = Fraction(str(factor))
    wanted = math.floor(1001 * by)
    nearest = ran("interpolate", {"scale_factor": (1, factor)}, row).output
    np.testing.assert_array_equal(nearest[:, 0], row[:, 0, [math.floor(n / by) for n in range(wanted)]])
    found = ran("interpolate", {"scale_factor": (1, factor), "mode": "bilinear"}, row).output
    places = [min(max((2 * n + 1) / by / 2 - Fraction(1, 2), 0), 1000) for n in range(wanted)]
    low = [math.floor(place) for place in places]
    share = np.array([float(place - math.floor(place)) for place in places])
    above = row[:, 0, np.minimum(np.array(low) + 1, 1000)]
    expected = row[:, 0, low] * (1 - share) + above * share
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("layers", "shape", "parameters", "macs"),
    [
        ("[tokens, fc: {units: 5}]", (6, 5), 10, 30),
        ("[tokens, fc: {units: 5, over: channels}]", (5, 1), 35, 30),
        ("[fc: {units: 1}, fc: {units: 5}]", (1, 5), 7 + 10, 6 + 5),
        ("[global_avgpool, fc: {units: 5}]", (5,), 10, 5),
        ("[tokens, select: {position: 3}, fc: {units: 5}]", (5,), 10, 5),
        ("[tokens, volume, fc: {units: 5}]", (1, 5), 35, 30),
    ],
)
def test_what_has_one_feature_is_read_by_its_layout(layers, shape, parameters, macs):
    """A sequence of one feature is no vector, as a volume of 1 is; 6·1 weights and 5 biases were 10."""
    analysis = analyze(loads(f"input: {{channels: 1, length: 6}}\nlayers: {layers}"))
    found = [sum(map(math.prod, facts.parameter_shapes.values())) for facts in analysis.facts]
    assert (analysis.facts[-1].output_shape, sum(found)) == (shape, parameters)
    assert sum(facts.macs for facts in analysis.facts) == macs
    assert verify(analysis).agrees
    assert verify(analysis, shapes_only=True).agrees
    assert not any(check.differences() for check in receptive_fields(analysis))
