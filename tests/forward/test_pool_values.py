"""Pooling against loops over its definition."""

import math

import numpy as np
import pytest

from archcalc.forward.run import Run

MAX = [
    ((3, 7, 11), {"kernel_size": 2}, (2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1)),
    ((3, 7, 11), {"kernel_size": 3, "stride": 2}, (3, 3), (2, 2), ((0, 0), (0, 0)), (1, 1)),
    ((2, 5, 13), {"kernel_size": (2, 5), "padding": (1, 2)}, (2, 5), (2, 5), ((1, 1), (2, 2)), (1, 1)),
    (
        (2, 7, 11),
        {"kernel_size": 3, "stride": (1, 3), "dilation": (2, 3)},
        (3, 3),
        (1, 3),
        ((0, 0),) * 2,
        (2, 3),
    ),
    ((2, 5, 7), {"kernel_size": 4, "padding": ((2, 0), (1, 2))}, (4, 4), (4, 4), ((2, 0), (1, 2)), (1, 1)),
    (
        (2, 5, 7),
        {"kernel_size": 3, "stride": 2, "padding": "same_upper"},
        (3, 3),
        (2, 2),
        ((1, 1), (1, 1)),
        (1, 1),
    ),
]


def places(size, kernel, stride, pair, dilation, ceil):
    """The input positions under each window, None beyond the input and its padding.

    With `ceil`, one more window starts where the one before it leaves positions over."""
    before, after = pair
    found = []
    for start in range(-before, size + after, stride):
        taps = [start + tap * dilation for tap in range(kernel)]
        if taps[-1] < size + after or (ceil and start < size):
            found.append([i if i < size + after else None for i in taps])
        if taps[-1] >= size + after - 1:
            break
    return found


def pooled(x, kernel, stride, sides, dilation, ceil, reduce):
    """`reduce` of (values of the input, positions in input or padding) under each window."""
    rows, columns = (
        places(*axis, ceil) for axis in zip(x.shape[1:], kernel, stride, sides, dilation, strict=True)
    )
    output = np.zeros((len(x), len(rows), len(columns)))
    for c, i, j in np.ndindex(*output.shape):
        window = [(h, w) for h in rows[i] for w in columns[j] if None not in (h, w)]
        inside = [x[c, h, w] for h, w in window if 0 <= h < x.shape[1] and 0 <= w < x.shape[2]]
        output[c, i, j] = reduce(inside, len(window))
    return output


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize(("shape", "settings", "kernel", "stride", "sides", "dilation"), MAX)
def test_max(ran, shape, settings, kernel, stride, sides, dilation, ceil):
    x = np.float32(-1) - np.abs(ran("identity", {}, shape).output)
    result = ran("maxpool", {"ceil_mode": ceil, **settings}, x)
    expected = pooled(x, kernel, stride, sides, dilation, ceil, lambda values, _: max(values))
    np.testing.assert_array_equal(result.output, expected.astype(np.float32))


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("include", [False, True])
@pytest.mark.parametrize(
    ("shape", "settings", "kernel", "stride", "sides", "dilation"),
    [case for case in MAX if "dilation" not in case[1]],
)
def test_average(ran, shape, settings, kernel, stride, sides, dilation, include, ceil):
    result = ran("avgpool", {"ceil_mode": ceil, "count_include_pad": include, **settings}, shape)

    def mean(values, positions):
        return sum(values) / (positions if include else len(values))

    expected = pooled(result.x, kernel, stride, sides, dilation, ceil, mean)
    assert result.output.shape == expected.shape
    np.testing.assert_allclose(result.output, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "outputs"),
    [(5, 2, 2, 1, 3), (6, 3, 2, 0, 3), (112, 3, 2, 0, 56), (2, 3, 2, 0, 1), (7, 2, 3, 0, 3), (4, 1, 3, 0, 2)],
)
def test_ceil_mode_drops_a_window_that_starts_in_the_padding(ran, size, kernel, stride, padding, outputs):
    settings = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": True}
    for kind in ("maxpool1d", "avgpool1d"):
        result = ran(kind, settings, (2, size))
        assert result.output.shape == (2, outputs)
        assert np.isfinite(result.output).all()


