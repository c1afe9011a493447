"""Problems as a terminal shows them: place, message, the line that it points at, and a hint."""

from __future__ import annotations

from archcalc.errors import SpecError
from archcalc.report.problems import problem_data as problem_data
from archcalc.report.problems import problem_lines


def problems_text(error: SpecError) -> str:
    """Every problem of a spec."""
    return "\n".join(line for problem in error.problems for line in problem_lines(problem, error.texts))
