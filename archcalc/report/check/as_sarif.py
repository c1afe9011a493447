"""SARIF 2.1.0: what code scanning reads. https://docs.oasis-open.org/sarif/sarif/v2.1.0/

GitHub takes the properties that are listed in
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from archcalc import __version__
from archcalc.checks.outcome import Checked, Finding, Severity
from archcalc.codes import Code
from archcalc.codes.table import CODES
from archcalc.errors import Span
from archcalc.quoting import escaped
from archcalc.report.as_json import dumped
from archcalc.report.check.fingerprints import identified
from archcalc.report.codes import documentation
from archcalc.report.page import Options
from archcalc.report.problems import path_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "specLine/v1"
LEVELS = {Severity.ERROR: "error", Severity.ADVICE: "note"}

_BEGINNING = re.compile(r"\{(?=\d+\})|\](?=\()")


def render(checked: tuple[Checked, ...], options: Options) -> str:
    """One run, with a rule for each code that was found."""
    rules = _rules(checked)
    codes = [rule["id"] for rule in rules]
    results = [_result(*found, codes) for found in identified(checked)]
    driver = {"name": "archcalc", "version": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": all(one.readable for one in checked)}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return dumped({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rules(checked: tuple[Checked, ...]) -> list[dict[str, Any]]:
    """The codes in order, each with the level of its first finding."""
    levels: dict[Code, str] = {}
    for one in checked:
        for severity, problem in one.findings:
            levels.setdefault(problem.code, LEVELS[severity])
    return [_rule(code, levels[code]) for code in sorted(levels)]


def _rule(code: Code, level: str) -> dict[str, Any]:
    """A code as its declaration has it; the help is the page of `archcalc explain CODE`."""
    declared = CODES[code]
    return {
        "id": code,
        "shortDescription": {"text": declared.what},
        "fullDescription": {"text": f"{declared.what} Why: {declared.why}."},
        "help": {"text": documentation(declared)},
        "defaultConfiguration": {"level": level},
    }


def _result(one: Checked, finding: Finding, fingerprint: str, codes: list[str]) -> dict[str, Any]:
    severity, problem = finding
    code = problem.code
    hint = f"\nhint: {_plain(problem.hint)}" if problem.hint else ""
    result: dict[str, Any] = {
        "ruleId": code,
        "ruleIndex": codes.index(code),
        "level": LEVELS[severity],
        "message": {"text": _plain(problem.message) + hint},
        "locations": [_location(problem.span or one.source)],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    }
    if problem.also:
        related = [
            {"id": number, **_location(span), "message": {"text": _plain(said)}}
            for number, (said, span) in enumerate(problem.also, 1)
        ]
        result["relatedLocations"] = related
    return result


def _location(place: Span | str) -> dict[str, Any]:
    if isinstance(place, Span):
        region = {"startLine": place.line, "startColumn": place.column}
        return {"physicalLocation": {"artifactLocation": {"uri": _uri(place.source)}, "region": region}}
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(place)}}}


def _uri(source: str) -> str:
    """A path as a URI, relative to the root of the repository where it is relative."""
    path = path_of(escaped(source))
    return f"file:///{quote(path.lstrip('/'))}" if path.startswith("/") else quote(path)


def _plain(text: str) -> str:
    """Text in which a viewer finds no placeholder and no link (SARIF 3.11.5, 3.11.6).

    The standard would have all braces doubled; viewers show them so, and specs are full of braces. A space
    in what could be a placeholder or a link does no harm anywhere.
    """
    return _BEGINNING.sub(r"\g<0> ", escaped(text))
