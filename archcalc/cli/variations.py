"""Which variants a call of `archcalc compare` means: specs, and every combination of what is to vary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from os import path as paths

import click

from archcalc.errors import RequestError
from archcalc.quoting import quoted
from archcalc.records import NamedTuple

ROWS = 500
"""So many variants are compared at once: a table for people."""

_OPENING, _CLOSING = "[{(", "]})"


class Variation(NamedTuple):
    """A spec, what its variables are set to, and the inputs that it is looked at with; None for its own."""

    spec: str
    assignments: tuple[str, ...]
    inputs: tuple[str | None, ...]


def variations(
    words: Sequence[str], assignments: Sequence[str], inputs: Sequence[str]
) -> tuple[Variation, ...]:
    """Every combination; the last option varies fastest, and inputs faster still.

    `words` are specs, each with `NAME=VALUE` for it alone behind it; `assignments` are for all that have none
    of their own. Raises RequestError where they are too many.
    """
    sizes = tuple(size for text in inputs for size in _sizes(text)) or (None,)
    found = [(spec, _axes(own, assignments)) for spec, own in _specs(words)]
    count = sum(prod(map(len, axes)) for _, axes in found) * len(sizes)
    if count > ROWS:
        parts = " and ".join(" × ".join(str(len(axis)) for axis in (*axes, sizes)) for _, axes in found[:3])
        more = " and more" if len(found) > 3 else ""
        hint = f"compare shows up to {ROWS}; give fewer values, or call it for a part of them"
        raise RequestError(f"{count:,} variants ({parts}{more}): {hint}")
    return tuple(Variation(spec, each, sizes) for spec, axes in found for each in product(*axes))


def _specs(words: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Each spec with the assignments behind it. A file whose name has a = is a spec all the same."""
    found: list[tuple[str, list[str]]] = []
    for word in words:
        name, equals, value = word.partition("=")
        if not (equals and name.isidentifier()) or paths.isfile(word):
            found.append((word, []))
        elif not found:
            raise click.UsageError(f"{quoted(word)} stands behind the SPEC whose variable it sets")
        elif not value.strip() or not word.isprintable():
            raise click.UsageError(f"needs NAME=VALUE, such as width=50, got {quoted(word)}")
        else:
            found[-1][1].append(word)
    return found


def _axes(own: Sequence[str], shared: Sequence[str]) -> list[list[str]]:
    """The values of each variable, as assignments of one value; a spec's own stand for those of all."""
    names = {text.partition("=")[0] for text in own}
    return [list(_each(text)) for text in (*own, *(t for t in shared if t.partition("=")[0] not in names))]


def _each(text: str) -> Iterator[str]:
    """The assignments in `width=8,16`: `width=8` and `width=16`."""
    name, _, values = text.partition("=")
    for value in values_in(values):
        if not value:
            raise click.UsageError(f"a value is missing between the commas of {quoted(text)}")
        yield f"{name}={value}"


def _sizes(text: str) -> Iterator[str]:
    """The inputs in `160,224`; what names its axes, as `height=160,width=96`, is one."""
    yield from (text,) if "=" in text else values_in(text)


def values_in(text: str) -> list[str]:
    """The parts between commas that stand in no brackets and no quotes: `[2,2],[3,4]` has two."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if letter == "," and not depth and not quote:
            parts.append("")
            continue
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        else:
            depth += (letter in _OPENING) - (letter in _CLOSING)
        parts[-1] += letter
    return [part.strip() for part in parts]
