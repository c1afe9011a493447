"""What the words of padding mean, as pairs that the tools print."""

import pytest

from archcalc.forward.kernels.padding import sides

WORDS = [
    ("same", 5, 4, 1, 1, (1, 2)),
    ("same", 7, 3, 1, 2, (2, 2)),
    ("same", 1, 5, 1, 1, (2, 2)),
    ("same_upper", 224, 7, 2, 1, (2, 3)),
    ("same_upper", 13, 6, 5, 1, (1, 2)),
    ("same_upper", 5, 2, 1, 1, (0, 1)),
    ("same_upper", 10, 1, 7, 1, (0, 0)),
    ("same_upper", 8, 3, 2, 1, (0, 1)),
    ("same_upper", 9, 3, 2, 3, (3, 3)),
    ("same_lower", 224, 7, 2, 1, (3, 2)),
    ("same_lower", 13, 6, 5, 1, (2, 1)),
    ("same_lower", 8, 3, 2, 1, (1, 0)),
    ("valid", 8, 3, 2, 1, (0, 0)),
]


@pytest.mark.parametrize(("word", "size", "kernel", "stride", "dilation", "expected"), WORDS)
def test_words(word, size, kernel, stride, dilation, expected):
    assert sides(word, (size,), (kernel,), (stride,), (dilation,)) == (expected,)


def test_numbers_are_vertical_first():
    assert sides(2, (5, 7), (3, 3), (1, 1), (1, 1)) == ((2, 2), (2, 2))
    assert sides((1, 2), (5, 7), (3, 3), (1, 1), (1, 1)) == ((1, 1), (2, 2))
    assert sides(((1, 2), 3), (5, 7), (3, 3), (1, 1), (1, 1)) == ((1, 2), (3, 3))
