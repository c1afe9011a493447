"""What docs/conventions.md takes from the data of archcalc.analysis.conventions."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.analysis.conventions import BUILDS, CONVENTIONS, EXAMINED, Convention, Figure
from archcalc.layers import LAYERS


def conventions_table() -> str:
    """A row for each tool: what it counts, and where that was read."""
    lines = ["| `--with` | version | what it counts | read in |", "| --- | --- | --- | --- |"]
    lines += [
        f"| `{each.name}` | {each.version} | {each.counts} | {each.source.replace('*', chr(92) + '*')} |"
        for each in CONVENTIONS.values()
    ]
    return "\n".join(lines)


def figures_list() -> str:
    """Every figure of every tool as the sum that it is."""
    return "\n".join(line for each in CONVENTIONS.values() for line in _figures(each))


def _figures(convention: Convention) -> Iterator[str]:
    yield f"* `{convention.name}`"
    yield from (f"  * **{figure.name}** = {_sum(figure)}" for figure in convention.figures)


def _sum(figure: Figure) -> str:
    total = ""
    for term in figure.terms:
        sign = (" − " if term.times < 0 else " + ") if total else ""
        total += f"{sign}{term.label}"
    if figure.factors:
        total = f"({total})" if len(figure.terms) > 1 else total
        total += "".join(f" × {factor.times} ({factor.why})" for factor in figure.factors)
    return total


def builds_list() -> str:
    """How models may be built otherwise than a spec says."""
    return "\n".join(f"* `{build.name}`: {build.what}" for build in BUILDS)


def unexamined_kinds() -> str:
    """The kinds of which it is not known what tools count."""
    return ", ".join(f"`{kind}`" for kind in LAYERS if kind not in EXAMINED and kind != "separable")
