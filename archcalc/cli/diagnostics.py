"""Problems as a terminal shows them: place, message, the line that it points at, a hint, and edits."""

from __future__ import annotations

from collections.abc import Iterable

from archcalc.errors import SpecError
from archcalc.report.problems import problem_lines

TRUNCATED = "archcalc: reading stopped at so many errors; there may be more"
"""Said below the last error that was looked for."""


def problems_text(error: SpecError) -> str:
    """Every problem of a spec, and what would mend a broken network."""
    lines = [line for problem in error.problems for line in problem_lines(problem, error.texts)]
    more = (TRUNCATED,) if error.truncated else ()
    return "\n".join((*lines, *more, *_mending(error)))


def _mending(error: SpecError) -> Iterable[str]:
    from archcalc.analysis.facts import BrokenNetworkError

    if not isinstance(error, BrokenNetworkError):
        return ()
    from archcalc.report.repairs import mend_lines

    return mend_lines(error)
