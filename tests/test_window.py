"""Sizes along one axis against windows that are really laid out, and the traps that tools fell into."""

from fractions import Fraction
from itertools import product

import pytest

from archcalc.errors import ShapeError
from archcalc.window import Axis, Field, ResizedAxis, TransposedAxis, checked_size, same_padding


def starts(axis, size):
    """Where the windows begin in the padded input, laid out one by one from its first position.

    With `ceil` one more is laid where the windows do not reach the end, and the last is taken away
    again where it begins in the padding behind the input.
    """
    total, found = axis.before + size + axis.after, [0]
    while found[-1] + taps(axis)[-1] + axis.stride < total:
        found.append(found[-1] + axis.stride)
    if axis.ceil and found[-1] + taps(axis)[-1] + 1 < total:
        found.append(found[-1] + axis.stride)
    if axis.ceil and found[-1] >= axis.before + size:
        found.pop()
    return found


def taps(axis):
    """The positions of the kernel's taps, from the window's first."""
    return [tap * axis.dilation for tap in range(axis.kernel)]


def written(axis, size):
    """The outputs of a transposed convolution that some input and tap write, before anything is cropped."""
    return {i * axis.stride + tap for i in range(size) for tap in taps(axis)}


SIDES = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 1), (0, 3), (2, 2)]
WINDOWS = [
    Axis(kernel, stride, *sides, dilation, ceil)
    for kernel, stride, sides, dilation, ceil in product(range(1, 5), range(1, 5), SIDES, (1, 2, 3), (0, 1))
]


@pytest.mark.parametrize("size", range(1, 15))
def test_output_size_is_the_number_of_windows(size):
    fitting = [axis for axis in WINDOWS if taps(axis)[-1] < axis.before + size + axis.after]
    wrong = [axis for axis in fitting if axis.output_size(size) != len(starts(axis, size))]
    assert wrong == []
    assert len(fitting) > 100


@pytest.mark.parametrize("size", range(1, 15))
def test_remainder_is_what_lies_behind_the_last_window(size):
    fitting = [axis for axis in WINDOWS if taps(axis)[-1] < axis.before + size + axis.after]
    for axis in fitting:
        end = starts(axis, size)[-1] + taps(axis)[-1] + 1
        assert axis.remainder(size) == max(axis.before + size + axis.after - end, 0)


@pytest.mark.parametrize("size", range(1, 15))
def test_windows_that_do_not_fit_are_refused(size):
    small = [axis._replace(ceil=False) for axis in WINDOWS]
    for axis in (axis for axis in small if taps(axis)[-1] >= axis.before + size + axis.after):
        with pytest.raises(ShapeError, match=f"does not fit into the input's width of {size}"):
            checked_size(axis, size, "width")


@pytest.mark.parametrize(
    ("size", "axis", "expected"),
    [
        pytest.param(227, Axis(11, 4), 55, id="AlexNet's first layer"),
        pytest.param(224, Axis(11, 4), 54, id="the same on 224: floor drops a pixel"),
        pytest.param(224, Axis(7, 2, 3, 3), 112, id="ResNet's first layer"),
        pytest.param(112, Axis(3, 2, 1, 1), 56, id="ResNet's first pool"),
        pytest.param(32, Axis(5), 28, id="LeNet's first layer"),
        pytest.param(55, Axis(3, 2), 27, id="overlapping pool"),
        pytest.param(5, Axis(2, 2, 1, 1, ceil=True), 3, id="ceil drops a window that starts in the padding"),
        pytest.param(6, Axis(2, 2, 1, 1, ceil=True), 4, id="ceil keeps a window that starts in the input"),
        pytest.param(6, Axis(3, 2, ceil=True), 3, id="ceil keeps a window that runs over the end"),
        pytest.param(6, Axis(3, 2), 2, id="and floor does not"),
        pytest.param(2, Axis(3, 2, ceil=True), 1, id="ceil lets the only window run over the end"),
        pytest.param(10, Axis(3, 1, 2, 2, 2), 10, id="dilated"),
    ],
)
def test_known_sizes(size, axis, expected):
    assert checked_size(axis, size, "width") == expected


