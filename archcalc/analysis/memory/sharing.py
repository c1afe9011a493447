"""What of memory does not depend on the order: which volumes share it, and who reads it."""

from __future__ import annotations

from archcalc.analysis.facts import Analysis
from archcalc.analysis.memory.holding import CONVENTIONS, is_view
from archcalc.analysis.memory.placement import side_by_side
from archcalc.layers.base import count


class Sharing:
    """The memory of volumes, each piece known by the volume that it was taken for.

    bytes: of each volume. pieces: the memory that a volume lies in: its own, or that of others where it is a
    view or a concatenation without a copy. readers: for each piece, the layers that read it in any volume.
    kept: the pieces that leave the network. overwrites: the layers that may write over their input.
    """

    def __init__(self, analysis: Analysis, concat: str) -> None:
        network = analysis.network
        rules = CONVENTIONS["archcalc"]
        whole = side_by_side(analysis, rules) if concat == "view" else frozenset()
        width = analysis.batch * analysis.value_bytes
        self.network = network
        self.bytes = [count(analysis.shape(volume)) * width for volume in range(len(network.nodes) + 1)]
        self.pieces: list[tuple[int, ...]] = [(0,)]
        self.readers: dict[int, list[int]] = {0: []}
        self.overwrites: list[bool] = []
        for number, node in enumerate(network.nodes):
            read = tuple(dict.fromkeys(piece for volume in node.inputs for piece in self.pieces[volume]))
            for piece in read:
                self.readers[piece].append(number)
            self.readers[number + 1] = []
            first = self.pieces[node.inputs[0]]
            own = read if number + 1 in whole else first if is_view(node.layer) else (number + 1,)
            self.pieces.append(own)
            fits = sum(self.bytes[piece] for piece in first) == self.bytes[number + 1]
            self.overwrites.append(fits and rules.overwrites(node))
        self.kept = {piece for volume in network.outputs.values() for piece in self.pieces[volume]}
        self.lasts = {piece: max(readers, default=piece - 1) for piece, readers in self.readers.items()}

    def dies_in(self, part: range, piece: int) -> bool:
        """Whether a piece is free once some layers of a part have run."""
        return piece not in self.kept and self.lasts[piece] < part.stop

    def live_before(self, number: int) -> int:
        """Bytes that are alive between a layer and those in front of it."""
        return sum(
            self.bytes[piece]
            for piece, last in self.lasts.items()
            if piece <= number and (last >= number or piece in self.kept)
        )