@pytest.mark.parametrize("channels", [1, 7])
@pytest.mark.parametrize("kernel", [(70, 2), (3, 90)])
def test_windows_of_many_taps(ran, channels, kernel, monkeypatch):
    """A few channels at a time, though there is room for one only."""
    monkeypatch.setattr(Run, "working_values", 1)
    settings = {"kernel_size": kernel, "stride": 2, "padding": 1}
    sides, ones = ((1, 1), (1, 1)), (1, 1)
    result = ran("maxpool", settings, (channels, 74, 93))
    expected = pooled(result.x, kernel, (2, 2), sides, ones, False, lambda values, _: max(values))
    np.testing.assert_array_equal(result.output, expected.astype(np.float32))
    result = ran("avgpool", settings, (channels, 74, 93))
    expected = pooled(result.x, kernel, (2, 2), sides, ones, False, lambda values, count: sum(values) / count)
    np.testing.assert_allclose(result.output, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", ["maxpool1d", "avgpool1d"])
def test_sequences(ran, kind):
    x = np.array([[3, 1, 4, 1, 5, 9, 2]], np.float32)
    result = ran(kind, {"kernel_size": 3, "stride": 2, "padding": 1}, x)
    expected = {"maxpool1d": [3, 4, 9, 9], "avgpool1d": [4 / 3, 2, 5, 11 / 3]}[kind]
    np.testing.assert_allclose(result.output, [expected], rtol=1e-6)


@pytest.mark.parametrize("shape", [(3, 5, 7), (2, 11)])
def test_global(ran, shape):
    mean, greatest = ran("global_avgpool", {}, shape), ran("global_maxpool", {}, shape)
    own = (shape[0], *[1] * (len(shape) - 1))
    channels = [list(channel.reshape(-1)) for channel in mean.x]
    sums = [math.fsum(channel) / len(channel) for channel in channels]
    np.testing.assert_allclose(mean.output, np.reshape(sums, own), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(greatest.output, np.reshape([max(c) for c in channels], own))


@pytest.mark.parametrize(
    ("shape", "output_size", "sizes"),
    [
        ((2, 7, 11), 3, (3, 3)),
        ((2, 7, 5), (2, 8), (2, 8)),
        ((3, 5, 7), (None, 4), (5, 4)),
        ((2, 3, 3), 3, (3, 3)),
    ],
)
def test_adaptive(ran, shape, output_size, sizes):
    result = ran("adaptive_avgpool", {"output_size": output_size}, shape)
    expected = np.zeros((shape[0], *sizes))
    for c, i, j in np.ndindex(*expected.shape):
        rows = [h for h in range(shape[1]) if touches(h, i, shape[1], sizes[0])]
        columns = [w for w in range(shape[2]) if touches(w, j, shape[2], sizes[1])]
        expected[c, i, j] = np.mean([result.x[c, h, w] for h in rows for w in columns])
    np.testing.assert_allclose(result.output, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("held", [1, 60, 2**18])
@pytest.mark.parametrize("outputs", [1, 9, 10, 11, 33, 62, 64, 99, 100, 101, 257])
def test_adaptive_to_any_size(ran, outputs, held, monkeypatch):
    """Few long windows and many short ones, some at a time."""
    monkeypatch.setattr(Run, "working_values", held)
    result = ran("adaptive_avgpool", {"output_size": (outputs, None)}, (2, 100, 3))
    windows = [[h for h in range(100) if touches(h, i, 100, outputs)] for i in range(outputs)]
    expected = [result.x[:, window].mean(axis=1, dtype=np.float64) for window in windows]
    np.testing.assert_allclose(result.output, np.stack(expected, axis=1), rtol=1e-5, atol=1e-6)


def touches(position, output, size, outputs):
    """Whether [position, position + 1) meets the output's share [output, output + 1)·size/outputs."""
    return position * outputs < (output + 1) * size and (position + 1) * outputs > output * size


@pytest.mark.parametrize(
    ("kind", "settings", "shape"),
    [
        ("maxpool", {"kernel_size": 6}, (2, 5, 7)),
        ("avgpool", {"kernel_size": 2, "padding": "same"}, (2, 5, 7)),
        ("maxpool", {"kernel_size": (2, 2, 2)}, (2, 5, 7)),
        ("maxpool", {"kernel_size": 4, "stride": 2, "ceil_mode": True}, (2, 2, 2)),
        ("global_avgpool", {}, (5,)),
        ("global_maxpool", {}, (5,)),
        ("adaptive_avgpool", {"output_size": (1, 2, 3)}, (2, 5, 7)),
        ("adaptive_avgpool", {"output_size": 1}, (5,)),
    ],
)
def test_what_is_undefined_is_refused(ran, kind, settings, shape):
    with pytest.raises(ValueError, match=r"\w"):
        ran(kind, settings, shape)
