"""GitHub: workflow commands that annotate the lines of a pull request, and plain lines for the log.

The commands: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
What must be escaped is what the runner decodes:
https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
"""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.checks.findings import Checked, Severity
from archcalc.errors import Problem
from archcalc.quoting import escaped
from archcalc.report.check.places import hosted_path
from archcalc.report.check.tally import counted, summary_line
from archcalc.report.page import Options
from archcalc.report.problems import headline

SHOWN = 10
"""Annotations of one kind that a step may have; the runner drops the rest without a word.

https://docs.github.com/en/rest/checks/runs: "GitHub Actions are limited to 10 warning annotations and 10
error annotations per step"; the runner (src/Runner.Worker/ExecutionContext.cs) counts notices likewise.
"""
COMMANDS = {Severity.ERROR: "error", Severity.ADVICE: "notice"}
MORE = {
    Severity.ERROR: ("more error", "more errors"),
    Severity.ADVICE: ("more piece of advice", "more pieces of advice"),
}


def render(checked: tuple[Checked, ...], options: Options) -> str:
    """Annotations, errors first; then, as plain lines, those too many to annotate, and the count."""
    lines, left = [], []
    for severity in Severity:
        found = _annotations(severity, checked)
        fit = len(found) if len(found) <= SHOWN else SHOWN - 1
        lines += list(found)[:fit]
        if len(found) > fit:
            least = severity is Severity.ERROR and any(one.truncated for one in checked)
            more = f"and {'at least ' if least else ''}{_more(severity, len(found) - fit)}"
            lines.append(_command(severity, [more]))
        left += list(found.values())[fit:]
    return "\n".join((*lines, *left, summary_line(checked))) + "\n"


def _annotations(severity: Severity, checked: tuple[Checked, ...]) -> dict[str, str]:
    """Annotations with what stands for each in the log; a fault in what specs have in common is one."""
    return {
        _annotation(severity, one, problem): headline(problem, severity, one.source)
        for one in checked
        for each, problem in one.findings
        if each is severity
    }


def _more(severity: Severity, number: int) -> str:
    one, many = MORE[severity]
    return f"{counted(number, one, many)}; the log of this step lists what is not annotated"


def _annotation(severity: Severity, one: Checked, problem: Problem) -> str:
    span = problem.span
    place = {"file": hosted_path(span.source if span else one.source)}
    if span:
        place |= {"line": str(span.line), "col": str(span.column)}
    return _command(severity, _message(problem), **place, title=f"archcalc: {problem.code}")


def _message(problem: Problem) -> Iterator[str]:
    yield problem.message
    if problem.hint:
        yield f"hint: {problem.hint}"
    for said, span in problem.also:
        yield f"{span}: {said}"
    yield from (f"try: {repair}" for repair in problem.repairs)


def _command(severity: Severity, message: Iterator[str] | list[str], **properties: str) -> str:
    """`::error file=…,line=…::message`.

    Each line of the message is escaped for itself: the runner writes them into the log one by one.
    """
    named = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    about = f"{COMMANDS[severity]} {named}".rstrip()
    return f"::{about}::{_data(chr(10).join(map(escaped, message)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(escaped(text)).replace(":", "%3A").replace(",", "%2C")
