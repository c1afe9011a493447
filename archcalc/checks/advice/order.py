"""Layers that stand where they can hardly be meant to."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from archcalc.analysis.facts import Analysis, Facts
from archcalc.checks.advice.graph import readers
from archcalc.errors import Problem
from archcalc.layers.dense import FullyConnected

ACTIVATIONS = frozenset(
    (
        "relu", "relu6", "leaky_relu", "prelu", "elu", "selu", "gelu", "silu", "mish", "sigmoid", "tanh",
        "hard_sigmoid", "hard_swish", "softplus", "softmax",
    )
)  # fmt: skip
"""Kinds that bend values; those below let them pass."""
PASSING = frozenset(("dropout", "stochastic_depth", "identity"))


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
    active: list[Facts | None] = [None]
    for volume, facts in enumerate(analysis.facts, 1):
        before, bends = active[facts.node.inputs[0]], facts.node.kind in ACTIVATIONS
        if bends and before is not None and not _scales(reading[volume]):
            message = f"{facts.node.name}: reads what {before.node.name} made, with no weights in between"
            hint = f"remove {before.node.name}" if facts.node.kind == "softmax" else "remove one of the two"
            yield Problem("activation-twice", message, facts.node.span, hint)
        passed = before if facts.node.kind in PASSING else None
        active.append(facts if bends else passed)


def _scales(reading: list[Facts]) -> bool:
    return bool(reading) and all(facts.node.kind == "multiply" for facts in reading)


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
    convolved = [False]
    for facts in analysis.facts:
        before = convolved[facts.node.inputs[0]]
        if before and _maps_rows(facts):
            channels, length = shape = facts.input_shapes[0]
            message = (
                f"{facts.node.name}: maps each of {channels} channels by itself, from {length} values to "
                f"{facts.output_shape[1]}: a flatten is probably missing"
            )
            hint = f"put `flatten` in front of it, to connect all {prod(shape):,} values"
            yield Problem("sequence-fc", message, facts.node.span, hint)
        convolved.append((before or facts.node.layer.convolves) and _keeps_sequence(facts))


def _maps_rows(facts: Facts) -> bool:
    """Whether a fully connected layer takes its input for a sequence without being told over what."""
    layer = facts.node.layer
    return isinstance(layer, FullyConnected) and layer.over is None and len(facts.output_shape) == 2


def _keeps_sequence(facts: Facts) -> bool:
    """Whether a layer leaves a sequence of channels the axes that it has."""
    reach = facts.node.layer.reach(facts.input_shapes)
    turns = facts.node.kind in ("fc", "tokens")
    return len(facts.input_shapes[0]) == 2 and reach != "everything" and not turns
