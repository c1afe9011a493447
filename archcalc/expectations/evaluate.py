"""Whether a network is what is expected of it.

Amounts are those of one example, in the type of values that the network declares (else float32), whatever
batch and type the analysis is for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from archcalc.analysis.facts import Analysis, declared_dtype
from archcalc.errors import Problem
from archcalc.expectations.keys import keys
from archcalc.expectations.model import Expectation
from archcalc.expectations.subject import Subject, parts
from archcalc.frozen import replace
from archcalc.quoting import quoted
from archcalc.suggestions import suggestion

FAILURE_LIMIT = 50
"""How many problems are told: a stranger's spec may expect thousands of things."""


def unmet(analysis: Analysis, expectations: Sequence[Expectation]) -> tuple[Problem, ...]:
    """Which expectations do not hold of a network, each at its place."""
    found = _unmet(replace(analysis, batch=1, dtype=declared_dtype(analysis.network)), expectations)
    problems = tuple(islice(found, FAILURE_LIMIT))
    return (*problems, *(_untold(problem) for problem in islice(found, 1)))


def _unmet(analysis: Analysis, expectations: Sequence[Expectation]) -> Iterator[Problem]:
    known, whole = keys(), Subject(analysis)
    named = parts(analysis) if any(expectation.layer for expectation in expectations) else {}
    for expectation in expectations:
        name = expectation.layer
        subject = named.get(name) if name else whole
        if subject:
            yield from known[expectation.key].failures(expectation, subject)
        else:
            message, hint = f"no layer is called {quoted(name)}", suggestion(name, named)
            yield Problem("unknown-name", message, expectation.span, hint)


def _untold(problem: Problem) -> Problem:
    """That there are more problems, at the place of the next."""
    return Problem(
        "expectation",
        f"more than {FAILURE_LIMIT} expectations do not hold: this, and maybe others",
        problem.span,
    )
