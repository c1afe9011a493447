"""GitLab Code Quality: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from archcalc.checks.findings import Checked, Finding, Severity
from archcalc.quoting import escaped
from archcalc.report.as_json import dumped
from archcalc.report.check.fingerprints import identified
from archcalc.report.check.places import hosted_path
from archcalc.report.page import Options

if TYPE_CHECKING:
    from archcalc.report.documents.check import CodeQualityIssue

SEVERITIES: dict[Severity, Literal["major", "info"]] = {Severity.ERROR: "major", Severity.ADVICE: "info"}


def render(checked: tuple[Checked, ...], options: Options) -> str:
    """The findings; an empty list says that all earlier ones are mended."""
    return dumped([_finding(*found) for found in identified(checked)])


def _finding(one: Checked, finding: Finding, fingerprint: str) -> CodeQualityIssue:
    severity, problem = finding
    hint = f" (hint: {problem.hint})" if problem.hint else ""
    span = problem.span
    return {
        "description": escaped(problem.message + hint),
        "check_name": escaped(problem.code),
        "fingerprint": fingerprint,
        "severity": SEVERITIES[severity],
        "location": {
            "path": escaped(hosted_path(span.source if span else one.source)),
            "lines": {"begin": span.line if span else 1},
        },
    }
