"""What two versions of a network are compared by: a record of each layer, from an analysis or a lock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import macs, parameters, runs
from archcalc.errors import ShapeError, Span
from archcalc.frozen import replace
from archcalc.layers import Layer, Shape
from archcalc.layers.settings import settings_of
from archcalc.network import INPUT
from archcalc.records import NamedTuple

Traits = tuple[tuple[str, object], ...]


class Record(NamedTuple):
    """One layer, or an input, as it is compared; its number is that of the tensor it writes or is.

    traits: what makes it the layer it is, by name: its settings, or what else is known of them.
    output, parameters, macs: what follows from them and from what it reads.
    reads: the numbers of the tensors that it reads; none where that is not known.
    training_only: whether nothing but auxiliary outputs needs it; False where that is not known.
    """

    number: int
    name: str
    kind: str
    traits: Traits
    output: Shape
    parameters: int
    macs: int
    reads: tuple[int, ...] = ()
    span: Span | None = None
    training_only: bool = False

    @property
    def is_input(self) -> bool:
        """Whether it is an input of the network, and no layer."""
        return self.kind == INPUT

    @property
    def counts(self) -> tuple[Shape, int, int]:
        """What follows from the settings and the input."""
        return self.output, self.parameters, self.macs


def records(analysis: Analysis) -> tuple[Record, ...]:
    """A record for each tensor: those of the inputs, then of the layers, in order."""
    network = analysis.network
    inputs = (
        Record(tensor, name, INPUT, (), shape, 0, 0)
        for tensor, (name, shape) in enumerate(network.inputs.items())
    )
    written = zip(network.written, analysis.facts, strict=True)
    return *inputs, *(_record(tensor, facts, analysis) for (tensor, _), facts in written)


def _record(tensor: int, facts: Facts, analysis: Analysis) -> Record:
    node = facts.node
    return Record(
        tensor,
        node.name,
        node.kind,
        tuple(_traits(facts)),
        facts.output_shape,
        parameters(facts, analysis),
        macs(facts, analysis),
        node.inputs,
        node.span,
        not runs(facts, analysis),
    )


def _traits(facts: Facts) -> Iterator[tuple[str, object]]:
    """The settings, each in one spelling: `[3, 3]` is 3, and a default that is stated is the default."""
    layer = facts.node.layer
    for name, field in settings_of(type(layer)).items():
        value = getattr(layer, name)
        stated = field.default is None and value is not None
        yield name, None if stated and _is_redundant(name, layer, facts) else plain(value)


def plain(value: object) -> object:
    """A setting's value with lists of the same number written as the number."""
    if not isinstance(value, tuple):
        return value
    items = tuple(map(plain, value))
    same = len(set(items)) == 1 and not isinstance(items[0], tuple)
    return items[0] if same else items


def _is_redundant(name: str, layer: Layer, facts: Facts) -> bool:
    """Whether a layer without this setting does the same on its inputs."""
    without: Any = replace(layer, **{name: None})
    try:
        return _effects(without, facts) == _effects(layer, facts)
    except ShapeError:
        return False


def _effects(layer: Layer, facts: Facts) -> tuple[object, ...]:
    inputs = facts.input_shapes
    return layer.output_shape(inputs), layer.parameter_shapes(inputs), layer.macs(inputs), layer.reach(inputs)
