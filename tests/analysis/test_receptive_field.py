"""Receptive fields against the sets of inputs that each output depends on, passed from layer to layer."""

from fractions import Fraction
from math import ceil, floor, gcd, prod

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from archcalc import analyze, loads
from archcalc.window import Axis, BinAxis, Field, ResizedAxis, TransposedAxis, WholeAxis

EDGE = None
"""What a padded position adds to a set."""

LENGTH = 240


def slid(volume, axis):
    """The volume behind a window: each output depends on all that its taps depend on."""
    padded = [{EDGE}] * axis.before + volume + [{EDGE}] * axis.after
    taps = [tap * axis.dilation for tap in range(axis.kernel)]
    starts = range(0, len(padded) - taps[-1], axis.stride)
    return [set().union(*(padded[start + tap] for tap in taps)) for start in starts]


def scattered(volume, axis):
    """The volume behind a transposed window: each input is written to its taps, then the sides are cut."""
    reach = (axis.kernel - 1) * axis.dilation
    written = [set() for _ in range(len(volume[1:]) * axis.stride + reach + 1)]
    for number, seen in enumerate(volume):
        for tap in range(axis.kernel):
            written[number * axis.stride + tap * axis.dilation] |= seen
    edge = range(reach)
    for number in (*edge, *(len(written) - 1 - each for each in edge)):
        written[number] |= {EDGE}
    return written[axis.before : len(written) - axis.after]


