"""What a change of a layer's output leads to: which layers behind it change shape, need other weights, break.

The change is tried, not guessed: the output is given twice the channels, or twice the size, and the rules of
each layer behind it are asked again. For example behind a convolution whose channels double, batch-norm and
the next convolution need other weights; an addition of its output and something else breaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archcalc.analysis.facts import Analysis, Facts, facts_of_node
from archcalc.errors import Problem, ShapeError
from archcalc.frozen import replace
from archcalc.layers import NamedShapes, SequenceShape, Shape
from archcalc.network import Network
from archcalc.records import NamedTuple

FACTOR = 2
"""By how much an output is changed: groups, heads and strides divide it as before."""


class Effect(NamedTuple):
    """A layer that is not as before: its facts then and now; `problem` where it can no longer work."""

    old: Facts
    new: Facts | None
    problem: Problem | None = None

    @property
    def weights(self) -> NamedShapes:
        """The parameters whose shapes are others, as they were."""
        now = self.new.parameter_shapes if self.new else self.old.parameter_shapes
        before = self.old.parameter_shapes
        return {name: shape for name, shape in before.items() if now.get(name, shape) != shape}


class Impact(NamedTuple):
    """What a change leads to.

    change: what it is, in words; tried: whether it stands for any change of the output, and not for that of
    a spec. effects: the layers that are not as before, in order. unknown: how many read what a layer that
    breaks would have written. come, gone: layers that only one of both networks has.
    analysis: of the network with the change, where nothing breaks.
    """

    change: str
    effects: tuple[Effect, ...]
    unknown: int = 0
    come: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    analysis: Analysis | None = None
    tried: bool = False

    @property
    def breaks(self) -> tuple[Effect, ...]:
        """The layers that can no longer work, the first of them first."""
        return tuple(effect for effect in self.effects if effect.problem)


def impacts_of(analysis: Analysis, layer: str) -> tuple[Impact, ...]:
    """What other channels, and what another size of a layer's output lead to."""
    shape = analysis.of(layer).output_shape
    return tuple(_tried(analysis, layer, what, other) for what, other in _others(shape))


def _others(shape: Shape) -> Iterator[tuple[str, Shape]]:
    """The shape with each kind of its sides changed."""
    if len(shape) == 1:
        yield "features", (shape[0] * FACTOR,)
    elif isinstance(shape, SequenceShape):
        yield "features", SequenceShape((*shape[:-1], shape[-1] * FACTOR))
        yield "positions", SequenceShape((shape[0] * FACTOR, *shape[1:]))
    else:
        yield "channels", (shape[0] * FACTOR, *shape[1:])
        yield "size", (shape[0], *(side * FACTOR for side in shape[1:]))


def _tried(analysis: Analysis, layer: str, what: str, shape: Shape) -> Impact:
    """The impact of another output of a layer: what follows is worked out anew."""
    network = analysis.network
    shapes: list[Shape | None] = [*network.input_shapes]
    facts, effects, unknown = list[Facts](), list[Effect](), 0
    for node, old in zip(network.nodes, analysis.facts, strict=True):
        new: Facts | None = old
        inputs = [shapes[tensor] for tensor in node.inputs]
        known = tuple(each for each in inputs if each is not None)
        if node.name == layer:
            new = old._replace(output_shape=shape)
        elif len(known) < len(inputs):
            new, unknown = None, unknown + 1
        elif known != old.input_shapes:
            try:
                new = facts_of_node(node, known, tuple(analysis.field(tensor) for tensor in node.inputs))
            except ShapeError as error:
                new = None
                effects.append(Effect(old, None, Problem(error.code, error.message, node.span, error.hint)))
        shapes.append(new.output_shape if new else None)
        facts += [new] if new else []
        if new and _differs(old, new):
            effects.append(Effect(old, new))
    whole = replace(analysis, facts=tuple(facts)) if len(facts) == len(network.nodes) else None
    return Impact(what, tuple(effects), unknown, analysis=whole, tried=True)


def impact_between(
    before: Analysis, after: Analysis, change: str, layer: str | None, problem: Problem | None = None
) -> Impact:
    """The impact of another spec on a layer and what is behind it, or on all.

    `after` ends in front of the layer that breaks, which `problem` tells.
    """
    names = {node.name for node in before.network.nodes} if layer is None else behind(before.network, layer)
    now = {facts.node.name: facts for facts in after.facts}
    broken = after.network.nodes[len(after.facts)].name if problem else ""
    effects = tuple(_effects(before, names, now, broken, problem))
    there = {node.name for node in after.network.nodes}
    had = {node.name for node in before.network.nodes}
    unknown = sum(name in there and name not in now and name != broken for name in names)
    return Impact(
        change,
        effects,
        unknown,
        tuple(node.name for node in after.network.nodes if node.name not in had) if layer is None else (),
        tuple(node.name for node in before.network.nodes if node.name in names - there),
        None if problem else after,
    )


def _effects(
    before: Analysis, names: set[str], now: Mapping[str, Facts], broken: str, problem: Problem | None
) -> Iterator[Effect]:
    for old in before.facts:
        name = old.node.name
        new = now.get(name)
        if name == broken and problem:
            yield Effect(old, None, problem)
        elif new and name in names and _differs(old, new):
            yield Effect(old, new)


def _differs(old: Facts, new: Facts) -> bool:
    return old.output_shape != new.output_shape or old.parameter_shapes != new.parameter_shapes


def behind(network: Network, layer: str) -> set[str]:
    """The names of a layer and of all that read its output, directly or through others."""
    reached = {network.output_tensor(network.position(layer))}
    names = {layer}
    for tensor, node in network.written:
        if reached.intersection(node.inputs):
            reached.add(tensor)
            names.add(node.name)
    return names
