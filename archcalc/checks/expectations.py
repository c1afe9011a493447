"""Whether a network is what is expected of it: each key of `expect:` against the analysis.

Counts are those of one float32 example, whatever batch and type of values the analysis is for.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, islice
from typing import Any

from archcalc.analysis.depth import depth
from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import BY_NAME, totals
from archcalc.analysis.receptive_field import ReceptiveField
from archcalc.checks.structure import STRUCTURE, a_kind
from archcalc.errors import Problem
from archcalc.layers import Shape
from archcalc.network import Bound, Expectation
from archcalc.quoting import quoted
from archcalc.suggestions import suggestion

MOST = 50
"""How many problems are told: a stranger's spec may expect thousands of things."""

RELATIONS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}


def failures(analysis: Analysis, expectations: Sequence[Expectation]) -> tuple[Problem, ...]:
    """Which expectations do not hold of a network, each at its place."""
    if not expectations:
        return ()
    one = replace(analysis, batch=1, dtype="float32")
    called = _by_name(one) if any(expectation.layer for expectation in expectations) else {}
    found = (problem for expectation in expectations for problem in _failures(expectation, one, called))
    problems = tuple(islice(found, MOST))
    return (*problems, *(_untold(problem) for problem in islice(found, 1)))


def _untold(problem: Problem) -> Problem:
    """That there are more problems, at the place of the next."""
    return Problem(
        "expectation", f"more than {MOST} expectations do not hold: this, and maybe others", problem.span
    )


def _by_name(analysis: Analysis) -> dict[str, list[Facts]]:
    """The layers by their names, and those of a block by its name."""
    called: dict[str, list[Facts]] = {}
    for facts in analysis.facts:
        path = accumulate(facts.node.name.split("/"), "{}/{}".format)
        for name in path:
            called.setdefault(name, []).append(facts)
    return called


def _failures(
    expectation: Expectation, analysis: Analysis, called: dict[str, list[Facts]]
) -> Iterator[Problem]:
    if expectation.layer:
        yield from _of_layer(expectation, analysis, called)
    elif expectation.key in STRUCTURE:
        yield from STRUCTURE[expectation.key](expectation, analysis)
    elif expectation.key == "count":
        yield from _counts(expectation, analysis)
    elif expectation.key == "peak_bytes":
        yield from _peak(expectation, analysis)
    else:
        yield from _compared(expectation, _of_network(expectation.key, analysis), expectation.key)


def _of_network(key: str, analysis: Analysis) -> int | Shape:
    """What the network has of a key."""
    if key == "input":
        return analysis.network.input_shape
    last = next(iter(analysis.network.outputs.values()))
    if key == "output":
        return analysis.shape(last)
    if key == "depth":
        return depth(analysis)
    if key == "receptive_field":
        return _field(analysis.facts[last - 1].receptive_field if last else analysis.input_field)
    return totals(analysis)[key]


def _field(field: ReceptiveField) -> int:
    """The receptive field along its longest axis; 0 where the input has no axes."""
    return max((axis.size for axis in field.axes), default=0)


def _of_layer(
    expectation: Expectation, analysis: Analysis, called: dict[str, list[Facts]]
) -> Iterator[Problem]:
    """What a layer has of a key, or a block: the input of its first layer, the output of its last."""
    found = called.get(expectation.layer)
    if not found:
        hint = suggestion(expectation.layer, called)
        yield Problem(
            "unknown-name", f"no layer is called {quoted(expectation.layer)}", expectation.span, hint
        )
        return
    key, last = expectation.key, found[-1]
    what = f"{key} of {expectation.layer}"
    if key == "kind":
        if not any(last.node.kind in choice for choice in expectation.value):
            message = f"{expectation.layer} is {a_kind(last.node.kind)}, expected {_kinds(expectation.value)}"
            yield _problem(expectation, message, last)
        return
    have: int | Shape
    if key == "input":
        have = found[0].input_shapes[0]
    elif key == "output":
        have = last.output_shape
    elif key == "receptive_field":
        have = _field(last.receptive_field)
    else:
        have = sum(BY_NAME[key].of(facts, analysis) for facts in found)
    yield from _compared(expectation, have, what, last)


def _counts(expectation: Expectation, analysis: Analysis) -> Iterator[Problem]:
    """How many layers there are of each kind."""
    kinds = [facts.node.kind for facts in analysis.facts]
    for kind, bounds in expectation.value.items():
        yield from _compared(expectation._replace(value=bounds), kinds.count(kind), f"count of {kind}")


def _peak(expectation: Expectation, analysis: Analysis) -> Iterator[Problem]:
    """How much is alive at once, and the layer that runs then."""
    from archcalc.analysis.memory import inference

    timeline = inference(analysis)
    fullest = analysis.at_inference.facts[timeline.peak_step]
    yield from _compared(expectation, timeline.peak, "peak_bytes", fullest)


def _compared(
    expectation: Expectation, found: int | Shape, what: str, facts: Facts | None = None
) -> Iterator[Problem]:
    """A problem for each bound that `found` breaks, or for a shape that is another."""
    expected = expectation.value
    if isinstance(found, tuple):
        if found != expected:
            message = f"{what} is {list(found)}, expected {list(expected)}"
            turned = tuple(reversed(expected)) == found
            yield _problem(expectation, message, facts, "shapes are channels first" if turned else None)
        return
    for bound in expected:
        if not RELATIONS[bound.relation](found, bound.limit):
            yield _problem(expectation, f"{what} is {found:,}, expected {_bound_text(bound, found)}", facts)


def _bound_text(bound: Bound, found: int) -> str:
    """`<= 20,000: 1,706 too many`."""
    relation = "" if bound.relation == "==" else f"{bound.relation} "
    text = f"{relation}{bound.limit:,}"
    if bound.relation == "!=":
        return text
    least = found - bound.limit + (bound.relation == "<") - (bound.relation == ">")
    return f"{text}: {abs(least):,} too {'many' if least > 0 else 'few'}"


def _kinds(choices: Any) -> str:
    return " or ".join(kind for choice in choices for kind in choice)


def _problem(
    expectation: Expectation, message: str, facts: Facts | None = None, hint: str | None = None
) -> Problem:
    """A failed expectation, pointing at it and at the layer that fails it."""
    also = ((f"{facts.node.name} stands here", facts.node.span),) if facts and facts.node.span else ()
    return Problem("expectation", message, expectation.span, hint, also)
