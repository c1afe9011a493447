"""Liveness analysis: which tensors are live while each layer runs, and how many bytes that is.

A tensor is live from the layer that writes it to its last reader, as a variable is in a compiler. Of

    input → conv1 → relu1 → add1, which also reads the input          (each tensor of 6 values)

the input is live until add1. At conv1 12 values are live: the input and conv1's output. relu1 writes over
that, so 12 are live there too; add1 allocates its output, and 18 are live: the peak.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain
from math import prod

from archcalc.analysis.facts import Analysis
from archcalc.analysis.memory.models import MEMORY_MODELS, MemoryModel, held_until, readings
from archcalc.analysis.memory.views import views
from archcalc.network import Network
from archcalc.records import NamedTuple


class Step(NamedTuple):
    """The turn of one layer: the bytes live while it runs, those of them that its output allocates, and those
    of tensors inside it."""

    name: str
    live: int
    allocated: int
    inside: int = 0


class Allocation(NamedTuple):
    """Memory that holds a tensor, and then perhaps others: views of it, or what was written over it.

    A concatenation without a copy lies in the memory of its parts: where it is written, those parts that
    nobody else reads later become one allocation, and the others stay beside it.

    written: the step at which each tensor came, with the tensor; inputs are there at step 0.
    first, last: the steps between which it is live.
    """

    written: tuple[tuple[int, int], ...]
    bytes: int
    first: int
    last: int

    def tensor(self, step: int) -> int:
        """The tensor that it holds at a step, after the layer ran."""
        return max((each for each in self.written if each[0] <= step), default=self.written[0])[1]


class LiveTensor(NamedTuple):
    """A tensor that is live, by the name of the layer that wrote it, and its bytes."""

    name: str
    bytes: int


class Timeline:
    """What is live, layer by layer, for the batch and the type of values of an analysis."""

    def __init__(
        self, network: Network, order: Sequence[int], steps: Iterable[Step], allocations: Iterable[Allocation]
    ) -> None:
        self.network = network
        self.order = tuple(order)
        self.steps = tuple(steps)
        self.allocations = tuple(allocations)

    @cached_property
    def peak_step(self) -> int:
        """The first step at which most is live."""
        return max(range(len(self.steps)), key=lambda step: self.steps[step].live)

    @property
    def peak(self) -> int:
        """The most bytes live at once."""
        return self.steps[self.peak_step].live

    def live_tensors(self, step: int) -> tuple[LiveTensor, ...]:
        """The tensors that are live while a layer runs, its output included, in the order of allocation."""
        found: dict[int, int] = {}
        for allocation in self.allocations:
            if allocation.first <= step <= allocation.last:
                tensor = allocation.tensor(step)
                found[tensor] = found.get(tensor, 0) + allocation.bytes
        name, _, _, inside = self.steps[step]
        within = (LiveTensor(f"inside {name}", inside),) if inside else ()
        volumes = (LiveTensor(self.network.tensor_name(each), size) for each, size in found.items() if size)
        return (*volumes, *within)


class _Open:
    """An allocation in the making: how many still have to read it, and until which step a name holds it."""

    def __init__(self, bytes_: int, first: int) -> None:
        self.bytes = bytes_
        self.first = first
        self.last = -1
        self.pending = 0
        self.until = -1
        self.written: list[tuple[int, int]] = []


class _Liveness:
    """One run through the layers of a network."""

    def __init__(
        self, analysis: Analysis, order: Sequence[int], model: MemoryModel, whole: frozenset[int]
    ) -> None:
        self.analysis = analysis
        self.width = analysis.batch * analysis.value_bytes
        self.model = model
        self.order = order
        self.whole = whole
        self.views = views(analysis)
        self.held_until = held_until(analysis.network, order, self.model)
        self.read = readings(analysis.network, model)
        self.readers = Counter(chain(*self.read, set(analysis.network.outputs.values())))
        self.memory: dict[int, tuple[_Open, ...]] = {}
        self.allocated: list[_Open] = []
        self.ending: list[list[_Open]] = [[] for _ in order]
        self.live = 0

    def timeline(self) -> Timeline:
        network = self.analysis.network
        for tensor in range(len(network.inputs)):
            self.store(tensor, 0, (self.allocate(tensor, 0),))
        steps = [self.step(step, number) for step, number in enumerate(self.order)]
        for memory in self.allocated:
            memory.last = memory.last if memory.last >= 0 else len(steps) - 1
        allocations = (
            Allocation(tuple(each.written), each.bytes, each.first, each.last) for each in self.allocated
        )
        return Timeline(network, self.order, steps, allocations)

    def step(self, step: int, number: int) -> Step:
        """Run a layer: allocate memory for its output where it needs any, then free what nobody needs."""
        node, tensor = self.analysis.network.nodes[number], self.analysis.network.output_tensor(number)
        read = [each for source in self.read[number] for each in self.memory[source]]
        for memory in read:
            memory.pending -= 1
        before = self.live
        written = self.shared(step, number, tensor) or (self.allocate(tensor, step),)
        self.store(tensor, step, written)
        inside = self.inside(number)
        live = self.live + inside
        for memory in (*read, *written, *self.ending[step]):
            self.release(memory, step)
        return Step(node.name, live, live - inside - before, inside)

    def joined(self, step: int, parts: list[_Open]) -> tuple[_Open, ...]:
        """The memory of a concatenation's parts: first as one those that nobody else has still to read."""
        whole = _Open(0, step)
        for part in parts:
            if not part.pending:
                part.last = step - 1
                whole.bytes += part.bytes
                whole.until = max(whole.until, part.until)
        self.allocated.append(whole)
        return whole, *(part for part in parts if part.pending)

    def inside(self, number: int) -> int:
        """Bytes of tensors inside a layer whose parts run one by one."""
        if not self.model.calls:
            return 0
        facts = self.analysis.facts[number]
        return facts.node.layer.inside(facts.input_shapes) * self.width

    def shared(self, step: int, number: int, tensor: int) -> tuple[_Open, ...]:
        """The memory of its inputs that a layer's output lies in, nothing where it needs its own.

        It lies there as a view of it, or side by side in a concatenation, or written over it.
        """
        node = self.analysis.network.nodes[number]
        if tensor in self.whole:
            return self.joined(step, [each for source in node.inputs for each in self.memory[source]])
        memory = self.memory[node.inputs[0]]
        if number in self.views:
            return memory
        unread = not any(each.pending for each in memory)
        fits = unread and sum(each.bytes for each in memory) == self.bytes(tensor)
        return memory if fits and self.model.overwrites(node) else ()

    def bytes(self, tensor: int) -> int:
        """Bytes of a tensor."""
        return prod(self.analysis.shape(tensor)) * self.width

    def allocate(self, tensor: int, step: int) -> _Open:
        """New memory for a tensor."""
        memory = _Open(self.bytes(tensor), step)
        self.allocated.append(memory)
        self.live += memory.bytes
        return memory

    def store(self, tensor: int, step: int, memory: tuple[_Open, ...]) -> None:
        """Let memory hold a tensor, with those who have to read it."""
        self.memory[tensor] = memory
        for each in memory[:1] if tensor in self.whole else memory:
            each.written.append((step, tensor))
        for each in memory:
            each.pending += self.readers[tensor]
            each.until = max(each.until, self.held_until[tensor])

    def release(self, memory: _Open, step: int) -> None:
        """Free memory that nobody reads any more, now or where no name holds it any longer."""
        if memory.pending or memory.last >= 0:
            return
        if memory.until > step:
            if memory.until < len(self.order):
                self.ending[memory.until].append(memory)
            return
        memory.last = step
        self.live -= memory.bytes


