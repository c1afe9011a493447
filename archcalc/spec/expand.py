"""From the layers of a spec to the nodes of a network, in the order they run.

Names of layers in blocks, branches and named structures are paths: `conv2/bottleneck1/conv3`. Without
a name of its own a layer is called by its kind and its number among those on the same path.
"""

from __future__ import annotations

from typing import Any

from archcalc.errors import Span
from archcalc.layers import LAYERS, Composite, Layer, layer_class
from archcalc.layers.settings import FLAG, Setting, required_settings, settings_of
from archcalc.network import Node
from archcalc.quoting import listed, quoted
from archcalc.spec.aliases import KIND_ALIASES
from archcalc.spec.calls import (
    KIND_SETTING,
    MISSING,
    NAME_OR_INPUT,
    NAME_SETTING,
    TEXT_SETTING,
    Block,
    Call,
    Frame,
)
from archcalc.spec.decode import described, read, read_layer, user, worth
from archcalc.spec.document import Entry, Mapping, Scalar, Sequence, Value
from archcalc.spec.expressions import Scope
from archcalc.spec.names import Dangling, Names
from archcalc.spec.problems import Also, Problems
from archcalc.spec.structures import STRUCTURES, block, structure_example
from archcalc.suggestions import suggestion

LAYER_LIMIT = 10_000
NESTING = 64
ITEM_WORK = 10

Head = tuple[str, Mapping | None, Span]
"""The kind of an item, canonical, its settings, and where the kind stands."""


