"""What the text of a spec says where a layer stands: spellings, expressions, and names that are used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import NamedTuple

from archcalc.errors import Span, SpecError
from archcalc.layers.settings import settings_of
from archcalc.spec import document
from archcalc.spec.decode import canonical
from archcalc.spec.document import Scalar, Sequence, Value, parse

Listed = tuple[Span | None, int]


class Item(NamedTuple):
    """A word with its settings, the blocks and repeats that it stands in, and its list: place and length."""

    word: str
    settings: document.Mapping | None
    within: tuple[str, ...]
    listed: Listed


class Written:
    """The texts that a network was read from, as far as they are known."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    @cached_property
    def items(self) -> dict[Span, Item]:
        """Every word at its place."""
        return {span: item for document in self.documents for span, item in _items(document, ())}

    @cached_property
    def documents(self) -> list[Value]:
        """The texts as values."""
        values = []
        for source, text in self.texts.items():
            with suppress(SpecError):
                values.append(parse(text.encode("utf-8", "surrogatepass"), source, {}))
        return values

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of layers that `from`, `outputs` and `expect` use."""
        return frozenset(name for value in self.documents for name in _names(value))

    def word(self, span: Span | None) -> str | None:
        """The word that stands there."""
        item = self.items.get(span) if span else None
        return item.word if item else None

    def knows(self, span: Span | None) -> bool:
        """Whether there is a text of that place."""
        return span in self.items

    def empties(self, spans: Iterable[Span | None]) -> bool:
        """Whether a list has no items but those at some places."""
        lists = Counter(self.items[span].listed for span in spans if span and span in self.items)
        return any(count == length for (_, length), count in lists.items())

    def has(self, span: Span | None, key: str) -> bool:
        """Whether the item there has a key."""
        item = self.items.get(span) if span else None
        return bool(item and item.settings and key in item.settings.entries)

    def entry(self, span: Span | None, setting: str, layer: object) -> document.Entry | None:
        """The entry that sets a setting of a layer, however it is spelled."""
        item = self.items.get(span) if span else None
        entries = item.settings.entries if item and item.settings else {}
        names = settings_of(type(layer))
        return next((entry for key, entry in entries.items() if canonical(key, names) == setting), None)

    def spelled(self, span: Span | None, setting: str, layer: object) -> str:
        """How a setting is spelled there, or would be."""
        entry = self.entry(span, setting, layer)
        return entry.key if entry else setting

    def expression(self, span: Span | None, setting: str, layer: object) -> str | None:
        """The expression that a setting has there, to be copied; None when it is none."""
        entry = self.entry(span, setting, layer)
        if entry is None or not isinstance(entry.value, Scalar) or "$" not in entry.value.text:
            return None
        return f'"{entry.value.text}"' if entry.value.quoted else entry.value.text

    def reaches(self, source: Span | None, target: Span | None) -> bool:
        """Whether what an expression at `source` names has the same meaning at `target`."""
        one = self.items.get(source) if source else None
        other = self.items.get(target) if target else None
        return bool(one and other and other.within[: len(one.within)] == one.within)

    def input_place(self, sizes: tuple[int, ...]) -> Span | None:
        """Where the input is written, if it is written there in these sizes."""
        for value in self.documents:
            entry = value.entries.get("input") if isinstance(value, document.Mapping) else None
            if entry and isinstance(entry.value, document.Mapping):
                given = [own.value for own in entry.value.entries.values()]
                found = [value.value for value in given if isinstance(value, Scalar)]
                if sorted(size for size in found if isinstance(size, int)) == sorted(sizes):
                    return entry.span
        return None


def _items(value: Value, within: tuple[str, ...], listed: Listed = (None, 0)) -> Iterator[tuple[Span, Item]]:
    if isinstance(value, Sequence):
        here = (value.span, len(value.items))
        for item in value.items:
            if isinstance(item, Scalar):
                yield item.span, Item(item.text, None, within, here)
            yield from _items(item, within, here)
    if isinstance(value, document.Mapping):
        for key, entry in value.entries.items():
            settings = entry.value if isinstance(entry.value, document.Mapping) else None
            yield entry.span, Item(key, settings, within, listed)
            deeper = (*within, f"{entry.span}") if key == "repeat" or _is_block(entry) else within
            yield from _items(entry.value, deeper)


def _is_block(entry: document.Entry) -> bool:
    return isinstance(entry.value, document.Mapping) and "layers" in entry.value.entries


def _names(value: Value) -> Iterator[str]:
    if isinstance(value, Sequence):
        for item in value.items:
            yield from _names(item)
    if isinstance(value, document.Mapping):
        for key, entry in value.entries.items():
            if key in ("from", "outputs", "expect"):
                yield from _texts(entry.value)
            else:
                yield from _names(entry.value)


def _texts(value: Value) -> Iterator[str]:
    """All words in a value, keys included."""
    if isinstance(value, Scalar):
        yield value.text
    elif isinstance(value, Sequence):
        for item in value.items:
            yield from _texts(item)
    else:
        for key, entry in value.entries.items():
            yield key
            yield from _texts(entry.value)
