"""Whether a network is what its spec expects: `expect:` against the analysis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archcalc.analysis.facts import Analysis
from archcalc.analysis.quantities import totals
from archcalc.errors import Problem
from archcalc.layers import Shape
from archcalc.network import Expectation


def failures(analysis: Analysis) -> tuple[Problem, ...]:
    """What does not hold, each at its place in the spec; counts are those for one float32 example."""
    expectations = analysis.network.expectations
    return tuple(_failures(expectations, replace(analysis, batch=1, dtype="float32"))) if expectations else ()


def _failures(expectations: tuple[Expectation, ...], analysis: Analysis) -> Iterator[Problem]:
    sums = totals(analysis)
    outputs = {name: analysis.shape(volume) for name, volume in analysis.network.outputs.items()}
    for quantity, expected, span in expectations:
        found = sums[quantity] if quantity in sums else next(iter(outputs.values()))
        if found != expected:
            message = f"{quantity} is {_text(found)}, expected {_text(expected)}"
            yield Problem("expectation", message + _difference(found, expected), span)


def _text(value: int | Shape) -> str:
    return str(list(value)) if isinstance(value, tuple) else f"{value:,}"


def _difference(found: int | Shape, expected: int | Shape) -> str:
    if isinstance(found, int) and isinstance(expected, int):
        return f": {abs(found - expected):,} too {'many' if found > expected else 'few'}"
    return ""
