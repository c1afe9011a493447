"""What is legal but probably not meant: a catalogue of advice, each with a code.

An advice is a function from an analysis to problems. What its code means is declared in `archcalc.codes`: a
sentence, why it matters, a source, and two networks, one in which it is noticed and one in which not.
A spec silences advice by its codes, under `silence:`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from archcalc.analysis.facts import Analysis
from archcalc.checks.advice.branches import misaligned_branches
from archcalc.checks.advice.early import early_1x1
from archcalc.checks.advice.fields import field_exceeds_input
from archcalc.checks.advice.order import activation_twice, sequence_fc
from archcalc.checks.advice.overlap import uneven_overlap
from archcalc.checks.advice.padding import dead_padding, lopsided_padding
from archcalc.checks.advice.twins import unshared_twins
from archcalc.checks.advice.unseen import dropped_pixels, skipped_pixels
from archcalc.checks.advice.weights import bias_before_batchnorm, heavy_fc
from archcalc.errors import Problem, Span, SpecError
from archcalc.quoting import listed, quoted
from archcalc.spec.model import Silenced
from archcalc.suggestions import suggestion

Rule = Callable[[Analysis], Iterator[Problem]]

ADVICE: dict[str, Rule] = {
    "dropped-pixels": dropped_pixels,
    "skipped-pixels": skipped_pixels,
    "lopsided-padding": lopsided_padding,
    "dead-padding": dead_padding,
    "early-1x1": early_1x1,
    "field-exceeds-input": field_exceeds_input,
    "misaligned-branches": misaligned_branches,
    "uneven-overlap": uneven_overlap,
    "bias-before-batchnorm": bias_before_batchnorm,
    "heavy-fc": heavy_fc,
    "sequence-fc": sequence_fc,
    "activation-twice": activation_twice,
    "unshared-twins": unshared_twins,
}


def advice(analysis: Analysis, silenced: Silenced = ()) -> tuple[Problem, ...]:
    """All advice on a network but what is silenced, by place; what one line makes is said once.

    Raises SpecError where a code is silenced that does not exist.
    """
    if unknown := unknown_codes(silenced):
        raise SpecError(unknown)
    silent = {code for code, _ in silenced}
    rules = [rule for code, rule in ADVICE.items() if code not in silent]
    found = [problem for rule in rules for problem in _once_per_place(rule(analysis))]
    return tuple(sorted(found, key=lambda problem: problem.span or Span("", 0, 0)))


def unknown_codes(silenced: Silenced) -> tuple[Problem, ...]:
    """Each code under `silence:` that is no advice's."""
    return tuple(
        Problem("unknown-code", f"no advice has the code {quoted(code)}", span, near(code))
        for code, span in silenced
        if code not in ADVICE
    )


def near(code: str) -> str:
    """A hint naming the code that was probably meant, or all codes."""
    return suggestion(code, ADVICE) or f"codes are {listed(ADVICE, len(ADVICE))}"


def _once_per_place(found: Iterable[Problem]) -> Iterator[Problem]:
    """The first problem at each place, and how many more the same line of a block or repeat makes."""
    by_place: dict[object, list[Problem]] = {}
    for number, problem in enumerate(found):
        by_place.setdefault(problem.span or number, []).append(problem)
    for first, *others in by_place.values():
        more = f" (and {len(others)} more like it)" if others else ""
        yield first._replace(message=first.message + more)
