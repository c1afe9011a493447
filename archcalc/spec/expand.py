"""Macro expansion: from the layers of a spec, with its blocks and structures, to the nodes of a network.

The expansion is a recursive descent through the lists of layers. Each step is given the frame it works in
(the scope of names and that of expressions) and the tensor it begins on, and returns the one it ends on:

    layers:
      - repeat:
          name: stage                # a scope for each row of the table: stage1/, stage2/
          each: {n: [8, 16]}
          layers:
            - conv: {filters: $n, kernel_size: 1}        # stage1/conv1: {n: 8}, tensor 0 → 1
            - repeat:                # without a name: the copies share the scope around them
                times: 2
                index: i
                layers:
                  - prelu: {num_parameters: "${n * i // i}"} # stage1/prelu1: {n: 8, i: 1}, 1 → 2
                                                             # stage1/prelu2: {n: 8, i: 2}, 2 → 3

and the same for stage2/ with {n: 16}, from tensor 3 to 6. A layer without a name of its own is called by its
kind and its number among those of the same scope.

What cannot be expanded ends on INVALID_TENSOR, and what reads that is not checked any further.
"""

from __future__ import annotations

from typing import Any

from archcalc.errors import Span
from archcalc.layers import Composite, Layer, layer_class
from archcalc.layers.settings import FLAG, Setting
from archcalc.network import INPUT, Node
from archcalc.spec.calls import (
    INVALID_TENSOR,
    NAME_OR_INPUT,
    NAME_SETTING,
    TEXT_SETTING,
    Block,
    Call,
    Frame,
)
from archcalc.spec.decode import described, read
from archcalc.spec.document import Entry, Sequence, Value
from archcalc.spec.expressions import Scope
from archcalc.spec.graph_builder import GraphBuilder
from archcalc.spec.kinds import KindReader
from archcalc.spec.layer_settings import as_written, read_layer
from archcalc.spec.problems import Problems
from archcalc.spec.references import References, UnresolvedReference
from archcalc.spec.structures import STRUCTURES, block
from archcalc.spec.symbols import SymbolTable

LAYER_LIMIT = 10_000
"""So many nodes may a network have."""

NESTING_LIMIT = 64
"""So deep may blocks and structures stand in each other."""

ITEM_STEPS = 10
"""What an item of a list is charged for, before anything is known of it."""


