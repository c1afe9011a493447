"""A layer that cannot work: where it stands, what it is given, and what stands before it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from math import prod
from typing import Any

from archcalc.analysis.facts import Analysis, BrokenNetworkError
from archcalc.checks.repair.change import SettingValue
from archcalc.checks.repair.source_map import SourceMap
from archcalc.errors import Problem, ShapeError, Span
from archcalc.frozen import replace
from archcalc.layers import Layer, SequenceShape, Shape, Shapes
from archcalc.layers.settings import changed_settings, settings_of
from archcalc.network import Network, Node
from archcalc.records import NamedTuple
from archcalc.window import Axis, TransposedAxis, Window


def depth(shape: Shape) -> int:
    """The channels of a volume, the features of a sequence."""
    return shape[-1] if isinstance(shape, SequenceShape) else shape[0]


class Source(NamedTuple):
    """A layer, and the name of the setting that makes the depth of a volume."""

    position: int
    setting: str


class Failure:
    """The layer of a broken network that cannot work, with what is known of those before it."""

    def __init__(self, partial: Analysis, problem: Problem, source_map: SourceMap) -> None:
        self.network: Network = partial.network
        self.problem = problem
        self.source_map = source_map
        self.position = len(partial.facts)
        self.node: Node = self.network.nodes[self.position]
        self.shapes = (*self.network.input_shapes, *(facts.output_shape for facts in partial.facts))
        self.inputs = self.inputs_of(self.position)

    @classmethod
    def of(cls, error: BrokenNetworkError, source_map: SourceMap) -> Failure:
        """The failure that an error tells of."""
        return cls(error.partial, error.problems[0], source_map)

    def inputs_of(self, position: int) -> Shapes:
        """The volumes that a layer reads, this one or one before it."""
        return tuple(self.shapes[tensor] for tensor in self.network.nodes[position].inputs)

    def output_of(self, position: int) -> Shape:
        """The volume that a layer before this one writes."""
        return self.shapes[self.network.output_tensor(position)]

    def layer(self, position: int) -> Layer:
        """The layer at a position."""
        return self.network.nodes[position].layer

    def setting(self, position: int, name: str) -> Any:
        """The value of a setting, or None where the layer has no such setting."""
        return getattr(self.layer(position), name, None)

    def has(self, position: int, name: str) -> bool:
        """Whether the item of the spec that a layer comes from has a setting for it."""
        node = self.network.nodes[position]
        if name not in settings_of(type(node.layer)):
            return False
        parts = self._parts.get(node.span, {})
        return node.kind == next((kind for kind, cls in parts.items() if name in settings_of(cls)), node.kind)

    def is_whole(self, position: int) -> bool:
        """Whether the item that a layer comes from stands for nothing but layers of this kind."""
        node = self.network.nodes[position]
        return len(self._parts.get(node.span, {})) <= 1

    def is_computed(self, position: int) -> bool:
        """Whether the item that a layer comes from has an expression for its kind, and so has several."""
        word = self.source_map.word(self.place(position))
        return bool(word and "$" in word) and not self.is_whole(position)

    @cached_property
    def _parts(self) -> dict[Span | None, dict[str, type[Layer]]]:
        """The layers that the item at each place stands for, by kind; several for composites."""
        parts: dict[Span | None, dict[str, type[Layer]]] = {}
        for node in self.network.nodes:
            if node.span:
                parts.setdefault(node.span, {}).setdefault(node.kind, type(node.layer))
        return parts

    @cached_property
    def _groups(self) -> dict[tuple[Span | None, str], tuple[int, ...]]:
        groups: dict[tuple[Span | None, str], list[int]] = {}
        for position, node in enumerate(self.network.nodes):
            if node.span:
                groups.setdefault((node.span, node.kind), []).append(position)
        return {key: tuple(positions) for key, positions in groups.items()}

    def group(self, position: int) -> tuple[int, ...]:
        """The positions of all layers that the same item of the spec stands for."""
        node = self.network.nodes[position]
        return self._groups.get((node.span, node.kind), (position,))

    def parts(self, position: int) -> tuple[int, ...]:
        """The positions of all layers that the item stands for which a layer comes from."""
        span = self.network.nodes[position].span
        return tuple(number for number, node in enumerate(self.network.nodes) if node.span == span)

    def place(self, position: int) -> Span | None:
        """Where the item stands that a layer comes from."""
        return self.network.nodes[position].span

    @cached_property
    def _columns(self) -> Counter[tuple[str, int]]:
        return Counter((span.source, span.line) for span in self._parts if span)

    def where(self, span: Span | None, name: str) -> str:
        """A place in words: its line, in which file if in another, in which column if that is not clear."""
        if span is None:
            return name
        here = self.node.span is None or span.source == self.node.span.source
        column = f", column {span.column}" if self._columns[span.source, span.line] > 1 else ""
        return f"{'' if here else f'{span.source}, '}line {span.line}{column}"

    def paired(self, position: int, model: int) -> int | None:
        """The layer of another item that was laid out together with a layer.

        Of as many the one with the same number; else, where `when` left some out, the last one before.
        """
        own, others = self.group(position), self.group(model)
        if len(own) == len(others):
            return others[bisect_left(own, position)]
        index = bisect_left(others, position)
        return others[index - 1] if index else None

    def ancestors(self, tensors: Iterable[int]) -> frozenset[int]:
        """The positions of all layers that tensors depend on."""
        seen: set[int] = set()
        waiting = list(tensors)
        while waiting:
            position = self.network.writer(waiting.pop())
            if position is not None and position not in seen:
                seen.add(position)
                waiting.extend(self.network.nodes[position].inputs)
        return frozenset(seen)

    @cached_property
    def before(self) -> frozenset[int]:
        """The positions of all layers that the failing one depends on."""
        return self.ancestors(self.node.inputs)

    @cached_property
    def windows_before(self) -> tuple[int, ...]:
        """The positions of all windows that the failing layer depends on, the first one first."""
        return tuple(position for position in sorted(self.before) if self.window(position))

    @cached_property
    def keeps_sizes(self) -> bool:
        """Whether any window that the failing layer depends on is padded so that it keeps sizes."""
        return any(
            self.output_of(position)[1:] == self.inputs_of(position)[0][1:]
            for position in self.windows_before
            if any(axis.extent > 1 for axis in self.window(position))
        )

    @cached_property
    def has_head(self) -> bool:
        """Whether a fully connected layer comes later: other sizes in front of it change what it is given."""
        return any(self.has(later, "units") for later in range(self.position + 1, len(self.network.nodes)))

    def own(self, slot: int) -> tuple[int, ...]:
        """The layers that only one of the failing layer's inputs depends on, the nearest first."""
        tensors = self.node.inputs
        shared = self.ancestors(tensors[:slot] + tensors[slot + 1 :])
        return tuple(sorted(self.ancestors(tensors[slot : slot + 1]) - shared, reverse=True))

    def leader(self, position: int) -> int:
        """The first layer that the same item of the spec stands for."""
        return self.group(position)[0]

    @cached_property
    def leaders(self) -> tuple[int, ...]:
        """The first layer of each item of the spec."""
        return tuple(self.firsts(range(len(self.network.nodes))))

    def firsts(self, positions: Iterable[int]) -> Iterator[int]:
        """One position for each item of the spec, in the order given."""
        seen: set[int] = set()
        for position in positions:
            leader = self.leader(position)
            if leader not in seen:
                seen.add(leader)
                yield position

    def window(self, position: int, **settings: SettingValue) -> Window:
        """The window of a layer, with other settings if given, along each axis; empty where there is none."""
        layer, inputs = self.layer(position), self.inputs_of(position)
        if not self.has(position, "kernel_size") or len(inputs[0]) - 1 != layer.rank:
            return ()
        try:
            reach = replace(layer, **settings).reach(inputs)
        except ShapeError:
            return ()
        axes = tuple(axis for axis in reach if isinstance(axis, (Axis, TransposedAxis)))
        return axes if len(axes) == len(reach) else ()

    def settings(self, position: int) -> dict[str, SettingValue]:
        """The settings of a layer that differ from their defaults."""
        return {name: self.setting(position, name) for name in changed_settings(self.layer(position))}

    def setting_names(self, position: int) -> tuple[str, ...]:
        """The names of the settings that the kind of a layer has."""
        return tuple(settings_of(type(self.layer(position))))

    def works_on(self, shape: Shape) -> bool:
        """Whether the failing layer would work on one volume of this shape."""
        try:
            self.node.layer.output_shape((shape,))
        except ShapeError:
            return False
        return True

    def source(self, tensor: int) -> Source | None:
        """The layer whose setting makes the depth of a tensor, when those behind it keep it."""
        while (position := self.network.writer(tensor)) is not None:
            for name in ("filters", "units"):
                if self.has(position, name):
                    return Source(position, name)
            inputs = self.inputs_of(position)
            if len(inputs) > 1 or depth(inputs[0]) != depth(self.shapes[tensor]):
                return None
            (tensor,) = self.network.nodes[position].inputs
        return None

    def flattened(self, tensor: int) -> int | None:
        """The tensor with spatial axes that one is, or was made a vector from; None where there is none."""
        while len(self.shapes[tensor]) == 1:
            position = self.network.writer(tensor)
            if position is None:
                return None
            tensor = self.network.nodes[position].inputs[0]
        return tensor

    def laid_out(self, tensor: int) -> int | None:
        """The volume whose positions a sequence has, as `tokens` laid them out; None for what is none."""
        while isinstance(self.shapes[tensor], SequenceShape):
            position = self.network.writer(tensor)
            if position is None:
                return None
            tensor = self.network.nodes[position].inputs[0]
            if self.layer(position).begins_sequence:
                return tensor
        return None

    def count(self, tensor: int) -> int:
        """How many values a tensor holds."""
        return prod(self.shapes[tensor])
