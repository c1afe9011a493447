"""What of memory does not depend on the order: which tensors share it, and who reads it."""

from __future__ import annotations

from archcalc.analysis.facts import Analysis
from archcalc.analysis.memory.adjacency import side_by_side
from archcalc.analysis.memory.models import MEMORY_MODELS
from archcalc.analysis.memory.views import views
from archcalc.layers.base import count


class Sharing:
    """The memory of tensors, each piece known by the tensor that it was allocated for.

    bytes: of each tensor. pieces: the memory that a tensor lies in: its own, or that of others where it is a
    view or a concatenation without a copy. readers: for each piece, the layers that read it in any tensor.
    leaving: the pieces that leave the network. overwrites: the layers that may write over their input.
    """

    def __init__(self, analysis: Analysis, concat: str) -> None:
        network = analysis.network
        model = MEMORY_MODELS["archcalc"]
        whole = side_by_side(analysis, model) if concat == "view" else frozenset()
        width = analysis.batch * analysis.value_bytes
        self.network = network
        self.bytes = [count(analysis.shape(tensor)) * width for tensor in network.tensors]
        inputs, seen = range(len(network.inputs)), views(analysis)
        self.pieces: list[tuple[int, ...]] = [(tensor,) for tensor in inputs]
        self.readers: dict[int, list[int]] = {tensor: [] for tensor in inputs}
        self.overwrites: list[bool] = []
        for number, node in enumerate(network.nodes):
            read = tuple(dict.fromkeys(piece for tensor in node.inputs for piece in self.pieces[tensor]))
            for piece in read:
                self.readers[piece].append(number)
            written = network.output_tensor(number)
            self.readers[written] = []
            first = self.pieces[node.inputs[0]]
            own = read if written in whole else first if number in seen else (written,)
            self.pieces.append(own)
            fits = sum(self.bytes[piece] for piece in first) == self.bytes[written]
            self.overwrites.append(fits and model.overwrites(node))
        self.leaving = {piece for tensor in network.leaving for piece in self.pieces[tensor]}
        self.lasts = {
            piece: max(readers, default=self.written(piece)) for piece, readers in self.readers.items()
        }

    def written(self, piece: int) -> int:
        """The layer that wrote a piece first, −1 for an input's."""
        writer = self.network.writer(piece)
        return -1 if writer is None else writer

    def dies_in(self, part: range, piece: int) -> bool:
        """Whether a piece is free once some layers of a part have run."""
        return piece not in self.leaving and self.lasts[piece] < part.stop

    def live_before(self, number: int) -> int:
        """Bytes that are live between a layer and those in front of it."""
        return sum(
            self.bytes[piece]
            for piece, last in self.lasts.items()
            if self.written(piece) < number and (last >= number or piece in self.leaving)
        )
