"""What a check found: for each spec its findings, and over all specs the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal

from archcalc.errors import Problem, Span
from archcalc.isolation import TRACEBACK, show_traceback
from archcalc.quoting import shortened
from archcalc.records import NamedTuple

BUG_LIMIT = 200
"""So many characters of what an exception says are shown: it may repeat a spec's words."""

ExitCode = Literal[0, 1, 2, 3]
"""How a check ends: 0 all is well, 1 something is wrong, 2 something is unreadable, 3 archcalc has a bug."""


class Severity(StrEnum):
    """How bad a finding is: errors fail a check, advice does so only when it is asked to."""

    ERROR = "error"
    ADVICE = "advice"


class Finding(NamedTuple):
    """One thing that a check has to say of a spec."""

    severity: Severity
    problem: Problem


class Checked(NamedTuple):
    """One spec, checked.

    source: what the spec is called in reports, as it was named or found.
    network: the network's name, or '' where the spec could not be read.
    totals: its quantities by name; empty where a layer cannot work.
    findings: errors first, each kind in the order of the places they point at.
    texts: the sources that problems point into, by name.
    readable: whether the spec could be read at all.
    verified: whether the NumPy forward pass agreed; None where it was not asked for or could not be tried.
    crashed: whether archcalc itself failed on the spec: a bug, which takes nothing from other specs.
    truncated: whether reading the spec stopped at so many problems that there may be more.
    """

    source: str
    network: str = ""
    totals: Mapping[str, int] = {}
    findings: tuple[Finding, ...] = ()
    texts: Mapping[str, str] = {}
    readable: bool = True
    verified: bool | None = None
    crashed: bool = False
    truncated: bool = False

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that fail the check."""
        return tuple(problem for severity, problem in self.findings if severity is Severity.ERROR)

    @property
    def advice(self) -> tuple[Problem, ...]:
        """The problems that do not."""
        return tuple(problem for severity, problem in self.findings if severity is Severity.ADVICE)

    @property
    def exit_code(self) -> ExitCode:
        """How a check of this spec alone ends."""
        return 3 if self.crashed else 2 if not self.readable else 1 if self.errors else 0

    def with_errors(self, problems: Iterable[Problem]) -> Checked:
        """The spec with further errors, in front of its advice."""
        found = tuple(Finding(Severity.ERROR, problem) for problem in problems)
        errors = len(self.errors)
        return self._replace(findings=(*self.findings[:errors], *found, *self.findings[errors:]))

    def with_bug(self, error: Exception) -> Checked:
        """The spec with an exception that archcalc raised where it should have raised none."""
        show_traceback(error)
        what = shortened(f"{type(error).__name__}: {error}", BUG_LIMIT)
        message = f"this is a bug in archcalc, please report it: {what} ({TRACEBACK}=1 shows where)"
        problem = Problem("internal-error", message, Span(self.source, 1, 1))
        found = (Finding(Severity.ERROR, problem), *self.findings)
        return self._replace(findings=found, crashed=True)


def exit_code(checked: Iterable[Checked]) -> ExitCode:
    """The worst code of several specs."""
    return max((one.exit_code for one in checked), default=0)
