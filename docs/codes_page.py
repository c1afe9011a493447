"""docs/codes.md: every code with what it says, why, what to do and an example."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.checks.changes import KINDS
from archcalc.codes.declaration import PROMPT, Declaration
from archcalc.codes.table import FAMILIES, tidied

HEAD = """\
<!-- Written by docs/generate.py from the declarations in archcalc/codes/: edit those. -->

# The codes of errors and advice

Every error and every piece of advice has a code, `error[shape]`. `archcalc explain CODE` prints what stands
here, and `archcalc explain --codes` lists all. Each example is run by a test, and so is what mends it.
"""

CHANGES_HEAD = """\
## Kinds of change

`archcalc diff` and locks tell apart what became of a layer. It is no error, and has no code."""


def codes_page() -> str:
    """The whole page, a section for each code, by family."""
    parts = (f"## {family}\n\n{_family(declared)}" for family, declared in FAMILIES.items())
    return "\n".join((HEAD, *parts, _changes()))


def _changes() -> str:
    """The kinds of change of `archcalc diff`."""
    rows = (f"| `{kind.change}` | {kind.what} | {kind.why} | `{kind.old}` → `{kind.new}` |" for kind in KINDS)
    head = ("| change | what | why it is told apart | for example |", "| --- | --- | --- | --- |")
    return "\n".join((f"{CHANGES_HEAD}\n", *head, *rows, ""))


def _family(declared: tuple[Declaration, ...]) -> str:
    return "\n".join("\n\n".join(_section(tidied(each))) + "\n" for each in declared)


def _section(declared: Declaration) -> Iterator[str]:
    yield f"### {declared.code}"
    yield declared.what
    if declared.detail:
        yield declared.detail
    yield f"* **why**: {declared.why}\n* **what to do**: {declared.mend}" + (
        f"\n* **source**: {declared.source}" if declared.source else ""
    )
    language = "sh" if declared.example.startswith(PROMPT) else "yaml"
    yield _fenced(declared.example, language)
    if declared.mended:
        yield "Mended:"
        yield _fenced(declared.mended, language)


def _fenced(text: str, language: str) -> str:
    return f"```{language}\n{text}\n```"
