"""Limits on the growth of a total from one version to the next, absolute or relative: `parameters > +5%`.

All arithmetic is exact: limits are fractions, and a percentage is compared without dividing.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from archcalc.analysis.quantities import QUANTITIES, Quantity
from archcalc.errors import Problem, RequestError
from archcalc.expectations.bounds import BYTES, COUNTS
from archcalc.quoting import quoted
from archcalc.records import NamedTuple
from archcalc.suggestions import suggestion

COMPARISONS = {
    ">=": (operator.ge, "less than "),
    "<=": (operator.le, "more than "),
    "==": (operator.eq, "all but "),
    "!=": (operator.ne, "only "),
    ">": (operator.gt, ""),
    "<": (operator.lt, ""),
}
"""How a difference is compared with the limit, and what is allowed instead."""

PERCENT = "%"
EXAMPLE = "write it like 'parameters > +5%'"
LENGTH_AT_MOST = 100
DIGITS_AT_MOST = 9
_LIMIT = re.compile(
    r"\s*(?P<quantity>[^<>=!]*?)\s*(?P<comparison>>=|<=|==|!=|>|<)\s*(?P<amount>.*?)\s*", re.DOTALL
)
_AMOUNT = re.compile(r"([+-]?)([0-9]{1,18}(?:\.[0-9]{1,9})?|[0-9]{1,3}(?:,[0-9]{3}){1,5})\s*([A-Za-z%]*)")


class Limit(NamedTuple):
    """When a difference is refused.

    amount: what the difference is compared with, in units of the quantity or in per cent of the old total.
    written: the amount as messages repeat it.
    """

    quantity: Quantity
    comparison: str
    amount: Fraction
    relative: bool
    written: str

    def exceeded(self, old: int, new: int) -> bool:
        """Whether the change from one total to the other is refused."""
        compare, _ = COMPARISONS[self.comparison]
        if self.relative:
            return bool(compare(100 * (new - old), self.amount * old))
        return bool(compare(new - old, self.amount))


def limit(text: str) -> Limit:
    """A limit as it is written; raises RequestError where it makes no sense."""
    found = _LIMIT.fullmatch(text) if len(text) <= LENGTH_AT_MOST else None
    if not found:
        needs = "a quantity, one of " + " ".join(sorted(COMPARISONS)) + " and an amount"
        raise RequestError(f"{quoted(text)} is no limit, which needs {needs}; {EXAMPLE}")
    name = found["quantity"]
    if name not in QUANTITIES:
        near = suggestion(name, QUANTITIES) or f"quantities are {', '.join(QUANTITIES)}"
        raise RequestError(f"there is no quantity {quoted(name)} to limit; {near}")
    return _limit(QUANTITIES[name], found["comparison"], found["amount"])


def _limit(quantity: Quantity, comparison: str, amount: str) -> Limit:
    found = _AMOUNT.fullmatch(amount)
    if not found:
        such = "+20k" if quantity.unit == "count" else "+4MiB"
        needs = f"an amount such as +5%, {such} or 0, found {quoted(amount)}"
        raise RequestError(f"the limit of {quantity.name} needs {needs}")
    sign, digits, unit = found.groups()
    relative = unit == PERCENT
    size = Fraction(digits.replace(",", "")) * (1 if relative else _size(quantity, unit))
    if size and not sign and not relative:
        raise RequestError(
            f"the limit of {quantity.name} is one of its difference: write +{amount} or -{amount};"
            " what the total may be is for `expect:` in the spec"
        )
    space = " " if relative or (unit and quantity.unit == "bytes") else ""
    signed = f"{sign or '+'}{digits}" if size else digits
    return Limit(quantity, comparison, -size if sign == "-" else size, relative, f"{signed}{space}{unit}")


def _size(quantity: Quantity, unit: str) -> int:
    """How much a unit of a quantity is."""
    units = COUNTS if quantity.unit == "count" else BYTES
    if unit in units:
        return units[unit]
    known = ", ".join(filter(None, units))
    if quantity.unit == "count":
        other = f"{quantity.name} is a count, not bytes" if unit in BYTES else "units"
        raise RequestError(f"unknown unit {quoted(unit)}: {other}; it takes {known} or %")
    near = suggestion(unit, units) or f"bytes take {known} or %"
    raise RequestError(f"unknown unit {quoted(unit)} of {quantity.name}; {near}")


def growth_failures(
    limits: Iterable[Limit], old: Mapping[str, int], new: Mapping[str, int]
) -> tuple[Problem, ...]:
    """What grew or shrank more than it may, from the totals of one version to those of the other."""
    return tuple(_failures(limits, old, new))


def _failures(limits: Iterable[Limit], old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[Problem]:
    for each in limits:
        name = each.quantity.name
        if each.exceeded(old[name], new[name]):
            yield Problem("growth", f"{name} {_change(each, old[name], new[name])}, {_allowed(each)}")


def _change(limit: Limit, old: int, new: int) -> str:
    """`grew by 7.1 %: 61,706 → 66,100`."""
    unit = " B" if limit.quantity.unit == "bytes" else ""
    totals = f"{old:,}{unit} → {new:,}{unit}"
    if new == old:
        return f"did not change: {totals}"
    size = f"{abs(new - old):,}{unit}"
    if limit.relative and old:
        size = percent_text(abs(new - old), old, abs(limit.amount))
    return f"{'grew' if new > old else 'shrank'} by {size}: {totals}"


def _allowed(limit: Limit) -> str:
    return f"allowed {COMPARISONS[limit.comparison][1]}{limit.written}"


def percent_text(part: int, whole: int, unlike: Fraction = Fraction(0)) -> str:
    """`part` of `whole` as a percentage, with one digit, or as many as set it apart from `unlike`."""
    exact = Fraction(100 * part, whole)
    for digits in range(1, DIGITS_AT_MOST + 1):
        tenths = (exact * 10**digits * 2 + 1) // 2
        if exact == unlike or Fraction(tenths, 10**digits) != unlike:
            break
    return f"{tenths // 10**digits:,}.{tenths % 10**digits:0{digits}} %"
