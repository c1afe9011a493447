"""Conventions: what writes over its input, and what holds a volume that no layer reads any more.

A compiler frees a volume behind its last reader. A framework that runs layers one by one frees it when no
name in the program refers to it any more, and programs name more than they need.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archcalc.network import Network, Node

CONCAT = "concat"


class Convention(NamedTuple):
    """How a program treats memory.

    meaning: the convention in words.
    overwriting: the kinds that write over their input, or None for those that are in place by their rule.
    keeps_input: whether the caller keeps the network's input.
    calls: whether each block is a call, which holds its inputs and its named volumes until it returns.
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
        "as PyTorch runs a model of torchvision: the caller keeps the input; only relu, relu6, silu and "
        "hard_swish write over their input; a block holds what it reads, its concatenations and what it "
        "reads more than once until it ends",
        frozenset({"relu", "relu6", "silu", "hard_swish"}),
        keeps_input=True,
        calls=True,
    ),
}


def held(network: Network, order: Sequence[int], convention: Convention) -> list[int]:
    """For each volume the step until which the program holds it, −1 where it does not.

    A block is what shares a path: `stage/block` of the layer `stage/block/conv1`. While a block runs, its
    caller holds the volumes that it reads from without. Within it, a volume that several layers read, or
    that a concatenation wrote, has a name, which lasts until the block ends; one that is handed from layer
    to layer has none, as `x = layer(x)` forgets the old x.
    """
    until = [-1] * (len(network.nodes) + 1)
    if convention.calls:
        for volume, step in _named(network, _ends(network, order)):
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


def _named(network: Network, ends: dict[str, int]) -> Iterator[tuple[int, int]]:
    """Each volume that a block holds, with the block's last step."""
    around = [_blocks("")] + [_blocks(node.name) for node in network.nodes]
    readers = [0] * len(around)
    for number, node in enumerate(network.nodes):
        for volume in set(node.inputs):
            readers[volume] += 1
            called = [block for block in around[number + 1] if block not in around[volume]]
            if called:
                yield volume, ends[called[0]]
    for volume, node in enumerate(network.nodes, 1):
        if around[volume] and (readers[volume] > 1 or node.kind == CONCAT):
            yield volume, ends[around[volume][-1]]