class Expansion:
    """Lays out layers into `nodes`, in the order they run; a faulty block is None among the blocks."""

    def __init__(self, blocks: dict[str, Block | None], variables: Scope, problems: Problems) -> None:
        self.blocks = blocks
        self.variables = variables
        self.problems = problems
        self.nodes: list[Node] = []
        self.names = Names(problems)
        self.kinds_listed = False

    def layers(self, value: Value, frame: Frame, volume: int) -> int:
        """Lay out a list of layers that begins on `volume`; returns the volume it ends on."""
        self.problems.spend(ITEM_WORK, value.span)
        if not isinstance(value, Sequence):
            hint = "begin each layer with `- `"
            self.problems.add("type", f"layers need a list, found {described(value)}", value.span, hint)
            self.names.lose_all(value)
            return MISSING
        if frame.depth >= NESTING:
            message = f"blocks and structures are nested more than {NESTING} deep"
            self.problems.add("too-deep", message, value.span, "use fewer blocks within blocks")
            return MISSING
        deeper = frame._replace(depth=frame.depth + 1)
        for item in value.items:
            volume = self.item(item, deeper, volume)
        return volume

    def item(self, value: Value, frame: Frame, volume: int) -> int:
        """Lay out one item of a list; returns the volume it ends on, or `volume` when it is left out."""
        self.problems.spend(ITEM_WORK, value.span)
        head = self.head(value, frame)
        if head is None:
            self.names.lose_all(value)
            return MISSING
        kind, mapping, span = head
        entries = dict(mapping.entries) if mapping else {}
        when, name, source = entries.pop("when", None), entries.pop("name", None), entries.pop("from", None)
        if not self.flag(when, frame):
            self.names.leave_out(name, frame.path, span)
            return volume
        note = self.text(entries.pop("note", None), TEXT_SETTING, "note", frame) or ""
        own = self.text(name, NAME_SETTING, "name", frame)
        if name and own is None:
            self.names.lose_all(value)
        call = Call(kind, entries, span, own, note, _place(name) or span, _place(source) or span)
        return self.placed(call, frame, source, volume)

    def placed(self, call: Call, frame: Frame, source: Entry | None, volume: int) -> int:
        """Lay out a call on what its `from` names, or on `volume`; returns the volume it ends on."""
        if source is None:
            return self.place(call, frame, [volume])
        dangling: list[tuple[str, Span]] = []
        known = len(self.names.volumes)
        inputs = self.inputs(source, frame, dangling)
        first = len(self.nodes) + 1
        end = self.place(call, frame, inputs)
        for name, span in dangling:
            each = Dangling(name, frame.path, span, known, first, len(self.nodes))
            self.names.dangling.setdefault(span, each)
        return end

    def head(self, value: Value, frame: Frame) -> Head | None:
        """The kind and settings of an item, or None with its problem noted."""
        if isinstance(value, Scalar) and isinstance(value.value, str):
            return self.known_kind(value.text, None, value.span, frame)
        if isinstance(value, Mapping) and len(value.entries) == 1:
            (entry,) = value.entries.values()
            return self.only_key(entry, frame)
        if isinstance(value, Mapping) and value.entries:
            self.several_keys(value)
        else:
            message = f"a layer is `kind` or `kind: {{settings}}`, found {described(value)}"
            self.problems.add("type", message, value.span, _layer_hint(value))
        return None

    def only_key(self, entry: Entry, frame: Frame) -> Head | None:
        """The kind and settings of an item `key: value`."""
        value = entry.value
        if isinstance(value, Mapping):
            return self.known_kind(entry.key, value, entry.span, frame)
        known = self.known_kind(entry.key, None, entry.span, frame)
        if known is None or (isinstance(value, Scalar) and value.value is None):
            return known
        message = f"{quoted(entry.key)} needs its settings as a mapping, found {described(value)}"
        self.problems.add("type", message, value.span, _settings_hint(entry.key, value))
        return None

    def several_keys(self, value: Mapping) -> None:
        """Note that an item has more keys than one: most often settings are not indented."""
        first, *others = value.entries.values()
        if isinstance(first.value, Scalar) and first.value.value is None:
            hint = f"indent the settings further than `{first.key}:`"
        elif isinstance(first.value, Mapping) and others[0].key not in LAYERS:
            hint = f"indent all settings of `{first.key}:` alike"
        else:
            hint = "begin each layer with `- `"
        keys = listed(value.entries, 4)
        message = f"a layer is one kind with its settings, found {len(value.entries)} keys: {keys}"
        self.problems.add("type", message, others[0].span, hint)

    def known_kind(self, written: str, mapping: Mapping | None, span: Span, frame: Frame) -> Head | None:
        """The canonical name of a kind, which may be computed, or its problem noted."""
        word = read(KIND_SETTING, "a layer", Scalar(written, written, span), frame.scope, self.problems)
        if word is None:
            return None
        kind = word if word in self.blocks else KIND_ALIASES.get(word, word)
        if kind in self.blocks or kind in LAYERS or kind in STRUCTURES:
            return kind, mapping, span
        message = f"unknown layer kind {quoted(written)}"
        also: Also = ()
        if word != written:
            message += worth(word) + user(self.problems, span)
            also = self.problems.use()
        self.problems.add("unknown-kind", message, span, lambda: self.kind_hint(word), also)
        return None

    def kind_hint(self, word: str) -> str | None:
        """What an unknown kind may have meant; the first that is like none is told what kinds there are."""
        if " - " in word:
            return "begin each `- ` in the same column"
        names = [*self.blocks, *LAYERS, *STRUCTURES]
        near = suggestion(word, [*names, *KIND_ALIASES])
        if near or self.kinds_listed:
            return near
        self.kinds_listed = True
        return f"kinds are {listed(names, len(LAYERS) + len(STRUCTURES))}"

    def place(self, call: Call, frame: Frame, inputs: list[int]) -> int:
        """Lay out one call: a structure, a block, or a layer."""
        if call.kind in self.blocks or call.kind in STRUCTURES:
            return self.structure(call, frame, inputs)
        cls = layer_class(call.kind)
        layer = read_layer(call.kind, call.entries, call.span, frame.scope, self.problems)
        name = self.names.claim(call, frame.path)
        if name is None:
            return MISSING
        if layer is None or not self.fitting(call, cls, inputs):
            self.names.volumes[name] = MISSING
            self.names.lose(name)
            return MISSING
        if isinstance(layer, Composite):
            return self.composite(name, layer, inputs, call)
        return self.node(name, call.kind, layer, inputs, call)

    def structure(self, call: Call, frame: Frame, inputs: list[int]) -> int:
        """Lay out a structure or block; what a faulty one would hold is not known."""
        before = self.problems.noted
        build = block if call.kind in self.blocks else STRUCTURES[call.kind]
        end = build(self, call, frame, self.single(call, inputs))
        if self.problems.noted > before:
            self.names.lose(call.name or call.kind)
        return end

    def fitting(self, call: Call, cls: type[Layer], inputs: list[int]) -> bool:
        """Whether a layer can read as many volumes."""
        if not cls.merges:
            return len(inputs) == 1 or self.single(call, inputs) != MISSING
        if len(inputs) < 2:
            message, hint = (
                f"{call.kind} needs two or more inputs, found 1",
                f"name them: `{call.kind}: {{from: [a, b]}}`",
            )
            self.problems.add("inputs", message, call.from_span, hint)
        return len(inputs) >= 2

    def single(self, call: Call, inputs: list[int]) -> int:
        """The one volume that a call reads."""
        if len(inputs) == 1:
            return inputs[0]
        message = f"{call.kind} reads one volume, found {len(inputs)} in `from`"
        self.problems.add("inputs", message, call.from_span, "merge them first with add, multiply or concat")
        return MISSING

    def composite(self, name: str, layer: Composite, inputs: list[int], call: Call) -> int:
        """Append the layers that a composite stands for; returns the volume that the last one writes."""
        for part in layer.parts():
            part_name = self.names.claim(call._replace(name=part.name), f"{name}/")
            if part_name is None:
                self.names.volumes[name] = MISSING
                return MISSING
            inputs = [self.node(part_name, part.kind, part.layer, inputs, call)]
        self.names.volumes[name] = inputs[0]
        return inputs[0]

    def node(self, name: str, kind: str, layer: Layer, inputs: list[int], call: Call) -> int:
        """Append a node; returns the volume it writes."""
        if len(self.nodes) >= LAYER_LIMIT:
            message = f"a network has at most {LAYER_LIMIT:,} layers"
            self.problems.add("too-large", message, call.span, "check `times:` and the nesting of blocks")
            self.problems.stop()
        self.nodes.append(Node(name, kind, layer, tuple(inputs), call.span, call.note))
        self.names.volumes[name] = len(self.nodes)
        return len(self.nodes)

    def inputs(self, source: Entry, frame: Frame, dangling: list[tuple[str, Span]]) -> list[int]:
        """The volumes that `from` names; names that stand for nothing are noted as dangling."""
        value = source.value
        items = value.items if isinstance(value, Sequence) else (value,)
        self.problems.spend(ITEM_WORK * len(items), value.span)
        if not items:
            self.problems.add("inputs", "`from` names no layer", value.span, "name one, or leave `from` out")
            return [MISSING]
        return [self.named(item, source, frame, dangling) for item in items]

    def named(self, item: Value, source: Entry, frame: Frame, dangling: list[tuple[str, Span]]) -> int:
        """The volume that one item of `from` names."""
        name = self.text(source._replace(value=item), NAME_OR_INPUT, "from", frame)
        if name is None:
            return MISSING
        full = self.names.find(name, frame.path)
        if full is None:
            dangling.append((name, item.span))
            self.problems.doubt()
            return MISSING
        return self.names.volumes[full]

    def flag(self, entry: Entry | None, frame: Frame, what: str = "when") -> bool:
        """Whether a condition holds; a faulty one does, so that names below it are known."""
        if entry is None:
            return True
        value = read(FLAG, what, entry.value, frame.scope, self.problems)
        return value is None or bool(value)

    def text(self, entry: Entry | None, setting: Setting, what: str, frame: Frame) -> Any:
        """A common setting's value, or None where it is not given or wrong."""
        return None if entry is None else read(setting, what, entry.value, frame.scope, self.problems)


def _place(entry: Entry | None) -> Span | None:
    return entry.value.span if entry else None


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
