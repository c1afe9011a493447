"""The forward and the backward pass of a training step, followed layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from archcalc.analysis.facts import Analysis
from archcalc.analysis.memory.checkpointing import Segment
from archcalc.analysis.memory.saved import SavedForBackward, Size, last_readers, tensor_size
from archcalc.records import NamedTuple


class Moment(NamedTuple):
    """What is live besides weights and optimizer state while a layer runs, or is differentiated.

    phase: `forward`, `again` (the forward pass of what is checkpointed), `backward`, `sum` (gradients that
    meet at a tensor are added) or `update` (both passes are over, and no layer runs).
    activations: tensors, and what layers keep. flowing: gradients of tensors. gradients: those of parameters.
    """

    phase: str
    layer: str
    activations: Size
    flowing: Size
    gradients: int

    @property
    def size(self) -> Size:
        """All that."""
        fixed = self.activations.fixed + self.flowing.fixed + self.gradients
        return Size(fixed, self.activations.per_example + self.flowing.per_example)


class Saved(NamedTuple):
    """A tensor that is kept when the forward pass has ended; `counted_by` as for `SavedMemory`."""

    what: str
    size: Size
    counted_by: int | None


class _Pool:
    """Pieces of memory of one sort: each is live as long as something holds it."""

    def __init__(self) -> None:
        self.sizes: list[Size] = []
        self.holders: list[int] = []
        self.fixed = 0
        self.per_example = 0

    def take(self, size: Size) -> int:
        """A new piece with one holder, by its number."""
        self.sizes.append(size)
        self.holders.append(1)
        self.fixed += size.fixed
        self.per_example += size.per_example
        return len(self.sizes) - 1

    def hold(self, piece: int) -> int:
        """One holder more."""
        self.holders[piece] += 1
        return piece

    def drop(self, piece: int) -> None:
        """One holder less."""
        self.holders[piece] -= 1
        if not self.holders[piece]:
            self.fixed -= self.sizes[piece].fixed
            self.per_example -= self.sizes[piece].per_example


class Passes:
    """One training step.

    gradients, copies: of each layer, the bytes of the gradients of its parameters, and of the copy of its
    weights that it keeps from its forward to its backward pass.
    """

    def __init__(
        self,
        analysis: Analysis,
        kept: SavedForBackward,
        segments: Sequence[Segment],
        gradients: Sequence[int],
        copies: Sequence[int],
    ) -> None:
        self.analysis = analysis
        self.kept = kept
        self.written = analysis.network.output_tensor
        self.segments = {part.last: part for part in segments if kept.learns[self.written(part.last)]}
        self.checkpointed = {
            number: part for part in self.segments.values() for number in range(part.first, part.last + 1)
        }
        self.gradients_of = gradients
        self.copies = copies
        self.last = last_readers(analysis)
        inputs = range(len(analysis.network.inputs))
        self.last[: len(inputs)] = [len(analysis.facts)] * len(inputs)
        self.memory, self.flow = _Pool(), _Pool()
        self.gradients = 0
        self.saved: list[list[int]] = [[] for _ in analysis.facts]
        self.arriving: dict[int, int] = {}

    def forward(self) -> Iterator[Moment]:
        """The moments of the forward pass."""
        inputs = range(len(self.analysis.network.inputs))
        pieces = {tensor: self.memory.take(tensor_size(self.analysis, tensor)) for tensor in inputs}
        for number in range(len(self.analysis.facts)):
            part = self.checkpointed.get(number)
            if part and number == part.first:
                self.saved[number] = [self.memory.hold(pieces[tensor]) for tensor in part.reads]
            yield self._run("forward", number, pieces, keeps=part is None)
            for tensor in {self.written(number), *self._inputs(number)}:
                if self.last[tensor] == number:
                    self.memory.drop(pieces[tensor])

    def kept_now(self) -> Iterator[tuple[Saved, ...]]:
        """Of each layer what it keeps now; what a checkpointed block reads is kept by its first layer."""
        counted_by: dict[int, int] = {}
        for number, pieces in enumerate(self.saved):
            saved = []
            for what, piece in zip(self._words(number) if pieces else [], pieces, strict=True):
                saved.append(Saved(what, self.memory.sizes[piece], counted_by.get(piece)))
                counted_by.setdefault(piece, number)
            yield tuple(saved)

    def _words(self, number: int) -> list[str]:
        """What a layer keeps, in words."""
        part = self.checkpointed.get(number)
        if part:
            return [f"the input of {part.name}"] * len(part.reads)
        copy = ["a copy of its weights"] if self.copies[number] else []
        return [held.what for held in self.kept.by_layer[number]] + copy

    def backward(self) -> Iterator[Moment]:
        """The moments of the backward pass, and that of the update behind it."""
        for tensor in dict.fromkeys(self.analysis.network.outputs.values()):
            if self.kept.learns[tensor]:
                self.arriving[tensor] = self.flow.take(tensor_size(self.analysis, tensor))
        for number in reversed(range(len(self.analysis.facts))):
            if number in self.segments:
                yield from self._again(self.segments[number])
            if self.written(number) in self.arriving:
                yield from self._differentiate(number)
            for piece in self.saved[number]:
                self.memory.drop(piece)
        yield self._moment("update", "")

    def _moment(self, phase: str, layer: str) -> Moment:
        memory = Size(self.memory.fixed, self.memory.per_example)
        flow = Size(self.flow.fixed, self.flow.per_example)
        return Moment(phase, layer, memory, flow, self.gradients)

    def _inputs(self, number: int) -> tuple[int, ...]:
        return self.analysis.facts[number].node.inputs

    def _run(self, phase: str, number: int, pieces: dict[int, int], *, keeps: bool) -> Moment:
        """Run a layer, with the pieces of memory that tensors lie in."""
        node, tensor = self.analysis.facts[number].node, self.written(number)
        if self.kept.storages[tensor] == tensor:
            pieces[tensor] = self.memory.take(tensor_size(self.analysis, tensor))
        else:
            pieces[tensor] = self.memory.hold(pieces[node.inputs[0]])
        held = [*self._held(number, pieces)]
        moment = self._moment(phase, node.name)
        if keeps:
            self.saved[number] += held
        else:
            for piece in held:
                self.memory.drop(piece)
        return moment

    def _held(self, number: int, pieces: Mapping[int, int]) -> Iterator[int]:
        """What a layer keeps, or where it is checkpointed makes on the way."""
        for held in self.kept.by_layer[number]:
            if held.tensor is None:
                yield self.memory.take(held.size)
            else:
                yield self.memory.hold(pieces[held.tensor])
        if self.copies[number]:
            yield self.memory.take(Size(self.copies[number]))

    def _again(self, part: Segment) -> Iterator[Moment]:
        """Run the layers of a segment again, up to the last that keeps something."""
        pieces = dict(zip(part.reads, self.saved[part.first], strict=True))
        pieces |= {self.kept.storages[tensor]: piece for tensor, piece in pieces.items()}
        numbers = range(part.first, part.last + 1)
        end = max((number for number in numbers if self.kept.by_layer[number]), default=-1)
        last = {self.written(number): number for number in range(part.first, end + 1)}
        last |= {
            tensor: n for n in range(part.first, end + 1) for tensor in self._inputs(n) if tensor in last
        }
        for number in range(part.first, end + 1):
            yield self._run("again", number, pieces, keeps=True)
            for tensor in {self.written(number), *self._inputs(number)}:
                if last.get(tensor) == number:
                    self.memory.drop(pieces[tensor])

    def _differentiate(self, number: int) -> Iterator[Moment]:
        """The backward pass of a layer."""
        node = self.analysis.facts[number].node
        gradient = self.arriving.pop(self.written(number))
        learning = [tensor for tensor in node.inputs if self.kept.learns[tensor]]
        made = [(tensor, self._gradient(tensor, number, gradient)) for tensor in learning]
        self.gradients += self.gradients_of[number]
        products = [self.flow.take(size) for size in self._products(number, learning)]
        yield self._moment("backward", node.name)
        for piece in (gradient, *products):
            self.flow.drop(piece)
        for piece in self.saved[number]:
            self.memory.drop(piece)
        self.saved[number] = []
        for tensor, piece in made:
            yield from self._arrive(tensor, piece, node.name)

    def _products(self, number: int, learning: Iterable[int]) -> Iterator[Size]:
        """What the gradients of inputs that a layer repeats are sums of: products as large as its output."""
        layer, size = self.analysis.facts[number].node.layer, tensor_size(self.analysis, self.written(number))
        if layer.merges and not layer.passes_gradient:
            yield from (size for tensor in learning if tensor_size(self.analysis, tensor) != size)

    def _gradient(self, tensor: int, number: int, gradient: int) -> int:
        """The gradient of an input: that of the output, where it is handed on or seen in another shape."""
        layer, size = self.analysis.facts[number].node.layer, tensor_size(self.analysis, tensor)
        seen = layer.is_view() and size == tensor_size(self.analysis, self.written(number))
        return self.flow.hold(gradient) if layer.passes_gradient or seen else self.flow.take(size)

    def _arrive(self, tensor: int, piece: int, layer: str) -> Iterator[Moment]:
        """Add a gradient to what has come to its tensor so far, over that if nothing else holds it."""
        if tensor not in self.arriving:
            self.arriving[tensor] = piece
            return
        there = self.arriving[tensor]
        size = tensor_size(self.analysis, tensor)
        if not self.adds_over(there, size):
            self.arriving[tensor] = self.flow.take(size)
            yield self._moment("sum", layer)
            self.flow.drop(there)
        self.flow.drop(piece)

    def adds_over(self, gradient: int, size: Size) -> bool:
        """Whether another gradient may be added to one of a tensor of that size without a copy."""
        return self.flow.holders[gradient] == 1 and self.flow.sizes[gradient] == size
