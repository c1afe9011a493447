"""Which volumes are alive while each layer runs, and how many bytes they take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain
from math import prod
from typing import NamedTuple

from archcalc.analysis.facts import Analysis
from archcalc.analysis.memory.holding import CONVENTIONS, Convention, held, is_view, readings
from archcalc.network import Network, Node


class Step(NamedTuple):
    """The turn of one layer: bytes alive while it runs, those of them that its output takes anew, and those
    of tensors inside it."""

    name: str
    live: int
    taken: int
    inside: int = 0


class Buffer(NamedTuple):
    """Memory that holds a volume, and then perhaps others: views of it, or what was written over it.

    A concatenation without a copy lies in the memory of its parts: where it is written, those parts that
    nobody else reads later become one buffer, and the others stay beside it.

    written: the step at which each volume came, with the volume; the input is there at step 0.
    first, last: the steps between which it is alive.
    """

    written: tuple[tuple[int, int], ...]
    bytes: int
    first: int
    last: int

    def volume(self, step: int) -> int:
        """The volume that it holds at a step, after the layer ran."""
        return max((each for each in self.written if each[0] <= step), default=self.written[0])[1]


class Alive(NamedTuple):
    """A volume that is alive, by the name of the layer that wrote it, and its bytes."""

    name: str
    bytes: int


class Timeline:
    """What is alive, layer by layer, for the batch and the type of values of an analysis."""

    def __init__(
        self, network: Network, order: Sequence[int], steps: Iterable[Step], buffers: Iterable[Buffer]
    ) -> None:
        self.network = network
        self.order = tuple(order)
        self.steps = tuple(steps)
        self.buffers = tuple(buffers)

    @cached_property
    def peak_step(self) -> int:
        """The first step at which most is alive."""
        return max(range(len(self.steps)), key=lambda step: self.steps[step].live)

    @property
    def peak(self) -> int:
        """The most bytes alive at once."""
        return self.steps[self.peak_step].live

    def alive(self, step: int) -> tuple[Alive, ...]:
        """The volumes that are alive while a layer runs, its output included, as they were taken."""
        found: dict[int, int] = {}
        for buffer in self.buffers:
            if buffer.first <= step <= buffer.last:
                volume = buffer.volume(step)
                found[volume] = found.get(volume, 0) + buffer.bytes
        name, _, _, inside = self.steps[step]
        within = (Alive(f"inside {name}", inside),) if inside else ()
        volumes = (Alive(self.network.tensor_name(each), size) for each, size in found.items() if size)
        return (*volumes, *within)


class _Memory:
    """A buffer on its way: who still has to read it, and until which step it is held."""

    def __init__(self, bytes_: int, first: int) -> None:
        self.bytes = bytes_
        self.first = first
        self.last = -1
        self.pending = 0
        self.until = -1
        self.written: list[tuple[int, int]] = []


class _Walk:
    """One run through the layers of a network."""

    def __init__(
        self, analysis: Analysis, order: Sequence[int], rules: Convention, whole: frozenset[int]
    ) -> None:
        self.analysis = analysis
        self.width = analysis.batch * analysis.value_bytes
        self.rules = rules
        self.order = order
        self.whole = whole
        self.held = held(analysis.network, order, self.rules)
        self.read = readings(analysis.network, rules)
        self.readers = Counter(chain(*self.read, set(analysis.network.outputs.values())))
        self.memory: dict[int, tuple[_Memory, ...]] = {}
        self.taken: list[_Memory] = []
        self.ending: list[list[_Memory]] = [[] for _ in order]
        self.live = 0

    def timeline(self) -> Timeline:
        network = self.analysis.network
        self.put(0, 0, (self.take(0, 0),))
        steps = [self.step(step, network.nodes[number], number + 1) for step, number in enumerate(self.order)]
        for memory in self.taken:
            memory.last = memory.last if memory.last >= 0 else len(steps) - 1
        buffers = (Buffer(tuple(each.written), each.bytes, each.first, each.last) for each in self.taken)
        return Timeline(network, self.order, steps, buffers)

    def step(self, step: int, node: Node, volume: int) -> Step:
        """Run a layer: take memory for its output where it needs any, then free what nobody needs."""
        read = [each for number in self.read[volume - 1] for each in self.memory[number]]
        for memory in read:
            memory.pending -= 1
        before = self.live
        written = self.shared(step, node, volume) or (self.take(volume, step),)
        self.put(volume, step, written)
        inside = self.inside(volume)
        live = self.live + inside
        for memory in (*read, *written, *self.ending[step]):
            self.release(memory, step)
        return Step(node.name, live, live - inside - before, inside)

    def joined(self, step: int, parts: list[_Memory]) -> tuple[_Memory, ...]:
        """The memory of a concatenation's parts: first as one those that nobody else has still to read."""
        whole = _Memory(0, step)
        for part in parts:
            if not part.pending:
                part.last = step - 1
                whole.bytes += part.bytes
                whole.until = max(whole.until, part.until)
        self.taken.append(whole)
        return whole, *(part for part in parts if part.pending)

    def inside(self, volume: int) -> int:
        """Bytes of tensors inside a layer whose parts run one by one."""
        if not self.rules.calls:
            return 0
        facts = self.analysis.facts[volume - 1]
        return facts.node.layer.inside(facts.input_shapes) * self.width

    def shared(self, step: int, node: Node, volume: int) -> tuple[_Memory, ...]:
        """The memory of its inputs that a layer's output lies in, nothing where it needs its own.

        It lies there as a view of it, or side by side in a concatenation, or written over it.
        """
        if volume in self.whole:
            return self.joined(step, [each for number in node.inputs for each in self.memory[number]])
        memory = self.memory[node.inputs[0]]
        if is_view(node.layer):
            return memory
        unread = not any(each.pending for each in memory)
        fits = unread and sum(each.bytes for each in memory) == self.bytes(volume)
        return memory if fits and self.rules.overwrites(node) else ()

    def bytes(self, volume: int) -> int:
        """Bytes of a volume."""
        return prod(self.analysis.shape(volume)) * self.width

    def take(self, volume: int, step: int) -> _Memory:
        """New memory for a volume."""
        memory = _Memory(self.bytes(volume), step)
        self.taken.append(memory)
        self.live += memory.bytes
        return memory

    def put(self, volume: int, step: int, memory: tuple[_Memory, ...]) -> None:
        """Let memory hold a volume, with those who have to read it."""
        self.memory[volume] = memory
        for each in memory[:1] if volume in self.whole else memory:
            each.written.append((step, volume))
        for each in memory:
            each.pending += self.readers[volume]
            each.until = max(each.until, self.held[volume])

    def release(self, memory: _Memory, step: int) -> None:
        """Free memory that nobody reads any more, now or where it is held no longer."""
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
    """What is alive while each layer of a network runs, in `order` (node numbers), or else as written.

    Layers that run in training only are left out, and the others are numbered without them.
    concat: `copy`, or `view` where inputs are written straight into a concatenation if they can be.
    convention: one of CONVENTIONS.
    Bytes are of the analysis' batch and type of values. Parameters, workspaces of kernels and what an
    allocator adds are not counted. A layer's inputs and its output are alive while it runs.
    """
    analysis = analysis.at_inference
    numbers = range(len(analysis.facts)) if order is None else order
    check_order(analysis.network, numbers)
    rules = CONVENTIONS[convention]
    return _Walk(analysis, numbers, rules, _whole(analysis, rules, concat)).timeline()


def _whole(analysis: Analysis, rules: Convention, concat: str) -> frozenset[int]:
    """The concatenations without a copy."""
    if concat == "copy":
        return frozenset()
    from archcalc.analysis.memory.placement import side_by_side

    return side_by_side(analysis, rules)


def check_order(network: Network, order: Sequence[int]) -> None:
    """Refuse an order that leaves out or repeats a layer, or runs one before what it reads is there."""
    there = {0}
    for number in order:
        if not there.issuperset(network.nodes[number].inputs):
            raise ValueError(f"in this order {network.nodes[number].name} reads what is not there yet")
        there.add(number + 1)
    if len(order) != len(network.nodes) or len(there) != len(order) + 1:
        raise ValueError("an order runs each layer once")
