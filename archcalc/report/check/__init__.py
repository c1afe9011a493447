"""What `archcalc check` writes: for people, for programs, and for what shows findings in a pull request.

Formats have one signature, (checked, options) -> str, and are imported when chosen. What specs and
their names say is text of strangers: each format escapes what its readers would obey.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from archcalc.checks.findings import Checked, ExitCode, exit_code
from archcalc.records import NamedTuple
from archcalc.report.page import Options

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


class WrittenCheck(NamedTuple):
    """What is written of a check, and how the check ends."""

    text: str
    exit_code: ExitCode


def reported_check(checked: tuple[Checked, ...], format: str, options: Options) -> WrittenCheck:  # noqa: A002  (the same)
    """The report of a check: a spec that cannot be written is a bug of its own, and the others stand."""
    try:
        return WrittenCheck(written_check(checked, format, options), exit_code(checked))
    except Exception:
        told = tuple(_writable(one, format, options) for one in checked)
        return WrittenCheck(written_check(told, format, options), exit_code(told))


def _writable(one: Checked, format: str, options: Options) -> Checked:  # noqa: A002  (the same)
    """A spec as it is, or with no more than the bug that keeps it from being written."""
    try:
        written_check([one], format, options)
    except Exception as error:
        return Checked(one.source).with_bug(error)
    return one
