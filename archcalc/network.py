"""A network: layers in the order they run, and the volumes that flow between them.

Volume 0 is the network's input; volume i is the output of node i − 1. A network need not come from
a spec: spans are optional.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Any, NamedTuple

from archcalc.errors import RequestError, Span
from archcalc.frozen import Frozen, frozen
from archcalc.layers import Layer, Shape

INPUT = "input"


class Node(NamedTuple):
    """A layer in its place.

    name: unique; `/` separates the blocks that the layer is nested in.
    kind: the layer's key in the catalogue.
    inputs: the numbers of the volumes that it reads.
    note: what the spec's author wants said beside its figures.
    """

    name: str
    kind: str
    layer: Layer
    inputs: tuple[int, ...]
    span: Span | None = None
    note: str = ""


class Bound(NamedTuple):
    """What a number must be: `relation` is one of < <= == != >= >."""

    relation: str
    limit: int


class Expectation(NamedTuple):
    """One thing that must hold of a network or, where `layer` names one, of a layer.

    key: what is expected, a key of `expect:`; value: bounds, a shape or kinds, as that key reads it.
    """

    key: str
    value: Any
    span: Span | None = None
    layer: str = ""


@frozen
class Network(Frozen):
    """A directed acyclic graph of layers in an order that can be run.

    input_shape: channels first, without the batch: (3, 224, 224), (1, 33) or (784,).
    outputs: the numbers of the volumes that leave the network, by name.
    auxiliary: the names of those that leave it in training only.
    silenced: the codes of advice that the spec's author does not want to hear, with their places.
    texts: the sources that spans point into, by name.
    """

    name: str
    input_shape: Shape
    nodes: tuple[Node, ...]
    outputs: dict[str, int]
    source: str = ""
    expectations: tuple[Expectation, ...] = ()
    silenced: tuple[tuple[str, Span | None], ...] = ()
    auxiliary: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = {INPUT}
        for number, node in enumerate(self.nodes):
            if node.name in names:
                raise ValueError(f"two layers are called {node.name}")
            if not all(0 <= volume <= number for volume in node.inputs):
                raise ValueError(f"{node.name} reads a volume that is not there yet")
            names.add(node.name)

    @cached_property
    def training_only(self) -> frozenset[str]:
        """The names of the layers that nothing but auxiliary outputs needs: at inference they do not run."""
        if not self.auxiliary:
            return frozenset()
        needed = {volume for name, volume in self.outputs.items() if name not in self.auxiliary}
        for number, node in reversed(list(enumerate(self.nodes, 1))):
            if number in needed:
                needed.update(node.inputs)
        return frozenset(node.name for number, node in enumerate(self.nodes, 1) if number not in needed)

    @cached_property
    def at_inference(self) -> Network:
        """The network without its auxiliary outputs and the layers that only these need, numbered anew."""
        if not self.auxiliary:
            return self
        running = [number for number, node in enumerate(self.nodes, 1) if node.name not in self.training_only]
        numbers = {old: new for new, old in enumerate([0, *running])}
        nodes = (self.nodes[number - 1] for number in running)
        return replace(
            self,
            nodes=tuple(
                node._replace(inputs=tuple(numbers[volume] for volume in node.inputs)) for node in nodes
            ),
            outputs={
                name: numbers[volume] for name, volume in self.outputs.items() if name not in self.auxiliary
            },
            auxiliary=(),
        )

    def volume_name(self, volume: int) -> str:
        """The name of the layer that writes a volume, or `input`."""
        return self.nodes[volume - 1].name if volume else INPUT

    def position(self, name: str) -> int:
        """Where the layer called `name` stands among the nodes."""
        for number, node in enumerate(self.nodes):
            if node.name == name:
                return number
        from archcalc.errors import quoted, suggestion

        hint = suggestion(name, [node.name for node in self.nodes])
        raise RequestError(f"{self.name} has no layer {quoted(name)}" + (f"; {hint}" if hint else ""))

    def with_input(self, shape: Shape) -> Network:
        """The same layers on another input volume; what it was expected to be no longer binds."""
        return replace(self, input_shape=shape, expectations=())
