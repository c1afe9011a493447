"""The waist of the hourglass: a network's rules, applied once. Everything else is derived from this."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from archcalc.analysis.dtypes import DTYPES, SHORT_DTYPES
from archcalc.analysis.receptive_field import ReceptiveField, field_behind, field_of_input
from archcalc.errors import Problem, RequestError, ShapeError, SpecError
from archcalc.frozen import Frozen, frozen, replace
from archcalc.layers import Layer, NamedShapes, Reach, SequenceShape, Shape, Shapes
from archcalc.network import Network, Node
from archcalc.quoting import quoted
from archcalc.records import NamedTuple
from archcalc.suggestions import suggestion

SIZE_LIMIT = 2**63


class Facts(NamedTuple):
    """What the rules say of one layer, for one example.

    Shapes are channels first; parameters and buffers are named shapes, so that counts, bytes and
    tensors all follow from them; MACs are multiply-accumulates with padding zeros counted.
    """

    node: Node
    input_shapes: Shapes
    output_shape: Shape
    parameter_shapes: NamedShapes
    buffer_shapes: NamedShapes
    macs: int
    receptive_field: ReceptiveField

    @property
    def reads_sequence(self) -> bool:
        """Whether the layout of its first input is that of a sequence, [positions, features]."""
        return isinstance(self.input_shapes[0], SequenceShape)


@frozen
class Analysis(Frozen):
    """A network with the facts of its layers, a batch size and the type of its values."""

    network: Network
    facts: tuple[Facts, ...]
    batch: int = 1
    dtype: str = "float32"

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise RequestError(
                f"no type of values is called {quoted(self.dtype)}; known are {', '.join(DTYPES)}"
            )
        if self.batch < 1:
            raise RequestError(f"a batch has 1 example or more, got {self.batch}")

    @property
    def value_bytes(self) -> int:
        """Bytes of one value."""
        return DTYPES[self.dtype]

    @property
    def complete(self) -> bool:
        """Whether every layer could be analysed."""
        return len(self.facts) == len(self.network.nodes)

    def field(self, tensor: int) -> ReceptiveField:
        """The receptive field of a tensor's values; each value of an input sees itself."""
        writer = self.network.writer(tensor)
        if writer is None:
            return field_of_input(self.network.input_shapes[tensor])
        return self.facts[writer].receptive_field

    @cached_property
    def at_inference(self) -> Analysis:
        """The analysis of what runs at inference; the numbers of its volumes may be others."""
        network = self.network.at_inference
        if network is self.network:
            return self
        running = (facts for facts in self.facts if facts.node.name not in self.network.training_only)
        facts = (each._replace(node=node) for each, node in zip(running, network.nodes, strict=True))
        return replace(self, network=network, facts=tuple(facts))

    def shape(self, tensor: int) -> Shape:
        """The shape of a tensor, by the number that the network gives it."""
        writer = self.network.writer(tensor)
        return self.network.input_shapes[tensor] if writer is None else self.facts[writer].output_shape

    def of(self, name: str) -> Facts:
        """The facts of the layer called `name`; raises RequestError when there is none."""
        return self.facts[self.network.position(name)]


def facts_of(analysis: Analysis, layer: str) -> Facts:
    """The facts of the layer called `layer`; raises RequestError with what else it may have meant."""
    names = [facts.node.name for facts in analysis.facts]
    if layer in names:
        return analysis.of(layer)
    within = [name for name in names if name.startswith(f"{layer}/")]
    if within:
        raise RequestError(f"{quoted(layer)} is a block of {len(within)} layers; the first is {within[0]}")
    hint = suggestion(layer, names) or f"layers are {', '.join(names[:5])}{', …' if len(names) > 5 else ''}"
    raise RequestError(f"no layer is called {quoted(layer)}; {hint}")


class BrokenNetworkError(SpecError):
    """A layer cannot work on what it is given; `partial` holds the facts of the layers before it."""

    def __init__(self, problem: Problem, partial: Analysis, texts: Mapping[str, str] | None = None) -> None:
        super().__init__([problem], texts)
        self.partial = partial


def declared_dtype(network: Network) -> str:
    """The type of a network's values where nobody asks for another."""
    return network.dtype or "float32"


def analyze(network: Network, *, batch: int = 1, dtype: str | None = None) -> Analysis:
    """The facts of every layer, in order; raises BrokenNetworkError at the first that cannot work.

    dtype: the type of the values; by default what the network declares, else float32.
    Raises RequestError for a batch below 1 or a type that is not in DTYPES.
    """
    asked = dtype or declared_dtype(network)
    dtype = SHORT_DTYPES.get(asked, asked)
    shapes: list[Shape] = [*network.input_shapes]
    fields: list[ReceptiveField] = [field_of_input(shape) for shape in shapes]
    facts: list[Facts] = []
    known: dict[tuple[object, ...], _Rules] = {}
    for node in network.nodes:
        inputs = tuple(shapes[tensor] for tensor in node.inputs)
        try:
            # Networks repeat themselves: a layer is the same object wherever a spec writes the same.
            alike = (id(node.layer), inputs, *map(type, inputs))
            rules = known[alike] = known.get(alike) or _rules(node.layer, inputs)
            found = _facts(node, inputs, tuple(fields[tensor] for tensor in node.inputs), rules)
        except ShapeError as error:
            message = f"{node.name}: {error.message}"
            problem = Problem(error.code, message, node.span, error.hint)
            raise BrokenNetworkError(problem, Analysis(network, tuple(facts), batch, dtype)) from None
        facts.append(found)
        shapes.append(found.output_shape)
        fields.append(found.receptive_field)
    return Analysis(network, tuple(facts), batch, dtype)


class _Rules(NamedTuple):
    """What the rules of a layer say of given inputs, wherever it stands."""

    output: Shape
    reach: Reach
    parameters: NamedShapes
    buffers: NamedShapes
    macs: int


def _rules(layer: Layer, inputs: Shapes) -> _Rules:
    return _Rules(
        layer.output_shape(inputs),
        layer.reach(inputs),
        layer.parameter_shapes(inputs),
        layer.buffer_shapes(inputs),
        layer.macs(inputs),
    )


def facts_of_node(node: Node, inputs: Shapes, fields: tuple[ReceptiveField, ...]) -> Facts:
    """The facts of a layer, from the shapes and fields of what it reads; ShapeError where it cannot work."""
    return _facts(node, inputs, fields, _rules(node.layer, inputs))


def _facts(node: Node, inputs: Shapes, fields: tuple[ReceptiveField, ...], rules: _Rules) -> Facts:
    output, reach, parameters, buffers, macs = rules
    field = field_behind(reach, fields, inputs, output)
    _check_sizes(output, field)
    return Facts(node, inputs, output, parameters, buffers, macs, field)


def _check_sizes(output: Shape, field: ReceptiveField) -> None:
    """Refuse what no machine could hold, so that a chain of layers cannot make numbers without end."""
    if max(output) >= SIZE_LIMIT:
        raise ShapeError("each side of its output must stay below 2^63", code="too-large")
    for axis in field.axes:
        if max(axis.size, axis.jump.numerator, axis.jump.denominator, abs(axis.offset)) >= SIZE_LIMIT:
            raise ShapeError("its receptive field must stay below 2^63", code="too-large")
