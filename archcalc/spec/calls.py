"""What expansion works with: names and their rules, definitions of blocks, calls, and frames."""

from __future__ import annotations

import re

from archcalc.errors import Span
from archcalc.layers.settings import Setting
from archcalc.network import INPUT
from archcalc.records import NamedTuple
from archcalc.spec.document import Entry, Sequence, Value
from archcalc.spec.expressions import Scope

NAME = r"[A-Za-z0-9_][A-Za-z0-9_./-]*\Z"
NAME_LENGTH = 100
"""So many characters may a name have that a spec gives."""

PATH_LENGTH = 200
"""So many may a full name have, with the blocks and structures around it."""

INVALID_TENSOR = -1
"""The tensor that an invalid layer would have written."""

COMMON = ("name", "from", "when", "note")
"""The settings of every kind, structure and block."""

RESERVED = (INPUT, "name", "from", "when", "note", "min", "max", "divisible")
"""The words that no variable may be called."""


def is_name(text: str) -> bool:
    """Whether a text can be a name or a part of one."""
    return len(text) <= NAME_LENGTH and text != INPUT and re.match(NAME, text) is not None


def _name(value: object) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(text, str) and is_name(text):
        return text
    raise ValueError("that is what the network's input is called" if text == INPUT else None)


def _name_or_input(value: object) -> str:
    return INPUT if value == INPUT else _name(value)


def is_identifier(text: str) -> bool:
    """Whether a text can be a name in expressions."""
    return text.isascii() and text.isidentifier() and text not in RESERVED


def _identifier(value: object) -> str:
    if isinstance(value, str) and is_identifier(value):
        return value
    raise ValueError("that word is taken" if value in RESERVED else None)


def _text(value: object) -> str:
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value)
    raise ValueError


def _word(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("name a kind, such as relu")


KIND_SETTING = Setting("the name of a kind", _word)
NAME_SETTING = Setting(
    f"up to {NAME_LENGTH} letters, digits and _ . / -, the first a letter, a digit or _", _name
)
NAME_OR_INPUT = Setting("the name of a layer above, or a list of names for merging layers", _name_or_input)
OUTPUT_SETTING = Setting("the name of a layer, or a list of names", _name_or_input)
IDENTIFIER = Setting("a name of letters, digits and _, not beginning with a digit", _identifier)
TEXT_SETTING = Setting("text", _text, {"type": ["string", "number", "boolean"]})


class Block(NamedTuple):
    """The definition of a block, a macro: its settings with their defaults, its layers, its place."""

    name: str
    settings: dict[str, Entry]
    layers: Sequence
    span: Span


class Call(NamedTuple):
    """One item of a list of layers: a kind with its own settings, as a macro is called with its arguments.

    entries: the settings without those that every kind has (COMMON). name_span, from_span: where errors about
    its name and its inputs point, which is the kind where none is written. word: what the kind is called.
    """

    kind: str
    entries: dict[str, Entry]
    span: Span
    name: str | None
    note: str
    name_span: Span
    from_span: Span
    item: Value
    word: str = ""


class Frame(NamedTuple):
    """The environment in which a list of layers is expanded.

    path: the scope of names, as the prefix that they get. scope: that of expressions. depth: how many lists
    the list stands in. within: the kinds of the blocks around it, so that a recursive one is refused.
    """

    path: str
    scope: Scope
    depth: int = 0
    within: tuple[str, ...] = ()

    def inside(self, name: str) -> Frame:
        """The frame of the layers nested under `name`."""
        return self._replace(path=f"{self.path}{name}/")

    def seeing(self, names: dict[str, object]) -> Frame:
        """The same frame, where expressions also see `names`."""
        return self._replace(scope=self.scope.new_child(names))
