"""The order of some layers that needs least memory at once: uniform-cost search over sets of layers.

A state is the set of layers that have run, and its cost the most bytes that were live on the way. States
are expanded cheapest first, as in Dijkstra's algorithm with the maximum in place of the sum; where that
takes too many steps, a beam search finds a good order, and the cheapest open state bounds all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush, nsmallest

from archcalc.analysis.memory.sharing import Sharing
from archcalc.records import NamedTuple


class PartialOrder(NamedTuple):
    """An order of a part's layers (node numbers), its peak, and what every order of them needs at least."""

    order: tuple[int, ...]
    peak: int
    bound: int


class _Move(NamedTuple):
    """A layer as a step of a path. Sets of layers are the bits of an integer.

    needs: the layers of the part that it reads. next: those that read it.
    allocated: bytes of its output, unless that shares memory.
    dying: the readers and the bytes of each piece of memory that is free once all of these have run.
    spared: the readers that must have run for it to write over its input; None where it never does.
    """

    needs: int
    next: tuple[int, ...]
    allocated: int
    dying: tuple[tuple[int, int], ...]
    spared: int | None


class _Path(NamedTuple):
    """The cheapest way found to a set: what it needed, what is live, who can run, and its last step."""

    cost: int
    live: int
    ready: tuple[int, ...]
    last: int = -1
    before: int = 0


class OrderSearch:
    """A uniform-cost search through the sets of layers of one part that can have run.

    part: the layers; all others run before or behind them.
    lower_bound: what the network needs elsewhere: going below it gains nothing.
    upper_bound: what the part needs as written: paths that need as much are given up.
    """

    def __init__(self, sharing: Sharing, part: range, lower_bound: int, upper_bound: int) -> None:
        self.part, self.upper_bound = part, upper_bound
        self.moves = _moves(sharing, part)
        self.full = (1 << len(part)) - 1
        self.steps_tried = 0
        live = sharing.live_before(part.start)
        ready = tuple(number for number, move in enumerate(self.moves) if not move.needs)
        self.paths = {0: _Path(max(lower_bound, live), live, ready)}
        self.open = [(self.paths[0].cost, 0, 0)]

    def best(self, steps_tried: int) -> PartialOrder:
        """The best order; where `steps_tried` steps do not find it, a good one with a bound of all."""
        while self.open and self.steps_tried < steps_tried:
            cost, _, ran = self.open[0]
            if ran == self.full:
                return PartialOrder(self.order(ran), cost, cost)
            heappop(self.open)
            if cost == self.paths[ran].cost:
                self.expand(ran)
        if not self.open:
            return PartialOrder(tuple(self.part), self.upper_bound, self.upper_bound)
        return self.beam(max(steps_tried, len(self.part)))

    def expand(self, ran: int) -> None:
        """Lengthen the path to a set: by a step that costs nothing, or else by each that it can take."""
        for step, is_cheaper in self.reached(ran):
            if is_cheaper:
                heappush(self.open, (self.paths[step].cost, -step.bit_count(), step))

    def reached(self, ran: int) -> Iterator[tuple[int, bool]]:
        """The sets one step further, below the upper bound, and whether that is the cheapest path yet."""
        for step, path in self.successors(ran):
            if path.cost < self.upper_bound:
                known = self.paths.get(step)
                is_cheaper = known is None or path.cost < known.cost
                if is_cheaper:
                    self.paths[step] = path
                yield step, is_cheaper

    def successors(self, ran: int) -> Iterable[tuple[int, _Path]]:
        """The sets one step further, with the paths to them; only one where that step costs nothing."""
        here = self.paths[ran]
        found = []
        for number in here.ready:
            self.steps_tried += 1
            step, path = self.stepped(ran, here, number)
            if path.cost == here.cost and path.live <= here.live:
                return [(step, path)]
            found.append((step, path))
        return found

    def stepped(self, ran: int, here: _Path, number: int) -> tuple[int, _Path]:
        """The set and the path behind one more layer."""
        move = self.moves[number]
        step = ran | 1 << number
        waiting = ~step
        over = move.spared is not None and not move.spared & waiting
        highest = here.live + (0 if over else move.allocated)
        freed = sum(size for readers, size in move.dying if not readers & waiting)
        ready = (
            *(other for other in here.ready if other != number),
            *(other for other in move.next if not self.moves[other].needs & waiting),
        )
        return step, _Path(max(here.cost, highest), here.live + move.allocated - freed, ready, number, ran)

    def beam(self, steps_tried: int) -> PartialOrder:
        """The best order where of the paths of each length only the cheapest go on; or that as written."""
        bound, share = self.open[0][0], max(1, steps_tried // len(self.part))
        front, most = [0], self.steps_tried + 4 * steps_tried
        while front and front != [self.full] and self.steps_tried < most:
            further = self.further(front, self.steps_tried + share)
            front = nsmallest(share, further, key=lambda step: (*self.paths[step][:2], step))
        if front != [self.full]:
            return PartialOrder(tuple(self.part), self.upper_bound, bound)
        return PartialOrder(self.order(self.full), self.paths[self.full].cost, bound)

    def further(self, front: Iterable[int], steps_tried: int) -> set[int]:
        """The sets one step further than some, as many as are found within so many steps."""
        found: set[int] = set()
        for ran in front:
            found.update(step for step, _ in self.reached(ran))
            if self.steps_tried >= steps_tried:
                break
        return found

    def order(self, ran: int) -> tuple[int, ...]:
        """The layers of the path to a set, in order."""
        order = []
        while ran:
            path = self.paths[ran]
            order.append(self.part.start + path.last)
            ran = path.before
        return tuple(reversed(order))


def _moves(sharing: Sharing, part: range) -> list[_Move]:
    following: list[list[int]] = [[] for _ in part]
    for number in part:
        for writer in set(_writers(sharing, number)):
            if writer in part:
                following[writer - part.start].append(number - part.start)
    return [_move(sharing, part, number, tuple(next_)) for number, next_ in zip(part, following, strict=True)]


def _writers(sharing: Sharing, number: int) -> list[int]:
    """The layers that write what a layer reads."""
    writers = map(sharing.network.writer, sharing.network.nodes[number].inputs)
    return [writer for writer in writers if writer is not None]


def _move(sharing: Sharing, part: range, number: int, next_: tuple[int, ...]) -> _Move:
    inputs, written = sharing.network.nodes[number].inputs, sharing.network.output_tensor(number)
    own = sharing.pieces[written] == (written,)
    pieces = {piece for tensor in inputs for piece in sharing.pieces[tensor]}
    if own and not sharing.readers[written]:
        pieces.add(written)
    under = sharing.pieces[inputs[0]] if sharing.overwrites[number] else ()
    free = bool(under) and all(sharing.dies_in(part, piece) for piece in under)
    return _Move(
        needs=_bits(part, _writers(sharing, number)),
        next=next_,
        allocated=sharing.bytes[written] if own else 0,
        dying=tuple(_dying(sharing, part, sorted(pieces))),
        spared=_bits(part, (reader for piece in under for reader in sharing.readers[piece]))
        if free
        else None,
    )


def _dying(sharing: Sharing, part: range, pieces: Iterable[int]) -> Iterator[tuple[int, int]]:
    for piece in pieces:
        if sharing.dies_in(part, piece):
            yield _bits(part, sharing.readers[piece]), sharing.bytes[piece]


def _bits(part: range, numbers: Iterable[int]) -> int:
    """The layers of a part among some, as a set."""
    return sum({1 << (number - part.start) for number in numbers if number in part})
