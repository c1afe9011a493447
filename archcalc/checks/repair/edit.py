"""What a repair is, and what edits to the lines of a spec do to the network that it describes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from archcalc.errors import Span
from archcalc.layers import Layer, as_written
from archcalc.network import Network, Node

Action = Literal["write", "call", "insert", "remove", "input"]


class Edit(NamedTuple):
    """One change to one item of a spec.

    action: "write" settings into the item, "call" it by another kind, "insert" an item in front of it,
    "remove" it, or write another "input".
    text: what to write: `padding: 1, stride: 2`; `maxpool1d`; `- flatten`; nothing; `{features: 784}`.
    kind: the kind of item that it changes.
    where: the place in words: a line or, without one, the name of a layer.
    place: where the item stands; None when the network has no text, or not here.
    """

    action: Action
    text: str
    kind: str
    where: str
    place: Span | None = None

    @property
    def what(self) -> str:
        """The change in words: `write padding: 1`."""
        match self.action:
            case "write":
                return f"write {self.text}"
            case "call":
                return f"write {self.text} instead of {self.kind}"
            case "insert":
                return f"put '{self.text}' in front of it"
            case "input":
                return f"write input: {self.text}"
        return f"remove this {self.kind}"


class Repair(NamedTuple):
    """One edit, or two that only help together, and what they lead to."""

    edits: tuple[Edit, ...]
    gives: str

    @property
    def place(self) -> Span | None:
        """Where the first edit is made."""
        return self.edits[0].place

    @property
    def edit(self) -> str:
        """The edits in words, the first without its place."""
        first, *others = self.edits
        return first.what + "".join(f", and {edit.where}: {edit.what}" for edit in others)

    def __str__(self) -> str:
        return f"{self.edits[0].where}: {self.edit} (then {self.gives})"


class Insertion(NamedTuple):
    """A layer to put in front of another, on one of the volumes that it reads; its name, where it has one."""

    kind: str
    layer: Layer
    slot: int = 0
    name: str = ""


def with_layers(network: Network, layers: Mapping[int, Layer], kind: str | None = None) -> Network:
    """The network with other layers at some positions, all of a new kind where one is given."""
    nodes = list(network.nodes)
    for position, layer in layers.items():
        node = nodes[position]
        nodes[position] = node._replace(layer=layer, kind=kind or node.kind)
    return replace(network, nodes=tuple(nodes))


def spliced(network: Network, insertions: Mapping[int, Insertion], gone: Collection[int] = ()) -> Network:
    """The network with layers put in front of some positions, and those at others taken out."""
    moved = [0]
    nodes: list[Node] = []
    for position, node in enumerate(network.nodes):
        inputs = [moved[volume] for volume in node.inputs]
        if position in gone:
            moved.append(inputs[0])
            continue
        insertion = insertions.get(position)
        if insertion:
            name = insertion.name or f"{insertion.kind} {len(nodes)} in front of {node.name}"
            nodes.append(Node(name, insertion.kind, insertion.layer, (inputs[insertion.slot],)))
            inputs[insertion.slot] = len(nodes)
        nodes.append(node._replace(inputs=tuple(inputs)))
        moved.append(len(nodes))
    outputs = {name: moved[volume] for name, volume in network.outputs.items()}
    return replace(network, nodes=tuple(nodes), outputs=outputs)


def setting_text(value: Any) -> str:
    """The value of a setting as a spec has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(setting_text, value)) + "]"
    return str(value)


def volume_words(shape: tuple[int, ...]) -> str:
    """A volume as the course writes it, width × height × depth; a sequence as positions × features."""
    return "×".join(map(str, as_written(shape)))
