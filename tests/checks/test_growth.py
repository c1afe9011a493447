"""Limits on growth: what they mean to the last unit, and what is refused."""

from fractions import Fraction

import pytest

from archcalc.analysis.quantities import QUANTITIES
from archcalc.checks.growth import growth_failures, limit, percent_text
from archcalc.errors import RequestError


def held(text, old, new, name="parameters"):
    """The messages of a limit for one total in both versions."""
    return [problem.message for problem in growth_failures([limit(text)], {name: old}, {name: new})]


@pytest.mark.parametrize(
    ("text", "old", "allowed", "refused"),
    [
        ("parameters > +5%", 1000, 1050, 1051),
        ("parameters >= +5%", 1000, 1049, 1050),
        ("parameters > 5%", 1000, 1050, 1051),
        ("parameters > +0.1 %", 1000, 1001, 1002),
        ("parameters > +33.3%", 3, 3, 4),
        ("parameters > +20k", 5, 20_005, 20_006),
        ("parameters > +1.5K", 0, 1500, 1501),
        ("parameters > +2M", 0, 2_000_000, 2_000_001),
        ("parameters>+1G", 0, 10**9, 10**9 + 1),
        ("parameters > +20,000", 5, 20_005, 20_006),
        ("parameters > 0", 7, 7, 8),
        ("parameters > 0", 7, 6, 8),
        ("parameters < 0", 7, 8, 6),
        ("parameters != 0", 7, 7, 6),
        ("parameters != 0", 7, 7, 8),
        ("parameters == 0", 7, 8, 7),
        ("parameters < -10%", 1000, 900, 899),
        ("parameters <= -10%", 1000, 901, 900),
        ("parameters < -20", 100, 80, 79),
        ("parameters > -10", 100, 90, 91),
        ("parameters > +5%", 0, 0, 1),
        ("parameters > +100%", 10**30, 2 * 10**30, 2 * 10**30 + 1),
        ("parameters > +10%", 10**30 + 1, 11 * 10**29 + 1, 11 * 10**29 + 2),
    ],
)
def test_the_limit_lies_between_two_neighbours(text, old, allowed, refused):
    assert held(text, old, allowed) == []
    assert len(held(text, old, refused)) == 1


@pytest.mark.parametrize(
    ("amount", "size"), [("+4096", 4096), ("+1B", 1), ("+4kB", 4000), ("+4 KiB", 4096), ("+4MiB", 4 * 2**20)]
)
def test_bytes_are_limited_in_units_of_bytes(amount, size):
    text = f"parameter_bytes > {amount}"
    assert held(text, 10, 10 + size, "parameter_bytes") == []
    assert len(held(text, 10, 11 + size, "parameter_bytes")) == 1


@pytest.mark.parametrize("name", [quantity.name for quantity in QUANTITIES.values()])
def test_every_quantity_can_be_limited(name):
    assert limit(f"{name} > +5%").quantity is QUANTITIES[name]
    assert held(f"{name} > 0", 1, 2, name)


def test_the_amount_is_an_exact_fraction():
    assert limit("macs > +0.1%").amount == Fraction(1, 10)
    assert limit("macs < -0.000000001%").amount == Fraction(-1, 10**9)


