"""Sizes of memory, as options take them."""

from __future__ import annotations

from archcalc.errors import RequestError
from archcalc.expectations.bounds import bytes_of
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
