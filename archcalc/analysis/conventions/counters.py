"""Tools that count operations: ptflops, thop, fvcore, PyTorch's flop counter, calflops and DeepSpeed."""

from __future__ import annotations

from math import prod
from typing import cast

from archcalc.analysis.conventions.builds import PYTORCH
from archcalc.analysis.conventions.terms import (
    BIAS_ADDS,
    CONVOLUTION_BIASES,
    MACS,
    PARAMETERS,
    POOLS,
    TRANSPOSED,
    TWO,
    WHOLE_AVERAGES,
    WHOLE_POOLS,
    Amount,
    Convention,
    Figure,
    Term,
    inputs,
    over,
    prefixed,
    scaled_inputs,
    values,
)
from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import biases
from archcalc.layers.transposed import ConvTranspose

EVERY_POOL = (*POOLS, *WHOLE_POOLS)
NORMALISED = Term("values normalised by batch normalisation", over(inputs, ("batchnorm",)))
SCALED = Term("values scaled by batch normalisation", over(scaled_inputs, ("batchnorm",)))
LRN = Term("values under local response normalisation", over(inputs, ("lrn",)), 5)

PTFLOPS = Convention(
    "ptflops",
    "0.7.5, backend pytorch",
    "ptflops/pytorch_engine.py and pytorch_ops.py",
    "adds biases, activations, pooling and normalisation to the MACs; what is both a module and a "
    "function that it knows, as ReLU, PReLU, ELU, GELU and all pooling are, counts twice; operators such "
    "as + count nothing",
    (
        Figure("params", "parameters", (PARAMETERS,)),
        Figure(
            "macs",
            "operations",
            (
                MACS,
                BIAS_ADDS,
                Term(
                    "values behind activations, as modules",
                    over(values, ("relu", "relu6", "leaky_relu", "prelu", "elu", "gelu")),
                ),
                Term(
                    "values behind activations, as the functions that they call",
                    over(values, ("relu", "prelu", "elu", "gelu", "silu", "softmax")),
                ),
                Term("values in front of pooling, as modules", over(inputs, EVERY_POOL, hooked=True)),
                Term("values in front of pooling, as the functions that they call", over(inputs, EVERY_POOL)),
                NORMALISED,
                SCALED,
                Term("values under layer normalisation", over(inputs, ("layernorm",))),
                LRN,
                Term("values behind interpolation", over(values, ("interpolate",)), 2),
            ),
            shown=prefixed("Mac"),
        ),
    ),
    PYTORCH,
)

PTFLOPS_ATEN = Convention(
    "ptflops-aten",
    "0.7.5, backend aten",
    "ptflops/aten_ops.py",
    "adds biases to the MACs of convolutions and matrix products, and nothing else",
    (
        Figure("params", "parameters", (PARAMETERS,)),
        Figure("macs", "operations", (MACS, BIAS_ADDS), shown=prefixed("Mac")),
    ),
    PYTORCH,
)


def bilinear(facts: Facts, analysis: Analysis) -> int:
    """Values behind an interpolation between neighbours."""
    return values(facts, analysis) if getattr(facts.node.layer, "mode", "") == "bilinear" else 0


INTERPOLATED = Term("values behind interpolation", over(values, ("interpolate",)))


def softmax_operations(facts: Facts, analysis: Analysis) -> int:
    """An exponential and a division for each value, and all but one addition for each distribution."""
    distributions = prod(facts.output_shape) // facts.output_shape[0]
    return 3 * prod(facts.output_shape) - distributions


THOP = Convention(
    "thop",
    "0.1.1",
    "thop/vision/basic_hooks.py and calc_func.py",
    "adds batch and layer normalisation at two operations a value, and two more where they scale, and "
    "averages to the MACs; biases, ReLU and max pooling count nothing, and functions are not seen",
    (
        Figure("params", "parameters", (PARAMETERS,)),
        Figure(
            "macs",
            "operations",
            (
                MACS,
                TRANSPOSED,
                Term("values normalised", over(inputs, ("batchnorm", "layernorm")), 2),
                Term("values scaled", over(scaled_inputs, ("batchnorm", "layernorm")), 2),
                Term("values behind average pooling", over(values, ("avgpool", "avgpool1d"))),
                Term(
                    "values in front of adaptive average pooling", over(inputs, WHOLE_AVERAGES, hooked=True)
                ),
                Term("values behind adaptive average pooling", over(values, WHOLE_AVERAGES, hooked=True)),
                Term("values behind prelu", over(values, ("prelu",))),
                Term("operations of softmax", over(softmax_operations, ("softmax",))),
                INTERPOLATED,
                Term("bilinear ones", over(bilinear, ("interpolate",)), 10),
            ),
        ),
    ),
    PYTORCH,
)