def inference(
    analysis: Analysis,
    *,
    concat: str = "copy",
    convention: str = "archcalc",
    order: Sequence[int] | None = None,
) -> Timeline:
    """What is live while each layer of a network runs, in `order` (node numbers), or else as written.

    Layers that run in training only are left out, and the others are numbered without them.
    concat: `copy`, or `view` where inputs are written straight into a concatenation if they can be.
    convention: one of MEMORY_MODELS.
    Bytes are of the analysis' batch and type of values. Parameters, workspaces of kernels and what an
    allocator adds are not counted. A layer's inputs and its output are live while it runs.
    """
    analysis = analysis.at_inference
    numbers = range(len(analysis.facts)) if order is None else order
    check_order(analysis.network, numbers)
    model = MEMORY_MODELS[convention]
    return _Liveness(analysis, numbers, model, _whole(analysis, model, concat)).timeline()


def _whole(analysis: Analysis, model: MemoryModel, concat: str) -> frozenset[int]:
    """The concatenations without a copy."""
    if concat == "copy":
        return frozenset()
    from archcalc.analysis.memory.adjacency import side_by_side

    return side_by_side(analysis, model)


def check_order(network: Network, order: Sequence[int]) -> None:
    """Refuse an order that leaves out or repeats a layer, or runs one before what it reads is there."""
    there = set(range(len(network.inputs)))
    for number in order:
        if not there.issuperset(network.nodes[number].inputs):
            raise ValueError(f"in this order {network.nodes[number].name} reads what is not there yet")
        there.add(network.output_tensor(number))
    if len(order) != len(network.nodes) or len(there) != len(network.tensors):
        raise ValueError("an order runs each layer once")
