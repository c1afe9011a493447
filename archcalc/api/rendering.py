"""`archcalc.render`: a result of any kind in any format."""

from __future__ import annotations

from typing import Unpack

from archcalc.analysis.facts import Analysis
from archcalc.api.report import CheckReport, Report, Shown
from archcalc.forward.verification import Verification
from archcalc.report.summary import summary
from archcalc.report.verification import verification


def render(
    result: Analysis | Verification | Report | CheckReport,
    format: str = "text",  # noqa: A002  (the word users know it by)
    **shown: Unpack[Shown],
) -> str:
    """A result in a format, as its command writes it: of an analysis, what `archcalc summarize` prints.

    Raises RequestError as `Report.render` does.
    """
    if isinstance(result, CheckReport):
        return result.render(format)
    return _report(result).render(format, **shown)


def _report(result: Analysis | Verification | Report) -> Report:
    if isinstance(result, Analysis):
        return Report(lambda options: summary(result, options))
    if isinstance(result, Verification):
        return Report(lambda options: verification(result, (), options))
    if isinstance(result, Report):
        return result
    raise TypeError(f"an analysis, a verification or a report is rendered, not {type(result).__name__}")
