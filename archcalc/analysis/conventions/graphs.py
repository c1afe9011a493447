"""Tools that go through a graph of layers: torchstat, onnx-tool and Caffe."""

from __future__ import annotations

from math import prod
from typing import cast

from archcalc.analysis.conventions.builds import PYTORCH
from archcalc.analysis.conventions.counters import bilinear
from archcalc.analysis.conventions.published import additions, window_operations
from archcalc.analysis.conventions.summaries import CALLED, apart
from archcalc.analysis.conventions.terms import (
    BIAS_ADDS,
    FLOAT32,
    INPUT,
    MACS,
    PARAMETERS,
    Amount,
    Convention,
    Figure,
    Model,
    Term,
    in_units,
    inputs,
    over,
    prefixed,
    scaled_inputs,
    values,
)
from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import activations, bias_adds, macs, outputs
from archcalc.layers.base import SequenceShape
from archcalc.layers.norm import LocalResponseNorm

FLAT = ("conv", "depthwise")
"""Convolutions over images, which are all that torchstat knows."""


def of_images(amount: Amount) -> Amount:
    """An amount where a layer reads images, and nothing elsewhere."""
    return lambda facts, analysis: amount(facts, analysis) if len(facts.input_shapes[0]) == 3 else 0


def unbiased(facts: Facts, analysis: Analysis) -> int:
    """Values to which no bias is added: of their products, the first is added to nothing."""
    return values(facts, analysis) - bias_adds(facts, analysis)


def unbiased_inputs(facts: Facts, analysis: Analysis) -> int:
    """The same of a transposed convolution, whose products are taken at the positions of its input."""
    return 0 if bias_adds(facts, analysis) else facts.output_shape[0] * prod(facts.input_shapes[0][1:])


def positions(facts: Facts, analysis: Analysis) -> int:
    """Positions of the output volume, whatever its depth."""
    return prod(facts.output_shape[1:])


def softmax_multiply_adds(facts: Facts, analysis: Analysis) -> int:
    """An exponential and a division for each value, and all but one addition."""
    return 3 * values(facts, analysis) - 1


POOLED = ("maxpool", "avgpool")
MODULES = (
    Term("values of volumes, each once", over(activations, hooked=True)),
    Term("values behind pointwise layers, apart", over(apart)),
    Term("volumes of functions and operators, which are no modules", over(activations, CALLED), -1),
)
TORCHSTAT = Convention(
    "torchstat",
    "0.0.7",
    "torchstat/compute_flops.py and compute_madd.py",
    "its Flops are multiply-accumulates of convolutions with their biases, and one or two for each value "
    "that is normalised, activated or pooled; its MAdd, though the name says otherwise, are products and "
    "additions apart, about twice as many; whole pools count nothing, and transposed convolutions no Flops",
    (
        Figure("Total params", "parameters", (PARAMETERS,)),
        Figure("Total memory", "bytes", MODULES, (FLOAT32,), in_units(2**20, 2, "MB")),
        Figure(
            "Total MAdd",
            "operations",
            (
                Term("multiply-accumulates", over(macs, (*FLAT, "conv_transpose", "fc")), 2),
                Term("values of convolutions without a bias", over(unbiased, FLAT), -1),
                Term(
                    "transposed convolutions without a bias, at input positions",
                    over(unbiased_inputs, ("conv_transpose",)),
                    -1,
                ),
                Term("values behind fully connected layers", over(values, ("fc",)), -1),
                Term("values normalised", over(of_images(inputs), ("batchnorm",)), 4),
                Term("taps of pooling windows", over(window_operations, POOLED)),
                Term("values behind max pooling", over(values, ("maxpool",)), -1),
                Term("values behind relu and relu6", over(values, ("relu", "relu6"))),
                Term("operations of softmax", over(softmax_multiply_adds, ("softmax",))),
            ),
            shown=prefixed("MAdd"),
        ),
        Figure(
            "Total Flops",
            "operations",
            (
                Term("multiply-accumulates", over(macs, (*FLAT, "fc"))),
                Term("additions of biases in convolutions", over(bias_adds, FLAT)),
                Term("values normalised", over(of_images(inputs), ("batchnorm",))),
                Term("values scaled", over(of_images(scaled_inputs), ("batchnorm",))),
                Term("values in front of pooling", over(inputs, POOLED)),
                Term(
                    "values behind activations", over(values, ("relu", "relu6", "leaky_relu", "prelu", "elu"))
                ),
                Term("positions behind interpolation", over(positions, ("interpolate",))),
            ),
            shown=prefixed("Flops"),
        ),
    ),
    PYTORCH,
)

OPERATIONS_A_VALUE = {
    "relu": 1, "relu6": 2, "leaky_relu": 2, "prelu": 2, "elu": 35, "sigmoid": 32, "tanh": 76, "silu": 33,
    "hard_sigmoid": 4, "hard_swish": 5, "softplus": 76, "mish": 153, "gelu": 7, "softmax": 36, "multiply": 1,
}  # fmt: skip
"""What onnx-tool counts for each value: 32 for an exponential, 43 for a logarithm, 4 for a division."""
NORMALISING = 31
"""For a value under batch normalisation: two additions, a root of 24, a division of 4 and a product."""


