"""Bounds on counts and bytes as people write them: `<= 20k`, `>= 224`, `< 4 MiB`, `>= 1M, <= 2M`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archcalc.errors import RequestError
from archcalc.expectations.model import Bound
from archcalc.layers.settings import Setting, is_integer
from archcalc.quoting import quoted, shortened

COUNTS = {"": 1, "k": 1000, "K": 1000, "M": 1000**2, "G": 1000**3, "T": 1000**4}
BYTES = {
    "": 1,
    "B": 1,
    "kB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "TB": 1000**4,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
    "TiB": 1024**4,
}
COUNT_LIMIT = 2**63
BOUND_LIMIT = 10
"""How many bounds one number may have."""

DIGITS = 40
TOO_GREAT = "must stay below 2^63"

_BOUND = r"(<=|>=|==|!=|=|<|>)?\s*([0-9][0-9_,]*)(?:\.([0-9]+))?\s*([A-Za-z]*)\Z"
_EXPONENT = r"(<=|>=|==|!=|=|<|>)?\s*([0-9]+(?:\.[0-9]+)?[eE][+]?[0-9]{1,3})\Z"
_NEXT = r"\s*,\s*(?=[<>=!])|\s+and\s+"
_LISTED = r"[0-9]{1,3}(,[0-9]{3})+|[0-9]+(_[0-9]+)*"


def bounds(value: object, units: dict[str, int]) -> tuple[Bound, ...]:
    """The bounds that a value states; raises ValueError with a hint where it states none that can hold."""
    items = value if isinstance(value, list) else [value]
    found = tuple(bound for item in items for bound in _stated(item, units))
    if not found:
        raise ValueError("an empty bound would hold of everything")
    if len(found) > BOUND_LIMIT:
        raise ValueError(f"at most {BOUND_LIMIT} bounds")
    _check_sense(found)
    return found


def size(text: str) -> int:
    """Bytes as people write them, such as 256KiB; raises ValueError, perhaps with a hint."""
    if not text[:1].isdecimal():
        raise ValueError("write a number and a unit, such as 256KiB")
    return _bound(text, BYTES).limit


def bytes_of(text: str, what: str, example: str) -> int:
    """The bytes in a size such as 4GiB; raises RequestError, with an example, where `what` takes one."""
    try:
        return size(text)
    except ValueError as error:
        hint = f": {error}" if str(error) else f", such as {example}"
        raise RequestError(f"{what}: {quoted(text)} is no size{hint}") from None


def _stated(item: object, units: dict[str, int]) -> Iterable[Bound]:
    if isinstance(item, int) and is_integer(item) and 0 <= item < COUNT_LIMIT:
        return [Bound("==", item)]
    if not isinstance(item, str):
        raise ValueError(_exponent_hint("", item, units) if isinstance(item, float) else None)
    return [_bound(part.strip(), units) for part in re.split(_NEXT, item)]


def _bound(text: str, units: dict[str, int]) -> Bound:
    match = re.match(_BOUND, text)
    if power := re.match(_EXPONENT, text):
        raise ValueError(_exponent_hint(power[1] or "", float(power[2]), units))
    if not match or not re.fullmatch(_LISTED, match[2]):
        raise ValueError
    relation, whole, decimals, unit = match[1] or "==", match[2], match[3] or "", match[4]
    if unit not in units:
        raise ValueError(_unit_hint(unit, units))
    limit, rest = divmod(_number(whole + decimals) * units[unit], 10 ** len(decimals))
    if rest:
        raise ValueError(f"{text} is no whole number")
    if limit >= COUNT_LIMIT:
        raise ValueError(TOO_GREAT)
    asked_in = unit if units is BYTES else ""
    return Bound("==" if relation == "=" else relation, limit, asked_in)


def bytes_in(unit: str, amount: int) -> str:
    """Bytes in a unit: `270.5 KiB`, and `65.70 KiB (67,280 B)` where two decimals do not say it all."""
    size = BYTES[unit]
    hundredths, rest = divmod(100 * amount, size)
    if not rest:
        return f"{_decimal(hundredths).rstrip('0').rstrip('.')} {unit}"
    return f"{_decimal(hundredths + (2 * rest >= size))} {unit} ({amount:,} B)"


def _decimal(hundredths: int) -> str:
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"


def _exponent_hint(relation: str, number: float, units: dict[str, int]) -> str | None:
    """A number such as 1e5 as it is written here: 100k."""
    if not 0 <= number < COUNT_LIMIT or not number.is_integer():
        return None
    whole = int(number)
    known = [unit for unit in ("T", "G", "M", "k", "") if unit in units]
    name = next(unit for unit in known if whole % units[unit] == 0)
    short = f"{whole // units[name]}{name}" if whole else "0"
    return f"write {f'{relation} {short}'.strip()}"


def _number(digits: str) -> int:
    if len(digits) > DIGITS:
        raise ValueError(TOO_GREAT)
    return int(re.sub("[_,]", "", digits))


def _unit_hint(unit: str, units: dict[str, int]) -> str:
    if "kB" in units and (prefix := unit[:1].upper()) in "KMGT" and unit[1:].lower() in ("", "b", "i", "ib"):
        decimal, binary = f"{'k' if prefix == 'K' else prefix}B", f"{prefix}iB"
        return f"write {decimal} for {units[decimal]:,} bytes or {binary} for {units[binary]:,}"
    known = ", ".join(name for name in units if name)
    what = "bytes" if "kB" in units else "a count"
    return f"{shortened(unit)} is no unit of {what}; units are {known}"


def _check_sense(found: tuple[Bound, ...]) -> None:
    """Refuse bounds that no number can keep, such as `> 5, < 3` or `< 0`, or that every number does."""
    low, high = 0, COUNT_LIMIT
    barred = {bound.limit for bound in found if bound.relation == "!="}
    for relation, limit, _ in found:
        low = max(low, {">": limit + 1, ">=": limit, "==": limit}.get(relation, 0))
        high = min(high, {"<": limit - 1, "<=": limit, "==": limit}.get(relation, COUNT_LIMIT))
    if high - low < len(barred) and barred.issuperset(range(low, high + 1)):
        raise ValueError("no number can be all of these")
    if (low, high, barred) == (0, COUNT_LIMIT, set()):
        raise ValueError("that would hold of everything")


_SCHEMA = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}, {"type": "array", "minItems": 1}]}
COUNT_BOUND = Setting(
    "a count or bounds, such as 20000, <= 20k or '>= 1M, < 2M'", lambda v: bounds(v, COUNTS), _SCHEMA
)
BYTES_BOUND = Setting(
    "bytes or bounds, such as 4096, <= 4 MiB or < 1 GB", lambda v: bounds(v, BYTES), _SCHEMA
)
