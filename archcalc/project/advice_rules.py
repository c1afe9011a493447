"""Which advice a config file wants, and which of it fails a check."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from archcalc.records import NamedTuple


class AdviceRules(NamedTuple):
    """What a config file says of advice, by its codes.

    select: what is given, whether advice is asked for or not; where none is named, all of it when it is.
    ignore: what is not. severity: `error` for what fails a check, `advice` for what does not, even with
    `strict`; what is named there is given too.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = {}

    def with_override(self, other: AdviceRules) -> AdviceRules:
        """These, and what an override says besides: its selection goes before this one."""
        severity = {**self.severity, **other.severity}
        return AdviceRules(other.select or self.select, self.ignore + other.ignore, severity)

    def wanted(self, codes: Collection[str], *, asked: bool) -> frozenset[str]:
        """Which of the codes are given, where advice is asked for or not."""
        chosen = {*(self.select or (codes if asked else ())), *self.severity}
        return frozenset(chosen.difference(self.ignore))
