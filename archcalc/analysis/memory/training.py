"""The memory of a training step: what is there throughout, and what comes and goes in its two passes.

The passes are followed layer by layer, as PyTorch runs them. A volume is there until its last reader has run,
and what a layer keeps until its backward pass. The backward pass runs in the opposite order. It makes the
gradients of a layer's inputs and parameters, and forgets then what the layer kept and the gradient of its
output. Gradients that meet at a volume are added, over the first where nothing else needs it. The caller
holds the input and the outputs of the network.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from math import prod

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.memory.checkpointing import Segment, segments
from archcalc.analysis.memory.optimizers import PRECISIONS, Optimizer, Precision, optimizer_called
from archcalc.analysis.memory.passes import Moment, Passes, Saved
from archcalc.analysis.memory.saved import ATTENTION, DEVICES, Size, saved_for_backward
from archcalc.errors import RequestError
from archcalc.frozen import Frozen, frozen
from archcalc.layers import NamedShapes
from archcalc.quoting import quoted
from archcalc.records import NamedTuple

NOT_COUNTED = (
    "workspaces of kernels, and what the backward pass of one layer computes on the way",
    "what an allocator adds by rounding and by fragmentation",
    "the context of a device: its driver, its libraries and their kernels",
    "the loss function; data that are loaded for the next step",
    "step counters of an optimizer, and its temporary values",
    "buffers and copies for training on several devices",
)
"""What the framework needs besides."""
SINGLE = 4
"""Bytes of a value in float32."""


class Static(NamedTuple):
    """Bytes of a layer or of a network that are there throughout a step, whatever the batch."""

    parameters: int
    master: int
    state: int
    buffers: int

    @property
    def total(self) -> int:
        """Their sum."""
        return sum(self)


@frozen
class Training(Frozen):
    """The memory of one training step; bytes are for the batch and the type of values of `analysis`.

    owned: what is there of each layer throughout.
    made: the bytes of the gradients of each layer's parameters, which the backward pass makes.
    segments: what runs again in the backward pass.
    moments: what is live besides `static`, layer by layer through both passes.
    kept: what each layer keeps for the backward pass when the forward pass has ended.
    """

    analysis: Analysis
    optimizer: str
    precision: str
    device: str
    attention: str
    owned: tuple[Static, ...]
    made: tuple[int, ...]
    segments: tuple[Segment, ...]
    moments: tuple[Moment, ...]
    kept: tuple[tuple[Saved, ...], ...]

    @cached_property
    def static(self) -> Static:
        """What is there throughout, of all layers."""
        return Static(*map(sum, zip(*self.owned, strict=True)))

    @cached_property
    def gradients(self) -> int:
        """Bytes of the gradients of all parameters."""
        return sum(self.made)

    def saved_by(self, number: int) -> int:
        """Bytes that a layer, by number, is the first to keep for the backward pass."""
        own = (each.size for each in self.kept[number] if each.counted_by is None)
        return sum(size.of(self.analysis.batch) for size in own)

    @cached_property
    def saved(self) -> int:
        """Bytes that are kept for the backward pass when the forward pass has ended."""
        return sum(map(self.saved_by, range(len(self.kept))))

    @cached_property
    def peak(self) -> Moment:
        """The first moment at which most is live."""
        return max(self.moments, key=lambda moment: moment.size.of(self.analysis.batch))

    @property
    def line(self) -> Size:
        """All bytes at the peak, as fixed + per_example·batch; other batches may have another peak."""
        return Size(self.static.total + self.peak.size.fixed, self.peak.size.per_example)

    @property
    def total(self) -> int:
        """All bytes at the peak: the greatest of the moments, each of which is a line in the batch."""
        return self.line.of(self.analysis.batch)


def training(
    analysis: Analysis,
    optimizer: str = "adam",
    *,
    precision: str | None = None,
    device: str = "gpu",
    attention: str = "fused",
    checkpoint: str = "",
) -> Training:
    """The memory of a training step with an optimizer of OPTIMIZERS.

    precision: one of PRECISIONS; by default `master` where values have 16 bits, else `pure`.
    device: one of DEVICES. attention: one of ATTENTION. checkpoint: what runs again, as `segments` reads it.
    Raises RequestError for what is not known, and for values that cannot be trained.
    """
    remembers, name = optimizer_called(optimizer), _precision_name(analysis, precision)
    _check("device", device, DEVICES)
    _check("attention", attention, ATTENTION)
    parts = segments(analysis, checkpoint)
    untouched = frozenset(volume for part in parts for volume in part.reads)
    kept = saved_for_backward(analysis, device, attention, untouched)
    widths = _widths(analysis, PRECISIONS[name])
    made = tuple(_values(facts.parameter_shapes) * widths.weight for facts in analysis.facts)
    copies = tuple(map(widths.copies, analysis.facts))
    passes = Passes(analysis, kept, parts, made, copies)
    forward = tuple(passes.forward())
    saved = tuple(passes.kept_now())
    return Training(
        analysis,
        optimizer,
        name,
        device,
        attention,
        tuple(widths.static(facts, remembers) for facts in analysis.facts),
        made,
        parts,
        (*forward, *passes.backward()),
        saved,
    )


def _precision_name(analysis: Analysis, precision: str | None) -> str:
    if analysis.dtype == "int8":
        raise RequestError(
            "int8 values cannot be trained: their gradients would be 0; choose a floating type"
        )
    name = precision or ("master" if analysis.value_bytes < SINGLE else "pure")
    _check("precision", name, PRECISIONS)
    return name


def _check(what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise RequestError(f"no {what} is called {quoted(name)}; known are {', '.join(known)}")


def _values(shapes: NamedShapes) -> int:
    return sum(map(prod, shapes.values()))


class _Widths(NamedTuple):
    """How many bytes values take: weights and their gradients, master weights, state, copies and buffers."""

    weight: int
    master: int
    state: int
    copy: int
    buffer: int

    def static(self, facts: Facts, optimizer: Optimizer) -> Static:
        """What is there of a layer throughout."""
        values = _values(facts.parameter_shapes)
        state = sum(map(optimizer.values, facts.parameter_shapes.values()))
        buffers = _values(facts.buffer_shapes)
        return Static(values * self.weight, values * self.master, state * self.state, buffers * self.buffer)

    def copies(self, facts: Facts) -> int:
        """The copy of a layer's weights, biases apart, that is kept for its backward pass."""
        shapes = facts.parameter_shapes.items()
        weights = sum(prod(shape) for name, shape in shapes if not name.endswith("bias"))
        return weights * self.copy if facts.macs else 0


def _widths(analysis: Analysis, precision: Precision) -> _Widths:
    value = analysis.value_bytes
    if value >= SINGLE:
        return _Widths(value, 0, value, 0, value)
    return _Widths(
        value if precision.narrow else SINGLE,
        SINGLE if precision.master else 0,
        value if precision.narrow and not precision.master else SINGLE,
        value if precision.copies else 0,
        SINGLE,
    )
