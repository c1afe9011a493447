"""How a framework's model may differ from a spec of the same network, where a tool's figure depends on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from archcalc.analysis.conventions.terms import CONVOLUTIONS, WHOLE_POOLS, Build, Model
from archcalc.analysis.facts import Analysis, Facts, analyze
from archcalc.network import Network, Node

if TYPE_CHECKING:
    from archcalc.layers.conv import Conv


def built(builds: Iterable[Build], analysis: Analysis) -> dict[Build, Model]:
    """The models of a network that are built in some ways, of those that make sense."""
    models = ((build, build.of(analysis)) for build in builds)
    return {build: model for build, model in models if model is not None}


def _pooled(analysis: Analysis) -> Model | None:
    """With an identity in front of the layer that flattens a volume, if none is there."""
    for facts in analysis.facts:
        if facts.node.kind == "flatten" and _bare(facts, analysis):
            return Model(analyze(_with_pool(analysis.network, facts), batch=analysis.batch))
    return None


def _bare(facts: Facts, analysis: Analysis) -> bool:
    """Whether a layer reads an image of several positions that no whole pool wrote."""
    (volume,) = facts.node.inputs
    writer = analysis.facts[volume - 1].node.kind if volume else ""
    (shape,) = facts.input_shapes
    return len(shape) == 3 and max(shape[1:]) > 1 and writer not in WHOLE_POOLS


def _with_pool(network: Network, flatten: Facts) -> Network:
    """The network with an adaptive average pool that keeps the size in front of a layer."""
    from archcalc.layers.pool import AdaptiveAvgPool

    place = network.position(flatten.node.name)
    name = "adaptive_avgpool"
    while any(node.name == name for node in network.nodes):
        name += "_"
    layer = AdaptiveAvgPool(output_size=flatten.input_shapes[0][1:])
    pool = Node(name, "adaptive_avgpool", layer, flatten.node.inputs)
    moved = [_moved(node, place) for node in network.nodes[place + 1 :]]
    nodes = (*network.nodes[:place], pool, flatten.node._replace(inputs=(place + 1,)), *moved)
    outputs = {key: volume + (volume > place) for key, volume in network.outputs.items()}
    return replace(network, nodes=nodes, outputs=outputs)


def _moved(node: Node, place: int) -> Node:
    """The node, when the volumes behind `place` are one further."""
    return node._replace(inputs=tuple(volume + (volume > place) for volume in node.inputs))


def _functional(analysis: Analysis) -> Model | None:
    """With whole pools called as functions, where there are any."""
    if any(facts.node.kind in WHOLE_POOLS for facts in analysis.facts):
        return Model(analysis, frozenset(WHOLE_POOLS))
    return None


def _biased(analysis: Analysis) -> Model | None:
    """With a bias in every convolution without one that batch normalisation reads, where there is any."""
    network = analysis.network
    normalised = {volume for node in network.nodes if node.kind == "batchnorm" for volume in node.inputs}
    plain = [number for number in normalised if number and _without_bias(network.nodes[number - 1])]
    if not plain:
        return None
    nodes = list(network.nodes)
    for number in plain:
        node = nodes[number - 1]
        nodes[number - 1] = node._replace(layer=replace(cast("Conv", node.layer), bias=True))
    return Model(analyze(replace(network, nodes=tuple(nodes)), batch=analysis.batch))


def _without_bias(node: Node) -> bool:
    return node.kind in CONVOLUTIONS and not getattr(node.layer, "bias", True)


POOLED = Build(
    "adaptive-pool",
    "with an adaptive average pool in front of flatten that keeps the size, as torchvision's VGG has",
    _pooled,
)
FUNCTIONAL = Build(
    "functional-pool",
    "with its global pool called as a function, as in torchvision's MobileNetV2",
    _functional,
)
BIASED = Build(
    "biases",
    "with biases in the convolutions in front of batch normalisation, as Keras' ResNet50 has",
    _biased,
)
PYTORCH = (POOLED, FUNCTIONAL)
BUILDS = (*PYTORCH, BIASED)
