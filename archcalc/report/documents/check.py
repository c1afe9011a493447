"""What `archcalc check` writes as JSON, and for GitLab."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from archcalc.checks.findings import ExitCode, Severity
from archcalc.report.documents.parts import Count, PlaceData, ProblemData, RepairDocument


class AlsoData(PlaceData):
    """Another place that a finding concerns, with what stands there."""

    message: str


class FindingData(ProblemData):
    """One thing that a check has to say of a spec."""

    severity: Annotated[Severity, "Errors fail a check, advice does not."]
    also: Annotated[list[AlsoData], "Other places that the finding concerns, each with what stands there."]
    repairs: Annotated[
        list[RepairDocument], "What would mend it, the likeliest first; each was tried on the whole network."
    ]


class CheckedSpec(TypedDict):
    """One spec: its quantities by name, whether the forward pass agreed, and what was found."""

    source: Annotated[str, "The spec as it was named or found.", ("minLength", 1)]
    network: Annotated[str, "The network's name; empty where the spec could not be read."]
    ok: Annotated[bool, "Whether there is no error; advice is none."]
    totals: Annotated[
        dict[str, Count],
        "Quantities by name, for one example in its type of values; empty where a layer cannot work.",
    ]
    verified: Annotated[
        bool | None, "Whether running the network agreed with what was predicted; null where it was not run."
    ]
    truncated: Annotated[bool, "Whether reading stopped at so many errors that there may be more."]
    findings: Annotated[list[FindingData], "Errors first, then advice."]


class CheckTotals(TypedDict):
    """How many specs were checked, and what was found in all of them."""

    specs: Count
    ok: Count
    errors: Annotated[int, "All that was found; at least so many where `truncated`.", ("minimum", 0)]
    advice: Count
    truncated: Annotated[bool, "Whether any spec has more errors than were looked for."]


class CheckDocument(TypedDict):
    """Every spec with its findings, and what they add up to."""

    schema_version: int
    specs: Annotated[list[CheckedSpec], "What was checked, in the order in which it was given or found."]
    summary: CheckTotals
    exit_code: Annotated[
        ExitCode,
        "The worst of all specs: 0 all is well, 1 something is wrong, 2 something could not be read, "
        "3 a bug in archcalc.",
    ]


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
