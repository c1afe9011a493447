"""Layers that stand where they can hardly be meant to."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from archcalc.analysis.facts import Analysis, Facts
from archcalc.checks.advice.graph import in_front, readers
from archcalc.errors import Problem

ACTIVATIONS = frozenset(
    (
        "relu", "relu6", "leaky_relu", "prelu", "elu", "selu", "gelu", "silu", "mish", "sigmoid", "tanh",
        "hard_sigmoid", "hard_swish", "softplus", "softmax",
    )
)  # fmt: skip
"""Kinds that bend values; `dropout` and `identity` let them pass."""
PASSING = frozenset(("dropout", "identity"))


def activation_twice(analysis: Analysis) -> Iterator[Problem]:
    """An activation that reads what another activation made.

    No layer with weights stands between the two; dropout may. What only scales, read by a `multiply`, is
    let be: x·tanh(softplus(x)) is an activation of its own.

    why: a second relu does nothing. A sigmoid or softmax behind a relu is worse: it never sees a negative
    value, so a sigmoid says no less than 1/2; and a softmax over values from 0 to 1 can never be sure
    source: CS231n notes, Neural Networks Part 1, section Commonly used activation functions, and Linear
    Classification, section Softmax classifier (which is fed scores, not activations)

    noticed:
      input: {features: 64}
      layers:
        - fc: {units: 10}
        - relu
        - softmax

    not noticed:
      input: {features: 64}
      layers:
        - fc: {units: 10}
        - softmax
    """
    reading = readers(analysis)
    for volume, facts in enumerate(analysis.facts, 1):
        before = _active_in_front(facts, analysis)
        if before is not None and not _scales(reading[volume]):
            message = f"{facts.node.name}: reads what {before.node.name} made, with no weights in between"
            hint = f"remove {before.node.name}" if facts.node.kind == "softmax" else "remove one of the two"
            yield Problem("activation-twice", message, facts.node.span, hint)


def _scales(reading: list[Facts]) -> bool:
    return bool(reading) and all(facts.node.kind == "multiply" for facts in reading)


def _active_in_front(facts: Facts, analysis: Analysis) -> Facts | None:
    """The activation whose output an activation reads, if it does."""
    if facts.node.kind not in ACTIVATIONS:
        return None
    before = in_front(facts, analysis)
    while before is not None and before.node.kind in PASSING:
        before = in_front(before, analysis)
    return before if before is not None and before.node.kind in ACTIVATIONS else None


def sequence_fc(analysis: Analysis) -> Iterator[Problem]:
    """A fully connected layer that takes the channels of a convolved sequence for positions.

    A volume of two axes is read as [positions, features], and each position is mapped by itself. Behind
    one-dimensional convolutions it is [channels, length]: each channel is then mapped by itself along its
    length, with the same weights, which is hardly ever meant. Of an image the same mistake is an error.

    why: the network runs, with far fewer weights than meant, and with an output of two axes
    source: PyTorch Linear, which is applied to the last axis of whatever it is given

    noticed:
      input: {channels: 32, length: 33}
      layers:
        - conv1d: {filters: 8, kernel_size: 5}
        - fc: {units: 10}

    not noticed:
      input: {channels: 32, length: 33}
      layers:
        - conv1d: {filters: 8, kernel_size: 5}
        - flatten
        - fc: {units: 10}
    """
    for facts in analysis.facts:
        if facts.node.kind == "fc" and len(facts.output_shape) == 2 and _is_convolved(facts, analysis):
            channels, length = shape = facts.input_shapes[0]
            units = facts.output_shape[1]
            message = (
                f"{facts.node.name}: maps each of {channels} channels by itself, from {length} values to "
                f"{units}: a flatten is probably missing"
            )
            hint = f"put `flatten` in front of it, to connect all {prod(shape):,} values"
            yield Problem("sequence-fc", message, facts.node.span, hint)


def _is_convolved(facts: Facts, analysis: Analysis) -> bool:
    """Whether a sequence still has the axes that a convolution gave it."""
    before = in_front(facts, analysis)
    while before is not None and len(before.input_shapes[0]) == 2:
        if before.node.layer.convolves:
            return True
        if before.node.layer.reach(before.input_shapes) == "everything":
            return False
        before = in_front(before, analysis)
    return False