class Expansion:
    """The expansion of one spec into `graph`; an invalid block is None among the blocks."""

    def __init__(self, blocks: dict[str, Block | None], variables: Scope, problems: Problems) -> None:
        self.blocks = blocks
        self.variables = variables
        self.problems = problems
        self.graph = GraphBuilder((INPUT,))
        self.symbols = SymbolTable(self.graph.inputs, problems)
        self.references = References(self.symbols, self.graph, problems)
        self.kinds = KindReader(blocks, problems, self.names_above)
        self.layers: dict[tuple[object, ...], Layer] = {}

    def names_above(self) -> tuple[str, ...]:
        """The layers in front of one whose problem is being noted; none where one of these is invalid too."""
        return () if self.problems.count > 1 else tuple(node.name for node in self.graph.nodes)

    def expand_list(self, value: Value, frame: Frame, tensor: int) -> int:
        """Expand a list of layers that begins on `tensor`; returns the tensor it ends on."""
        self.problems.charge(ITEM_STEPS, value.span)
        if not isinstance(value, Sequence):
            hint = "begin each layer with `- `"
            self.problems.add("type", f"layers need a list, found {described(value)}", value.span, hint)
            self.symbols.suppress_all(value)
            return INVALID_TENSOR
        if frame.depth >= NESTING_LIMIT:
            message = f"blocks and structures are nested more than {NESTING_LIMIT} deep"
            self.problems.add("too-deep", message, value.span, "use fewer blocks within blocks")
            return INVALID_TENSOR
        deeper = frame._replace(depth=frame.depth + 1)
        for item in value.items:
            tensor = self.expand_item(item, deeper, tensor)
        return tensor

    def expand_item(self, value: Value, frame: Frame, tensor: int) -> int:
        """Expand one item of a list; returns the tensor it ends on, or `tensor` when it is left out."""
        self.problems.charge(ITEM_STEPS, value.span)
        head = self.kinds.head(value, frame)
        if head is None:
            self.symbols.suppress_all(value)
            return INVALID_TENSOR
        kind, word, mapping, span = head
        entries = dict(mapping.entries) if mapping else {}
        when, name, source = entries.pop("when", None), entries.pop("name", None), entries.pop("from", None)
        if not self.condition(when, frame):
            self.symbols.leave_out(name, frame.path, span)
            return tensor
        note = self.common_setting(entries.pop("note", None), TEXT_SETTING, "note", frame) or ""
        own = self.common_setting(name, NAME_SETTING, "name", frame)
        if name and own is None:
            self.symbols.suppress_all(value)
        call = Call(
            kind,
            entries,
            span,
            own,
            note,
            _value_span(name) or span,
            _value_span(source) or span,
            value,
            word,
        )
        return self.expand_call(call, frame, source, tensor)

    def expand_call(self, call: Call, frame: Frame, source: Entry | None, tensor: int) -> int:
        """Expand a call on what its `from` names, or on `tensor`; returns the tensor it ends on."""
        if source is None:
            return self.expand_kind(call, frame, [tensor])
        unresolved: list[tuple[str, Span]] = []
        known = len(self.symbols.tensors)
        inputs = self.resolve_inputs(source, frame, unresolved)
        first = self.graph.next_tensor
        end = self.expand_kind(call, frame, inputs)
        for name, span in unresolved:
            written = range(first, self.graph.next_tensor)
            self.references.add(UnresolvedReference(name, frame.path, span, known, written))
        return end

    def expand_kind(self, call: Call, frame: Frame, inputs: list[int]) -> int:
        """Expand one call: a structure, a block, or a layer."""
        if call.kind in self.blocks or call.kind in STRUCTURES:
            return self.expand_structure(call, frame, inputs)
        cls = layer_class(call.kind)
        layer = self.layer(call, frame)
        name = self.symbols.declare(call, frame.path)
        if name is None:
            return INVALID_TENSOR
        if layer is None or not self.accepts(call, cls, inputs):
            self.symbols.tensors[name] = INVALID_TENSOR
            self.symbols.suppress(name)
            return INVALID_TENSOR
        if isinstance(layer, Composite):
            return self.expand_composite(name, layer, inputs, call)
        return self.append_node(name, call.kind, layer, inputs, call)

    def layer(self, call: Call, frame: Frame) -> Layer | None:
        """The layer of a call, one for all calls that are written alike; None where it is invalid."""
        written = as_written(call)
        known = self.layers.get(written) if written else None
        if known is not None:
            return known
        layer = read_layer(call, frame.scope, self.problems, lambda: self.kinds.line(call.item))
        if written and layer is not None:
            self.layers[written] = layer
        return layer

    def expand_structure(self, call: Call, frame: Frame, inputs: list[int]) -> int:
        """Expand a structure or block; follow-up errors about an invalid one are suppressed."""
        before = self.problems.count
        build = block if call.kind in self.blocks else STRUCTURES[call.kind]
        end = build(self, call, frame, self.only_input(call, inputs))
        if self.problems.count > before:
            self.symbols.suppress(call.name or call.kind)
        return end

    def accepts(self, call: Call, cls: type[Layer], inputs: list[int]) -> bool:
        """Whether a layer can read as many tensors."""
        if not cls.merges:
            return len(inputs) == 1 or self.only_input(call, inputs) != INVALID_TENSOR
        if len(inputs) < 2:
            message, hint = (
                f"{call.kind} needs two or more inputs, found 1",
                f"name them: `{call.kind}: {{from: [a, b]}}`",
            )
            self.problems.add("inputs", message, call.from_span, hint)
        return len(inputs) >= 2

    def only_input(self, call: Call, inputs: list[int]) -> int:
        """The one tensor that a call reads."""
        if len(inputs) == 1:
            return inputs[0]
        message = f"{call.kind} reads one volume, found {len(inputs)} in `from`"
        self.problems.add("inputs", message, call.from_span, "merge them first with add, multiply or concat")
        return INVALID_TENSOR

    def expand_composite(self, name: str, layer: Composite, inputs: list[int], call: Call) -> int:
        """Append the layers that a composite stands for; returns the tensor that the last one writes."""
        for part in layer.parts():
            part_name = self.symbols.declare(call._replace(name=part.name), f"{name}/")
            if part_name is None:
                self.symbols.tensors[name] = INVALID_TENSOR
                return INVALID_TENSOR
            inputs = [self.append_node(part_name, part.kind, part.layer, inputs, call)]
        self.symbols.tensors[name] = inputs[0]
        return inputs[0]

    def append_node(self, name: str, kind: str, layer: Layer, inputs: list[int], call: Call) -> int:
        """Append a node; returns the tensor it writes."""
        if len(self.graph.nodes) >= LAYER_LIMIT:
            message = f"a network has at most {LAYER_LIMIT:,} layers"
            self.problems.add("too-large", message, call.span, "check `times:` and the nesting of blocks")
            self.problems.stop()
        tensor = self.graph.append(Node(name, kind, layer, tuple(inputs), call.span, call.note))
        self.symbols.tensors[name] = tensor
        return tensor

    def resolve_inputs(self, source: Entry, frame: Frame, unresolved: list[tuple[str, Span]]) -> list[int]:
        """The tensors that `from` names; names that stand for nothing are noted as unresolved."""
        value = source.value
        items = value.items if isinstance(value, Sequence) else (value,)
        self.problems.charge(ITEM_STEPS * len(items), value.span)
        if not items:
            self.problems.add("inputs", "`from` names no layer", value.span, "name one, or leave `from` out")
            return [INVALID_TENSOR]
        return [self.resolve_input(item, source, frame, unresolved) for item in items]

    def resolve_input(
        self, item: Value, source: Entry, frame: Frame, unresolved: list[tuple[str, Span]]
    ) -> int:
        """The tensor that one item of `from` names."""
        name = self.common_setting(source._replace(value=item), NAME_OR_INPUT, "from", frame)
        if name is None:
            return INVALID_TENSOR
        full = self.symbols.resolve(name, frame.path)
        if full is None:
            unresolved.append((name, item.span))
            self.problems.mark_invalid()
            return INVALID_TENSOR
        return self.symbols.tensors[full]

    def condition(self, entry: Entry | None, frame: Frame, what: str = "when") -> bool:
        """Whether a condition holds; an invalid one does, so that the names below it are declared."""
        if entry is None:
            return True
        value = read(FLAG, what, entry.value, frame.scope, self.problems)
        return value is None or bool(value)

    def common_setting(self, entry: Entry | None, setting: Setting, what: str, frame: Frame) -> Any:
        """The value of a setting that every kind has (COMMON), or None where it is not given or invalid."""
        return None if entry is None else read(setting, what, entry.value, frame.scope, self.problems)


def _value_span(entry: Entry | None) -> Span | None:
    return entry.value.span if entry else None
