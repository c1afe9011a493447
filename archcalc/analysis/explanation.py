"""How each number of a layer came about: its kind's own formulas, and those that all layers share."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from archcalc.analysis.connectivity import connectivity_of
from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import bias_adds, biases, outputs, parameter_bytes, weights
from archcalc.analysis.receptive_field import merged
from archcalc.layers import Formula
from archcalc.window import Axis, Field


def layer_formulas(facts: Facts, analysis: Analysis) -> Iterator[Formula]:
    """Volume, parameters, MACs, memory and receptive field of one layer."""
    yield from facts.node.layer.formulas(facts.input_shapes)
    if facts.parameter_shapes:
        known = {"weights": weights(facts, analysis), "biases": biases(facts, analysis)}
        yield Formula("parameters", "weights + biases", known, sum(known.values()))
        values = {"parameters": sum(known.values()), "B": analysis.value_bytes}
        yield Formula("parameter bytes", "parameters·B", values, parameter_bytes(facts, analysis))
    if added := bias_adds(facts, analysis):
        yield _bias_adds_formula(added, facts, analysis)
    if facts.node.layer.makes_volume():
        made = {"outputs": outputs(facts), "batch": analysis.batch, "B": analysis.value_bytes}
        yield Formula("memory in bytes", "outputs·batch·B", made, prod(made.values()))
    yield from _field_formulas(facts, analysis)


def _bias_adds_formula(added: int, facts: Facts, analysis: Analysis) -> Formula:
    """One for each output; where more than the output is biased, all biases at each position."""
    if added == outputs(facts):
        return Formula("bias adds", "outputs", {"outputs": added}, added)
    learned = biases(facts, analysis)
    return Formula("bias adds", "biases·positions", {"biases": learned, "positions": added // learned}, added)


def connectivity_formulas(facts: Facts, analysis: Analysis) -> Iterator[Formula]:
    """A convolution beside unshared filters and a fully connected layer."""
    ways = connectivity_of(facts, analysis)
    filters = facts.output_shape[0]
    each = ways.shared.weights // filters
    biased = ways.shared.biases > 0
    plus = " + K" if biased else ""
    values = {"weights_per_filter": each, "K": filters}
    yield Formula("shared", f"weights_per_filter·K{plus}", values, ways.shared.parameters)
    plus = " + outputs" if biased else ""
    if facts.macs == ways.outputs * each:
        own = {"outputs": ways.outputs, "weights_per_filter": each}
        expression = f"outputs·weights_per_filter{plus}"
    else:
        own = {"MACs": facts.macs} | ({"outputs": ways.outputs} if biased else {})
        expression = f"MACs{plus}"
    yield Formula("unshared", expression, own, ways.unshared.parameters)
    all_to_all = {"inputs": ways.inputs, "outputs": ways.outputs}
    yield Formula("fully connected", f"inputs·outputs{plus}", all_to_all, ways.fully_connected.parameters)


def _field_formulas(facts: Facts, analysis: Analysis) -> Iterator[Formula]:
    """r2 = r1 + (extent − 1)·j1 and j2 = j1·S along each axis that a window slides over."""
    reach = facts.node.layer.reach(facts.input_shapes)
    if isinstance(reach, str):
        return
    before = merged(tuple(map(analysis.field, facts.node.inputs)))
    if len(reach) != len(before.axes):  # a window over a sequence: what it sees of the input is no window
        return
    axes = list(zip(reach, before.axes, facts.receptive_field.axes, strict=True))
    square = len({(axis, old.size, old.jump) for axis, old, _ in axes}) == 1
    letters = ("",) if square else {1: ("",), 2: ("w", "h")}.get(len(axes), ("w", "h", "t"))
    for letter, (axis, old, new) in zip(letters, reversed(axes), strict=False):
        if isinstance(axis, Axis) and isinstance(old.jump, int) and isinstance(new.jump, int):
            yield from _axis_formulas(letter, axis, old, new)


def _axis_formulas(letter: str, axis: Axis, old: Field, new: Field) -> Iterator[Formula]:
    assert isinstance(old.jump, int)
    assert isinstance(new.jump, int)
    jump = {f"j{letter}1": old.jump}
    values = {f"r{letter}1": old.size, f"F{letter}": axis.kernel, **jump}
    extent = f"(F{letter} − 1)"
    if axis.dilation > 1:
        values[f"D{letter}"], extent = axis.dilation, f"D{letter}·{extent}"
    if new.size == old.size + (axis.extent - 1) * old.jump:
        yield Formula(f"r{letter}2", f"r{letter}1 + {extent}·j{letter}1", values, new.size)
    yield Formula(f"j{letter}2", f"j{letter}1·S{letter}", jump | {f"S{letter}": axis.stride}, new.jump)