def binned(volume, axis):
    """The volume behind an adaptive pool, with bins as PyTorch cuts them."""
    edges = [(i * len(volume) // axis.bins, -(-(i + 1) * len(volume) // axis.bins)) for i in range(axis.bins)]
    return [set().union(*volume[first:end]) for first, end in edges]


def resized(volume, axis):
    """The volume behind an interpolation: each output depends on the one or two inputs it lies between."""
    step = Fraction(axis.a, axis.b)
    last = len(volume) - 1 if axis.corners else len(volume)
    count = floor(last / step) + (1 if axis.corners else 0)
    half = 0 if axis.corners or axis.taps == 1 else Fraction(1, 2)
    places = [(number + half) * step - half for number in range(count)]
    if axis.taps == 1:
        return [volume[floor(place)] for place in places]
    around = [{EDGE}, *volume, {EDGE}]
    return [around[floor(place) + 1] | around[ceil(place) + 1] for place in places]


LAID_OUT = {Axis: slid, TransposedAxis: scattered, BinAxis: binned, ResizedAxis: resized}


def both(axes, length=LENGTH):
    """(the field that the axes predict, the sets of inputs that the outputs depend on)."""
    field, volume = Field(length), [{number} for number in range(length)]
    for axis in axes:
        volume = LAID_OUT[type(axis)](volume, axis)
        field = axis.field(field, len(volume))
    return field, volume


def inner(volume):
    """The outputs that depend on no padding, by number."""
    found = {number: seen for number, seen in enumerate(volume) if EDGE not in seen}
    assume(len(found) > 12)
    return found


def width(seen):
    """From the first to the last input that is seen."""
    return max(seen) - min(seen) + 1 if seen else 0


def check(axes):
    """Compare size, jump and offset of the field with the sets."""
    field, volume = both(axes)
    seen = inner(volume)
    period = prod(axis.stride for axis in axes if isinstance(axis, TransposedAxis))
    period *= prod(axis.b for axis in axes if isinstance(axis, ResizedAxis))
    assert field.positions == len(volume)
    assert field.size == max(map(width, seen.values()))
    firsts = {number: min(each) for number, each in seen.items() if each}
    again = [number for number in firsts if number + period in firsts]
    assert all(firsts[number + period] - firsts[number] == field.jump * period for number in again)
    whole = [number for number in firsts if number % period == 0]
    assert all(firsts[number] - field.jump * number == field.offset for number in whole)


exactly = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
sizes, few = st.integers(1, 5), st.integers(0, 2)
windows = st.builds(Axis, sizes, st.integers(1, 3), few, few, st.integers(1, 3))
still = st.builds(Axis, sizes, st.just(1), few, few, st.integers(1, 2))


@st.composite
def upsamplings(draw, stride=None):
    """Transposed windows that leave no gaps: the kernel is at least the stride."""
    stride = stride or draw(st.integers(1, 3))
    return TransposedAxis(draw(st.integers(stride, 5)), stride, draw(few), draw(few))


@exactly
@given(st.lists(windows, max_size=4))
def test_windows(axes):
    check(axes)


@exactly
@given(
    st.lists(windows, max_size=2),
    st.lists(upsamplings() | still, min_size=1, max_size=3),
    st.lists(windows, max_size=2),
)
def test_upsampling(before, up, after):
    check([*before, *up, *after])


@st.composite
def interpolations(draw, *, most=4):
    a, b = draw(st.integers(1, most)), draw(st.integers(1, 4))
    common = gcd(a, b)
    return ResizedAxis(a // common, b // common, *draw(st.sampled_from([(1,), (2,), (2, True)])))


@exactly
@given(st.lists(windows, max_size=2), interpolations(), st.lists(still, max_size=2))
def test_interpolation(before, axis, after):
    check([*before, axis, *after])


@exactly
@given(st.lists(windows | interpolations(most=2), max_size=3))
def test_no_output_sees_more_through_interpolations(axes):
    field, volume = both(axes)
    assert field.size >= max(map(width, inner(volume).values()))


@st.composite
def hourglasses(draw):
    """Down and up again twice by the same factor, with windows on both levels."""
    factor, axes = draw(st.integers(2, 3)), []
    for _ in range(2):
        down = draw(windows)._replace(stride=factor)
        axes += [down, draw(still), draw(upsamplings(factor)), draw(still)]
    return axes


@exactly
@given(hourglasses())
def test_hourglasses(axes):
    check(axes)


@exactly
@given(
    st.lists(
        windows | st.builds(TransposedAxis, sizes, st.integers(1, 3), few, few, st.integers(1, 3)), max_size=4
    )
)
def test_no_output_sees_more_than_the_field_says(axes):
    """In whatever order, with gaps and dilated upsampling, where the size is only an upper bound."""
    field, volume = both(axes)
    assert field.size >= max(map(width, inner(volume).values()))


def test_what_sees_nothing():
    """Between inputs that a kernel of 1 writes 2 apart lies nothing, and a stride of 2 reads only that."""
    axes = [TransposedAxis(1, 2, 1, 0), Axis(1, 2)]
    field, volume = both(axes, 8)
    assert volume == [set()] * 7
    assert field.size == 0


@pytest.mark.parametrize("axes", [[], [Axis(3, 2)], [Axis(2, 3), Axis(3)]], ids=len)
@pytest.mark.parametrize("bins", range(1, 13))
def test_adaptive_bins(axes, bins):
    """Every bin counts here: without padding, all lie within the input."""
    for length in range(20, 40):
        before, _ = both(axes, length)
        field, volume = both([*axes, BinAxis(before.positions, bins)], length)
        starts = [min(seen) for seen in volume]
        assert field.positions == bins
        assert field.size == max(map(width, volume))
        assert field.offset == starts[0]
        assert field.jump * bins == before.jump * before.positions
        assert all(abs(start - field.offset - field.jump * n) < before.jump for n, start in enumerate(starts))


def test_fewer_positions_than_bins():
    field, volume = both([BinAxis(3, 7)], 3)
    assert volume == [{0}, {0}, {0, 1}, {1}, {1, 2}, {2}, {2}]
    assert (field.size, field.offset, field.jump) == (2, 0, Fraction(3, 7))


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize(
    "axes",
    [[], [Axis(3, 2)], [Axis(2, 2), TransposedAxis(2, 2)], [Axis(3, 3), TransposedAxis(4, 2, 3, 3)]],
    ids=len,
)
def test_everything(axes, count):
    """Each of `count` outputs sees from the first to the last input that any output before it saw."""
    before, volume = both(axes, 35)
    field = WholeAxis().field(before, count)
    seen = set().union(*volume) - {EDGE}
    assert field.positions == count
    assert (field.size, field.offset) == (width(seen), min(seen))
    assert field.jump == (before.jump if count > 1 else before.jump * before.positions)


def test_what_sees_everything_cannot_see_more():
    field = WholeAxis().field(Field(9), 9)
    for axis in (Axis(3, 2, 1, 1), TransposedAxis(4, 2, 1, 1), BinAxis(9, 2), WholeAxis()):
        assert (axis.field(field, 9).size, axis.field(field, 9).offset) == (9, 0)


SEQUENCES = """
input: {channels: 6, height: 24, width: 24}
layers:
  - conv: {name: patches, filters: 8, kernel_size: 4, stride: 4}
  - tokens
  - class_token
  - position_embedding
  - layernorm
  - fc: {name: each, units: 8}
  - attention: {name: all, heads: 2}
  - fc: {name: behind, units: 16}
  - select: {name: back, start: 1}
  - volume: {height: 6, width: 6}
  - conv: {name: last, filters: 4, kernel_size: 3}
"""


def test_positions_of_a_sequence_see_their_patch_until_they_attend_to_each_other():
    analysis = analyze(loads(SEQUENCES))
    sizes = {
        name: tuple(axis.size for axis in analysis.of(name).receptive_field.axes)
        for name in ("patches", "tokens1", "layernorm1", "each", "all", "behind", "back", "volume1", "last")
    }
    before = dict.fromkeys(("patches", "tokens1", "layernorm1", "each"), (4, 4))
    assert sizes == before | dict.fromkeys(("all", "behind", "back", "volume1", "last"), (24, 24))


@pytest.mark.parametrize(("over", "size"), [("channels", 3), ("features", 20)])
def test_a_fully_connected_layer_over_one_axis(over, size):
    layers = f"conv1d: {{filters: 5, kernel_size: 3}}, fc: {{name: fc, units: 4, over: {over}}}"
    analysis = analyze(loads(f"input: {{channels: 2, length: 20}}\nlayers: [{layers}]"))
    assert analysis.of("fc").receptive_field.axes[0].size == size


def test_a_sequence_of_one_dimension_is_no_volume():
    """Its last axis is its features, not the input's length."""
    conv, layers = "conv1d: {filters: 10, kernel_size: 3, padding: 1}", "layernorm, fc: {units: 4}"
    analysis = analyze(loads(f"input: {{channels: 10, length: 6}}\nlayers: [{conv}, tokens, {layers}]"))
    for name in ("layernorm1", "fc1"):
        (axis,) = analysis.of(name).receptive_field.axes
        assert (axis.positions, axis.size) == (6, 3)


def test_an_image_made_of_a_sequence_in_order_sees_what_its_positions_do():
    layers = (
        "conv: {filters: 5, kernel_size: 3}, tokens, layernorm, volume: {name: again, height: 4, width: 6}"
    )
    analysis = analyze(loads(f"input: {{channels: 1, height: 6, width: 8}}\nlayers: [{layers}]"))
    assert [axis.size for axis in analysis.of("again").receptive_field.axes] == [3, 3]


def test_statistics_of_a_channel_see_all_of_it():
    for track, sizes in (("false", [6, 8]), ("true", [1, 1])):
        layer = f"batchnorm: {{track_running_stats: {track}}}"
        analysis = analyze(loads(f"input: {{channels: 1, height: 6, width: 8}}\nlayers: [{layer}]"))
        assert [axis.size for axis in analysis.of("batchnorm1").receptive_field.axes] == sizes


def test_a_sequence_turned_into_an_image_sees_everything():
    """It has more axes than the input: none of them is known to be the input's."""
    layers = "tokens, volume: {height: 4, width: 5}, conv: {name: last, filters: 2, kernel_size: 3}"
    analysis = analyze(loads(f"input: {{channels: 2, length: 20}}\nlayers: [{layers}]"))
    assert [axis.size for axis in analysis.of("last").receptive_field.axes] == [20]


def test_a_fully_connected_layer_behind_a_flatten_sees_everything():
    layers = "conv: {filters: 2, kernel_size: 3}, flatten, fc: {name: fc, units: 4}"
    analysis = analyze(loads(f"input: {{channels: 1, height: 9, width: 7}}\nlayers: [{layers}]"))
    assert [axis.size for axis in analysis.of("fc").receptive_field.axes] == [9, 7]


@pytest.mark.parametrize(
    ("settings", "size", "jump", "offset"),
    [
        ("scale_factor: 2", 1, Fraction(1, 2), 0),
        ("scale_factor: 2, mode: bilinear", 2, Fraction(1, 2), -1),
        ("scale_factor: 0.5", 1, 2, 0),
        ("scale_factor: 0.5, mode: bilinear", 2, 2, 0),
        ("scale_factor: 1.7", 1, Fraction(10, 17), 0),
        ("size: 8", 1, 3, 0),
        ("size: 8, mode: bilinear", 1, 3, 1),
        ("size: 7, mode: bilinear, align_corners: true", 2, Fraction(23, 6), 0),
        ("size: 1, mode: bilinear, align_corners: true", 1, 24, 0),
    ],
)
def test_interpolated_positions_see_those_that_they_lie_between(settings, size, jump, offset):
    analysis = analyze(
        loads(f"input: {{channels: 1, length: 24}}\nlayers: [interpolate: {{name: up, {settings}}}]")
    )
    (axis,) = analysis.of("up").receptive_field.axes
    assert (axis.size, axis.jump, axis.offset) == (size, jump, offset)
