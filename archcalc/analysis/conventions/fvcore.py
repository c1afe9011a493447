"""What fvcore counts: multiply-accumulates of the operators that it has handles for; timm prints its figures.

fvcore traces a model and looks up each operator by its name in PyTorch's own library, so that what a model
calls an operation by decides whether it counts:

    nn.Conv2d(…, padding=4)         aten::_convolution        counted
    nn.Conv2d(…, padding="same")    aten::_convolution_mode   no handle: 0 operations, 0 activations
    nn.AdaptiveAvgPool2d(1)         aten::adaptive_avg_pool2d one operation a value of its input
    x.mean((2, 3))                  aten::mean                no handle
    q @ k.transpose(−2, −1)         aten::matmul              counted
    scaled_dot_product_attention    of the same name          no handle: its projections count alone
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Literal, cast

from archcalc.analysis.conventions.builds import BY_MEAN, FUSED, PYTORCH, UNFUSED, squeezes
from archcalc.analysis.conventions.counters import INTERPOLATED, NORMALISED, SCALED, bilinear
from archcalc.analysis.conventions.terms import (
    CONVOLUTIONS,
    MACS,
    WHOLE_AVERAGES,
    Convention,
    Figure,
    Model,
    Term,
    inputs,
    over,
    scaled_inputs,
    values,
)
from archcalc.analysis.facts import Analysis, Facts
from archcalc.layers.attention import Attention

PADDED_BY_A_WORD = ("conv", "conv1d", "depthwise")
SEQUENCES = frozenset(("attention", "tokens", "volume", "class_token", "position_embedding"))
"""Kinds on sequences that were seen in fvcore too: it counts their products, and no view, sum or join."""


def has_no_handle(facts: Facts) -> bool:
    """Whether PyTorch runs a convolution as `_convolution_mode`: where zeros are padded by a word."""
    layer = facts.node.layer
    return layer.padding_word() in ("same", "valid") and layer.pads_zeros()


def unseen_macs(facts: Facts, analysis: Analysis) -> int:
    """Multiply-accumulates of a convolution that has no handle."""
    return facts.macs if has_no_handle(facts) else 0


def unseen_values(facts: Facts, analysis: Analysis) -> int:
    """Values behind it."""
    return values(facts, analysis) if has_no_handle(facts) else 0


def attention_products(facts: Facts, analysis: Analysis) -> int:
    """2·L·L·N: what attention computes besides its projections, queries by keys and weights by values."""
    positions = facts.output_shape[0]
    weights = sum(prod(shape) for name, shape in facts.parameter_shapes.items() if name.endswith("weight"))
    return facts.macs - positions * weights


def projected(facts: Facts, analysis: Analysis) -> int:
    """4·L·N: values behind the projections of attention, queries, keys, values and output."""
    return 4 * values(facts, analysis)


def attended(facts: Facts, analysis: Analysis) -> int:
    """Values behind the two products of attention: L·L for each head, and L·N."""
    layer = cast("Attention", facts.node.layer)  # the term is over that kind alone
    return layer.heads * facts.output_shape[0] ** 2 + values(facts, analysis)


def averaged(*, by_mean: bool) -> Callable[[Model], int]:
    """Values in front of averages over all positions; by_mean: but for those of squeeze-and-excitation."""

    def of(model: Model) -> int:
        means = squeezes(model.analysis) if by_mean or model.squeezes_by_mean else ()
        pools = (facts for facts in model.running() if facts.node.kind in WHOLE_AVERAGES)
        return sum(inputs(facts, model.analysis) for facts in pools if facts.node.name not in means)

    return of


def attending(
    amount: Callable[[Facts, Analysis], int],
    kernel: Literal["fused", "unfused"],
    default: Literal["fused", "unfused"],
) -> Callable[[Model], int]:
    """An amount over attention, where a model runs it by a kernel: that of its build, or the default."""
    of = over(amount, ("attention",))
    return lambda model: of(model) if (model.attention or default) == kernel else 0


def operations(*, by_mean: bool, attention: Literal["fused", "unfused"]) -> tuple[Term, ...]:
    """The terms of fvcore's flops, on models that are built in some way."""
    apart = ", but in squeeze-and-excitation" if by_mean else ""
    return (
        MACS,
        Term("convolutions with `padding: same` or `valid`", over(unseen_macs, PADDED_BY_A_WORD), -1),
        Term("products in fused attention", attending(attention_products, "fused", attention), -1),
        NORMALISED,
        SCALED,
        Term("values under layer normalisation", over(inputs, ("layernorm",)), 4),
        Term("values scaled by layer normalisation", over(scaled_inputs, ("layernorm",))),
        Term(f"values in front of adaptive average pooling{apart}", averaged(by_mean=by_mean)),
        INTERPOLATED,
        Term("bilinear ones", over(bilinear, ("interpolate",)), 3),
    )


def activations(attention: Literal["fused", "unfused"]) -> tuple[Term, ...]:
    """The terms of fvcore's activations: what convolutions and products of matrices write."""
    return (
        Term("values behind convolutions and fully connected layers", over(values, (*CONVOLUTIONS, "fc"))),
        Term("those of `padding: same` or `valid`", over(unseen_values, PADDED_BY_A_WORD), -1),
        Term("values behind the projections of attention", over(projected, ("attention",))),
        Term("values behind products in attention", attending(attended, "unfused", attention)),
    )


FVCORE = Convention(
    "fvcore",
    "0.1.5",
    "fvcore/nn/flop_count.py, activation_count.py and jit_handles.py",
    "its flops are multiply-accumulates, normalisation and adaptive average pooling; biases, activations "
    "and other pooling count nothing, nor do convolutions that are padded by a word, as `padding: same`, or "
    "what attention computes in a fused kernel",
    (
        Figure("flops", "operations", operations(by_mean=False, attention="fused")),
        Figure("activations", "values", activations("fused")),
    ),
    (*PYTORCH, BY_MEAN, UNFUSED),
    SEQUENCES,
)

TIMM_BUILDS = (*PYTORCH, FUSED)
TIMM_OPERATIONS = operations(by_mean=True, attention="unfused")
TIMM_ACTIVATIONS = activations("unfused")