def by_kind(facts: Facts, analysis: Analysis) -> int:
    """Operations of an activation or a gate."""
    return OPERATIONS_A_VALUE[facts.node.kind] * values(facts, analysis)


def is_folded(facts: Facts, analysis: Analysis) -> bool:
    """Whether an exporter folds a batch normalisation into the convolution that it reads alone."""
    network = analysis.network
    (tensor,) = facts.node.inputs
    writer = network.writer(tensor)
    return writer is not None and network.nodes[writer].kind in FLAT and len(network.readers[tensor]) == 1


def folded(facts: Facts, analysis: Analysis) -> int:
    """Additions of the bias that a convolution without one has once batch normalisation is folded in."""
    if not is_folded(facts, analysis):
        return 0
    written_by = analysis.facts[analysis.network.writer(facts.node.inputs[0]) or 0]
    return values(facts, analysis) - bias_adds(written_by, analysis)


def normalised(facts: Facts, analysis: Analysis) -> int:
    """Values under a batch normalisation that stays a layer of its own."""
    return 0 if is_folded(facts, analysis) else values(facts, analysis)


def misplaced(facts: Facts, analysis: Analysis) -> int:
    """What filters of a transposed convolution come to at its output, by its channels, above the MACs."""
    return prod(facts.parameter_shapes["weight"][1:]) * values(facts, analysis) - facts.macs


def local_response(facts: Facts, analysis: Analysis) -> int:
    """A product for each value of the window, an addition, a power and a division."""
    return (cast("LocalResponseNorm", facts.node.layer).size + 37) * values(facts, analysis)


def layer_normalisation(facts: Facts, analysis: Analysis) -> int:
    """Seven for each value, and an addition, a root and a division for each mean."""
    shape = facts.output_shape
    features = shape[-1] if isinstance(shape, SequenceShape) else shape[0]
    return 7 * values(facts, analysis) + 29 * (values(facts, analysis) // features)


ONNX_TOOL = Convention(
    "onnx-tool",
    "1.0.1",
    "onnx_tool/node.py",
    "its MACs are multiply-accumulates and biases, and what it takes each other operator for: 1 for a "
    "comparison or an addition, 4 for a division, 32 for an exponential; batch normalisation is taken to be "
    "folded into the convolution in front, as PyTorch exports it",
    (
        Figure(
            "Forward_MACs",
            "operations",
            (
                MACS,
                BIAS_ADDS,
                Term("biases from batch normalisation, folded", over(folded, ("batchnorm",))),
                Term(
                    "values under batch normalisation, not folded",
                    over(normalised, ("batchnorm",)),
                    NORMALISING,
                ),
                Term(
                    "transposed convolutions at output positions, by their output's channels",
                    over(misplaced, ("conv_transpose",)),
                ),
                Term("operations of activations and gates", over(by_kind, OPERATIONS_A_VALUE)),
                Term("taps of pooling windows", over(window_operations, (*POOLED, "maxpool1d", "avgpool1d"))),
                Term("values in front of averages over all positions", over(inputs, ("global_avgpool",))),
                Term("values behind them", over(values, ("global_avgpool",)), 4),
                Term("operations of local response normalisation", over(local_response, ("lrn",))),
                Term("operations of layer normalisation", over(layer_normalisation, ("layernorm",))),
                Term("values that are added to others", over(additions, ("add",))),
                Term("values behind bilinear interpolation", over(bilinear, ("interpolate",)), 4),
            ),
        ),
    ),
)

NO_LAYERS = ("identity", "stochastic_depth")


def in_place(facts: Facts, analysis: Analysis) -> int:
    """Values of the top of a layer that works in place: Caffe counts it once more."""
    layer = facts.node.layer
    alone = layer.makes_volume() or layer.is_view() or facts.node.kind in NO_LAYERS
    return 0 if alone else outputs(facts)


def split(model: Model) -> int:
    """Values of the tops of the Split layers that Caffe puts behind what several layers read: one for each.

    In a residual block, what both the first convolution and the addition read counts three times: as the top
    of its own layer, and as the two tops of the Split behind it.
    """
    network = model.analysis.network
    if model.layer:
        return 0
    running = {network.position(facts.node.name) for facts in model.running()}
    several = (
        (tensor, sum(reader in running for reader in network.readers[tensor])) for tensor in network.tensors
    )
    return sum(tops * prod(model.analysis.shape(tensor)) for tensor, tops in several if tops > 1)


CAFFE = Convention(
    "caffe",
    "1.0",
    "caffe/net.cpp, Net::Init",
    "the memory that it logs as required for data is the sum of the tops of all layers, also of those that "
    "work in place and of the Split layers that it puts in by itself; batch normalisation is two layers, "
    "BatchNorm and Scale; it is for one example, without labels",
    (
        Figure(
            "Memory required for data",
            "bytes",
            (
                INPUT,
                Term("values of volumes, each once", over(activations)),
                Term("values of tops in place", over(in_place)),
                Term("values scaled by batch normalisation", over(scaled_inputs, ("batchnorm",))),
                Term("values of the tops of Split layers", split),
            ),
            (FLOAT32,),
            str,
        ),
    ),
)
