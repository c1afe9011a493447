"""How many specs, errors and pieces of advice there are, in words."""

from __future__ import annotations

from archcalc.checks.findings import Checked
from archcalc.report.values import count_text


def summary_line(checked: tuple[Checked, ...]) -> str:
    """The end of a report: `3 specs: 2 ok, 1 with 2 errors; 1 piece of advice`."""
    failed = [one for one in checked if one.exit_code]
    text = f"{counted(len(checked), 'spec')}: {count_text(len(checked) - len(failed))} ok"
    if failed:
        text += f", {count_text(len(failed))} with {errors_text(failed)}"
    advice = sum(len(one.advice) for one in checked)
    return f"{text}; {advice_text(advice)}" if advice else text


def errors_text(failed: list[Checked]) -> str:
    """The errors of some specs, counted; reading a spec stops at so many, which may not be all."""
    least = "at least " if any(one.truncated for one in failed) else ""
    return least + counted(sum(len(one.errors) for one in failed), "error")


def advice_text(number: int) -> str:
    """Advice, counted."""
    return counted(number, "piece of advice", "pieces of advice")


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: `1 spec`, `2 specs`."""
    return f"{count_text(number)} {one if number == 1 else many or one + 's'}"


def figures(one: Checked) -> str:
    """What is known of a spec that is well: its parameters and MACs, and whether it was run."""
    titles = {"parameters": "parameters", "macs": "MACs"}
    known = [
        f"{count_text(one.totals[name])} {title}" for name, title in titles.items() if name in one.totals
    ]
    return ", ".join([*known, *(["verified"] if one.verified else [])])
