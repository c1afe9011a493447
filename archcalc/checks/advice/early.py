"""Volumes that have shrunk to nothing but channels."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from archcalc.analysis.facts import Analysis, Facts
from archcalc.checks.advice.graph import sliding
from archcalc.checks.advice.taps import Taps, taps
from archcalc.checks.advice.wording import box
from archcalc.errors import Problem
from archcalc.layers import Shape
from archcalc.window import BinAxis

HINT = "use a larger input, or fewer strides and poolings in front of it"


def early_1x1(analysis: Analysis) -> Iterator[Problem]:
    """A volume of 1×1 that is reached too early: layers with windows still follow."""
    on_1x1 = [facts for facts in analysis.facts if _is_1x1(facts.input_shapes[0])]
    kernels = [(facts, taps(sliding(facts))) for facts in on_1x1 if facts.node.layer.pads_zeros()]
    padded = [(facts, found) for facts, found in kernels if prod(found.kernel) > 1 and found.ineffective]
    origins = _origins(analysis)
    if padded:
        yield _convolutions(padded, origins)
    for facts in on_1x1:
        bins = isinstance(facts.node.layer.reach(facts.input_shapes)[0], BinAxis)
        if bins and prod(facts.output_shape[1:]) > 1:
            yield _copies(facts, origins)


def _is_1x1(shape: Shape) -> bool:
    return len(shape) > 1 and prod(shape[1:]) == 1


def _origins(analysis: Analysis) -> list[str]:
    """What made each tensor of 1×1 so small, by its number."""
    origins = ["is the input"] * len(analysis.network.inputs)
    for facts in analysis.facts:
        small = _is_1x1(facts.input_shapes[0])
        origins.append(origins[facts.node.inputs[0]] if small else f"{facts.node.name} made")
    return origins


def _convolutions(found: list[tuple[Facts, Taps]], origins: list[str]) -> Problem:
    """One problem for all convolutions with kernels larger than 1 on volumes of 1×1."""
    facts, first = found[0]
    ineffective = sum(kernel.ineffective_weights(facts) for facts, kernel in found)
    others = "" if len(found) == 1 else f", and so {_do(len(found) - 1)} behind it"
    message = (
        f"{facts.node.name}: its {box(first.kernel)} kernel slides over {_volume(facts, origins)}{others}: "
        f"{ineffective:,} weights see nothing but padding"
    )
    return Problem("early-1x1", message, facts.node.span, HINT)


def _do(count: int) -> str:
    return "does 1 more convolution" if count == 1 else f"do {count} more convolutions"


def _copies(facts: Facts, origins: list[str]) -> Problem:
    made = facts.output_shape[1:]
    message = (
        f"{facts.node.name}: makes {box(made)} of {_volume(facts, origins)}: "
        f"{prod(made)} copies of each value"
    )
    return Problem("early-1x1", message, facts.node.span, HINT)


def _volume(facts: Facts, origins: list[str]) -> str:
    return f"the {box(facts.input_shapes[0][1:])} that {origins[facts.node.inputs[0]]}"
