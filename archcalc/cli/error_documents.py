"""What is wrong with a spec, in JSON: imported only where something is."""

from __future__ import annotations

from collections.abc import Mapping

from archcalc.analysis.facts import BrokenNetworkError
from archcalc.errors import Problem, SpecError
from archcalc.report.as_json import dumped
from archcalc.report.page import SCHEMA_VERSION
from archcalc.report.problems import problem_data
from archcalc.report.repairs import repairs_data
from archcalc.report.summary_data import summary_data


def error_document(error: SpecError) -> str:
    """The JSON document of a wrong spec."""
    return dumped(_document(error))


def _document(error: SpecError) -> dict[str, object]:
    """A wrong spec in JSON: its errors, and what is known of a broken network: layers, and repairs."""
    if not isinstance(error, BrokenNetworkError):
        head = {"schema_version": SCHEMA_VERSION, "truncated": error.truncated}
        return with_errors(head, error.problems)

    document = with_errors(summary_data(error.partial), error.problems)
    if found := repairs_data(error):
        document["errors"] = [{**problem_data(problem), "repairs": found} for problem in error.problems]
    return document


def with_errors(document: Mapping[str, object], problems: tuple[Problem, ...]) -> dict[str, object]:
    """A JSON document that also says what is wrong."""
    return {**document, "errors": [problem_data(problem) for problem in problems]}
