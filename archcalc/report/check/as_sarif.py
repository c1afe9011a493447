"""SARIF 2.1.0: what code scanning reads. https://docs.oasis-open.org/sarif/sarif/v2.1.0/

GitHub takes the properties that are listed in
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
"""

from __future__ import annotations

import re
from typing import NotRequired, TypedDict
from urllib.parse import quote

from archcalc import __version__
from archcalc.checks.findings import Checked, Finding, Severity
from archcalc.codes import Code
from archcalc.codes.table import CODES
from archcalc.errors import Repair, Span
from archcalc.quoting import escaped
from archcalc.report.as_json import dumped
from archcalc.report.check.fingerprints import identified
from archcalc.report.check.places import hosted_path
from archcalc.report.codes import documentation
from archcalc.report.page import Options

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "specLine/v1"
LEVELS = {Severity.ERROR: "error", Severity.ADVICE: "note"}


class Message(TypedDict):
    """A message string, plain."""

    text: str


class Region(TypedDict):
    """A place in a file, from 1 on; the end is behind the last character, and left out where not known."""

    startLine: int
    startColumn: int
    endLine: NotRequired[int]
    endColumn: NotRequired[int]


class ArtifactLocation(TypedDict):
    """A file."""

    uri: str


class PhysicalLocation(TypedDict):
    """A file, and where in it."""

    artifactLocation: ArtifactLocation
    region: NotRequired[Region]


class Location(TypedDict):
    """A place that a result concerns; related ones are numbered, and say what stands there."""

    id: NotRequired[int]
    physicalLocation: PhysicalLocation
    message: NotRequired[Message]


class Configuration(TypedDict):
    """How bad a rule is."""

    level: str


class ReportingDescriptor(TypedDict):
    """A code as its declaration has it (reportingDescriptor in the standard)."""

    id: str
    shortDescription: Message
    fullDescription: Message
    help: Message
    defaultConfiguration: Configuration


class Replacement(TypedDict):
    """A range of a file, and what is to stand there instead."""

    deletedRegion: Region
    insertedContent: Message


class ArtifactChange(TypedDict):
    """The replacements in one file."""

    artifactLocation: ArtifactLocation
    replacements: list[Replacement]


class Fix(TypedDict):
    """What a viewer can do at a click."""

    description: Message
    artifactChanges: list[ArtifactChange]


class Result(TypedDict):
    """One finding."""

    ruleId: str
    ruleIndex: int
    level: str
    message: Message
    locations: list[Location]
    partialFingerprints: dict[str, str]
    relatedLocations: NotRequired[list[Location]]
    fixes: NotRequired[list[Fix]]


_BEGINNING = re.compile(r"\{(?=\d+\})|\](?=\()")


def render(checked: tuple[Checked, ...], options: Options) -> str:
    """One run, with a rule for each code that was found."""
    rules = _rules(checked)
    codes = [rule["id"] for rule in rules]
    results = [_result(*found, codes) for found in identified(checked)]
    driver = {"name": "archcalc", "version": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": all(one.exit_code < 2 for one in checked)}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return dumped({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rules(checked: tuple[Checked, ...]) -> list[ReportingDescriptor]:
    """The codes in order, each with the level of its first finding."""
    levels: dict[Code, str] = {}
    for one in checked:
        for severity, problem in one.findings:
            levels.setdefault(problem.code, LEVELS[severity])
    return [_rule(code, levels[code]) for code in sorted(levels)]


def _rule(code: Code, level: str) -> ReportingDescriptor:
    """A code as its declaration has it; the help is the page of `archcalc explain CODE`."""
    declared = CODES[code]
    return {
        "id": code,
        "shortDescription": {"text": declared.what},
        "fullDescription": {"text": f"{declared.what} Why: {declared.why}."},
        "help": {"text": documentation(declared)},
        "defaultConfiguration": {"level": level},
    }


def _result(one: Checked, finding: Finding, fingerprint: str, codes: list[str]) -> Result:
    severity, problem = finding
    code = problem.code
    hint = f"\nhint: {_plain(problem.hint)}" if problem.hint else ""
    result: Result = {
        "ruleId": code,
        "ruleIndex": codes.index(code),
        "level": LEVELS[severity],
        "message": {"text": _plain(problem.message) + hint},
        "locations": [_location(problem.span or one.source)],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    }
    if problem.also:
        result["relatedLocations"] = [
            {"id": number, **_location(span), "message": {"text": _plain(said)}}
            for number, (said, span) in enumerate(problem.also, 1)
        ]
    if fixes := [_fix(repair) for repair in problem.repairs if repair.edits]:
        result["fixes"] = fixes
    return result


def _fix(repair: Repair) -> Fix:
    """The edits of a repair by the files that they are made in (SARIF 3.55)."""
    files: dict[str, list[Replacement]] = {}
    for span, text in repair.edits:
        line, column = span.end
        region: Region = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": line,
            "endColumn": column,
        }
        files.setdefault(span.source, []).append({"deletedRegion": region, "insertedContent": {"text": text}})
    changes: list[ArtifactChange] = [
        {"artifactLocation": {"uri": _uri(file)}, "replacements": made} for file, made in files.items()
    ]
    said = f"{repair.change} (then {repair.gives})"
    return {"description": {"text": _plain(said)}, "artifactChanges": changes}


def _location(place: Span | str) -> Location:
    if isinstance(place, str):
        return {"physicalLocation": {"artifactLocation": {"uri": _uri(place)}}}
    file: ArtifactLocation = {"uri": _uri(place.source)}
    return {"physicalLocation": {"artifactLocation": file, "region": _region(place)}}


def _region(span: Span) -> Region:
    region: Region = {"startLine": span.line, "startColumn": span.column}
    if span.end > (span.line, span.column):
        region["endLine"], region["endColumn"] = span.end
    return region


def _uri(source: str) -> str:
    """A path as a URI, relative to the root of the repository where it is relative."""
    path = escaped(hosted_path(source))
    return f"file:///{quote(path.lstrip('/'))}" if path.startswith("/") else quote(path)


def _plain(text: str) -> str:
    """Text in which a viewer finds no placeholder and no link (SARIF 3.11.5, 3.11.6).

    The standard would have all braces doubled; viewers show them so, and specs are full of braces. A space
    in what could be a placeholder or a link does no harm anywhere.
    """
    return _BEGINNING.sub(r"\g<0> ", escaped(text))
