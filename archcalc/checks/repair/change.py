"""What is changed at one item of a spec, and what that does to the network that it describes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, TypeAlias

from archcalc.errors import Span
from archcalc.frozen import replace
from archcalc.layers import Layer, as_written
from archcalc.network import Network, Node
from archcalc.records import NamedTuple

Action = Literal["write", "call", "replace", "insert", "remove", "input", "option"]
SettingValue: TypeAlias = "int | float | str | bool | tuple[SettingValue, ...] | None"
Settings: TypeAlias = dict[str, SettingValue]


class Change(NamedTuple):
    """One change to one item of a spec.

    action: "write" settings into the item, "call" it by another kind, "replace" all of it, "insert" an item
    in front of it, "remove" it, write another "input", or the "option" of the command line that says it.
    text: what to write: `padding: 1, stride: 2`; `maxpool1d`; `- flatten`; nothing; `{features: 784}`.
    kind: the kind of item that it changes.
    where: the place in words: a line or, without one, the name of a layer.
    place: where the item stands; None when the network has no text, or not here.
    settings: what to write, key by key.
    """

    action: Action
    text: str
    kind: str
    where: str
    place: Span | None = None
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def what(self) -> str:
        """The change in words: `write padding: 1`."""
        match self.action:
            case "write" | "option":
                return f"write {self.text}"
            case "call":
                return f"write {self.text} instead of {self.kind}"
            case "replace":
                return f"write '{self.text}' instead"
            case "insert":
                return f"put '{self.text}' in front of it"
            case "input":
                return f"write input: {self.text}"
        return f"remove this {self.kind}"


def in_words(changes: tuple[Change, ...]) -> str:
    """Changes that are made together, the first without its place."""
    first, *others = changes
    return first.what + "".join(f", and {change.where}: {change.what}" for change in others)


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


def volume_words(shape: tuple[int, ...]) -> str:
    """A volume as the course writes it, width × height × depth; a sequence as positions × features."""
    return "×".join(map(str, as_written(shape)))
