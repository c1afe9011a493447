"""Sizes of memory, as options take them."""

from __future__ import annotations

from archcalc.errors import RequestError
from archcalc.expectations.bounds import size
from archcalc.quoting import quoted

MEMORIES = ("flash", "sram")


def limits_of(text: str) -> dict[str, int]:
    """The sizes in `flash=1MiB,sram=256KiB`, as --fits takes them."""
    limits: dict[str, int] = {}
    for part in text.split(","):
        name, equals, amount = (word.strip() for word in part.partition("="))
        if not equals or name not in MEMORIES or name in limits:
            raise RequestError(f"--fits takes flash=SIZE, sram=SIZE or both, got {quoted(text)}")
        limits[name] = bytes_of(amount, "--fits", "256KiB")
    return limits


def bytes_of(text: str, option: str, example: str) -> int:
    """The bytes in a size such as 4GiB; raises RequestError, with an example, for what is none."""
    try:
        return size(text)
    except ValueError as error:
        hint = f": {error}" if str(error) else f", such as {example}"
        raise RequestError(f"{option}: {quoted(text)} is no size{hint}") from None
