"""The largest batch, and the largest input, with which a network still fits into a memory.

What is live at each moment is a line in the batch, fixed + per_example·batch, so that what is needed is the
greatest of many lines: it consists of pieces, each a line from one batch to another, and the largest batch
that fits follows by division. Inputs have no such formula. There the sizes at which the network works at all
are searched, on the ground that no volume becomes smaller when the input becomes larger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isqrt, prod
from typing import Any

from archcalc.analysis.facts import Analysis, analyze
from archcalc.analysis.memory.budget import flash_bytes
from archcalc.analysis.memory.liveness import inference
from archcalc.analysis.memory.saved import Size
from archcalc.analysis.memory.training import training
from archcalc.errors import RequestError, SpecError
from archcalc.frozen import replace
from archcalc.layers import Shape
from archcalc.records import NamedTuple

SIDE_LIMIT = 2**20
"""Beyond it no input is tried."""
PERIOD = 64
"""How far apart sizes that work may lie: where the size is halved six times, and the halves are joined."""


class Use(NamedTuple):
    """What the network is run for: inference, or training with an optimizer.

    settings: those of `training` that are not left to it, by name.
    in_flash: whether parameters and buffers lie in a memory of their own, as on a microcontroller.
    """

    optimizer: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    in_flash: bool = False


class Room(NamedTuple):
    """The memory that there is, and that of flash where parameters lie there; bytes."""

    memory: int
    flash: int | None = None

    def holds(self, side: Side) -> bool:
        """Whether a network fits on an input."""
        return side.bytes <= self.memory and (self.flash is None or side.stored <= self.flash)


class Piece(NamedTuple):
    """From a batch on, up to the next piece: what is needed, and while what runs."""

    first: int
    size: Size
    phase: str
    layer: str


class Need(NamedTuple):
    """The bytes that a network needs, by the batch, piece by piece."""

    pieces: tuple[Piece, ...]

    def piece(self, batch: int) -> Piece:
        """The piece that a batch lies on."""
        return next(piece for piece in reversed(self.pieces) if piece.first <= batch)

    def of(self, batch: int) -> int:
        """The bytes for a batch."""
        return self.piece(batch).size.of(batch)

    def largest_batch(self, memory: int) -> int:
        """The largest batch that fits; 0 where not even one example does."""
        sizes = [piece.size for piece in self.pieces]
        if any(size.fixed > memory for size in sizes):
            return 0
        return min((memory - size.fixed) // size.per_example for size in sizes if size.per_example)


class Side(NamedTuple):
    """A size of the input at which the network works, the bytes that it needs there, and those in flash."""

    side: int
    analysis: Analysis
    bytes: int

    @property
    def stored(self) -> int:
        """What flash holds, whose layers may grow with the input."""
        return flash_bytes(self.analysis)


class Sides(NamedTuple):
    """The largest input that fits, and the next one at which the network works, where there are such."""

    largest: Side | None
    above: Side | None


def need(analysis: Analysis, use: Use) -> Need:
    """What a network needs for a use, with parameters and buffers, as the values of `analysis` are wide."""
    lines = list(_training(analysis, use) if use.optimizer else _inference(analysis, use))
    return Need(tuple(_envelope(lines)))


def _training(analysis: Analysis, use: Use) -> Iterator[Piece]:
    settings: dict[str, Any] = dict(use.settings)
    found = training(analysis, use.optimizer, **settings)
    for moment in found.moments:
        size = Size(found.static.total + moment.size.fixed, moment.size.per_example)
        yield Piece(1, size, moment.phase, moment.layer)


def _inference(analysis: Analysis, use: Use) -> Iterator[Piece]:
    shapes = (
        shape
        for facts in analysis.facts
        for shape in (*facts.parameter_shapes.values(), *facts.buffer_shapes.values())
    )
    fixed = 0 if use.in_flash else sum(map(prod, shapes)) * analysis.value_bytes
    for step in inference(replace(analysis, batch=1)).steps:
        yield Piece(1, Size(fixed, step.live), "forward", step.name)


def _envelope(lines: Iterable[Piece]) -> Iterator[Piece]:
    """The lines that are greatest at some batch, in order; the first of those that are equal."""
    steeper = list({line.size: line for line in reversed(list(lines))}.values())[::-1]
    batch = 1
    while steeper:
        top = max(steeper, key=lambda line: (line.size.of(batch), line.size.per_example))
        yield top._replace(first=batch)
        steeper = [line for line in steeper if line.size.per_example > top.size.per_example]
        batch = min((_overtakes(line.size, top.size) for line in steeper), default=batch)


def _overtakes(line: Size, other: Size) -> int:
    """The first batch at which a steeper line is above another one."""
    return (other.fixed - line.fixed) // (line.per_example - other.per_example) + 1


def largest_batch(analysis: Analysis, room: Room, use: Use) -> int:
    """The largest batch that fits; 0 where not even one example does, or the parameters do not."""
    if room.flash is not None and flash_bytes(analysis) > room.flash:
        return 0
    return need(analysis, use).largest_batch(room.memory)


def largest_input(analysis: Analysis, room: Room, use: Use) -> Sides:
    """The largest square image, or longest sequence, with which the batch of `analysis` fits.

    Raises RequestError for a network that reads features or several inputs, or works on no square.
    """
    shape = analysis.network.only_input("the largest input")
    if len(shape) == 1:
        raise RequestError("the input has features and no size; leave --batch out to fit the batch")
    return _InputSearch(analysis, room, use).sides()


class _InputSearch:
    """Sizes of the input, tried once each."""

    def __init__(self, analysis: Analysis, room: Room, use: Use) -> None:
        self.analysis = analysis
        self.room = room
        self.use = use
        self.tried: dict[int, Side | None] = {}

    def at(self, side: int) -> Side | None:
        """The network on an input of that size; None where it does not work."""
        if side not in self.tried:
            self.tried[side] = self._at(side)
        return self.tried[side]

    def _at(self, side: int) -> Side | None:
        shape = self.analysis.network.input_shape
        try:
            network = self.analysis.network.with_input((shape[0], *[side] * (len(shape) - 1)))
            found = analyze(network, batch=self.analysis.batch, dtype=self.analysis.dtype)
        except SpecError:
            return None
        return Side(side, found, need(found, self.use).of(found.batch))

    def works(self, sides: Iterable[int]) -> Side | None:
        """The first of some sizes at which the network works."""
        return next((found for side in sides if (found := self.at(side))), None)

    def sides(self) -> Sides:
        """The largest input that fits, and the next."""
        start = self.start()
        low, high = self.upwards(start.side) if self.room.holds(start) else self.between(0, start.side)
        found = self.at(low) if low else None
        return Sides(found, self.works(range(high, high + PERIOD)))

    def start(self) -> Side:
        """The network on a square about as large as its own input."""
        sizes: Shape = self.analysis.network.input_shape[1:]
        near = (side + off for off in range(PERIOD) for side in dict.fromkeys((*sizes, isqrt(prod(sizes)))))
        found = self.works(near)
        if found is None:
            raise RequestError("the network works on no square input near its own; leave --batch out")
        return found

    def upwards(self, low: int) -> tuple[int, int]:
        """A size that fits, and the next larger one that works and does not, or beyond which none does."""
        high = low
        while self.fits(high, limited=True):
            if high > SIDE_LIMIT:
                raise RequestError(f"inputs larger than {SIDE_LIMIT:,} fit too, and none beyond is tried")
            low, high = high, 2 * high
        return self.between(low, high, limited=True)

    def between(self, low: int, high: int, *, limited: bool = False) -> tuple[int, int]:
        """Halve the way from a size that fits to one that does not until nothing is between them.

        limited: whether sizes that do not work are too large, and not too small.
        """
        while high - low > 1:
            middle = (low + high) // 2
            if self.fits(middle, limited=limited):
                low = middle
            else:
                high = middle
        return low, high

    def fits(self, side: int, *, limited: bool) -> bool:
        """Whether a size fits, or the next above it that works, where there is one."""
        found = self.works(range(side, side + PERIOD))
        return self.room.holds(found) if found else not limited
