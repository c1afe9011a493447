"""Parameters that do nothing, and parameters in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import prod

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import biases, parameters
from archcalc.checks.advice.graph import in_front, readers, written
from archcalc.errors import Problem
from archcalc.layers import Shape


def bias_before_batchnorm(analysis: Analysis) -> Iterator[Problem]:
    """Biases of a convolution or fully connected layer that a batch normalisation cancels."""
    reading, leaving = readers(analysis), analysis.network.leaving
    found = [
        (facts, reading[tensor][0])
        for tensor, facts in written(analysis)
        if tensor not in leaving and _has_bias_per_channel(facts) and _all_normalise(reading[tensor])
    ]
    saved = Counter[object]()
    for facts, _ in found:
        saved[facts.node.span or facts.node.name] += biases(facts, analysis)
    for facts, norm in found:
        message = f"{facts.node.name}: {norm.node.name} cancels its {_biases(biases(facts, analysis))}"
        fewer = saved[facts.node.span or facts.node.name]
        hint = f"`bias: false`: {fewer:,} parameter{'' if fewer == 1 else 's'} fewer"
        yield Problem("bias-before-batchnorm", message, facts.node.span, hint)


def _has_bias_per_channel(facts: Facts) -> bool:
    """Whether a layer adds one bias to each of what a batch normalisation takes for channels."""
    linear = facts.node.layer.convolves or facts.node.layer.fully_connects
    vector = facts.node.layer.convolves or len(facts.output_shape) == 1
    return linear and vector and "bias" in facts.parameter_shapes


def _all_normalise(reading: list[Facts]) -> bool:
    return bool(reading) and all(facts.node.layer.normalises_channels for facts in reading)


def _biases(count: int) -> str:
    return "1 bias" if count == 1 else f"{count:,} biases"


def heavy_fc(analysis: Analysis) -> Iterator[Problem]:
    """A fully connected layer that holds more than 80 % of all parameters."""
    total = sum(parameters(facts, analysis) for facts in analysis.facts)
    for facts in analysis.facts:
        held = parameters(facts, analysis)
        if not facts.node.layer.fully_connects or len(facts.output_shape) > 1 or 5 * held <= 4 * total:
            continue
        volume = _flattened(facts, analysis)
        if volume is not None:
            share = 100 * held // total
            message = f"{facts.node.name}: holds {held:,} of {total:,} parameters, {share} %"
            yield Problem("heavy-fc", message, facts.node.span, _pooled(facts, volume))


def _flattened(facts: Facts, analysis: Analysis) -> Shape | None:
    """The volume, made by convolutions, that a layer reads as one vector; None where there is none."""
    before = in_front(facts, analysis)
    while before is not None and before.node.layer.in_place:
        shape = before.input_shapes[0]
        if prod(shape[1:]) > 1:
            writer = analysis.network.writer(before.node.inputs[0])
            in_front_of_it = () if writer is None else analysis.facts[: writer + 1]
            return shape if any(each.node.layer.convolves for each in in_front_of_it) else None
        before = in_front(before, analysis)
    return None


def _pooled(facts: Facts, volume: Shape) -> str:
    """What would be left of a layer's parameters if each channel were pooled first."""
    depth, units = volume[0], facts.output_shape[0]
    biased = "bias" in facts.parameter_shapes
    sum_of = f"{depth:,}·{units:,}" + (f" + {units:,}" if biased else "")
    left = depth * units + (units if biased else 0)
    return f"`global_avgpool` in place of the flatten would leave it {sum_of} = {left:,}"
