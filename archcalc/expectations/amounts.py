"""When an expectation of a number or of a shape holds."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator

from archcalc.analysis.facts import Facts
from archcalc.analysis.memory import inference
from archcalc.analysis.memory.budget import storage, stored
from archcalc.analysis.quantities import QUANTITIES
from archcalc.errors import Problem
from archcalc.expectations.bounds import bytes_in
from archcalc.expectations.model import Bound, Expectation
from archcalc.expectations.subject import Subject
from archcalc.layers import Shape

Failures = Callable[[Expectation, Subject], Iterator[Problem]]
"""What is wrong where an expectation does not hold, and nothing where it does."""

RELATIONS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}


def within(amount: Callable[[Subject], int]) -> Failures:
    """An amount of a network or a layer keeps the bounds that are expected."""

    def failures(expectation: Expectation, subject: Subject) -> Iterator[Problem]:
        what, hint = _named(expectation.key, subject), _bias_adds_hint(expectation, subject)
        yield from broken_bounds(expectation, amount(subject), what, subject.last, hint)

    return failures


def equal(shape: Callable[[Subject], Shape]) -> Failures:
    """A shape is the one that is expected."""

    def failures(expectation: Expectation, subject: Subject) -> Iterator[Problem]:
        found, expected = shape(subject), expectation.value
        if found != expected:
            what = _named(expectation.key, subject)
            message = f"{what} is {list(found)}, expected {list(expected)}"
            yield failure(expectation, message, subject.last, _shape_hint(found, expected))

    return failures


def reads(expectation: Expectation, subject: Subject) -> Iterator[Problem]:
    """The input has the shape that is expected; of several inputs of a network none is meant."""
    inputs = subject.analysis.network.inputs
    if subject.layers or len(inputs) == 1:
        yield from equal(lambda one: one.input_shape)(expectation, subject)
    else:
        yield failure(
            expectation, f"input is one shape, and the network has several: {', '.join(inputs)}", None
        )


def _bias_adds_hint(expectation: Expectation, subject: Subject) -> str | None:
    """That an expected number of MACs holds the additions of biases too, as some tools count."""
    if expectation.key != "macs":
        return None
    multiplied, added = (subject.amount(QUANTITIES[name]) for name in ("macs", "bias_adds"))
    if not added or all(bound != Bound("==", multiplied + added) for bound in expectation.value):
        return None
    both = multiplied + added
    return f"{both:,} is {multiplied:,} MACs and {added:,} bias adds, which are no MACs: write {multiplied}"


def _shape_hint(found: Shape, expected: Shape) -> str | None:
    if expected[1:] == found:
        return f"shapes hold no batch: write {list(found)}"
    return "shapes are channels first" if tuple(reversed(expected)) == found else None


def counts(expectation: Expectation, subject: Subject) -> Iterator[Problem]:
    """There are as many layers of each kind as is expected."""
    kinds = [facts.node.kind for facts in subject.analysis.facts]
    for kind, bounds in expectation.value.items():
        one = expectation._replace(value=bounds)
        yield from broken_bounds(one, kinds.count(kind), f"count of {kind}")


def peak(expectation: Expectation, subject: Subject) -> Iterator[Problem]:
    """The peak of live bytes, which SRAM holds, keeps its bounds; a failure names the fullest layer."""
    timeline = inference(subject.analysis)
    fullest = subject.analysis.at_inference.facts[timeline.peak_step]
    what = f"{expectation.key} at {fullest.node.name} in {subject.analysis.dtype}"
    yield from broken_bounds(expectation, timeline.peak, what, fullest)


def flash(expectation: Expectation, subject: Subject) -> Iterator[Problem]:
    """What flash stores keeps its bounds; a failure names the layer with the most of it."""
    layers = stored(subject.analysis)
    most = max(layers, key=lambda each: each.total)
    at = subject.analysis.at_inference.of(most.name)
    taken = bytes_in(expectation.value[0].unit or "B", most.total)
    hint = f"{most.name} takes most, {taken}; {storage(subject.analysis)}"
    what = f"flash in {subject.analysis.dtype}"
    yield from broken_bounds(expectation, sum(each.total for each in layers), what, at, hint)


def broken_bounds(
    expectation: Expectation, found: int, what: str, at: Facts | None = None, hint: str | None = None
) -> Iterator[Problem]:
    """A problem for each bound that `found` breaks."""
    for bound in expectation.value:
        if not RELATIONS[bound.relation](found, bound.limit):
            message = f"{what} is {_amount(bound, found)}, expected {_bound_text(bound, found)}"
            yield failure(expectation, message, at, hint)


def failure(
    expectation: Expectation, message: str, at: Facts | None = None, hint: str | None = None
) -> Problem:
    """A failed expectation, pointing at it and at the layer that fails it."""
    also = ((f"{at.node.name} stands here", at.node.span),) if at and at.node.span else ()
    return Problem("expectation", message, expectation.span, hint, also)


def _named(key: str, subject: Subject) -> str:
    return f"{key} of {subject.name}" if subject.name else key


def _bound_text(bound: Bound, found: int) -> str:
    """`<= 20,000: 1,706 too many`, or `<= 256 KiB: 14 KiB too much`."""
    relation = "" if bound.relation == "==" else f"{bound.relation} "
    text = relation + _amount(bound, bound.limit)
    if bound.relation == "!=":
        return text
    least = found - bound.limit + (bound.relation == "<") - (bound.relation == ">")
    words = ("much", "little") if bound.unit else ("many", "few")
    return f"{text}: {_amount(bound, abs(least))} too {words[least < 0]}"


def _amount(bound: Bound, number: int) -> str:
    """A number as its bound was asked: bytes in their unit."""
    return bytes_in(bound.unit, number) if bound.unit else f"{number:,}"
