"""The source map: what the text of a spec says where a layer stands, and which names it uses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property

from archcalc.errors import Span, SpecError
from archcalc.layers import Layer, Shape
from archcalc.layers.aliases import INPUT_ALIASES
from archcalc.layers.settings import settings_of
from archcalc.records import NamedTuple
from archcalc.spec import document
from archcalc.spec.decode import canonical
from archcalc.spec.document import Scalar, Sequence, Value, parse
from archcalc.spec.preamble import INPUTS
from archcalc.spec.text import Text
from archcalc.spec.zoo import is_built_in

_WORD = re.compile(r"[A-Za-z_]\w*")


class Listed(NamedTuple):
    """An item's list, and its number in it, from 0."""

    items: Sequence
    number: int


class Item(NamedTuple):
    """A word at its place, what stands behind its colon, and where it stands itself.

    within: the blocks and repeats around it. whole: all of it. listed: its list, if it is in one.
    """

    word: str
    span: Span
    value: Value | None
    within: tuple[str, ...]
    whole: Span
    listed: Listed | None

    @property
    def settings(self) -> dict[str, document.Entry]:
        """Its settings by the keys that they have there."""
        return self.value.entries if isinstance(self.value, document.Mapping) else {}


class SourceMap:
    """The texts that a network was read from, as far as they are known.

    own_input: the input that they say, where the command line says another.
    """

    def __init__(self, texts: Mapping[str, str], own_input: Shape | None = None) -> None:
        self.texts = texts
        self.own_input = own_input

    @cached_property
    def items(self) -> dict[Span, Item]:
        """Every word at its place."""
        return {item.span: item for document in self.documents for item in _items(document, ())}

    @cached_property
    def documents(self) -> list[Value]:
        """The texts as values, the spec's own first."""
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

    def is_fixed(self, place: Span | None) -> bool:
        """Whether a place is in a network that ships with archcalc, and so is nothing to edit."""
        return place is not None and place.source in self._fixed

    @cached_property
    def _fixed(self) -> frozenset[str]:
        return frozenset(source for source, text in self.texts.items() if is_built_in(source, text))

    def empties(self, spans: Iterable[Span | None]) -> bool:
        """Whether a list has no items but those at some places."""
        lists = Counter(self._list_of(span) for span in spans if span and span in self.items)
        return any(count == length for (_, length), count in lists.items())

    def _list_of(self, span: Span) -> tuple[Span | None, int]:
        """Where the list of an item begins, and how many items it has."""
        listed = self.items[span].listed
        return (listed.items.span, len(listed.items.items)) if listed else (None, 0)

    def has(self, span: Span | None, key: str) -> bool:
        """Whether the item there has a key."""
        item = self.items.get(span) if span else None
        return bool(item and key in item.settings)

    def entry(self, span: Span | None, setting: str, layer: Layer) -> document.Entry | None:
        """The entry that sets a setting of a layer, however it is spelled."""
        item = self.items.get(span) if span else None
        names = settings_of(type(layer))
        entries = item.settings if item else {}
        return next((entry for key, entry in entries.items() if canonical(key, names) == setting), None)

    def spelled(self, span: Span | None, setting: str, layer: Layer) -> str:
        """How a setting is spelled there, or would be."""
        entry = self.entry(span, setting, layer)
        return entry.key if entry else setting

    def written(self, span: Span | None, key: str, layer: Layer | None = None) -> str | None:
        """The text of a setting there: that of a layer however it is spelled, else that of the key itself."""
        item = self.items.get(span) if span else None
        entry = self.entry(span, key, layer) if layer else item and item.settings.get(key)
        return Text(entry.span.source, self.texts[entry.span.source]).of(entry.value.span) if entry else None

    def expression(self, span: Span | None, setting: str, layer: Layer) -> str | None:
        """The expression that a setting has there, to be copied; None when it is none.

        It is in quotes where it has any, or brackets, which would end a list that it were copied into.
        """
        entry = self.entry(span, setting, layer)
        if entry is None or not isinstance(entry.value, Scalar) or "$" not in entry.value.text:
            return None
        text = entry.value.text
        if '"' in text or "\\" in text:
            return None
        return f'"{text}"' if entry.value.quoted or not text.removeprefix("$").isidentifier() else text

    def is_last_use(self, span: Span | None, setting: str, layer: Layer) -> bool:
        """Whether a setting has an expression there, and nothing else around it uses one of its names."""
        entry, item = self.entry(span, setting, layer), self.items.get(span) if span else None
        if not entry or not item or not isinstance(entry.value, Scalar) or "$" not in entry.value.text:
            return False
        others = [
            _WORD.findall(other.value.text)
            for other in self.items.values()
            if isinstance(other.value, Scalar) and "$" in other.value.text
            if other.within[:1] == item.within[:1] and other.value.span != entry.value.span
        ]
        used = {word for words in others for word in words}
        return not used.issuperset(_WORD.findall(entry.value.text))

    def reaches(self, source: Span | None, target: Span | None) -> bool:
        """Whether what an expression at `source` names has the same meaning at `target`."""
        one = self.items.get(source) if source else None
        other = self.items.get(target) if target else None
        return bool(one and other and other.within[: len(one.within)] == one.within)

    def input_place(self, shape: Shape) -> Span | None:
        """Where the input is written, if it is this shape that is written there."""
        tops = (value.entries for value in self.documents if isinstance(value, document.Mapping))
        entry = next((entries["input"] for entries in tops if "input" in entries), None)
        return entry.span if entry and _is_shape(entry.value, shape) else None


def _is_shape(value: Value, shape: Shape) -> bool:
    """Whether a value is the input of this shape, written in numbers."""
    if not isinstance(value, document.Mapping):
        return False
    sizes = {INPUT_ALIASES.get(key, key): entry.value for key, entry in value.entries.items()}
    form = next((form for form in INPUTS if set(form) == set(sizes)), ())
    found = [size.value for size in (sizes[key] for key in form) if isinstance(size, Scalar)]
    return found == list(shape)


def _items(value: Value, within: tuple[str, ...], listed: Listed | None = None) -> Iterator[Item]:
    if isinstance(value, Sequence):
        for number, item in enumerate(value.items):
            here = Listed(value, number)
            if isinstance(item, Scalar):
                yield Item(item.text, item.span, None, within, item.span, here)
            yield from _items(item, within, here)
    if isinstance(value, document.Mapping):
        for key, entry in value.entries.items():
            yield Item(key, entry.span, entry.value, within, value.span, listed)
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
