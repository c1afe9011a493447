"""Conventions: what writes over its input, and what holds a volume that no layer reads any more.

A compiler frees a volume behind its last reader. A framework that runs layers one by one frees it when no
name in the program refers to it any more, and programs name more than they need.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from archcalc.layers import Layer
from archcalc.network import Network, Node


class Convention(NamedTuple):
    """How a program treats memory.

    meaning: the convention in words.
    overwriting: the kinds that write over their input, or None for those that are in place by their rule.
    keeps_input: whether the caller keeps the network's input.
    calls: whether each block is a call, which holds its inputs and its named volumes until it returns, and
    a layer of several parts runs them one by one.
    """

    meaning: str
    overwriting: frozenset[str] | None = None
    keeps_input: bool = False
    calls: bool = False

    def overwrites(self, node: Node) -> bool:
        """Whether a layer may write its output over its input."""
        return node.layer.in_place if self.overwriting is None else node.kind in self.overwriting


CONVENTIONS = {
    "archcalc": Convention(
        "a volume dies after its last reader, the input too; pointwise layers, normalisation by batch-norm "
        "among them, write over their input where nobody reads it later"
    ),
    "eager": Convention(
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


def readings(network: Network, convention: Convention) -> list[tuple[int, ...]]:
    """For each layer the volumes that it reads, each once.

    A concatenation that other layers read, and a further concatenation too, is a list that grows, as in
    DenseNet: a program joins the list anew for each of them, and so the further one reads its parts, which
    are `held` for it.
    """
    read = [tuple(dict.fromkeys(node.inputs)) for node in network.nodes]
    grown = _grown(network) if convention.calls else frozenset()
    return [
        tuple(volume for volume in volumes if volume not in grown) if node.layer.concatenates else volumes
        for node, volumes in zip(network.nodes, read, strict=True)
    ]


def _grown(network: Network) -> frozenset[int]:
    """The concatenations that another one and a layer of another kind read."""
    joined: set[int] = set()
    used: set[int] = set()
    for node in network.nodes:
        (joined if node.layer.concatenates else used).update(node.inputs)
    concats = (volume for volume, node in enumerate(network.nodes, 1) if node.layer.concatenates)
    return frozenset(joined & used).intersection(concats)


def held(network: Network, order: Sequence[int], convention: Convention) -> list[int]:
    """For each volume the step until which the program holds it, −1 where it does not.

    A block is what shares a path: `stage/block` of the layer `stage/block/conv1`. While a block runs, its
    caller holds the volumes that it reads from without. Within it, a volume that several layers read, or
    that a concatenation wrote, has a name, which lasts until the block ends; one that is handed from layer
    to layer has none, as `x = layer(x)` forgets the old x. The parts of a list that grows stay in it.
    """
    until = [-1] * (len(network.nodes) + 1)
    if convention.calls:
        ends = _ends(network, order)
        for volume, step in chain(_called(network, ends), _named(network, ends), _listed(network, order)):
            until[volume] = max(until[volume], step)
    if convention.keeps_input:
        until[0] = len(order)
    return until


def _ends(network: Network, order: Sequence[int]) -> dict[str, int]:
    """The last step of each block."""
    return {block: step for step, number in enumerate(order) for block in _blocks(network.nodes[number].name)}


def _blocks(name: str) -> list[str]:
    """The blocks that a layer lies in, from the outermost."""
    return [name[:i] for i, letter in enumerate(name) if letter == "/"]


def _around(network: Network) -> list[list[str]]:
    """For each volume the blocks that it is written in."""
    return [[], *(_blocks(node.name) for node in network.nodes)]


def _called(network: Network, ends: dict[str, int]) -> Iterator[tuple[int, int]]:
    """Each volume that a block reads from without, and the last step of the largest such block."""
    around = _around(network)
    for number, node in enumerate(network.nodes, 1):
        for volume in node.inputs:
            for block in around[number]:
                if block not in around[volume]:
                    yield volume, ends[block]
                    break


def _named(network: Network, ends: dict[str, int]) -> Iterator[tuple[int, int]]:
    """Each volume that has a name within a block, and the block's last step."""
    readers = Counter(volume for node in network.nodes for volume in set(node.inputs))
    for volume, blocks in enumerate(_around(network)):
        if blocks and (readers[volume] > 1 or network.nodes[volume - 1].layer.concatenates):
            yield volume, ends[blocks[-1]]


def _listed(network: Network, order: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Each part of a list that grows, and the step at which that list is joined last."""
    steps = {number: step for step, number in enumerate(order)}
    grown = _grown(network)
    last: dict[int, int] = {}
    for number in reversed(range(len(network.nodes))):
        node = network.nodes[number]
        if node.layer.concatenates:
            joined = max(last.get(number + 1, 0), steps[number])
            last.update(
                (volume, max(last.get(volume, 0), joined)) for volume in node.inputs if volume in grown
            )
            if number + 1 in grown or not grown.isdisjoint(node.inputs):
                yield from ((volume, joined) for volume in node.inputs if volume not in grown)