@pytest.mark.parametrize(
    ("text", "old", "new", "message"),
    [
        (
            "parameters > +5%", 61_706, 66_100,
            "parameters grew by 7.1 %: 61,706 → 66,100, allowed +5 %",
        ),
        (
            "parameters > +5 %", 1_000_000, 1_050_001,
            "parameters grew by 5.0001 %: 1,000,000 → 1,050,001, allowed +5 %",
        ),
        ("parameters > 0", 5, 6, "parameters grew by 1: 5 → 6, allowed 0"),
        ("parameters > +20k", 0, 30_000, "parameters grew by 30,000: 0 → 30,000, allowed +20k"),
        ("parameters > +5%", 0, 3, "parameters grew by 3: 0 → 3, allowed +5 %"),
        ("parameters < -10%", 1000, 800, "parameters shrank by 20.0 %: 1,000 → 800, allowed -10 %"),
        ("parameters >= +5%", 100, 105, "parameters grew by 5.0 %: 100 → 105, allowed less than +5 %"),
        ("parameters <= -1", 9, 8, "parameters shrank by 1: 9 → 8, allowed more than -1"),
        ("parameters != 0", 9, 8, "parameters shrank by 1: 9 → 8, allowed only 0"),
        ("parameters == 0", 9, 9, "parameters did not change: 9 → 9, allowed all but 0"),
    ],
)  # fmt: skip
def test_messages_say_how_much_and_how_much_was_allowed(text, old, new, message):
    assert held(text, old, new) == [message]


def test_bytes_are_said_to_be_bytes():
    assert held("activation_bytes > +4 MiB", 0, 5_000_000, "activation_bytes") == [
        "activation_bytes grew by 5,000,000 B: 0 B → 5,000,000 B, allowed +4 MiB"
    ]


def test_each_limit_is_a_problem_of_its_own():
    totals = {"parameters": 1, "macs": 1}, {"parameters": 2, "macs": 2}
    problems = growth_failures([limit("macs > 0"), limit("parameters > 0"), limit("macs > +200%")], *totals)
    assert [problem.message.split()[0] for problem in problems] == ["macs", "parameters"]
    assert {problem.code for problem in problems} == {"growth"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no limit"),
        ("parameters", "is no limit"),
        ("parameters > ", "needs an amount such as +5%, +20k or 0, found ''"),
        ("> 5%", "no quantity ''"),
        ("params > 0", "did you mean 'parameters'"),
        ("parameter > 0", "did you mean 'parameters'"),
        ("mac > 0", "did you mean 'macs'"),
        ("output > 0", "quantities are weights"),
        ("parameters => 5%", "is no limit"),
        ("parameters > nan", "found 'nan'"),
        ("parameters > +nan%", "found '+nan%'"),
        ("parameters > inf", "found 'inf'"),
        ("parameters > +", "found '+'"),
        ("parameters > %", "found '%'"),
        ("parameters > +1e9", "found '+1e9'"),
        ("parameters > +-5%", "found '+-5%'"),
        ("parameters > +5%%", "unknown unit '%%'"),
        ("parameters > +5 % or so", "found '+5 % or so'"),
        ("parameters > +٣%", "found"),
        ("parameters > +5.%", "found '+5.%'"),
        ("parameters > +1,00", "found '+1,00'"),
        ("parameters > +4MiB", "parameters is a count, not bytes"),
        ("parameters > +4B", "parameters is a count, not bytes"),
        ("parameters > +4x", "unknown unit 'x'"),
        ("parameter_bytes > +4k", "unknown unit 'k'"),
        ("parameter_bytes > +4mib", "did you mean 'MiB'"),
        ("parameters > 20k", "write +20k or -20k"),
        ("activation_bytes > 4 MiB", "write +4 MiB or -4 MiB"),
        ("parameters > +" + "9" * 50, "needs an amount"),
        ("parameters > +5%" + " " * 1000, "is no limit"),
        ("\x1b[31m > 0", "\\x1b[31m"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(text, said):
    with pytest.raises(RequestError) as refusal:
        limit(text)
    assert said in str(refusal.value)
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 5, "0.0 %"), (1, 3, "33.3 %"), (2, 3, "66.7 %"), (1, 8, "12.5 %"), (1, 1600, "0.1 %"),
        (1, 25_000_000, "0.000004 %"), (1, 10**30, "0.000000000 %"), (10**6, 7, "14,285,714.3 %"),
        (1, 1, "100.0 %"),
    ],
)  # fmt: skip
def test_percentages_have_a_digit_or_as_many_as_they_need(part, whole, text):
    assert percent_text(part, whole) == text
