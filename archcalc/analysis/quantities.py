"""What is counted, in one table: each quantity is a function of a layer's facts and sums to a total.

Every report and every expectation reads QUANTITIES; a new quantity is a function and a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, repeat
from math import prod
from typing import Literal

from archcalc.analysis.facts import Analysis, Facts
from archcalc.layers import NamedShapes, Shape, Shapes
from archcalc.records import NamedTuple

Amounts = dict[str, int]
"""Every quantity of a layer, of some or of all of them, by name."""


def nothing(shape: Shape, analysis: Analysis) -> int:
    """What an input adds to quantities that only layers have."""
    return 0


class Quantity(NamedTuple):
    """One count: its name in JSON, its title in tables, its unit and what it means.

    of: what a layer adds to the total; of_input: what an input of the network, by its shape, does.
    """

    name: str
    title: str
    unit: Literal["count", "bytes"]
    of: Callable[[Facts, Analysis], int]
    meaning: str
    of_input: Callable[[Shape, Analysis], int] = nothing


def weights(facts: Facts, analysis: Analysis) -> int:
    """Learned values other than biases."""
    return _values(facts.parameter_shapes) - biases(facts, analysis)


def biases(facts: Facts, analysis: Analysis) -> int:
    """Learned values that are added."""
    return sum(map(prod, _biases(facts)))


def parameters(facts: Facts, analysis: Analysis) -> int:
    """Weights and biases."""
    return _values(facts.parameter_shapes)


def parameter_bytes(facts: Facts, analysis: Analysis) -> int:
    """Bytes of the parameters."""
    return parameters(facts, analysis) * analysis.value_bytes


def buffers(facts: Facts, analysis: Analysis) -> int:
    """Values kept but not learned: running statistics."""
    return _values(facts.buffer_shapes)


def macs(facts: Facts, analysis: Analysis) -> int:
    """Multiply-accumulates for one example; 0 for a layer that runs in training only."""
    return facts.macs if runs(facts, analysis) else 0


def bias_adds(facts: Facts, analysis: Analysis) -> int:
    """Additions of biases for one example, which are no MACs: all of them at each position."""
    added = [prod(shape) for shape in _biases(facts)]
    if not added or not macs(facts, analysis):
        return 0
    return outputs(facts) // added[-1] * sum(added)


def activations(facts: Facts, analysis: Analysis) -> int:
    """Values of the output volume for the whole batch; 0 where none is made, or in training only."""
    made = facts.node.layer.makes_volume() and runs(facts, analysis)
    return outputs(facts) * analysis.batch if made else 0


def activation_bytes(facts: Facts, analysis: Analysis) -> int:
    """Bytes of those values."""
    return activations(facts, analysis) * analysis.value_bytes


def input_values(shape: Shape, analysis: Analysis) -> int:
    """Values of an input for the whole batch."""
    return prod(shape) * analysis.batch


def input_bytes(shape: Shape, analysis: Analysis) -> int:
    """Bytes of those values."""
    return input_values(shape, analysis) * analysis.value_bytes


def runs(facts: Facts, analysis: Analysis) -> bool:
    """Whether a layer runs at inference: whether more than auxiliary outputs needs it."""
    return facts.node.name not in analysis.network.training_only


def outputs(facts: Facts) -> int:
    """Values of the output volume for one example."""
    return prod(facts.output_shape)


def _biases(facts: Facts) -> Shapes:
    """The shapes of the parameters that are added; the last of them to the output."""
    shapes = facts.parameter_shapes
    return tuple(shape for name, shape in shapes.items() if name.endswith("bias")) if shapes else ()


def _values(shapes: NamedShapes) -> int:
    return sum(map(prod, shapes.values())) if shapes else 0


_ROWS = (
    Quantity("weights", "weights", "count", weights, "learned values other than biases"),
    Quantity("biases", "biases", "count", biases, "learned values that are added"),
    Quantity("parameters", "parameters", "count", parameters, "weights + biases"),
    Quantity("parameter_bytes", "parameter memory", "bytes", parameter_bytes, "bytes of the parameters"),
    Quantity("buffers", "buffers", "count", buffers, "running statistics: kept, not learned"),
    Quantity(
        "macs",
        "MACs",
        "count",
        macs,
        "multiply-accumulates for one example; padding zeros counted, bias adds not",
    ),
    Quantity("bias_adds", "bias adds", "count", bias_adds, "additions of biases for one example"),
    Quantity(
        "activations",
        "activations",
        "count",
        activations,
        "values of output volumes, each once, the input included",
        input_values,
    ),
    Quantity(
        "activation_bytes", "memory", "bytes", activation_bytes, "bytes of the activations", input_bytes
    ),
)

QUANTITIES: dict[str, Quantity] = {quantity.name: quantity for quantity in _ROWS}


def total(quantity: Quantity, analysis: Analysis, facts: Iterable[Facts] | None = None) -> int:
    """The sum over all layers and inputs, or over some layers."""
    if facts is not None:
        return sum(map(quantity.of, facts, repeat(analysis)))
    entering = sum(map(quantity.of_input, analysis.network.input_shapes, repeat(analysis)))
    return entering + sum(map(quantity.of, analysis.facts, repeat(analysis)))


def input_amounts(analysis: Analysis, shape: Shape) -> Amounts:
    """Every quantity of an input, by name."""
    return {quantity.name: quantity.of_input(shape, analysis) for quantity in QUANTITIES.values()}


def amounts(analysis: Analysis, facts: Sequence[Facts]) -> Amounts:
    """Every quantity of some layers together, by name."""
    if len(facts) == 1:
        return {quantity.name: quantity.of(facts[0], analysis) for quantity in QUANTITIES.values()}
    return {quantity.name: total(quantity, analysis, facts) for quantity in QUANTITIES.values()}


def totals(analysis: Analysis, parts: Sequence[Amounts] | None = None) -> Amounts:
    """Every quantity's total by name; `parts` are the amounts of all layers, where they are known already."""
    added = [amounts(analysis, (facts,)) for facts in analysis.facts] if parts is None else parts
    entering = [input_amounts(analysis, shape) for shape in analysis.network.input_shapes]
    return {name: sum(part[name] for part in chain(entering, added)) for name in QUANTITIES}
