"""The items of a list of layers: what they may be called, and what they are before they are laid out."""

from __future__ import annotations

import re
from typing import NamedTuple

from archcalc.errors import Span
from archcalc.layers.settings import Setting
from archcalc.network import INPUT
from archcalc.spec.document import Entry, Sequence
from archcalc.spec.expressions import Scope

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*\Z", re.ASCII)
MISSING = -1
"""The volume that a faulty layer would have written."""

COMMON = ("name", "from", "when", "note")
RESERVED = (INPUT, "name", "from", "when", "note", "min", "max")


def _name(value: object) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(text, str) and len(text) <= 100 and NAME.match(text) and text != INPUT:
        return text
    raise ValueError


NAME_SETTING = Setting("a name of letters, digits and _ . / -, at most 100 long, other than `input`", _name)


def _name_or_input(value: object) -> str:
    return INPUT if value == INPUT else _name(value)


NAME_OR_INPUT = Setting("the name of a layer above, or a list of names for merging layers", _name_or_input)
NOTE_SETTING = Setting("text", lambda value: str(value))


class Block(NamedTuple):
    """A block that the spec defines: its settings with their defaults, and its layers."""

    name: str
    settings: dict[str, Entry]
    layers: Sequence


class Call(NamedTuple):
    """One item of a list of layers: a kind, the settings that are its own, and where it stands."""

    kind: str
    entries: dict[str, Entry]
    span: Span
    name: str | None
    note: str


class Frame(NamedTuple):
    """Where a list of layers is laid out: the path of its names, and what its expressions see."""

    path: str
    scope: Scope
    depth: int = 0
    within: tuple[str, ...] = ()

    def inside(self, name: str) -> Frame:
        """The frame of the layers nested under `name`."""
        return self._replace(path=f"{self.path}{name}/")
