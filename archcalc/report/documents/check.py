"""What `archcalc check` writes as JSON, and for GitLab."""

from __future__ import annotations

from typing import Literal, TypedDict

from archcalc.report.documents.parts import PlaceData, ProblemData, RepairDocument


class AlsoData(PlaceData):
    """Another place that a finding concerns, with what stands there."""

    message: str


class FindingData(ProblemData):
    """One thing that a check has to say of a spec."""

    severity: str
    also: list[AlsoData]
    repairs: list[RepairDocument]


class CheckedSpec(TypedDict):
    """One spec: its quantities by name, whether the forward pass agreed, and what was found."""

    source: str
    network: str
    ok: bool
    totals: dict[str, int]
    verified: bool | None
    findings: list[FindingData]


class CheckTotals(TypedDict):
    """How many specs were checked, and what was found in all of them."""

    specs: int
    ok: int
    errors: int
    advice: int


class CheckDocument(TypedDict):
    """Every spec with its findings, and what they add up to; schemas/check.schema.json has its limits too."""

    schema_version: Literal[1]
    specs: list[CheckedSpec]
    summary: CheckTotals
    exit_code: int


class CodeQualityLines(TypedDict):
    """Where an issue begins."""

    begin: int


class CodeQualityLocation(TypedDict):
    """The file of an issue, from the repository's root."""

    path: str
    lines: CodeQualityLines


class CodeQualityIssue(TypedDict):
    """One issue of GitLab's Code Quality report."""

    description: str
    check_name: str
    fingerprint: str
    severity: Literal["major", "info"]
    location: CodeQualityLocation
