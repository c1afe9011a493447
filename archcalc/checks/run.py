"""One spec, checked: read, analysed, and held against all that is expected of it."""

from __future__ import annotations

from collections.abc import Iterator
from os import path as paths
from typing import NamedTuple

from archcalc.analysis.facts import Analysis, analyze
from archcalc.analysis.quantities import totals
from archcalc.checks.expectations import failures
from archcalc.checks.outcome import Checked, Finding, Severity
from archcalc.errors import Problem, ReadError, Span, SpecError
from archcalc.network import Expectation
from archcalc.spec.load import load
from archcalc.spec.zoo import content_of, source_of, zoo_folder


class Request(NamedTuple):
    """What to check besides what a spec itself expects.

    advice: whether to give advice; strict: whether advice fails the check.
    """

    expectations: tuple[Expectation, ...] = ()
    advice: bool = False
    strict: bool = False


class Examined(NamedTuple):
    """A spec, checked, and its analysis where every layer works."""

    checked: Checked
    analysis: Analysis | None = None


def examine(spec: str, request: Request) -> Examined:
    """What is wrong with a spec: a path, the name of a built-in network, or `-`. Raises nothing."""
    try:
        source, path = source_of(spec)
    except ReadError as error:
        return Examined(_unreadable(spec, error))
    try:
        analysis = analyze(load(spec))
        findings = tuple(_findings(analysis, source, path, request))
    except ReadError as error:
        return Examined(_unreadable(source, error))
    except SpecError as error:
        errors = tuple(Finding(Severity.ERROR, problem) for problem in error.problems)
        return Examined(Checked(source, findings=errors, texts=error.texts))
    network = analysis.network
    return Examined(Checked(source, network.name, totals(analysis), findings, network.texts), analysis)


def with_problems(checked: Checked, problems: tuple[Problem, ...]) -> Checked:
    """A spec with further errors, in front of its advice."""
    found = tuple(Finding(Severity.ERROR, problem) for problem in problems)
    errors = len(checked.errors)
    return checked._replace(findings=(*checked.findings[:errors], *found, *checked.findings[errors:]))


def _unreadable(source: str, error: ReadError) -> Checked:
    problem = Problem("unreadable", str(error), Span(source, 1, 1))
    return Checked(source, findings=(Finding(Severity.ERROR, problem),), readable=False)


def _findings(analysis: Analysis, source: str, path: str | None, request: Request) -> Iterator[Finding]:
    """Errors first, then advice."""
    problems = [*failures(analysis, request.expectations), *_lock_failures(analysis, path)]
    for problem in problems:
        yield Finding(Severity.ERROR, _placed(problem, source))
    if request.advice or request.strict:
        from archcalc.checks.advice import advice

        severity = Severity.ERROR if request.strict else Severity.ADVICE
        for problem in advice(analysis):
            yield Finding(severity, _placed(problem, source))


def _placed(problem: Problem, source: str) -> Problem:
    """A problem of no place in a file, such as one with an option, stands at the head of the spec."""
    span = problem.span
    if span is not None and not span.source.startswith("--"):
        return problem
    asked = f" (asked for by {span.source})" if span else ""
    return problem._replace(message=problem.message + asked, span=Span(source, 1, 1))


def _lock_failures(analysis: Analysis, path: str | None) -> tuple[Problem, ...]:
    """What the lock beside a spec does not say; built-in networks have none."""
    if path is None or paths.dirname(path) == zoo_folder():
        return ()
    from archcalc.checks.lock import lock_beside, lock_failures

    lock = lock_beside(path)
    if not paths.isfile(lock):
        return ()
    return lock_failures(analysis, content_of(lock, lock), lock)
