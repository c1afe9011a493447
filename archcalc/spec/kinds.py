"""What kind each item of a list of layers is: `relu`, `conv: {filters: 8}`, a block, or `$kind`.

An item is told from what it may have been meant as, most often an indentation that is off by a level.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from archcalc.errors import Span
from archcalc.layers import LAYERS, layer_class
from archcalc.layers.aliases import KIND_ALIASES
from archcalc.layers.settings import required_settings, settings_of
from archcalc.quoting import listed, quoted
from archcalc.spec.calls import KIND_SETTING, Frame
from archcalc.spec.decode import described, expanded_for, named, near, read, worth
from archcalc.spec.document import Entry, Mapping, Scalar, Sequence, Value
from archcalc.spec.problems import Also, Problems
from archcalc.spec.structures import STRUCTURES, structure_example
from archcalc.spec.zoo import built_in
from archcalc.suggestions import nearest

Head = tuple[str, str, Mapping | None, Span]
"""The kind of an item, canonical and as it was written, its settings, and where the kind stands."""


class KindReader:
    """Reads the kinds of items, where a spec also has the kinds that its blocks define."""

    def __init__(
        self, blocks: Collection[str], problems: Problems, above: Callable[[], tuple[str, ...]]
    ) -> None:
        self.blocks = blocks
        self.above = above
        self.problems = problems
        self.kinds_listed = False

    def head(self, value: Value, frame: Frame) -> Head | None:
        """The kind and settings of an item, or None with its problem noted."""
        if isinstance(value, Scalar) and isinstance(value.value, str):
            return self.known_kind(value.text, None, value, value.span, frame)
        if isinstance(value, Mapping) and len(value.entries) == 1:
            (entry,) = value.entries.values()
            return self.only_key(entry, value, frame)
        if isinstance(value, Mapping) and value.entries:
            self.several_keys(value)
        else:
            message = f"a layer is `kind` or `kind: {{settings}}`, found {described(value)}"
            self.problems.add("type", message, value.span, lambda: self.line(value) or _layer_hint(value))
        return None

    def only_key(self, entry: Entry, item: Value, frame: Frame) -> Head | None:
        """The kind and settings of an item `key: value`."""
        value = entry.value
        if isinstance(value, Mapping):
            return self.known_kind(entry.key, value, item, entry.span, frame)
        known = self.known_kind(entry.key, None, item, entry.span, frame)
        if known is None or (isinstance(value, Scalar) and value.value is None):
            return known
        message = f"{quoted(entry.key)} needs its settings as a mapping, found {described(value)}"
        self.problems.add(
            "type", message, value.span, lambda: self.line(item) or _settings_hint(entry.key, value)
        )
        return None

    def line(self, item: Value) -> str | None:
        """The line that an item of another tool's words or forms means here, as a hint."""
        from archcalc.spec.rewriting import hint_for

        return hint_for(item, self.above())

    def several_keys(self, value: Mapping) -> None:
        """Note that an item has more keys than one: most often settings are not indented."""
        first, *others = value.entries.values()
        indent, other = "", "begin each layer with `- `"
        if isinstance(first.value, Scalar) and first.value.value is None:
            indent = f"indent the settings further than `{first.key}:`"
        elif isinstance(first.value, Mapping) and others[0].key not in LAYERS:
            indent = f"indent all settings of `{first.key}:` alike"

        def hint() -> str:
            line = self.line(value)
            return ", or ".join(part for part in (indent, line) if part) or other

        keys = listed(value.entries, 4)
        message = f"a layer is one kind with its settings, found {len(value.entries)} keys: {keys}"
        self.problems.add("type", message, others[0].span, hint)

    def known_kind(
        self, written: str, mapping: Mapping | None, item: Value, span: Span, frame: Frame
    ) -> Head | None:
        """The canonical name of a kind, which may be computed, or its problem noted."""
        word = read(KIND_SETTING, "a layer", Scalar(written, written, span), frame.scope, self.problems)
        if word is None:
            return None
        kind = word if word in self.blocks else KIND_ALIASES.get(word, word)
        if kind in self.blocks or kind in LAYERS or kind in STRUCTURES:
            return kind, word, mapping, span
        message = f"unknown layer kind {named(written)}"
        also: Also = ()
        if word != written:
            message += worth(word) + expanded_for(self.problems, span)
            also = self.problems.expanded_from()
        self.problems.add("unknown-kind", message, span, lambda: self.kind_hint(word, item), also)
        return None

    def kind_hint(self, word: str, item: Value) -> str | None:
        """What an unknown kind may have meant; the first that is like none is told what kinds there are."""
        if " - " in word:
            return "begin each `- ` in the same column"
        if built_in(word):
            return f"that is a built-in network, and no layer: `base: {word}` begins a variant of it"
        names = [*self.blocks, *LAYERS, *STRUCTURES]
        near_block = nearest(word, self.blocks)
        if not near_block and (line := self.line(item)):
            return line
        like = near(word, [*names, *KIND_ALIASES])
        if like or self.kinds_listed:
            return like
        self.kinds_listed = True
        return f"kinds are {listed(names, len(LAYERS) + len(STRUCTURES))}"


def _layer_hint(value: Value) -> str:
    if isinstance(value, Sequence) and value.items:
        return "a list within the list is no layer: begin it with one `- ` only"
    if isinstance(value, Scalar) and value.value is None:
        return "write a kind, such as `- relu`, or remove the `-`"
    return "write a kind, such as `- relu` or `- fc: {units: 10}`"


def _settings_hint(word: str, value: Value) -> str:
    kind = KIND_ALIASES.get(word, word)
    if kind in STRUCTURES:
        return f"write `{structure_example(kind)}`"
    if kind not in LAYERS:
        return f"write `{word}: {{setting: value}}`"
    names = [*required_settings(layer_class(kind)), *settings_of(layer_class(kind))]
    shown = value.text[:20] if isinstance(value, Scalar) and value.text.isalnum() else "…"
    return (
        f"write `{word}: {{{names[0]}: {shown}}}`" if names else f"{word} has no settings: write `- {word}`"
    )
