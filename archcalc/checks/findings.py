"""What a check found: for each spec its findings, and over all specs the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal, NamedTuple

from archcalc.errors import Problem

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
    crashed: whether archcalc itself failed on the spec, which is a bug.
    """

    source: str
    network: str = ""
    totals: Mapping[str, int] = {}
    findings: tuple[Finding, ...] = ()
    texts: Mapping[str, str] = {}
    readable: bool = True
    verified: bool | None = None
    crashed: bool = False

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


def exit_code(checked: Iterable[Checked]) -> ExitCode:
    """The worst code of several specs."""
    return max((one.exit_code for one in checked), default=0)
