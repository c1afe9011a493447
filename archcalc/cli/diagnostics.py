"""Problems as a terminal shows them: place, message, the line that it points at, and a hint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archcalc.errors import Problem, Span, SpecError, escaped

EXCERPT = 100
"""How much of a line is shown."""


def problems_text(error: SpecError) -> str:
    """Every problem of a spec."""
    return "\n".join(map(escaped, _lines(error)))


def _lines(error: SpecError) -> Iterator[str]:
    for problem in error.problems:
        text = error.texts.get(problem.span.source) if problem.span else None
        yield from problem_lines(problem, text)


def problem_lines(problem: Problem, text: str | None) -> Iterator[str]:
    """`file:line:col: error[code]: message`, then the line with a caret, then the hint."""
    place = f"{problem.span}: " if problem.span else ""
    yield f"{place}error[{problem.code}]: {problem.message}"
    if problem.span and text is not None:
        yield from _excerpt(problem.span, text)
    if problem.hint:
        yield f"  hint: {problem.hint}"


def _excerpt(span: Span, text: str) -> Iterator[str]:
    lines = text.splitlines()
    if span.line > len(lines):
        return
    line, column = lines[span.line - 1], span.column - 1
    begin = max(0, column - EXCERPT // 2)
    before, after = escaped(line[begin:column]), escaped(line[column : begin + EXCERPT])
    margin = f"{span.line:>5} | "
    yield f"{margin}{before}{after}"
    yield f"{' ' * len(margin)}{' ' * len(before)}^"


def problem_data(problem: Problem) -> dict[str, Any]:
    """A problem in JSON."""
    span = problem.span
    return {
        "file": span.source if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }
