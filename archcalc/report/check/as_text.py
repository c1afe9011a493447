"""Text: a line for each spec that is well, problems with their place, and one line that counts."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.checks.findings import Checked
from archcalc.quoting import escaped
from archcalc.report.check.tally import figures, summary_line
from archcalc.report.page import Options
from archcalc.report.problems import problem_lines


def render(checked: tuple[Checked, ...], options: Options) -> str:
    """What was found, spec by spec."""
    lines = [line for one in checked for line in spec_lines(one)]
    return "\n".join((*lines, summary_line(checked))) + "\n"


def spec_lines(one: Checked) -> Iterator[str]:
    """That a spec is well, or what is not."""
    if not one.exit_code:
        known = figures(one)
        yield escaped(f"{one.source}: ok" + (f" ({known})" if known else ""))
    for severity, problem in one.findings:
        yield from problem_lines(problem, one.texts, severity, one.source)
