"""From the layers of a spec to the nodes of a network, in the order they run.

Names of layers in blocks, branches and named structures are paths: `conv2/bottleneck1/conv3`. Without
a name of its own a layer is called by its kind and its number among those on the same path.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from archcalc.errors import Span, quoted, suggestion
from archcalc.layers import LAYERS, Composite, Layer, layer_class
from archcalc.layers.settings import FLAG, Setting, required_settings
from archcalc.network import INPUT, Node
from archcalc.spec.aliases import KIND_ALIASES
from archcalc.spec.calls import MISSING, NAME_OR_INPUT, NAME_SETTING, NOTE_SETTING, Block, Call, Frame
from archcalc.spec.decode import Problems, described, read, read_layer
from archcalc.spec.document import Entry, Mapping, Scalar, Sequence, Value
from archcalc.spec.expressions import Scope
from archcalc.spec.structures import STRUCTURES, block

LAYER_LIMIT = 10_000
STEP_LIMIT = 10 * LAYER_LIMIT
NESTING = 64


class Expansion:
    """Lays out layers into `nodes`, in the order they run."""

    def __init__(self, blocks: dict[str, Block], variables: Scope, problems: Problems) -> None:
        self.blocks = blocks
        self.variables = variables
        self.problems = problems
        self.nodes: list[Node] = []
        self.volumes: dict[str, int] = {INPUT: 0}
        self.names: dict[str, Span] = {}
        self.counts: Counter[str] = Counter()
        self.steps = 0

    def layers(self, value: Value, frame: Frame, volume: int) -> int:
        """Lay out a list of layers that begins on `volume`; returns the volume it ends on."""
        if not isinstance(value, Sequence):
            self.problems.add(
                "type",
                f"layers need a list, found {described(value)}",
                value.span,
                "begin each layer with `- `",
            )
            return MISSING
        if frame.depth >= NESTING:
            self.problems.add(
                "too-deep", f"blocks and structures are nested more than {NESTING} deep", value.span
            )
            return MISSING
        deeper = frame._replace(depth=frame.depth + 1)
        for item in value.items:
            volume = self.item(item, deeper, volume)
        return volume

    def item(self, value: Value, frame: Frame, volume: int) -> int:
        """Lay out one item of a list; returns the volume it ends on, or `volume` when it is left out."""
        self.steps += 1
        if self.steps > STEP_LIMIT or len(self.nodes) >= LAYER_LIMIT:
            self.problems.add(
                "too-large",
                f"a network has at most {LAYER_LIMIT:,} layers",
                value.span,
                "check `times:` and the nesting of blocks",
            )
            self.problems.stop()
        head = self.head(value)
        if head is None:
            return MISSING
        kind, mapping, span = head
        entries = dict(mapping.entries) if mapping else {}
        before = self.problems.noted
        if not self.flag(entries.pop("when", None), frame):
            return volume
        call = Call(
            kind,
            entries,
            span,
            self.text(entries.pop("name", None), NAME_SETTING, "name", frame),
            self.text(entries.pop("note", None), NOTE_SETTING, "note", frame) or "",
        )
        inputs = self.inputs(entries.pop("from", None), frame, volume)
        if self.problems.noted > before:
            return MISSING
        return self.place(call, frame, inputs)

    def head(self, value: Value) -> tuple[str, Mapping | None, Span] | None:
        """The kind of an item, canonical, and its settings."""
        if isinstance(value, Scalar) and isinstance(value.value, str):
            return self.known_kind(value.text, None, value.span)
        if isinstance(value, Mapping) and len(value.entries) == 1:
            ((key, entry),) = value.entries.items()
            if isinstance(entry.value, Mapping):
                return self.known_kind(key, entry.value, entry.span)
            if isinstance(entry.value, Scalar) and entry.value.value is None:
                return self.known_kind(key, None, entry.span)
            if self.known_kind(key, None, entry.span):
                self.problems.add(
                    "type", f"{quoted(key)} needs its settings as a mapping, found {described(entry.value)}",
                    entry.value.span, _settings_hint(key, entry.value),
                )  # fmt: skip
            return None
        if isinstance(value, Mapping) and value.entries:
            first = next(iter(value.entries.values()))
            hint = (
                f"indent the settings below `{first.key}:`"
                if isinstance(first.value, Scalar)
                else "begin each layer with `- `"
            )
            self.problems.add(
                "type",
                f"a layer is one kind with its settings, found {len(value.entries)} keys",
                value.span,
                hint,
            )
            return None
        self.problems.add(
            "type", f"a layer is `kind` or `kind: {{settings}}`, found {described(value)}", value.span
        )
        return None

    def known_kind(
        self, word: str, mapping: Mapping | None, span: Span
    ) -> tuple[str, Mapping | None, Span] | None:
        """The canonical name of a kind, or its problem noted."""
        kind = word if word in self.blocks else KIND_ALIASES.get(word, word)
        if kind in self.blocks or kind in LAYERS or kind in STRUCTURES:
            return kind, mapping, span
        names = [*LAYERS, *STRUCTURES, *self.blocks]
        hint = suggestion(word, [*names, *KIND_ALIASES]) or "kinds are " + ", ".join(names)
        self.problems.add("unknown-kind", f"unknown layer kind {quoted(word)}", span, hint)
        return None

    def place(self, call: Call, frame: Frame, inputs: list[int]) -> int:
        """Lay out one call: a structure, a block, or a layer."""
        if call.kind in self.blocks or call.kind in STRUCTURES:
            build = STRUCTURES.get(call.kind, block)
            return build(self, call, frame, self.single(call, inputs))
        cls = layer_class(call.kind)
        layer = read_layer(call.kind, cls, call.entries, call.span, frame.scope, self.problems)
        name = self.full_name(call, frame)
        if layer is None or name is None:
            if name:
                self.volumes[name] = MISSING
            return MISSING
        if isinstance(layer, Composite):
            for part in layer.parts():
                inputs = [self.node(f"{name}/{part.name}", part.kind, part.layer, inputs, call)]
            self.volumes[name] = inputs[0]
            return inputs[0]
        if cls.merges and len(inputs) < 2:
            self.problems.add(
                "inputs",
                f"{call.kind} needs two or more inputs",
                call.span,
                f"name them: `{call.kind}: {{from: [a, b]}}`",
            )
            return MISSING
        if not cls.merges and len(inputs) > 1:
            self.problems.add(
                "inputs",
                f"{call.kind} reads one volume, found {len(inputs)} in `from`",
                call.span,
                "merge them first with add, multiply or concat",
            )
            return MISSING
        return self.node(name, call.kind, layer, inputs, call)

    def node(self, name: str, kind: str, layer: Layer, inputs: list[int], call: Call) -> int:
        """Append a node; returns the volume it writes."""
        self.nodes.append(Node(name, kind, layer, tuple(inputs), call.span, call.note))
        self.volumes[name] = len(self.nodes)
        return len(self.nodes)

    def single(self, call: Call, inputs: list[int]) -> int:
        """The one volume that a structure reads."""
        if len(inputs) == 1:
            return inputs[0]
        self.problems.add("inputs", f"{call.kind} reads one volume, found {len(inputs)} in `from`", call.span)
        return MISSING

    def full_name(self, call: Call, frame: Frame) -> str | None:
        """The path of a call's name, its own or made from kind and number; each stands once."""
        own = call.name
        while own is None:
            self.counts[frame.path + call.kind] += 1
            candidate = f"{call.kind}{self.counts[frame.path + call.kind]}"
            if frame.path + candidate not in self.names:
                own = candidate
        name = frame.path + own
        if name in self.names:
            first = self.names[name].line
            hint = (
                "in a repeat, name the repeat, or use its `index:`"
                if self.names[name] == call.span
                else "give it another name"
            )
            self.problems.add(
                "duplicate-name", f"the name {quoted(name)} is taken, first in line {first}", call.span, hint
            )
            return None
        self.names[name] = call.span
        return name

    def inputs(self, entry: Entry | None, frame: Frame, volume: int) -> list[int]:
        """The volumes that `from` names; without it, the one above."""
        if entry is None:
            return [volume]
        value = entry.value
        items = value.items if isinstance(value, Sequence) else (value,)
        volumes = []
        for item in items:
            name = self.text(entry._replace(value=item), NAME_OR_INPUT, "from", frame)
            if name is not None:
                volumes.append(self.named(name, frame, item.span))
        if not items:
            self.problems.add("inputs", "`from` names no layer", value.span)
        return volumes

    def named(self, name: str, frame: Frame, span: Span) -> int:
        """The volume called `name`, looked for in the block at hand, then in those around it."""
        path = frame.path
        while True:
            if path + name in self.volumes:
                return self.volumes[path + name]
            if not path:
                break
            path = path[: path.rstrip("/").rfind("/") + 1]
        self.problems.add(
            "unknown-name",
            f"`from` names {quoted(name)}, and no layer above is called so",
            span,
            self.name_hint(name),
        )
        return MISSING

    def name_hint(self, name: str) -> str | None:
        """A near name among the layers above."""
        return suggestion(name, self.volumes) or "a layer reads layers that stand above it"

    def flag(self, entry: Entry | None, frame: Frame) -> bool:
        """Whether `when` holds."""
        return entry is None or bool(read(FLAG, "when", entry.value, frame.scope, self.problems))

    def text(self, entry: Entry | None, setting: Setting, what: str, frame: Frame) -> Any:
        """A common setting's value, or None where it is not given or wrong."""
        return None if entry is None else read(setting, what, entry.value, frame.scope, self.problems)


def _settings_hint(word: str, value: Value) -> str:
    kind = KIND_ALIASES.get(word, word)
    names = required_settings(layer_class(kind)) if kind in LAYERS else ()
    shown = value.text[:20] if isinstance(value, Scalar) and value.text.isalnum() else "…"
    return f"write `{word}: {{{names[0]}: {shown}}}`" if names else f"write `{word}: {{setting: value}}`"
