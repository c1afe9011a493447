"""Bounds as people write them, against an evaluation of their own: each number is tried."""

import operator
from decimal import Decimal
from itertools import product

import pytest

from archcalc.expectations.amounts import RELATIONS
from archcalc.expectations.bounds import BYTES, COUNTS, bounds

SIGNS = {
    "<": operator.lt, "<=": operator.le, "=": operator.eq, "==": operator.eq,
    "!=": operator.ne, ">=": operator.ge, ">": operator.gt, "": operator.eq,
}  # fmt: skip
UNITS = {"": 0, "k": 3, "K": 3, "M": 6, "G": 9, "T": 12}
BYTE_UNITS = {
    "": 1, "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
    "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40,
}  # fmt: skip


def holds(value, number, units=COUNTS):
    return all(RELATIONS[bound.relation](number, bound.limit) for bound in bounds(value, units))


def hint_of(value, units=COUNTS):
    try:
        found = bounds(value, units)
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{value!r} was read as {found}")


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("unit", UNITS)
def test_counts_are_compared_as_they_are_written(sign, unit):
    for number, space in product(["2", "20", "20.0", "1.5", "0.25"], ["", " ", "  "]):
        limit = Decimal(number).scaleb(UNITS[unit])
        text = f"{sign}{space}{number}{space}{unit}"
        if limit != int(limit):
            assert hint_of(text) == f"{text.strip()} is no whole number"
            continue
        for tried in (0, int(limit) - 1, int(limit), int(limit) + 1, 10**18):
            if tried >= 0:
                assert holds(text, tried) is SIGNS[sign](tried, limit)


@pytest.mark.parametrize("unit", BYTE_UNITS)
@pytest.mark.parametrize("number", ["1", "4", "1.5"])
def test_bytes_are_compared_as_they_are_written(unit, number):
    limit = Decimal(number) * BYTE_UNITS[unit]
    text = f"<= {number} {unit}"
    if limit != int(limit):
        assert "is no whole number" in hint_of(text, BYTES)
        return
    assert holds(text, int(limit), BYTES)
    assert not holds(text, int(limit) + 1, BYTES)


def test_the_units_are_these():
    assert {unit: 10**power for unit, power in UNITS.items()} == COUNTS
    assert BYTE_UNITS == BYTES


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (20000, 20_000),
        (0, 0),
        ("20000", 20_000),
        ("20,000", 20_000),
        ("20_000", 20_000),
        ("1,234,567", 1_234_567),
        ("1.5M", 1_500_000),
        ("= 1.50 M", 1_500_000),
        ("==20k", 20_000),
        (["20k"], 20_000),
        ([20000], 20_000),
        (" 20000 ", 20_000),
        (2**63 - 1, 2**63 - 1),
        ("9_223_372_036_854_775_807", 2**63 - 1),
    ],
)
def test_numbers_mean_equality(value, number):
    assert holds(value, number)
    assert not holds(value, number + 1)
    assert not holds(value, number - 1)


@pytest.mark.parametrize(
    "value",
    [
        ">= 1M, < 2M",
        ">= 1M and < 2M",
        ">=1M,<2M",
        ">= 1,000,000, < 2,000,000",
        ">= 1_000_000 and < 2_000_000",
        [">= 1M", "< 2M"],
        ["< 2M and >= 1M"],
    ],
)
def test_several_bounds_all_hold(value):
    tried = [0, 999_999, 1_000_000, 1_999_999, 2_000_000, 10**9]
    assert [holds(value, number) for number in tried] == [False, False, True, True, False, False]


@pytest.mark.parametrize(
    "value",
    [
        None, True, False, 1.5, 20e3, float("nan"), float("inf"), -1, 2**63, {}, {"<": 3}, [[3]], [None],
        [True], [1.0], [-1], "", " ", "<=", "<= ", ">= <= 3", "few", ".inf", ".nan", "nan", "inf", "NaN",
        "-3", "<= -3", "+3", "=> 3", "=< 3", "<> 3", "≤ 3", "20 000", "2,00", "1,0000", "20,", ",20", "_20",
        "20_", "2__0", "1.", ".5", "1.5.5", "1e6", "0x10", "20k k", "20%", ">= 1 2", ">= 1,, < 3", ">= 1 and",
        "and < 3", ">= 1 or < 3", "٣", "3\n4", "3; 4",
    ],
)  # fmt: skip
def test_what_is_no_bound_is_refused(value):
    hint_of(value)


@pytest.mark.parametrize(
    ("value", "units", "hint"),
    [
        ("<= 20 kb", COUNTS, "kb is no unit of a count; units are k, K, M, G, T"),
        ("4 MiB", COUNTS, "MiB is no unit of a count; units are k, K, M, G, T"),
        ("4 B", COUNTS, "B is no unit of a count; units are k, K, M, G, T"),
        ("4 m", COUNTS, "m is no unit of a count; units are k, K, M, G, T"),
        ("4 KB", BYTES, "write kB for 1,000 bytes or KiB for 1,024"),
        ("4Ki", BYTES, "write kB for 1,000 bytes or KiB for 1,024"),
        ("4 kb", BYTES, "write kB for 1,000 bytes or KiB for 1,024"),
        ("4 k", BYTES, "write kB for 1,000 bytes or KiB for 1,024"),
        ("4 M", BYTES, "write MB for 1,000,000 bytes or MiB for 1,048,576"),
        ("1.5", COUNTS, "1.5 is no whole number"),
        ("<= 1.0001k", COUNTS, "<= 1.0001k is no whole number"),
        ("0.5 B", BYTES, "0.5 B is no whole number"),
        ([], COUNTS, "an empty bound would hold of everything"),
        (">= 0", COUNTS, "that would hold of everything"),
        ("> 5, < 3", COUNTS, "no number can be all of these"),
        ("> 5, < 6", COUNTS, "no number can be all of these"),
        ("< 0", COUNTS, "no number can be all of these"),
        ("< 1 and != 0", COUNTS, "no number can be all of these"),
        (["3", "4"], COUNTS, "no number can be all of these"),
        (["3", "!= 3"], COUNTS, "no number can be all of these"),
        ([">= 3", "<= 4", "!= 3", "!= 4"], COUNTS, "no number can be all of these"),
        ("<= 99999999T", COUNTS, "must stay below 2^63"),
        ("9223372036854775808", COUNTS, "must stay below 2^63"),
        ("<= " + "9" * 5000, COUNTS, "must stay below 2^63"),
        (["<= 5"] * 11, COUNTS, "at most 10 bounds"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_hint(value, units, hint):
    assert hint_of(value, units) == hint


def test_a_long_unit_is_cut():
    assert len(hint_of("3 " + "k" * 1000)) < 150


def test_possible_bounds_are_possible():
    """Small bounds, all pairs and triples of them: refused just where no number, or every one, keeps them."""
    signs = ["<", "<=", "==", "!=", ">=", ">"]
    single = [f"{sign} {limit}" for sign in signs for limit in range(4)]
    for first in single:
        for second in single:
            kept = [
                n for n in range(8)
                if all(SIGNS[part.split()[0]](n, int(part.split()[1])) for part in (first, second))
            ]  # fmt: skip
            if 0 < len(kept) < 8:
                assert [n for n in range(8) if holds([first, second], n)] == kept
            else:
                hint_of([first, second])
