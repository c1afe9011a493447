"""One spec, checked: read, analysed, and held against all that is expected of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from os import path as paths

from archcalc.analysis.facts import Analysis, BrokenNetworkError
from archcalc.analysis.quantities import totals
from archcalc.checks.findings import Checked, Finding, Severity
from archcalc.errors import Problem, ReadError, RequestError, Span, SpecError
from archcalc.expectations import failures
from archcalc.expectations.model import Expectation
from archcalc.isolation import isolated
from archcalc.project.advice_rules import AdviceRules
from archcalc.quoting import escaped
from archcalc.records import NamedTuple
from archcalc.spec.load import read_parts
from archcalc.spec.model import Silenced, Spec
from archcalc.spec.problems import LibraryError
from archcalc.spec.zoo import source_of, zoo_folder


class Criteria(NamedTuple):
    """What to check besides what a spec itself expects.

    advice: whether to give advice; strict: whether advice fails the check.
    verify: whether the NumPy forward pass must agree.
    rules: what a config file says of advice.
    dtype, usual_dtype: the type of values that is asked for, and of specs that declare none.
    assignments: what variables are set to, as `width=8`; what a spec and its lock say no longer binds then.
    """

    expectations: tuple[Expectation, ...] = ()
    advice: bool = False
    strict: bool = False
    verify: bool = False
    assignments: tuple[str, ...] = ()
    dtype: str = ""
    usual_dtype: str = ""
    rules: AdviceRules = AdviceRules()


class Examined(NamedTuple):
    """A spec, checked, and its analysis where every layer works."""

    checked: Checked
    analysis: Analysis | None = None


def check_spec(spec: str, criteria: Criteria) -> Checked:
    """One spec, checked and, where asked for and possible, run in NumPy. Raises nothing."""
    try:
        checked, analysis = examine(spec, criteria)
    except Exception as error:
        return crashed(spec, error)
    try:
        return _verified(checked, analysis) if criteria.verify and analysis is not None else checked
    except Exception as error:
        return checked.with_bug(error)


def crashed(spec: str, error: Exception) -> Checked:
    """A spec on which archcalc itself failed: a bug, and nothing more is known of the spec."""
    return Checked(isolated(lambda: source_of(spec)[0], escaped(spec))).with_bug(error)


def _verified(checked: Checked, analysis: Analysis) -> Checked:
    """A spec with what the forward pass found; a network that cannot be run fails."""
    from archcalc.forward.verify import verify

    try:
        outcome = verify(analysis)
    except RequestError as error:
        problem = Problem("verify", f"the network cannot be run: {error}", Span(checked.source, 1, 1))
        return checked.with_errors([problem])
    problems = tuple(
        Problem("verify", f"{one.name}: {difference}", analysis.of(one.name).node.span)
        for one in outcome.disagreements
        for difference in one.differences()
    )
    return checked.with_errors(problems)._replace(verified=outcome.agrees)


def examine(spec: str, criteria: Criteria) -> Examined:
    """What is wrong with a spec: a path, the name of a built-in network, or `-`. Raises nothing.

    A library of blocks is no network, and well where its blocks are.
    """
    try:
        source, path = source_of(spec)
    except ReadError as error:
        return Examined(_unreadable(spec, error))
    try:
        read = read_parts(spec, criteria.assignments).spec.in_dtype(criteria.dtype, criteria.usual_dtype)
        analysis = read.analyze()
        lock = {} if criteria.assignments else _lock(path)
    except ReadError as error:
        return Examined(_unreadable(source, error))
    except LibraryError as error:
        return Examined(Checked(source, texts=error.texts))
    except SpecError as error:
        errors = tuple(Finding(Severity.ERROR, problem) for problem in _mended(error))
        checked = Checked(source, findings=errors, texts=error.texts, truncated=error.truncated)
        return Examined(checked)
    texts = {**read.texts, **{name: content.decode("ascii", "replace") for name, content in lock.items()}}
    findings = tuple(
        Finding(severity, _placed(problem, texts))
        for severity, problem in _findings(read, analysis, lock, criteria)
    )
    return Examined(Checked(source, read.network.name, totals(analysis), findings, texts), analysis)


def _mended(error: SpecError) -> tuple[Problem, ...]:
    """What is wrong with a spec; of a broken network also what would mend it."""
    if not isinstance(error, BrokenNetworkError):
        return error.problems
    from archcalc.checks.repair import offered_repairs

    found = offered_repairs(error)
    return tuple(problem._replace(repairs=found) for problem in error.problems)


def _unreadable(source: str, error: ReadError) -> Checked:
    problem = Problem("unreadable", str(error), Span(source, 1, 1))
    return Checked(source, findings=(Finding(Severity.ERROR, problem),), readable=False)


def _findings(
    spec: Spec, analysis: Analysis, lock: dict[str, bytes], criteria: Criteria
) -> Iterator[Finding]:
    """Errors first, then advice."""
    unknown = _unknown_codes(spec.silenced)
    expectations = (*spec.expectations, *criteria.expectations)
    problems = [*failures(analysis, expectations), *unknown, *_lock_failures(analysis, lock)]
    for problem in problems:
        yield Finding(Severity.ERROR, problem)
    rules, asked = criteria.rules, criteria.advice or criteria.strict
    if (asked or rules.select or rules.severity) and not unknown:
        from archcalc.checks.advice import ADVICE, advice

        wanted = rules.wanted(ADVICE, asked=asked)
        unwanted = tuple((code, None) for code in ADVICE if code not in wanted)
        usual = "error" if criteria.strict else "advice"
        for problem in advice(analysis, spec.silenced + unwanted):
            yield Finding(Severity(rules.severity.get(problem.code, usual)), problem)


def _unknown_codes(silenced: Silenced) -> tuple[Problem, ...]:
    """What a spec silences that is no advice, whether advice is asked for or not."""
    if not silenced:
        return ()
    from archcalc.checks.advice import unknown_codes

    return unknown_codes(silenced)


def _placed(problem: Problem, known: Iterable[str]) -> Problem:
    """A problem with what a config file or an option expects concerns a spec, and no line of it."""
    span = problem.span
    if span is None or span.source in known:
        return problem
    whole = problem._replace(span=None)
    if span.source.startswith("--"):
        return whole._replace(message=f"{problem.message} (asked for by {span.source})")
    return whole._replace(also=(("expected here", span), *problem.also))


def _lock(path: str | None) -> dict[str, bytes]:
    """The content of the lock beside a spec by its name, if there is one; built-in networks have none."""
    if path is None or paths.dirname(path) == zoo_folder():
        return {}
    # Most specs have no lock, and what reads locks takes as long to import as a spec to check.
    if not any(paths.lexists(f"{stem}.lock") for stem in (path, paths.splitext(path)[0])):
        return {}
    from archcalc.checks.lock import lock_beside, lock_content

    lock = lock_beside(path)
    content = lock_content(lock)
    return {} if content is None else {escaped(lock): content}


def _lock_failures(analysis: Analysis, lock: dict[str, bytes]) -> Iterator[Problem]:
    """Where a network is not as locked."""
    for name, content in lock.items():
        from archcalc.checks.lock import lock_failures

        yield from lock_failures(analysis, content, name)
