"""The memory of a run: what is live in it, and what it will need, found out before it starts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import prod
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from archcalc.analysis.memory import inference
from archcalc.errors import RequestError
from archcalc.forward.abstract.meta import MetaArray, MetaRun
from archcalc.forward.kernels import KERNELS
from archcalc.forward.run import COLUMNS, NO_RANDOM, Array, Band, Run
from archcalc.forward.verification import Peak
from archcalc.frozen import replace

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis, Facts
    from archcalc.analysis.memory import Timeline
    from archcalc.layers import Shape

UNCOUNTABLE = 2**63
"""More bytes than NumPy can count."""

ALWAYS = 2**20
"""Bytes that any run takes besides: raw bytes on their way to become tensors, and Python's own objects."""

STEPS = 2**16
"""The most steps of Python's that a network may take one after the other: some tenths of a second."""


class Live:
    """The volumes that are live; memory of which several are views counts once."""

    def __init__(self) -> None:
        self.arrays: dict[int, Array] = {}
        self.holding: dict[int, int] = {}
        self.bytes = 0
        self.peak = Peak()

    def put(self, volume: int, array: Array, layer: str = "") -> None:
        """Let a volume live; where a layer wrote it, that is a moment to look how much is live."""
        owner = _owner(array)
        count = self.holding.get(id(owner), 0)
        self.holding[id(owner)] = count + 1
        self.bytes += 0 if count else owner.nbytes
        self.arrays[volume] = array
        if layer and self.bytes > self.peak.bytes:
            self.peak = Peak(self.bytes, layer)

    def free(self, volume: int) -> None:
        """Let a volume go, and its memory with the last that is a view of it."""
        owner = _owner(self.arrays.pop(volume))
        self.holding[id(owner)] -= 1
        if not self.holding[id(owner)]:
            del self.holding[id(owner)]
            self.bytes -= owner.nbytes

    def is_alone(self, volume: int) -> bool:
        """Whether a volume fills its memory, and no other lies there: some channels of another do not."""
        array, owner = self.arrays[volume], _owner(self.arrays[volume])
        return array.nbytes == owner.nbytes and self.holding[id(owner)] == 1


def _owner(array: Array) -> Array:
    """The array whose memory `array` is a view of, or itself."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def timeline(analysis: Analysis) -> Timeline:
    """What the analysis says is live in a run: of one example, in float32, of all layers.

    Those that run in training only are verified too: auxiliary outputs leave the network as others do.
    """
    network = replace(analysis.network, auxiliary=())
    return inference(replace(analysis, network=network, batch=1, dtype="float32"))


def check_memory(analysis: Analysis, expected: Timeline, limit: int) -> Peak:
    """What a run will need; raises RequestError where that is more than `limit` bytes."""
    peak = needed, layer = need(analysis, expected, limit)
    if needed > limit:
        taken, allowed = amounts(needed, limit)
        raise RequestError(
            f"{layer} is too large to run: it takes {taken} at once, more than the {allowed} allowed; "
            "give it more with --max-memory, or run shapes alone with --shapes-only"
        )
    return peak


def amounts(needed: int, limit: int) -> tuple[str, str]:
    """More bytes than a limit, and that limit, in the largest unit that shows the difference."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        texts = f"{needed / size:,.2f} {unit}", f"{limit / size:,.2f} {unit}"
        if limit >= size and len({*texts}) > 1:
            return texts
    return f"{needed:,} bytes", f"{limit:,} bytes"


