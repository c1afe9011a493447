"""A network while its spec is read: nodes are appended, and the tensors that they write are numbered.

How an item of the text becomes nodes is `expand`; here is only the graph. The numbers are those of
`archcalc.network.Network`: the inputs first, then one tensor for each node.
"""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.network import Node


class GraphBuilder:
    """The inputs and nodes of a network so far, in running order."""

    def __init__(self, inputs: tuple[str, ...]) -> None:
        self.inputs = inputs
        self.nodes: list[Node] = []

    @property
    def next_tensor(self) -> int:
        """The tensor that the next node will write."""
        return len(self.inputs) + len(self.nodes)

    def append(self, node: Node) -> int:
        """Append a node; returns the tensor that it writes."""
        self.nodes.append(node)
        return self.next_tensor - 1

    def written(self) -> Iterator[tuple[int, Node]]:
        """Each tensor that a node writes, and the node."""
        return enumerate(self.nodes, len(self.inputs))

    def writer(self, tensor: int) -> Node | None:
        """The node that writes a tensor; none for an input, and for the tensor of an invalid layer."""
        return self.nodes[tensor - len(self.inputs)] if tensor >= len(self.inputs) else None

    def tensor_name(self, tensor: int) -> str:
        """The name of an input, or of the node that writes a tensor."""
        node = self.writer(tensor)
        return node.name if node else self.inputs[tensor]
