"""Tensors saved for backward: what the forward pass leaves for the backward pass, each piece counted once.

What a kind saves is its own rule (`Layer.saved`). Here these rules meet in a network: tensors that several
layers save are the same storage, a layer that writes over its input shares it, a view lies in the storage of
what it shows, and layers that no gradient passes save nothing. For example of conv → relu → conv the relu
saves its output and the second convolution its input: one storage, counted at the relu.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import prod

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.memory.views import views
from archcalc.layers.base import SavedTensor
from archcalc.records import NamedTuple

DEVICES = {
    "gpu": "dropout saves one byte for each value",
    "cpu": "dropout saves a value for each value",
}
"""Where PyTorch trains, and what differs there."""
ATTENTION = {
    "fused": "kernels that save statistics of attention, and compute its weights again (FlashAttention)",
    "unfused": "attention step by step, which saves its weights",
}
"""How attention is computed, and what it saves for that."""


class Size(NamedTuple):
    """Bytes that grow with the batch: fixed + per_example·batch."""

    fixed: int = 0
    per_example: int = 0

    def of(self, batch: int) -> int:
        """The bytes for a batch."""
        return self.fixed + self.per_example * batch


class SavedMemory(NamedTuple):
    """A tensor that a layer saves.

    tensor: the tensor in whose storage it lies; None for a tensor of the layer's own.
    size: all of that storage. counted_by: the layer, by number, that saves it already and counts it, if any.
    """

    what: str
    tensor: int | None
    size: Size
    counted_by: int | None = None


class SavedForBackward(NamedTuple):
    """What a training step saves of a network.

    storages: of each tensor, the one in whose storage it lies: itself, or what it shows or was written over.
    learns: whether a gradient flows back to each tensor.
    by_layer: of each layer, what it saves.
    """

    storages: tuple[int, ...]
    learns: tuple[bool, ...]
    by_layer: tuple[tuple[SavedMemory, ...], ...]

    @property
    def size(self) -> Size:
        """All that is saved, each storage once."""
        counted = [each.size for saved in self.by_layer for each in saved if each.counted_by is None]
        return Size(sum(size.fixed for size in counted), sum(size.per_example for size in counted))


def saved_for_backward(
    analysis: Analysis,
    device: str = "gpu",
    attention: str = "fused",
    untouched: Collection[int] = frozenset(),
) -> SavedForBackward:
    """What the forward pass of a training step saves for its backward pass.

    device: one of DEVICES. attention: one of ATTENTION.
    `untouched` are tensors that no layer may write over, because something else needs them later.
    """
    walk = _Walk(analysis, device, attention, untouched)
    for number, facts in enumerate(analysis.facts):
        walk.enter(number, facts)
    return SavedForBackward(tuple(walk.storages), tuple(walk.learns), tuple(walk.by_layer))


def last_readers(analysis: Analysis) -> list[int]:
    """Of each tensor the last layer that reads it, or else writes it; of those that leave, one past all."""
    network = analysis.network
    last = []
    for tensor, reader in enumerate(network.last_readers):
        writer = network.writer(tensor)
        unread = -1 if writer is None else writer
        last.append(len(network.nodes) if tensor in network.leaving else unread if reader is None else reader)
    return last


def tensor_size(analysis: Analysis, tensor: int) -> Size:
    """The bytes of a tensor."""
    return Size(0, prod(analysis.shape(tensor)) * analysis.value_bytes)


class _Walk:
    """The layers met so far, and what they have saved."""

    def __init__(self, analysis: Analysis, device: str, attention: str, untouched: Collection[int]) -> None:
        self.analysis = analysis
        self.attention = attention
        self.untouched = untouched
        value = analysis.value_bytes
        mask = 1 if device == "gpu" else value
        self.widths = {"value": value, "statistic": max(4, value), "index": 8, "mask": mask}
        self.last = last_readers(analysis)
        self.views = views(analysis)
        inputs = len(analysis.network.inputs)
        self.storages = list(range(inputs))
        self.learns = [False] * inputs
        self.by_layer: list[tuple[SavedMemory, ...]] = []
        self.busy = [len(analysis.facts)] * inputs
        self.counted_by: dict[int, int] = {}
        self.pinned: set[int] = set()

    def enter(self, number: int, facts: Facts) -> None:
        """Take the next layer."""
        learns = bool(facts.parameter_shapes) or any(self.learns[tensor] for tensor in facts.node.inputs)
        rule = facts.node.layer.saved(facts.input_shapes) if learns else ()
        saved = tuple(kept for kept in rule if kept.kernel in ("", self.attention))
        self._settle(number, self._storage(number, facts, saved))
        self.learns.append(learns)
        self.by_layer.append(tuple(self._saved_memory(kept, number, facts) for kept in saved))

    def _storage(self, number: int, facts: Facts, saved: Sequence[SavedTensor]) -> int:
        """Where the output lies: in the storage of the input that it shows or is written over, or its own."""
        layer, storage = facts.node.layer, self.storages[facts.node.inputs[0]]
        if layer.is_view() and number in self.views:
            return storage
        keeps_input = any(kept.of == 0 for kept in saved)
        free = storage not in self.counted_by and storage not in self.pinned and self.busy[storage] == number
        return (
            storage
            if layer.in_place and not layer.is_view() and free and not keeps_input
            else self.analysis.network.output_tensor(number)
        )

    def _settle(self, number: int, storage: int) -> None:
        written = self.analysis.network.output_tensor(number)
        self.storages.append(storage)
        if written in self.untouched:
            self.pinned.add(storage)
        self.busy.append(-1)
        self.busy[storage] = max(self.busy[storage], self.last[written])

    def _saved_memory(self, kept: SavedTensor, number: int, facts: Facts) -> SavedMemory:
        if kept.of is None:
            size = prod(kept.shape) * self.widths[kept.width]
            return SavedMemory(kept.what, None, Size(0, size) if kept.per_example else Size(size))
        tensor = self.storages[self._tensor(kept, number, facts)]
        counted_by = self.counted_by.get(tensor)
        self.counted_by.setdefault(tensor, number)
        return SavedMemory(kept.what, tensor, tensor_size(self.analysis, tensor), counted_by)

    def _tensor(self, kept: SavedTensor, number: int, facts: Facts) -> int:
        """The tensor that a rule names."""
        if isinstance(kept.of, int):
            return facts.node.inputs[kept.of]
        source, written = facts.node.inputs[0], self.analysis.network.output_tensor(number)
        written_over = self.storages[source] == self.storages[written]
        return written if kept.of == "output" or written_over else source
