"""Any word that reports use, explained: a code, a kind, a quantity, a kind of change, a term of the field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from archcalc.analysis.quantities import QUANTITIES, Quantity
from archcalc.checks.changes import KINDS, LISTED, ChangeKind
from archcalc.codes.declaration import Declaration
from archcalc.codes.table import CODES
from archcalc.layers import LAYERS
from archcalc.layers.aliases import KIND_ALIASES
from archcalc.report.codes import code_page
from archcalc.report.glossary import BY_WORD, GLOSSARY, normalized
from archcalc.report.kind import kind_page
from archcalc.report.page import SCHEMA_VERSION, Column, Page, Table

DECLARED: dict[str, Declaration] = {each.code: each for each in CODES.values()}
COLUMNS = (Column("word", "word"), Column("meaning", "meaning"))


class WordDocument(TypedDict):
    """What JSON says of a quantity, or of a term of the field."""

    schema_version: int
    word: str
    meaning: str
    aliases: list[str]
    see: str


def word_page(word: str) -> Page | None:
    """The page of a word, or None where nothing is called so.

    A term is found without regard to case, `-` and `_`; every other word is named exactly.
    """
    if declared := DECLARED.get(word):
        return code_page(declared.code)
    if word in LAYERS:
        return kind_page(word)
    if word in QUANTITIES:
        return _quantity_page(QUANTITIES[word])
    if change := next((kind for kind in KINDS if kind.change == word and word in LISTED), None):
        return _change_page(change)
    if term := BY_WORD.get(normalized(word)):
        return _page(term.word, term.meaning, list(term.also), term.see)
    if kind := KIND_ALIASES.get(word):
        return kind_page(kind)
    return next(
        (_quantity_page(each) for each in QUANTITIES.values() if normalized(each.title) == normalized(word)),
        None,
    )


def known_words() -> Iterator[str]:
    """All words that have a page, for completion and for who misspelt one."""
    yield from CODES
    yield from LAYERS
    yield from QUANTITIES
    yield from LISTED
    yield from (spelling for term in GLOSSARY for spelling in (term.word, *term.also))
    yield from KIND_ALIASES


def _quantity_page(quantity: Quantity) -> Page:
    meaning = f"{quantity.meaning[0].upper()}{quantity.meaning[1:]}."
    titled = [quantity.title] if quantity.title != quantity.name else []
    return _page(quantity.name, meaning, titled, f"archcalc summarize SPEC; `expect: {{{quantity.name}: …}}`")


def _change_page(kind: ChangeKind) -> Page:
    """What `diff` means by a kind of change, and the layers of two specs that show it."""
    page = _page(
        kind.change, kind.what, [kind.counted] if kind.counted != kind.change else [], "archcalc diff OLD NEW"
    )
    example = (f"old:  layers: {kind.old}", f"new:  layers: {kind.new}")
    return page._replace(sections=(("why it is told apart", (kind.why,)), ("example", example)))


def _page(word: str, meaning: str, others: list[str], see: str) -> Page:
    document: WordDocument = {
        "schema_version": SCHEMA_VERSION,
        "word": word,
        "meaning": meaning,
        "aliases": others,
        "see": see,
    }
    notes = (f"also called: {', '.join(others)}" if others else "", f"see: {see}" if see else "")
    return Page(
        title=word,
        lines=(meaning,),
        notes=tuple(filter(None, notes)),
        data=lambda: document,
        records=lambda: Table(COLUMNS, ((word, meaning),)),
    )
