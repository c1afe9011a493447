"""What an advice notices and why: the documentation of its function."""

from __future__ import annotations

from inspect import cleandoc

from archcalc.checks.advice import ADVICE
from archcalc.report.page import Column, Page, Table
from archcalc.report.summary import SCHEMA_VERSION

COLUMNS = (Column("code", "code"), Column("notices", "notices"))


def code_page(code: str) -> Page:
    """The page of `archcalc explain CODE`."""
    documentation = cleandoc(ADVICE[code].__doc__ or "")
    sentence, _, text = documentation.partition("\n\n")
    return Page(
        title=code,
        lines=(sentence,),
        sections=(("documentation", tuple(text.splitlines())),),
        notes=(f"to silence it, write `silence: [{code}]` at the top level of the spec",),
        data=lambda: {"schema_version": SCHEMA_VERSION, "code": code, "documentation": documentation},
        records=lambda: Table(COLUMNS, ((code, sentence),)),
    )
