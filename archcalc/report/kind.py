"""What a kind of layer is: its documentation, its settings, and how else people write them."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from typing import TYPE_CHECKING

from archcalc.layers import layer_class
from archcalc.layers.aliases import KIND_ALIASES, SETTING_ALIASES
from archcalc.layers.settings import required_settings, settings_of
from archcalc.report.page import SCHEMA_VERSION, Column, Page, Table
from archcalc.report.settings import setting_text
from archcalc.report.symbols import symbol_note

if TYPE_CHECKING:
    from archcalc.report.documents.network import KindDocument

COLUMNS = (
    Column("setting", "setting"),
    Column("default", "default"),
    Column("needs", "needs"),
    Column("aliases", "also written"),
)
COMMON = "on every layer, too: name, from, when, note"


def kind_page(kind: str) -> Page:
    """The page of `archcalc explain --kind KIND`: the documentation of its class, and its settings."""
    sentence, _, text = cleandoc(layer_class(kind).__doc__ or "").partition("\n\n")
    formulas = (sentence, *text.partition("source:")[0].splitlines())
    settings = tuple(_setting_rows(kind))
    return Page(
        title=kind,
        lines=(sentence,),
        sections=(
            ("documentation", tuple(text.splitlines())),
            ("settings", (*_setting_lines(settings), COMMON)),
        ),
        notes=tuple(_notes(kind, symbol_note(formulas))),
        data=lambda: _data(kind, sentence, text, settings),
        records=lambda: Table(COLUMNS, settings),
    )


def _notes(kind: str, symbols: str) -> Iterator[str]:
    if symbols:
        yield f"symbols: {symbols}"
    if others := kind_aliases(kind):
        yield f"also written: {', '.join(others)}"


def kind_aliases(kind: str) -> list[str]:
    """The other words for a kind."""
    return [alias for alias, name in KIND_ALIASES.items() if name == kind]


def _setting_rows(kind: str) -> Iterator[tuple[str, str, str, str]]:
    cls = layer_class(kind)
    names, required = settings_of(cls), required_settings(cls)
    for name, field in names.items():
        default = "required" if name in required else setting_text(field.default)
        others = [alias for alias in SETTING_ALIASES if _means(alias, list(names)) == name]
        yield name, default, field.setting.needs, ", ".join(others)


def _means(alias: str, names: list[str]) -> str | None:
    """The setting among `names` that an alias stands for."""
    return next((name for name in SETTING_ALIASES[alias] if name in names and alias not in names), None)


def _setting_lines(rows: tuple[tuple[str, str, str, str], ...]) -> Iterator[str]:
    """Each setting with its default, what it needs, and how else it is written."""
    for name, default, needs, others in rows:
        value = default if default == "required" else f"default {default}"
        yield f"{name} ({value}{f'; also {others}' if others else ''}): {needs}"


def _data(kind: str, sentence: str, text: str, settings: tuple[tuple[str, ...], ...]) -> KindDocument:
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": kind,
        "aliases": kind_aliases(kind),
        "documentation": f"{sentence}\n\n{text}",
        "settings": [
            {
                "name": name,
                "default": default,
                "needs": needs,
                "aliases": others.split(", ") if others else [],
            }
            for name, default, needs, others in settings
        ],
    }