def need(analysis: Analysis, expected: Timeline, limit: int) -> Peak:
    """The bytes that a run will take for its arrays, at most, and the layer at which it takes so many.

    To what is live, as `expected`, each layer adds what its kernel holds: that is found by running the
    kernel on arrays without contents, each of which is weighed. The first layer beyond `limit` is the last.
    Raises RequestError where the kernels together take more than STEPS steps.
    """
    entering = 4 * sum(map(prod, analysis.network.input_shapes))
    what = "the input" if len(analysis.network.inputs) == 1 else "the inputs together"
    peak = Peak(entering + ALWAYS, what)
    known: dict[tuple[object, ...], tuple[int, int]] = {}
    steps = 0
    for facts, step in zip(analysis.facts, expected.steps, strict=True):
        if peak.bytes > limit:
            break
        needed = step.live + ALWAYS
        if needed <= limit:
            layout = facts.input_shapes, facts.reads_sequence
            key = (facts.node.kind, facts.node.layer, layout, step.allocated)
            if key not in known:
                known[key] = _rehearsed(facts, spare=not step.allocated)
            held, taken = known[key]
            needed += max(held - step.allocated, 0)
            steps += taken
            if steps > STEPS:
                raise RequestError(_too_slow(facts.node.name, steps))
        if needed > peak.bytes:
            peak = Peak(needed, facts.node.name)
    return peak


def _too_slow(layer: str, steps: int) -> str:
    return (
        f"{layer} is too slow to run: up to there the network takes {steps:,} steps one after the other, "
        f"more than {STEPS:,}; run shapes alone with --shapes-only"
    )


def _rehearsed(facts: Facts, *, spare: bool) -> tuple[int, int]:
    """The most bytes that a kernel holds at once besides its inputs, and the steps that it takes.

    It holds its output and all that leads there.
    """
    meter = MemoryMeter()
    rehearsal = Rehearsal(meter, spare=spare, sequence=facts.reads_sequence)
    inputs = [rehearsal.kind.blank(shape) for shape in facts.input_shapes]
    before = meter.now
    try:
        output = KERNELS[facts.node.kind](facts.node.layer, inputs, rehearsal)
        rehearsal.checked(output)
    except MemoryError:
        return UNCOUNTABLE, 0
    except (KeyError, ValueError, IndexError):
        pass
    return meter.most - before, rehearsal.taken


class MemoryMeter:
    """The bytes of the arrays that are live, now and at most."""

    now = most = 0

    def add(self, size: int) -> None:
        """Weigh an array that comes, or with a negative size one that goes."""
        self.now += size
        self.most = max(self.most, self.now)


class Rehearsal(MetaRun):
    """A run on meta arrays that are weighed.

    Of all bands and blocks, which are alike, only two: a kernel still holds one when it takes the next.
    """

    def __init__(self, meter: MemoryMeter, *, spare: bool, sequence: bool) -> None:
        super().__init__(NO_RANDOM, spare=spare, sequence=sequence)
        self.kind = _weighed(meter)

    def bands(self, positions: Shape, patch: int, least: int = COLUMNS) -> Iterator[Band]:
        yield from islice(Run.bands(self, positions, patch, least), 2)

    def blocks(self, name: str, shape: Shape, *, spread: float = 0.1) -> Iterator[tuple[slice, Array]]:
        yield from islice(Run.blocks(self, name, shape, spread=spread), 2)

    def matmul(self, left: Array, right: Array, out: Array | None = None) -> Array:
        """Matrices that are gathered from afar were copied, which nobody sees on hollow ones."""
        return super().matmul(left, self.kind.blank(right.shape), out)

    def checked(self, output: Array) -> tuple[Array, bool]:
        """An output that is a view cannot be levelled in its place, but is copied."""
        return (output.copy() if isinstance(output.base, np.ndarray) else output), True


# Any: the arguments of a ufunc, as in archcalc.forward.abstract.base.


def _weighed(meter: MemoryMeter) -> type[MetaArray]:
    """MetaArray arrays that lie on a meter as long as they are live."""

    class Weighed(MetaArray):
        @classmethod
        def blank(cls, shape: Shape) -> Self:
            array = super().blank(shape)
            meter.add(array.nbytes)
            return array

        def __array_ufunc__(self, *asked: Any, out: tuple[Array] | None = None, **options: Any) -> Any:
            return out[0] if out else super().__array_ufunc__(*asked, **options)

        def __del__(self) -> None:
            if not isinstance(self.base, np.ndarray):
                meter.add(-self.nbytes)

    return Weighed
