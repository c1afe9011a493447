"""Whether a network fits into a device: its parameters into flash, its live activations into SRAM."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from math import prod

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.memory.liveness import Timeline
from archcalc.records import NamedTuple

BIAS_BYTES = {"int8": 4}
"""Bytes of a bias where it is wider than a weight: in int8 it is added to sums of products, in int32."""


class Stored(NamedTuple):
    """What flash holds of one layer, in bytes."""

    name: str
    weights: int
    biases: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.weights + self.biases


class Verdict(NamedTuple):
    """Whether a memory is large enough.

    needed, limit: bytes. breaks: the layer with which it is too small, and most the one that takes most of
    it; both empty where it is large enough or nothing is needed.
    """

    memory: str
    needed: int
    limit: int
    breaks: str = ""
    most: str = ""

    @property
    def fits(self) -> bool:
        """Whether what is needed is there."""
        return self.needed <= self.limit


def bias_bytes(analysis: Analysis) -> int:
    """Bytes of one bias."""
    return BIAS_BYTES.get(analysis.dtype, analysis.value_bytes)


def stored(analysis: Analysis) -> tuple[Stored, ...]:
    """What flash holds: weights, biases and running statistics as wide as weights are.

    A batch-norm whose input a convolution or fully connected layer wrote for it alone is folded into that
    layer, as converters do: it scales the weights in front of it and leaves a bias for each of its channels,
    in place of that layer's own. They leave out what runs in training only.
    """
    analysis = analysis.at_inference
    folded = dict(_folded(analysis))
    return tuple(_stored(facts, analysis, folded) for facts in analysis.facts)


def flash_bytes(analysis: Analysis) -> int:
    """What flash holds of all layers, in bytes."""
    return sum(each.total for each in stored(analysis))


def storage(analysis: Analysis) -> str:
    """How flash holds the parameters: `weights of 1 B, biases of 4 B, batch-norm folded`."""
    folds = any(facts.node.layer.normalises_channels for facts in analysis.facts)
    widths = f"weights of {analysis.value_bytes} B, biases of {bias_bytes(analysis)} B"
    return widths + (", batch-norm folded" if folds else "")


def _stored(facts: Facts, analysis: Analysis, folded: dict[str, str]) -> Stored:
    name, width = facts.node.name, bias_bytes(analysis)
    if name in folded:
        return Stored(name, 0, facts.output_shape[0] * width)
    shapes = facts.parameter_shapes
    biases = sum(prod(shape) for key, shape in shapes.items() if key.endswith("bias"))
    others = sum(map(prod, (*shapes.values(), *facts.buffer_shapes.values()))) - biases
    absorbed = name in folded.values()
    return Stored(name, others * analysis.value_bytes, 0 if absorbed else biases * width)


def _folded(analysis: Analysis) -> Iterator[tuple[str, str]]:
    """Each batch-norm that is folded, with the layer that it is folded into."""
    network = analysis.network
    for node in network.nodes:
        (tensor, *_) = node.inputs
        writer = network.writer(tensor)
        alone = len(network.readers[tensor]) == 1 and tensor not in network.leaving
        if node.layer.normalises_channels and writer is not None and alone:
            front = analysis.facts[writer]
            if front.macs and "weight" in front.parameter_shapes:
                yield node.name, front.node.name


def flash(analysis: Analysis, limit: int) -> Verdict:
    """Whether the parameters fit; the layer that breaks it is the first that no longer does, in order."""
    layers = stored(analysis)
    sums = list(accumulate(each.total for each in layers))
    over = [each.name for each, so_far in zip(layers, sums, strict=True) if so_far > limit]
    most = max(layers, key=lambda each: each.total).name
    return Verdict("flash", sums[-1], limit, *((over[0], most) if over else ()))


def sram(timeline: Timeline, limit: int) -> Verdict:
    """Whether the live activations fit; the layer that breaks it is the first at which they no longer do."""
    over = [step.name for step in timeline.steps if step.live > limit]
    most = timeline.steps[timeline.peak_step].name
    return Verdict("sram", timeline.peak, limit, *((over[0], most) if over else ()))
