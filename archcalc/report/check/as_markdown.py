"""Markdown: a comment on a pull request, or the summary of a job. What failed comes first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from archcalc.checks.findings import Checked, Finding
from archcalc.errors import Span
from archcalc.quoting import escaped
from archcalc.report.as_markdown import literal, table_line
from archcalc.report.check.tally import advice_text, counted, errors_text, summary_line
from archcalc.report.escaping import NAME_LENGTH, quoted_text
from archcalc.report.page import Options
from archcalc.report.values import count_text

HEAD = "| spec | network | result | parameters | MACs |\n| --- | --- | --- | ---: | ---: |"
ROWS = 20_000
FINDINGS = 40_000
"""Characters that the table and the findings may take: GitHub refuses comments of more than 65,536."""


def render(checked: tuple[Checked, ...], options: Options) -> str:
    """The count, a table of the specs, and the findings below the spec that they are of."""
    ordered = sorted(checked, key=lambda one: -one.exit_code)
    listed = [one for one in ordered if one.findings or options.lists_ok]
    rows = [table_line(list(map(_shown, _cells(one)))) for one in listed]
    bullets = [bullet for one in ordered for bullet in _bullets(one)]
    shown, unlisted = _fitting(rows, ROWS, "spec")
    found, unfound = _fitting(bullets, FINDINGS, "finding")
    table = "\n".join([HEAD, *shown]) if rows else ""
    blocks = ["## archcalc check", _shown(summary_line(checked)), table, unlisted, *found, unfound]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _cells(one: Checked) -> tuple[str, ...]:
    counts = (one.totals.get(name) for name in ("parameters", "macs"))
    network = quoted_text(one.network, NAME_LENGTH) if one.network else ""
    return one.source, network, _result(one), *("" if n is None else count_text(n) for n in counts)


def _result(one: Checked) -> str:
    result = f"failed: {errors_text([one])}" if one.exit_code else "ok"
    verified = ", verified" if one.verified else ""
    return result + verified + (f"; {advice_text(len(one.advice))}" if one.advice else "")


def _bullets(one: Checked) -> Iterator[str]:
    """The findings of a spec, the first below its heading."""
    heading = f"### {_shown(one.source)}\n\n"
    for finding in one.findings:
        yield heading + "\n".join(_bullet(finding, one))
        heading = ""


def _bullet(finding: Finding, one: Checked) -> Iterator[str]:
    severity, problem = finding
    place = f" at {_place(problem.span, one)}" if problem.span else ""
    yield f"- **{_shown(f'{severity}[{problem.code}]')}**{_shown(f'{place}: {problem.message}')}"
    if problem.hint:
        yield f"  - hint: {_shown(problem.hint)}"
    for said, span in problem.also:
        yield f"  - at {_shown(f'{_place(span, one)}: {said}')}"
    yield from (f"  - try: {_shown(str(repair))}" for repair in problem.repairs)


def _place(span: Span, one: Checked) -> str:
    return f"{span.line}:{span.column}" if span.source == one.source else str(span)


def _shown(text: str) -> str:
    return literal(escaped(text))


def _fitting(texts: list[str], room: int, what: str) -> tuple[list[str], str]:
    """As many of the texts as fit into so many characters, and words for how many did not."""
    ends = accumulate(len(text) + len("\n\n") for text in texts)
    fit = [text for text, end in zip(texts, ends, strict=True) if end <= room]
    left = len(texts) - len(fit)
    return fit, f"and {counted(left, f'more {what}')}" if left else ""
