"""A network as a graph: layers in the order in which they run, and the tensors between them.

Nodes are numbered from 0 in running order. Tensors are numbered from 0 with the network's inputs first, so
that node n of a network with one input writes tensor n + 1: `output_tensor` and `writer` translate, and no
other module does that arithmetic. A network need not come from a spec: spans are optional.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from archcalc.errors import RequestError, Span
from archcalc.frozen import Frozen, frozen, replace
from archcalc.layers import Layer, Shape, Shapes
from archcalc.quoting import quoted
from archcalc.records import NamedTuple
from archcalc.suggestions import suggestion

INPUT = "input"
"""What the only input of a network is called."""


class Node(NamedTuple):
    """A layer in its place.

    name: unique; `/` separates the blocks that the layer is nested in.
    kind: the layer's key in the catalogue.
    inputs: the numbers of the tensors that it reads.
    note: what the spec's author wants said beside its figures.
    """

    name: str
    kind: str
    layer: Layer
    inputs: tuple[int, ...]
    span: Span | None = None
    note: str = ""


@frozen
class Network(Frozen):
    """A directed acyclic graph of layers in a topological order.

    inputs: the shapes of what enters, by name: channels first, without the batch, as (3, 224, 224),
    (1, 33) or (784,).
    outputs: the numbers of the tensors that leave the network, by name.
    source: where the network was published, as its author cites it.
    auxiliary: the names of those outputs that leave it in training only.
    dtype: the type of its values that its author declares, one of analysis.dtypes.DTYPES, or nothing.

    For example `x → conv → relu → add(relu, x)` has tensor 0, the input; 1, 2 and 3, written by nodes 0, 1
    and 2; `readers` ((0, 2), (1,), (2,), ()) and `last_readers` (2, 1, 2, None).
    """

    name: str
    inputs: dict[str, Shape]
    nodes: tuple[Node, ...]
    outputs: dict[str, int]
    source: str = ""
    auxiliary: tuple[str, ...] = ()
    dtype: str = ""

    def __post_init__(self) -> None:
        if not self.inputs:
            raise ValueError("a network has one input or more")
        names = set(self.inputs)
        for number, node in enumerate(self.nodes):
            if node.name in names:
                raise ValueError(f"two layers are called {node.name}")
            if not all(0 <= tensor < self.output_tensor(number) for tensor in node.inputs):
                raise ValueError(f"{node.name} reads a tensor that is not there yet")
            names.add(node.name)

    @property
    def input_shape(self) -> Shape:
        """The shape of the only input; raises ValueError where there are several."""
        if len(self.inputs) > 1:
            raise ValueError(f"{self.name} has several inputs: {', '.join(self.inputs)}")
        (shape,) = self.inputs.values()
        return shape

    def only_input(self, what: str) -> Shape:
        """As `input_shape`, for `what` is about one input; raises RequestError where there are several."""
        if len(self.inputs) > 1:
            given = ", ".join(self.inputs)
            raise RequestError(f"{what} needs a network of one input; {self.name} has several: {given}")
        return self.input_shape

    @property
    def input_shapes(self) -> Shapes:
        """The shapes of the inputs, which are the first tensors."""
        return tuple(self.inputs.values())

    @property
    def tensors(self) -> range:
        """The numbers of all tensors: the inputs', then one for each node."""
        return range(len(self.inputs) + len(self.nodes))

    def output_tensor(self, node: int) -> int:
        """The tensor that a node writes."""
        return len(self.inputs) + node

    def has_layers_of(self, other: Network) -> bool:
        """Whether two networks have the same layers on the same tensors, wherever their specs say so."""
        mine, others = (
            [node._replace(span=None, note="") for node in network.nodes] for network in (self, other)
        )
        return self.inputs == other.inputs and mine == others

    def writer(self, tensor: int) -> int | None:
        """The node that writes a tensor; None for an input."""
        node = tensor - len(self.inputs)
        return node if node >= 0 else None

    def writing_node(self, tensor: int) -> Node | None:
        """As `writer`, the node itself."""
        number = self.writer(tensor)
        return None if number is None else self.nodes[number]

    @property
    def written(self) -> Iterator[tuple[int, Node]]:
        """Each node in running order, behind the tensor that it writes."""
        return enumerate(self.nodes, len(self.inputs))

    @cached_property
    def readers(self) -> tuple[tuple[int, ...], ...]:
        """For each tensor the nodes that read it, in running order, each once."""
        found: list[list[int]] = [[] for _ in self.tensors]
        for number, node in enumerate(self.nodes):
            for tensor in dict.fromkeys(node.inputs):
                found[tensor].append(number)
        return tuple(map(tuple, found))

    @cached_property
    def last_readers(self) -> tuple[int | None, ...]:
        """For each tensor the last node that reads it, None where none does; what leaves may stay longer."""
        return tuple(nodes[-1] if nodes else None for nodes in self.readers)

    @cached_property
    def leaving(self) -> frozenset[int]:
        """The tensors that leave the network, in training or at inference."""
        return frozenset(self.outputs.values())

    def tensor_name(self, tensor: int) -> str:
        """The name of the layer that writes a tensor, or of the input that it is."""
        node = self.writing_node(tensor)
        return node.name if node else list(self.inputs)[tensor]

    @cached_property
    def training_only(self) -> frozenset[str]:
        """The names of the layers that nothing but auxiliary outputs needs: at inference they do not run."""
        if not self.auxiliary:
            return frozenset()
        needed = {tensor for name, tensor in self.outputs.items() if name not in self.auxiliary}
        for tensor, node in reversed(list(self.written)):
            if tensor in needed:
                needed.update(node.inputs)
        return frozenset(node.name for tensor, node in self.written if tensor not in needed)

    @cached_property
    def at_inference(self) -> Network:
        """The network without its auxiliary outputs and the layers that only these need, numbered anew."""
        if not self.auxiliary:
            return self
        running = [(tensor, node) for tensor, node in self.written if node.name not in self.training_only]
        kept = (*range(len(self.inputs)), *(tensor for tensor, _ in running))
        numbers = {old: new for new, old in enumerate(kept)}
        inference = {name: tensor for name, tensor in self.outputs.items() if name not in self.auxiliary}
        return replace(
            self,
            nodes=tuple(
                node._replace(inputs=tuple(numbers[tensor] for tensor in node.inputs)) for _, node in running
            ),
            outputs={name: numbers[tensor] for name, tensor in inference.items()},
            auxiliary=(),
        )

    def position(self, name: str) -> int:
        """The number of the node called `name`; raises RequestError where there is none."""
        for number, node in enumerate(self.nodes):
            if node.name == name:
                return number
        hint = suggestion(name, [node.name for node in self.nodes])
        raise RequestError(f"{self.name} has no layer {quoted(name)}" + (f"; {hint}" if hint else ""))

    def with_input(self, shape: Shape) -> Network:
        """The same layers on another input; raises ValueError where there are several."""
        if len(self.inputs) > 1:
            raise ValueError(f"{self.name} has several inputs: {', '.join(self.inputs)}")
        (name,) = self.inputs
        return replace(self, inputs={name: shape})
