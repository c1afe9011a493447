"""What a spec offers to who varies it: its variables with their meaning, and its blocks."""

from __future__ import annotations

from archcalc.records import NamedTuple
from archcalc.spec.document import Entry, Mapping, Scalar, Value
from archcalc.spec.include import included
from archcalc.spec.load import Parts
from archcalc.spec.meanings import comment_of, meanings
from archcalc.spec.text import Text
from archcalc.spec.unused import used_definitions


class VariableOutline(NamedTuple):
    """A variable: its value, in which expressions are texts, and what the comment behind it says.

    computed: whether the value follows from other variables.
    """

    name: str
    value: object
    meaning: str
    computed: bool


class BlockOutline(NamedTuple):
    """A block: its settings with their defaults, what the comment behind its name says, and its file."""

    name: str
    settings: dict[str, object]
    meaning: str
    source: str


class Outline(NamedTuple):
    """The variables and blocks that a spec uses, its own and those of its base and its libraries."""

    variables: tuple[VariableOutline, ...]
    blocks: tuple[BlockOutline, ...]
    base: str
    libraries: tuple[str, ...]


def outline(parts: Parts) -> Outline:
    """The outline of a spec."""
    used, said = used_definitions(parts.whole), meanings(parts.spec.texts)
    given = (each for each in _members(parts.whole, "variables") if each.span in used["variables"])
    blocks = (each for each in _members(parts.whole, "blocks") if each.span in used["blocks"])
    base = parts.own.entries.get("base")
    texts = {source: Text(source, content) for source, content in parts.spec.texts.items()}
    return Outline(
        tuple(
            VariableOutline(e.key, raw(e.value), said.get(e.key, ""), _is_computed(e.value)) for e in given
        ),
        tuple(_block(entry, texts[entry.span.source]) for entry in blocks),
        str(raw(base.value)) if base else "",
        tuple(str(raw(item)) for item in included(parts.own.entries.get("include"))),
    )


def _block(entry: Entry, text: Text) -> BlockOutline:
    settings = _members(entry.value, "settings") if isinstance(entry.value, Mapping) else ()
    defaults = {each.key: raw(each.value) for each in settings}
    return BlockOutline(entry.key, defaults, comment_of(entry, text), entry.span.source)


def _members(mapping: Mapping, key: str) -> tuple[Entry, ...]:
    """The entries of the mapping under a key, which may be missing."""
    entry = mapping.entries.get(key)
    return tuple(entry.value.entries.values()) if entry and isinstance(entry.value, Mapping) else ()


def raw(value: Value) -> object:
    """A value as plain Python, its expressions as the texts that they are."""
    if isinstance(value, Scalar):
        return value.value
    if isinstance(value, Mapping):
        return {key: raw(entry.value) for key, entry in value.entries.items()}
    return [raw(item) for item in value.items]


def _is_computed(value: Value) -> bool:
    return isinstance(value, Scalar) and isinstance(value.value, str) and "$" in value.text
