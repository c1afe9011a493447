"""What a code means, and the list of all codes: pages written from the table of codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from archcalc.codes import ADVICE_CODES, Code
from archcalc.codes.declaration import PROMPT, Declaration
from archcalc.codes.table import CODES
from archcalc.report.page import SCHEMA_VERSION, Column, Page, Section, Table

COLUMNS = (Column("code", "code"), Column("what", "what it says"))


class CodeEntry(TypedDict):
    """A code in the list of all."""

    code: str
    severity: str
    what: str


class CodesDocument(TypedDict):
    """What JSON says of all codes."""

    schema_version: int
    codes: list[CodeEntry]


class CodeDocument(TypedDict):
    """What JSON says of one code; what a declaration leaves out is empty."""

    schema_version: int
    code: str
    severity: str
    documentation: str
    what: str
    why: str
    mend: str
    example: str
    mended: str
    detail: str
    source: str


def code_page(code: Code) -> Page:
    """The page of `archcalc explain CODE`: what, why, what to do, and an example."""
    declared = CODES[code]
    return Page(
        title=code,
        lines=tuple(filter(None, (declared.what, declared.detail))),
        sections=tuple(_sections(declared)),
        notes=tuple(_notes(code)),
        data=lambda: code_document(declared),
        records=lambda: Table(COLUMNS, ((code, declared.what),)),
    )


def codes_page() -> Page:
    """The page of `archcalc explain --codes`: every code with its sentence, errors first."""
    return Page(
        title=f"{len(CODES)} codes; `archcalc explain CODE` tells more",
        table=Table(COLUMNS, tuple((each.code, each.what) for each in CODES.values())),
        data=_codes_document,
    )


def severity(code: Code) -> str:
    """Whether a code is of an error, or of advice."""
    return "advice" if code in ADVICE_CODES else "error"


def documentation(declared: Declaration) -> str:
    """All that is declared of a code, as text."""
    parts = (
        f"{heading}:\n" + "\n".join(f"  {line}" for line in lines) for heading, lines in _sections(declared)
    )
    return "\n\n".join(filter(None, (declared.what, declared.detail, *parts)))


def code_document(declared: Declaration) -> CodeDocument:
    """A code in JSON."""
    return {
        "schema_version": SCHEMA_VERSION,
        "code": declared.code,
        "severity": severity(declared.code),
        "documentation": documentation(declared),
        "what": declared.what,
        "why": declared.why,
        "mend": declared.mend,
        "example": declared.example,
        "mended": declared.mended,
        "detail": declared.detail,
        "source": declared.source,
    }


def _codes_document() -> CodesDocument:
    return {"schema_version": SCHEMA_VERSION, "codes": [_entry(each) for each in CODES.values()]}


def _entry(declared: Declaration) -> CodeEntry:
    return {"code": declared.code, "severity": severity(declared.code), "what": declared.what}


def _sections(declared: Declaration) -> Iterator[Section]:
    commands = declared.example.startswith(PROMPT)
    texts = {
        "why": declared.why,
        "what to do": declared.mend,
        "example, by commands" if commands else "example": declared.example,
        "the example, mended": declared.mended,
        "source": declared.source,
    }
    return ((heading, tuple(text.splitlines())) for heading, text in texts.items() if text)


def _notes(code: Code) -> Iterator[str]:
    if code in ADVICE_CODES:
        yield f"to silence it, write `silence: [{code}]` at the top level of the spec"
