"""Which conventions give a number, at the digits with which it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from archcalc.analysis.conventions import CONVENTIONS
from archcalc.analysis.conventions.builds import BUILDS, built
from archcalc.analysis.conventions.terms import Derivation, Figure, Model, derive
from archcalc.analysis.conventions.ways import WAYS
from archcalc.analysis.errata import Erratum, errata_of
from archcalc.analysis.facts import Analysis, analyze
from archcalc.errors import RequestError, SpecError
from archcalc.network import Network
from archcalc.quoting import quoted
from archcalc.records import NamedTuple

PREFIXES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
POWERS = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
COUNTED = {
    "bytes": ("b", "byte", "bytes"),
    "operations": ("flop", "flops", "mac", "macs", "mult-adds", "madds", "ops", "op"),
    "parameters": ("param", "params", "parameters", "weights"),
    "values": ("values", "acts", "activations"),
}
OPERATIONS = ("MACs", "FLOPs", "operations")
OTHER_INPUTS = (
    32, 64, 96, 112, 128, 160, 176, 192, 200, 224, 227, 240, 256, 260, 288, 299, 300, 320, 331, 336, 352, 380,
    384, 416, 448, 480, 512, 518, 528, 600, 608, 640, 768, 800, 1024,
)  # fmt: skip
"""Sides of square inputs at which networks are often measured."""
LONGEST = 40
"""Characters of a number with its unit."""


class UnitPrefix(NamedTuple):
    """What a written number may be in units of."""

    divisor: int
    unit: str
    bytes: bool


class WrittenNumber(NamedTuple):
    """A number as somebody wrote it: its digits, how many of them are decimals, and what it may count.

    counts: a key of COUNTED, or nothing where the number does not say.
    """

    text: str
    digits: int
    decimals: int
    scales: tuple[UnitPrefix, ...]
    counts: str = ""

    def scales_of(self, figure: Figure) -> tuple[UnitPrefix, ...]:
        """The units in which a figure may be written like the number; none where it counts something else."""
        kind = "operations" if figure.means in OPERATIONS else figure.means
        if self.counts not in ("", kind):
            return ()
        return tuple(scale for scale in self.scales if scale.bytes == (kind == "bytes"))


class Candidate(NamedTuple):
    """A figure that may be meant: whose it is, and of what build of the model; `input_side` where other."""

    tool: str
    derivation: Derivation
    build: str = ""
    input_side: int = 0


class Match(NamedTuple):
    """A candidate that gives the number in a unit; `cut` where its digits are cut off instead of rounded."""

    candidate: Candidate
    unit: str
    cut: bool


_NUMBER = r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?:_[0-9]+)*)(?:\.([0-9]+))?([A-Za-z -]*)"


def asked(text: str) -> WrittenNumber:
    """The number that a text writes: 15.52G, 108.45 MB, 58.13MiB, 30.94 BFLOPs, 138,357,544.

    Raises RequestError for what is none, and for a zero: whatever a network lacks, a tool counts as nothing,
    and what is small enough is rounded to it, so that a zero names no convention.
    """
    found = re.fullmatch(_NUMBER, text.strip())
    if found is None or len(text) > LONGEST:
        raise _no_number(text)
    whole, decimals = re.sub("[,_]", "", found[1]), found[2] or ""
    if not int(whole + decimals):
        raise RequestError(
            f"{quoted(text)} tells no convention from another: many figures are 0, or are rounded to it; "
            "give a number with a digit other than 0"
        )
    unit = found[3].replace(" ", "").lower()
    counts, scales = _unit(unit, text)
    return WrittenNumber(text.strip(), int(whole + decimals), len(decimals), scales, counts)


def _no_number(text: str) -> RequestError:
    return RequestError(f"{quoted(text)} is no number with a unit, such as 15.52G, 108.45 MB or 30.9 GFLOPs")


def _unit(unit: str, text: str) -> tuple[str, tuple[UnitPrefix, ...]]:
    """What a number in such a unit counts, and what it may be in units of."""
    if unit in ("b", "bn"):
        billions = UnitPrefix(10**9, "billions", bytes=False)
        return "", (billions, UnitPrefix(1, "B", bytes=True)) if unit == "b" else (billions,)
    for prefix, binary, word in _readings(unit):
        for counts, words in COUNTED.items():
            if word in words:
                return counts, tuple(_scales(prefix, binary, counts == "bytes"))
        if not word:
            prefixes, sorts = ((prefix,), (False,)) if prefix else (tuple(PREFIXES), (False, True))
            return "", tuple(
                scale for sort in sorts for each in prefixes for scale in _scales(each, "", sort)
            )
    raise _no_number(text)


def _readings(unit: str) -> Iterator[tuple[str, str, str]]:
    """The ways to read a unit: a prefix, whether it is binary, and a word."""
    yield "", "", unit
    if unit[:1] in POWERS:
        yield unit[0], "", unit[1:]
        if unit[1:2] == "i":
            yield unit[0], "i", unit[2:]
    if unit[:1] == "b":
        yield "g", "", unit[1:]


def _scales(prefix: str, binary: str, in_bytes: bool) -> Iterator[UnitPrefix]:
    """What a prefix stands for; of bytes, tools write MB for MiB too."""
    if not in_bytes:
        yield UnitPrefix(PREFIXES[prefix], prefix.upper(), bytes=False)
        return
    if not binary:
        yield UnitPrefix(PREFIXES[prefix], f"{'k' if prefix == 'k' else prefix.upper()}B", bytes=True)
    if prefix:
        yield UnitPrefix(POWERS[prefix], f"{prefix.upper()}iB", bytes=True)


def candidates(
    analysis: Analysis, number: WrittenNumber, input_side: int = 0, layer: str = ""
) -> Iterator[Candidate]:
    """Every figure that may be meant, and those of other builds of the model where they differ.

    layer: the only layer that is looked at, where it is not the whole network.
    """
    others = built(() if input_side else BUILDS, analysis)
    models = {"": Model(analysis, layer=layer)}
    models |= {build.name: model._replace(layer=layer) for build, model in others.items()}
    known: dict[str, dict[Callable[[Model], int], int]] = {name: {} for name in models}
    ways = set[tuple[object, ...]]()
    for convention in (WAYS, *CONVENTIONS.values()):
        names = ["", *(build.name for build in convention.builds if build in others)]
        for figure in filter(number.scales_of, convention.figures):
            found = {name: derive(figure, models[name], known[name]) for name in names}
            steps = (figure.means, found[""].terms, figure.factors)
            if convention is WAYS and steps in ways:
                continue  # as transposed convolutions at output positions, in a network that has none
            ways.add(steps)
            for name, derivation in found.items():
                if not name or derivation.total != found[""].total:
                    yield Candidate(convention.name, derivation, name, input_side)


def matches(analysis: Analysis, number: WrittenNumber, layer: str = "") -> tuple[Match, ...]:
    """The figures that give the number; those of another square input, where none of its own does."""
    own = tuple(_matching(candidates(analysis, number, layer=layer), number))
    return own or tuple(_elsewhere(analysis, number, layer))


def _elsewhere(analysis: Analysis, number: WrittenNumber, layer: str) -> Iterator[Match]:
    if len(analysis.network.inputs) > 1:
        return
    shape = analysis.network.input_shape
    for side in OTHER_INPUTS if len(shape) == 3 else ():
        try:
            other = analyze(analysis.network.with_input((shape[0], side, side)))
        except SpecError:
            continue
        yield from _matching(candidates(other, number, side, layer), number)


def _matching(found: Iterator[Candidate], number: WrittenNumber) -> Iterator[Match]:
    for candidate in found:
        for scale in number.scales_of(candidate.derivation.figure):
            total = candidate.derivation.total * 10**number.decimals
            if (2 * total + scale.divisor) // (2 * scale.divisor) == number.digits:
                yield Match(candidate, scale.unit, cut=False)
            elif total // scale.divisor == number.digits:
                yield Match(candidate, scale.unit, cut=True)


def nearest(
    analysis: Analysis, number: WrittenNumber, most: int = 3, layer: str = ""
) -> tuple[tuple[Match, int], ...]:
    """The figures that come nearest to the number, each with what it lacks: the number less the figure."""
    found = []
    for candidate in candidates(analysis, number, layer=layer):
        for scale in number.scales_of(candidate.derivation.figure):
            off = number.digits * scale.divisor // 10**number.decimals - candidate.derivation.total
            found.append((Match(candidate, scale.unit, cut=False), off))
    found.sort(key=lambda one: abs(one[1]) * 10**12 // max(1, one[0].candidate.derivation.total))
    return tuple(found[:most])


def published_as(number: WrittenNumber, network: Network, layer: str = "") -> tuple[Erratum, ...]:
    """The errata whose printed figure a number is: 253440, 253,440 and 253.44K are the same."""
    wanted = _amounts(number)
    return tuple(each for each in errata_of(network, layer) if wanted & _amounts(asked(each.printed)))


def _amounts(number: WrittenNumber) -> set[tuple[bool, Fraction]]:
    """What a written number may amount to, of bytes and of other things.

    One without a prefix amounts to what stands there: 54 is not 54 M.
    """
    written = Fraction(number.digits, 10**number.decimals)
    scales = [scale for scale in number.scales if scale.divisor == 1] or number.scales
    return {(scale.bytes, written * scale.divisor) for scale in scales}