@pytest.mark.parametrize("size", range(1, 8))
def test_transposed_size_is_what_the_inputs_write(size):
    for kernel, stride, sides, dilation in product(range(1, 5), range(1, 5), SIDES, (1, 2, 3)):
        axis = TransposedAxis(kernel, stride, *sides, dilation)
        whole = max(written(axis, size)) + 1
        assert axis.output_size(size) == whole - sides[0] - sides[1]
        assert axis._replace(output_padding=2).output_size(size) == whole - sides[0] - sides[1] + 2


@pytest.mark.parametrize(
    ("size", "axis", "expected"),
    [
        pytest.param(7, TransposedAxis(4, 2, 1, 1), 14, id="DCGAN doubles"),
        pytest.param(
            16, TransposedAxis(3, 2, 1, 1, output_padding=1), 32, id="output padding settles the odd"
        ),
        pytest.param(5, TransposedAxis(3, 1, 0, 0, 2), 9, id="dilated"),
        pytest.param(5, TransposedAxis(3), 7, id="plain"),
    ],
)
def test_known_transposed_sizes(size, axis, expected):
    assert checked_size(axis, size, "width") == expected


def test_transposed_output_of_nothing_is_refused():
    with pytest.raises(ShapeError, match=r"height would be 0: \(2 − 1\)·1 − 4 \+ 3 \+ 0") as caught:
        checked_size(TransposedAxis(3, 1, 2, 2), 2, "height")
    assert caught.value.hint == "use less padding"


def smallest_padding(size, kernel, stride, dilation):
    """The least padding in all with which as many windows fit as there are strides in the input."""
    windows = len(range(0, size, stride))
    total = 0
    while (windows - 1) * stride + (kernel - 1) * dilation >= size + total:
        total += 1
    return total


@pytest.mark.parametrize("size", range(1, 13))
def test_same_padding_is_the_least_that_keeps_every_stride(size):
    for kernel, stride, dilation in product(range(1, 6), range(1, 5), (1, 2)):
        total = smallest_padding(size, kernel, stride, dilation)
        upper = same_padding(size, kernel, stride, dilation, extra_first=False)
        lower = same_padding(size, kernel, stride, dilation, extra_first=True)
        assert sum(upper) == sum(lower) == total
        assert upper == lower[::-1]
        assert upper[1] - upper[0] == total % 2


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "upper", "lower"),
    [
        (224, 7, 2, (2, 3), (3, 2)),
        (224, 3, 2, (0, 1), (1, 0)),
        (5, 3, 1, (1, 1), (1, 1)),
        (4, 1, 3, (0, 0), (0, 0)),
    ],
)
def test_known_same_padding(size, kernel, stride, upper, lower):
    assert same_padding(size, kernel, stride, 1, extra_first=False) == upper
    assert same_padding(size, kernel, stride, 1, extra_first=True) == lower


@pytest.mark.parametrize(
    ("axis", "message", "hint"),
    [
        (
            Axis(11, 4),
            "a window of 11 does not fit into the input's height of 8",
            "use a smaller kernel or pad 2 more on each side",
        ),
        (
            Axis(6, 1, 1, 1, 2),
            "a window of 11 (kernel 6 dilated by 2) does not fit into the input's height of 8 + 2 of padding",
            "use a smaller kernel or pad 1 more on each side",
        ),
    ],
)
def test_refusal_says_what_was_needed_and_what_would_do(axis, message, hint):
    with pytest.raises(ShapeError) as caught:
        checked_size(axis, 8, "height")
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_the_field_behind_an_upsampling_is_rounded_once():
    """The worked example of `Field`."""
    repeated = ResizedAxis(1, 2).field(Field(4), 8)
    convolved = Axis(3, 1, 1, 1).field(repeated, 8)
    pooled = Axis(2, 2).field(convolved, 4)
    half = Fraction(1, 2)
    assert (repeated.jump, repeated.lead, repeated.steps, repeated.size) == (half, -half, half, 1)
    assert (convolved.jump, convolved.lead, convolved.steps, convolved.size) == (half, -1, 3 * half, 2)
    assert pooled == Field(4, 1, base=3, start=-1)
