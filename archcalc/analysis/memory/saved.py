"""What is kept from the forward pass for the backward pass: tensors, each piece of memory counted once.

What a kind keeps is its own rule (`Layer.saved`). Here these rules meet in a network: volumes that several
layers keep are the same memory, a layer that writes over its input shares it, a view lies in the memory of
what it shows, and layers that no gradient passes keep nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import prod
from typing import NamedTuple

from archcalc.analysis.facts import Analysis, Facts
from archcalc.layers.base import Kept

DEVICES = {
    "gpu": "dropout keeps one byte for each value",
    "cpu": "dropout keeps a value for each value",
}
"""Where PyTorch trains, and what differs there."""
ATTENTION = {
    "fused": "kernels that keep statistics of attention, and compute its weights again (FlashAttention)",
    "unfused": "attention step by step, which keeps its weights",
}
"""How attention is computed, and what it keeps for that."""


class Size(NamedTuple):
    """Bytes that grow with the batch: fixed + per_example·batch."""

    fixed: int = 0
    per_example: int = 0

    def of(self, batch: int) -> int:
        """The bytes for a batch."""
        return self.fixed + self.per_example * batch


class Held(NamedTuple):
    """A tensor that a layer keeps.

    volume: the volume in whose memory it lies; None for a tensor of the layer's own.
    size: all of that memory. keeper: the layer, by number, that keeps it already and counts it, if any.
    """

    what: str
    volume: int | None
    size: Size
    keeper: int | None = None


class Retention(NamedTuple):
    """What a training step keeps of a network.

    homes: of each volume, the volume in whose memory it lies: itself, or what it shows or was written over.
    learns: whether a gradient flows back to each volume.
    held: of each layer, what it keeps.
    """

    homes: tuple[int, ...]
    learns: tuple[bool, ...]
    held: tuple[tuple[Held, ...], ...]

    @property
    def size(self) -> Size:
        """All that is kept, each piece of memory once."""
        counted = [each.size for held in self.held for each in held if each.keeper is None]
        return Size(sum(size.fixed for size in counted), sum(size.per_example for size in counted))


def retention(
    analysis: Analysis,
    device: str = "gpu",
    attention: str = "fused",
    untouched: Collection[int] = frozenset(),
) -> Retention:
    """What the forward pass of a training step keeps for its backward pass.

    device: one of DEVICES. attention: one of ATTENTION.
    `untouched` are volumes that no layer may write over, because something else needs them later.
    """
    walk = _Walk(analysis, device, attention, untouched)
    for number, facts in enumerate(analysis.facts):
        walk.enter(number, facts)
    return Retention(tuple(walk.homes), tuple(walk.learns), tuple(walk.held))


def last_readers(analysis: Analysis) -> list[int]:
    """Of each volume, the number of the last layer that reads it; of the network's outputs, one past all."""
    last = list(range(-1, len(analysis.facts)))
    for number, facts in enumerate(analysis.facts):
        for volume in facts.node.inputs:
            last[volume] = number
    for volume in analysis.network.outputs.values():
        last[volume] = len(analysis.facts)
    return last


def volume_size(analysis: Analysis, volume: int) -> Size:
    """The bytes of a volume."""
    return Size(0, prod(analysis.shape(volume)) * analysis.value_bytes)


class _Walk:
    """The layers met so far, and what is kept of them."""

    def __init__(self, analysis: Analysis, device: str, attention: str, untouched: Collection[int]) -> None:
        self.analysis = analysis
        self.attention = attention
        self.untouched = untouched
        value = analysis.value_bytes
        mask = 1 if device == "gpu" else value
        self.widths = {"value": value, "statistic": max(4, value), "index": 8, "mask": mask}
        self.last = last_readers(analysis)
        self.homes = [0]
        self.learns = [False]
        self.held: list[tuple[Held, ...]] = []
        self.busy = [len(analysis.facts)]
        self.keepers: dict[int, int] = {}
        self.pinned: set[int] = set()

    def enter(self, number: int, facts: Facts) -> None:
        """Take the next layer."""
        learns = bool(facts.parameter_shapes) or any(self.learns[volume] for volume in facts.node.inputs)
        rule = facts.node.layer.saved(facts.input_shapes) if learns else ()
        saved = tuple(kept for kept in rule if kept.kernel in ("", self.attention))
        self._settle(number, self._home(number, facts, saved))
        self.learns.append(learns)
        self.held.append(tuple(self._held(kept, number, facts) for kept in saved))

    def _home(self, number: int, facts: Facts, saved: Sequence[Kept]) -> int:
        """Where the output lies: in the memory of the input that it shows or is written over, or its own."""
        layer, home = facts.node.layer, self.homes[facts.node.inputs[0]]
        if layer.is_view():
            return home
        keeps_input = any(kept.of == 0 for kept in saved)
        free = home not in self.keepers and home not in self.pinned and self.busy[home] == number
        return home if layer.in_place and free and not keeps_input else number + 1

    def _settle(self, number: int, home: int) -> None:
        self.homes.append(home)
        if number + 1 in self.untouched:
            self.pinned.add(home)
        self.busy.append(-1)
        self.busy[home] = max(self.busy[home], self.last[number + 1])

    def _held(self, kept: Kept, number: int, facts: Facts) -> Held:
        if kept.of is None:
            size = prod(kept.shape) * self.widths[kept.width]
            return Held(kept.what, None, Size(0, size) if kept.per_example else Size(size))
        volume = self.homes[self._volume(kept, number, facts)]
        keeper = self.keepers.get(volume)
        self.keepers.setdefault(volume, number)
        return Held(kept.what, volume, volume_size(self.analysis, volume), keeper)

    def _volume(self, kept: Kept, number: int, facts: Facts) -> int:
        """The volume that a rule names."""
        if isinstance(kept.of, int):
            return facts.node.inputs[kept.of]
        source = facts.node.inputs[0]
        written_over = self.homes[source] == self.homes[number + 1]
        return number + 1 if kept.of == "output" or written_over else source
