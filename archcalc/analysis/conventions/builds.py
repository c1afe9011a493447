"""How a framework's model may differ from a spec of the same network, where a tool's figure depends on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal, cast

from archcalc.analysis.conventions.terms import (
    CONVOLUTIONS,
    WHOLE_AVERAGES,
    WHOLE_POOLS,
    Build,
    Model,
)
from archcalc.analysis.facts import Analysis, Facts, analyze
from archcalc.frozen import replace
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


def squeezes(analysis: Analysis) -> frozenset[str]:
    """The names of the averages in squeeze-and-excitation: those that weigh, one value a channel, a volume.

    Found from the gates backwards, as long as a tensor has one position:

        body ─┬─ global_avgpool → conv 1×1 → relu → conv 1×1 → sigmoid ─┐     the average is a squeeze
              └──────────────────────────────────────────────── multiply ── global_avgpool → fc   this is none
    """
    network = analysis.network
    gates = (node for node in network.nodes if node.layer.gates)
    behind, found = [tensor for node in gates for tensor in node.inputs], set[int]()
    while behind:
        tensor = behind.pop()
        writer = network.writer(tensor)
        if writer is not None and writer not in found and max(analysis.shape(tensor)[1:], default=1) == 1:
            found.add(writer)
            if network.nodes[writer].kind not in WHOLE_AVERAGES:
                behind += network.nodes[writer].inputs
    return frozenset(network.nodes[n].name for n in found if network.nodes[n].kind in WHOLE_AVERAGES)


def _by_mean(analysis: Analysis) -> Model | None:
    """With means in its squeeze-and-excitation, where it has any."""
    return Model(analysis, squeezes_by_mean=True) if squeezes(analysis) else None


def _attending(kernel: Literal["fused", "unfused"]) -> Callable[[Analysis], Model | None]:
    """With attention as one kernel or as several products, where it has any."""

    def of(analysis: Analysis) -> Model | None:
        attends = any(facts.node.kind == "attention" for facts in analysis.facts)
        return Model(analysis, attention=kernel) if attends else None

    return of


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
        layer = cast("Conv", node.layer)  # one of CONVOLUTIONS, all of which have `bias`
        nodes[number - 1] = node._replace(layer=replace(layer, bias=True))
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
BY_MEAN = Build(
    "squeeze-by-mean",
    "with the pools of its squeeze-and-excitation written as means, as in timm's models",
    _by_mean,
)
FUSED = Build(
    "fused-attention",
    "with attention as one fused kernel, of whose products nothing is seen",
    _attending("fused"),
)
UNFUSED = Build(
    "unfused-attention",
    "with attention as two products of matrices, as in models that do not ask for a fused kernel",
    _attending("unfused"),
)
PYTORCH = (POOLED, FUNCTIONAL)
BUILDS = (*PYTORCH, BIASED, BY_MEAN, FUSED, UNFUSED)
