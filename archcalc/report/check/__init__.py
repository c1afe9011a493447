"""What `archcalc check` writes: for people, for programs, and for what shows findings in a pull request.

Formats have one signature, (checked, options) -> str, and are imported when chosen. What specs and
their names say is text of strangers: each format escapes what its readers would obey.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

from archcalc.report.page import Options

if TYPE_CHECKING:
    from archcalc.checks.findings import Checked

CHECK_FORMATS: dict[str, str] = {
    "text": "archcalc.report.check.as_text",
    "json": "archcalc.report.check.as_json",
    "github": "archcalc.report.check.as_github",
    "sarif": "archcalc.report.check.as_sarif",
    "junit": "archcalc.report.check.as_junit",
    "gitlab": "archcalc.report.check.as_gitlab",
    "markdown": "archcalc.report.check.as_markdown",
}


def written_check(results: Iterable[Checked], format: str, options: Options) -> str:  # noqa: A002  (as for reports)
    """What a check found, in one of CHECK_FORMATS, ending in a newline."""
    text: str = import_module(CHECK_FORMATS[format]).render(tuple(results), options)
    return text
