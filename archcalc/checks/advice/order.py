"""Layers that stand where they can hardly be meant to."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from archcalc.analysis.facts import Analysis, Facts
from archcalc.checks.advice.graph import readers, written
from archcalc.errors import Problem
from archcalc.layers import SequenceShape
from archcalc.layers.dense import FullyConnected


def activation_twice(analysis: Analysis) -> Iterator[Problem]:
    """An activation that reads what another activation made."""
    reading = readers(analysis)
    active: list[Facts | None] = [None] * len(analysis.network.inputs)
    for tensor, facts in written(analysis):
        before, activates = active[facts.node.inputs[0]], facts.node.layer.activates
        if activates and before is not None and not _scales(reading[tensor]):
            message = f"{facts.node.name}: reads what {before.node.name} made, with no weights in between"
            whole = facts.node.layer.mixes_positions
            hint = f"remove {before.node.name}" if whole else "remove one of the two"
            yield Problem("activation-twice", message, facts.node.span, hint)
        passed = before if facts.node.layer.identity_at_inference() else None
        active.append(facts if activates else passed)


def _scales(reading: list[Facts]) -> bool:
    return bool(reading) and all(facts.node.layer.gates for facts in reading)


def sequence_fc(analysis: Analysis) -> Iterator[Problem]:
    """A fully connected layer that takes the channels of a convolved sequence for positions."""
    convolved = [False] * len(analysis.network.inputs)
    for facts in analysis.facts:
        before = convolved[facts.node.inputs[0]]
        if before and _maps_rows(facts):
            channels, length = shape = facts.input_shapes[0]
            message = (
                f"{facts.node.name}: maps each of {channels} channels by itself, from {length} values to "
                f"{facts.output_shape[1]}: a flatten is probably missing"
            )
            hint = (
                f"put `flatten` in front of it, to connect all {prod(shape):,} values; or write "
                f"`over: channels`, to map the {channels} channels of each position"
            )
            yield Problem("sequence-fc", message, facts.node.span, hint)
        convolved.append((before or facts.node.layer.convolves) and _keeps_sequence(facts))


def _maps_rows(facts: Facts) -> bool:
    """Whether a fully connected layer takes its input for a sequence without being told over what."""
    layer = facts.node.layer
    return isinstance(layer, FullyConnected) and layer.over is None and len(facts.output_shape) == 2


def _keeps_sequence(facts: Facts) -> bool:
    """Whether a layer leaves a sequence of channels the axes that it has."""
    reach = facts.node.layer.reach(facts.input_shapes)
    turns = facts.node.layer.fully_connects or isinstance(facts.output_shape, SequenceShape)
    return len(facts.input_shapes[0]) == 2 and reach != "everything" and not turns
