"""The page of `archcalc show`: a spec's text, its variables with their meaning, and its blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcalc.quoting import shortened
from archcalc.report.escaping import quoted_text
from archcalc.report.heading import title
from archcalc.report.page import SCHEMA_VERSION, Column, Page, Table
from archcalc.spec.items import setting_text
from archcalc.spec.load import Parts
from archcalc.spec.outline import Outline, outline

if TYPE_CHECKING:
    from archcalc.report.documents.network import OutlineDocument

COLUMNS = (
    Column("variable", "variable"),
    Column("value", "value"),
    Column("meaning", "meaning", prose=True),
)
VALUE_LENGTH = 32
"""So many characters of a value are shown: a meaning has to stand beside it."""

SETTINGS_LENGTH = 200
"""So many of the settings of a block."""


def outline_page(name: str, parts: Parts, text: str) -> Page:
    """The variables and blocks of a spec; its `text` is what JSON has besides."""
    found = outline(parts)
    variables = variable_rows(found)
    blocks = block_lines(found)
    taken = [f"base {found.base}"] if found.base else []
    taken += [f"library {each}" for each in found.libraries]
    return Page(
        title=f"{title(parts.spec.network)}: {_counted(len(variables), 'variable')}, "
        f"{_counted(len(blocks), 'block')}",
        lines=(f"takes over: {', '.join(taken)}",) if taken else (),
        table=Table(COLUMNS, variables) if variables else None,
        sections=(("blocks and their settings", blocks),) if blocks else (),
        notes=(f"vary it: archcalc init --from {shortened(name)} writes a variant of it",),
        data=lambda: _data(parts, found, text),
    )


def variable_rows(found: Outline) -> tuple[tuple[str, str, str], ...]:
    """Each variable with its value, cut where it is long, and its meaning."""
    return tuple(
        (each.name, shortened(setting_text(each.value), VALUE_LENGTH), _said(each.meaning))
        for each in found.variables
    )


def variable_lines(found: Outline) -> tuple[str, ...]:
    """Each variable in one line."""
    return tuple(
        f"{name}: {value}" + (f"  {meaning}" if meaning else "")
        for name, value, meaning in variable_rows(found)
    )


def block_lines(found: Outline) -> tuple[str, ...]:
    """Each block with its settings, in one line."""
    return tuple(
        f"{each.name}: {shortened(setting_text(each.settings), SETTINGS_LENGTH)}"
        + (f"  {_said(each.meaning)}" if each.meaning else "")
        for each in found.blocks
    )


def _said(meaning: str) -> str:
    """What an author says, in quotes."""
    return quoted_text(meaning) if meaning else ""


def _counted(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _data(parts: Parts, found: Outline, text: str) -> OutlineDocument:
    return {
        "schema_version": SCHEMA_VERSION,
        "network": parts.spec.network.name,
        "source": parts.spec.network.source,
        "spec": text,
        "base": found.base or None,
        "libraries": list(found.libraries),
        "variables": [
            {"name": each.name, "value": each.value, "meaning": each.meaning, "computed": each.computed}
            for each in found.variables
        ],
        "blocks": [
            {"name": each.name, "settings": each.settings, "meaning": each.meaning, "file": each.source}
            for each in found.blocks
        ],
    }