FLOP_COUNTER = Convention(
    "flop-counter",
    "torch 2.13.0",
    "torch/utils/flop_counter.py",
    "two for each multiply-accumulate of convolutions and matrix products, and nothing else",
    (Figure("total flops", "FLOPs", (MACS,), (TWO,)),),
    PYTORCH,
)


def misplaced_biases(facts: Facts, analysis: Analysis) -> int:
    """What biases of a transposed convolution lack when counted at the output of a plain convolution."""
    layer = cast("ConvTranspose", facts.node.layer)  # the term is over that kind alone
    sizes = facts.input_shapes[0][1:]
    window = zip(layer.window(sizes), sizes, strict=True)
    plain = ((size + axis.before + axis.after - axis.extent) // axis.stride + 1 for axis, size in window)
    return biases(facts, analysis) * (prod(plain) - prod(facts.output_shape[1:]))


def resized(facts: Facts, analysis: Analysis) -> int:
    """Positions behind an interpolation that is given a size."""
    return prod(facts.output_shape[1:]) if is_sized(facts) else 0


def rescaled(amount: Amount) -> Amount:
    """An amount of an interpolation that is given a factor."""
    return lambda facts, analysis: 0 if is_sized(facts) else amount(facts, analysis)


def is_sized(facts: Facts) -> bool:
    """Whether an interpolation is given a size, and not a factor."""
    return getattr(facts.node.layer, "size", None) is not None


def _calflops(name: str, version: str, source: str, labels: tuple[str, str, str], *more: Term) -> Convention:
    """The rules that calflops took over from DeepSpeed's profiler."""
    params, macs, flops = labels
    return Convention(
        name,
        version,
        source,
        "its MACs are multiply-accumulates; its FLOPs are two for each of them, and one for each bias of "
        "a convolution, value behind an activation, in front of pooling, or normalised; biases of fully "
        "connected layers, ReLU6 and operators such as + count nothing",
        (
            Figure(params, "parameters", (PARAMETERS,)),
            Figure(macs, "MACs", (MACS,), shown=prefixed("MACs")),
            Figure(
                flops,
                "operations",
                (MACS_TWICE, CONVOLUTION_BIASES, *more, *CALFLOPS_REST),
                shown=prefixed("FLOPS"),
            ),
        ),
        PYTORCH,
    )


MACS_TWICE = MACS._replace(times=2)
ACTIVATED = ("relu", "leaky_relu", "prelu", "elu", "gelu", "silu", "softmax")
CALFLOPS_REST = (
    Term("values behind activations", over(values, ACTIVATED)),
    Term("values in front of pooling", over(inputs, EVERY_POOL)),
    NORMALISED,
    SCALED,
    Term("values under layer normalisation", over(inputs, ("layernorm",)), 4),
    Term("values scaled by layer normalisation", over(scaled_inputs, ("layernorm",))),
    LRN,
    Term("positions behind interpolation to a size", over(resized, ("interpolate",))),
)

CALFLOPS = _calflops(
    "calflops",
    "0.3.2",
    "calflops/pytorch_ops.py",
    ("params", "macs", "flops"),
    Term(
        "biases of transposed convolutions at other positions than their output's",
        over(misplaced_biases, ("conv_transpose",)),
    ),
    Term("values in front of interpolation by a factor", over(rescaled(inputs), ("interpolate",))),
)
DEEPSPEED = _calflops(
    "deepspeed",
    "0.19.8",
    "deepspeed/profiling/flops_profiler/profiler.py",
    ("params", "fwd MACs", "fwd flops"),
    Term("values behind interpolation by a factor", over(rescaled(values), ("interpolate",))),
)
