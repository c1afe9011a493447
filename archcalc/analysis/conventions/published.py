"""Figures that people read on pages: torchvision's and timm's tables, the CS231n notes, darknet's output."""

from __future__ import annotations

from math import prod

from archcalc.analysis.conventions.builds import PYTORCH
from archcalc.analysis.conventions.fvcore import SEQUENCES, TIMM_ACTIVATIONS, TIMM_BUILDS, TIMM_OPERATIONS
from archcalc.analysis.conventions.terms import (
    CONVOLUTIONS,
    FLOAT32,
    INPUT,
    MACS,
    PARAMETERS,
    POOLS,
    TWO,
    Convention,
    Figure,
    Term,
    in_units,
    over,
    rounded,
    stored,
)
from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import activations, macs, outputs, weights
from archcalc.window import Axis

TORCHVISION = Convention(
    "torchvision",
    "0.28.0",
    "the tables of its documentation, and _ops and num_params of its weights",
    "what it calls GFLOPS are multiply-accumulates",
    (
        Figure("num_params", "parameters", (PARAMETERS,)),
        Figure("GFLOPS", "MACs", (MACS,), shown=rounded(10**9, 3, "")),
    ),
    PYTORCH,
)

TIMM = Convention(
    "timm",
    "1.0.31",
    "benchmark.py and the tables in results/",
    "what fvcore counts of its own models, rounded: batch normalisation adds to gmacs, and macts are values "
    "behind convolutions and products of matrices; squeeze-and-excitation pools by means, which count "
    "nothing, and attention is two products unless it is fused",
    (
        Figure("param_count", "parameters", (PARAMETERS,), shown=rounded(10**6, 2, "")),
        Figure("gmacs", "operations", TIMM_OPERATIONS, shown=rounded(10**9, 2, "")),
        Figure("macts", "values", TIMM_ACTIVATIONS, shown=rounded(10**6, 2, "")),
    ),
    TIMM_BUILDS,
    SEQUENCES,
)

VOLUMES = Term("values of volumes, each once", over(activations))

CS231N = Convention(
    "cs231n",
    "2024",
    "the notes on convolutional networks, section Case studies",
    "memory is each volume once, the input included, without ReLU; params leave the biases out",
    (
        Figure("params", "parameters", (Term("weights", stored(weights)),)),
        Figure("memory", "values", (INPUT, VOLUMES)),
        Figure("memory in bytes", "bytes", (INPUT, VOLUMES), (FLOAT32,), in_units(2**20, 2, " MiB")),
    ),
)

DARKNET = Convention(
    "darknet",
    "f6afaab",
    "pjreddie/darknet, examples/darknet.c",
    "two for each multiply-accumulate of convolutions and fully connected layers, and nothing else",
    (Figure("Floating Point Operations", "FLOPs", (MACS,), (TWO,), in_units(10**9, 2, " Bn")),),
)


def window_operations(facts: Facts, analysis: Analysis) -> int:
    """One for each tap of a pooling window, at every output."""
    reach = facts.node.layer.reach(facts.input_shapes)
    taps = prod(axis.kernel for axis in reach if isinstance(axis, Axis)) if isinstance(reach, tuple) else 0
    return taps * outputs(facts)


def additions(facts: Facts, analysis: Analysis) -> int:
    """One for each value that is added to another."""
    return outputs(facts) * (len(facts.input_shapes) - 1)


DARKNET_ALEXEYAB = Convention(
    "darknet-alexeyab",
    "59596d7",
    "AlexeyAB/darknet, bflops in src/*_layer.c",
    "two for each multiply-accumulate of convolutions, one for each tap of a pooling window and each "
    "addition of a shortcut; fully connected layers count nothing",
    (
        Figure(
            "Total BFLOPS",
            "operations",
            (
                Term("multiply-accumulates of convolutions", over(macs, CONVOLUTIONS), 2),
                Term("taps of pooling windows", over(window_operations, POOLS)),
                Term("additions of shortcuts", over(additions, ("add",))),
            ),
            shown=in_units(10**9, 3, ""),
        ),
    ),
)
