"""Numbers as text: rounded in integers, with nothing lost that matters."""

import pytest

from archcalc.report.values import (
    bytes_text,
    count_text,
    fields_text,
    ratio_text,
    share,
    share_text,
    short_count,
)


@pytest.mark.parametrize(
    ("size", "units", "text"),
    [
        (0, "binary", "0 B"),
        (1023, "binary", "1,023 B"),
        (1024, "binary", "1.00 KiB"),
        (1536, "binary", "1.50 KiB"),
        (60_950_432, "binary", "58.13 MiB"),
        (60_950_432, "decimal", "60.95 MB"),
        (60_950_432, "bytes", "60,950,432 B"),
        (2**60, "binary", "1,024.00 PiB"),
        (999_995, "decimal", "1,000.00 kB"),
        (5 * 2**20 + 5243, "binary", "5.01 MiB"),
        (5 * 2**20 + 5242, "binary", "5.00 MiB"),
    ],
)
def test_bytes(size, units, text):
    assert bytes_text(size, units) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (999, "999"), (1000, "1.00 K"), (138_357_544, "138.36 M"), (10**18, "1,000.00 P")],
)
def test_short_counts(count, text):
    assert short_count(count) == text


def test_counts_are_exact_at_any_size():
    assert count_text(2**70) == "1,180,591,620,717,411,303,424"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (1, 3, "33.3"),
        (2, 3, "66.7"),
        (1, 1, "100.0"),
        (1, 10**9, "<0.1"),
        (1, 2000, "0.1"),
        (1, 2001, "<0.1"),
    ],
)
def test_shares(part, whole, text):
    assert share_text(share(part, whole)) == text


def test_nothing_is_no_share():
    assert share(0, 5) is None
    assert share(0, 0) is None


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (1_284_694.231, "1,284,694"),
        (100.4, "100"),
        (99.96, "100.0"),
        (36.0, "36.0"),
        (1.0, "1.0"),
        (0.111, "0.111"),
    ],
)
def test_ratios(ratio, text):
    assert ratio_text(ratio) == text


@pytest.mark.parametrize(("sizes", "text"), [((7, 7), "7"), ((3, 5), "5×3"), ((9,), "9")])
def test_fields_are_printed_width_first(sizes, text):
    assert fields_text(sizes) == text
