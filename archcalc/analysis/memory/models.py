"""Memory models: what writes over its input, and what holds a tensor that no layer reads any more.

A compiler frees a tensor behind its last reader (liveness analysis). A framework that runs layers one by
one frees it when no name in the program refers to it any more, and programs name more than they need.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from archcalc.layers import Layer
from archcalc.network import Network, Node
from archcalc.records import NamedTuple


class MemoryModel(NamedTuple):
    """How a program treats memory.

    meaning: the model in words.
    overwriting: the kinds that write over their input, or None for those that are in place by their rule.
    keeps_input: whether the caller keeps the network's input.
    calls: whether each block is a call, which holds its inputs and its named tensors until it returns, and
    a layer of several parts runs them one by one.
    """

    meaning: str
    overwriting: frozenset[str] | None = None
    keeps_input: bool = False
    calls: bool = False

    def overwrites(self, node: Node) -> bool:
        """Whether a layer may write its output over its input; a view does not, nor one that has to copy."""
        if is_view(node.layer):
            return False
        return node.layer.in_place if self.overwriting is None else node.kind in self.overwriting


MEMORY_MODELS = {
    "archcalc": MemoryModel(
        "a volume dies after its last reader, the input too; pointwise layers, normalisation by batch-norm "
        "among them, write over their input where nobody reads it later"
    ),
    "eager": MemoryModel(
        "as PyTorch runs a model of torchvision on a CPU: the caller keeps the input; only relu, relu6, silu "
        "and hard_swish write over their input; a block holds what it reads, its concatenations and what it "
        "reads more than once until it ends; attention holds its queries, keys, values and scores",
        frozenset({"relu", "relu6", "silu", "hard_swish"}),
        keeps_input=True,
        calls=True,
    ),
}


def is_view(layer: Layer) -> bool:
    """Whether a layer's output, once the network is trained, is its input's memory or a part of it."""
    return layer.only_trains or layer.is_view()


def readings(network: Network, model: MemoryModel) -> list[tuple[int, ...]]:
    """For each layer the tensors that it reads, each once.

    A concatenation that other layers read, and a further concatenation too, is a list that grows, as in
    DenseNet: a program joins the list anew for each of them, and so the further one reads its parts, which
    are `held_until` for it.
    """
    read = [tuple(dict.fromkeys(node.inputs)) for node in network.nodes]
    grown = _grown(network) if model.calls else frozenset()
    return [
        tuple(tensor for tensor in tensors if tensor not in grown) if node.layer.concatenates else tensors
        for node, tensors in zip(network.nodes, read, strict=True)
    ]


def _grown(network: Network) -> frozenset[int]:
    """The concatenations that another one and a layer of another kind read."""
    joined: set[int] = set()
    used: set[int] = set()
    for node in network.nodes:
        (joined if node.layer.concatenates else used).update(node.inputs)
    concats = (tensor for tensor, node in network.written if node.layer.concatenates)
    return frozenset(joined & used).intersection(concats)


def held_until(network: Network, order: Sequence[int], model: MemoryModel) -> list[int]:
    """For each tensor the step until which the program holds it, −1 where it does not.

    A block is what shares a path: `stage/block` of the layer `stage/block/conv1`. While a block runs, its
    caller holds the tensors that it reads from without. Within it, a tensor that several layers read, or
    that a concatenation wrote, has a name, which lasts until the block ends; one that is handed from layer
    to layer has none, as `x = layer(x)` forgets the old x. The parts of a list that grows stay in it.
    """
    until = [-1] * len(network.tensors)
    if model.calls:
        ends = _ends(network, order)
        for tensor, step in chain(_called(network, ends), _named(network, ends), _listed(network, order)):
            until[tensor] = max(until[tensor], step)
    if model.keeps_input:
        until[: len(network.inputs)] = [len(order)] * len(network.inputs)
    return until


def _ends(network: Network, order: Sequence[int]) -> dict[str, int]:
    """The last step of each block."""
    return {block: step for step, number in enumerate(order) for block in _blocks(network.nodes[number].name)}


def _blocks(name: str) -> list[str]:
    """The blocks that a layer lies in, from the outermost."""
    return [name[:i] for i, letter in enumerate(name) if letter == "/"]


def _around(network: Network) -> list[list[str]]:
    """For each tensor the blocks that it is written in."""
    return [*([] for _ in network.inputs), *(_blocks(node.name) for node in network.nodes)]


def _called(network: Network, ends: dict[str, int]) -> Iterator[tuple[int, int]]:
    """Each tensor that a block reads from without, and the last step of the largest such block."""
    around = _around(network)
    for written, node in network.written:
        for tensor in node.inputs:
            for block in around[written]:
                if block not in around[tensor]:
                    yield tensor, ends[block]
                    break


def _named(network: Network, ends: dict[str, int]) -> Iterator[tuple[int, int]]:
    """Each tensor that has a name within a block, and the block's last step."""
    for tensor, blocks in enumerate(_around(network)):
        writer = network.writing_node(tensor)
        joined = writer is not None and writer.layer.concatenates
        if blocks and (len(network.readers[tensor]) > 1 or joined):
            yield tensor, ends[blocks[-1]]


def _listed(network: Network, order: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Each part of a list that grows, and the step at which that list is joined last."""
    steps = {number: step for step, number in enumerate(order)}
    grown = _grown(network)
    last: dict[int, int] = {}
    for number in reversed(range(len(network.nodes))):
        node = network.nodes[number]
        if node.layer.concatenates:
            tensor = network.output_tensor(number)
            joined = max(last.get(tensor, 0), steps[number])
            last.update((part, max(last.get(part, 0), joined)) for part in node.inputs if part in grown)
            if tensor in grown or not grown.isdisjoint(node.inputs):
                yield from ((part, joined) for part in node.inputs if part not in grown)
