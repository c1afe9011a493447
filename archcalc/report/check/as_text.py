"""Text: problems with their place, a line for each spec that is well if asked, and one line that counts."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.checks.findings import Checked
from archcalc.quoting import escaped
from archcalc.report.check.tally import figures, summary_line
from archcalc.report.page import Options
from archcalc.report.problems import problem_lines


def render(checked: tuple[Checked, ...], options: Options) -> str:
    """What was found, spec by spec, and their count; of one spec that is well its own line is enough."""
    lines = [line for one in checked for line in spec_lines(one, lists_ok=options.lists_ok)]
    alone = options.lists_ok and len(checked) == 1 and not checked[0].findings
    return "\n".join(lines if alone else (*lines, summary_line(checked))) + "\n"


def spec_lines(one: Checked, *, lists_ok: bool) -> Iterator[str]:
    """That a spec is well, if that is listed, or what is not."""
    if lists_ok and not one.exit_code:
        known = figures(one)
        yield escaped(f"{one.source}: ok" + (f" ({known})" if known else ""))
    for severity, problem in one.findings:
        yield from problem_lines(problem, one.texts, severity, one.source)
