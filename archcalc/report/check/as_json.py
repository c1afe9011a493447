"""JSON: one document, as schemas/check.schema.json says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcalc.checks.findings import Checked, Finding, exit_code
from archcalc.report.as_json import dumped
from archcalc.report.page import SCHEMA_VERSION, Options
from archcalc.report.problems import problem_data, repair_data, span_data

if TYPE_CHECKING:
    from archcalc.report.documents.check import AlsoData, CheckDocument, CheckedSpec, FindingData


def render(checked: tuple[Checked, ...], options: Options) -> str:
    """Every spec with its findings, and what they add up to."""
    document: CheckDocument = {
        "schema_version": SCHEMA_VERSION,
        "specs": [_spec(one) for one in checked],
        "summary": {
            "specs": len(checked),
            "ok": sum(one.exit_code == 0 for one in checked),
            "errors": sum(len(one.errors) for one in checked),
            "advice": sum(len(one.advice) for one in checked),
            "truncated": any(one.truncated for one in checked),
        },
        "exit_code": exit_code(checked),
    }
    return dumped(document)


def _spec(one: Checked) -> CheckedSpec:
    return {
        "source": one.source,
        "network": one.network,
        "ok": one.exit_code == 0,
        "totals": dict(one.totals),
        "verified": one.verified,
        "truncated": one.truncated,
        "findings": [_finding(finding) for finding in one.findings],
    }


def _finding(finding: Finding) -> FindingData:
    severity, problem = finding
    also: list[AlsoData] = [{"message": said, **span_data(span)} for said, span in problem.also]
    repairs = list(map(repair_data, problem.repairs))
    return {"severity": severity, **problem_data(problem), "also": also, "repairs": repairs}
