"""The catalogue of kernels: what each kind of layer does to real arrays.

A kernel is written from the layer's definition. It takes the layer's settings, the arrays that it
reads (channels first, one example) and the run, and gets every size from those; it asks no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from archcalc.forward.kernels import (
    attention,
    channels,
    conv,
    dense,
    merge,
    norm,
    pointwise,
    pool,
    reshape,
    resize,
    tokens,
)
from archcalc.forward.kernels.pointwise import pointwise as each
from archcalc.forward.kernels.pointwise import whole
from archcalc.forward.run import Array, Run

Kernel = Callable[[Any, Sequence[Array], Run], Array]
"""Any: each kernel takes the layer class of its own kind, which a table of all kinds cannot say."""

KERNELS: dict[str, Kernel] = {
    "conv": conv.conv,
    "conv1d": conv.conv,
    "depthwise": conv.depthwise,
    "conv_transpose": conv.conv_transpose,
    "maxpool": pool.maxpool,
    "maxpool1d": pool.maxpool,
    "avgpool": pool.avgpool,
    "avgpool1d": pool.avgpool,
    "global_avgpool": pool.global_avgpool,
    "global_maxpool": pool.global_maxpool,
    "adaptive_avgpool": pool.adaptive_avgpool,
    "fc": dense.fc,
    "flatten": whole(reshape.flatten),
    "pad": reshape.pad,
    "subsample": reshape.subsample,
    "tokens": tokens.tokens,
    "volume": tokens.volume,
    "class_token": tokens.class_token,
    "position_embedding": tokens.position_embedding,
    "attention": attention.attention,
    "select": channels.select,
    "channel_shuffle": channels.channel_shuffle,
    "scale": channels.scale,
    "interpolate": resize.interpolate,
    "batchnorm": norm.batchnorm,
    "layernorm": norm.layernorm,
    "groupnorm": norm.groupnorm,
    "lrn": norm.lrn,
    "relu": each(pointwise.relu),
    "relu6": each(pointwise.relu6),
    "leaky_relu": pointwise.leaky_relu,
    "prelu": pointwise.prelu,
    "elu": pointwise.elu,
    "selu": each(pointwise.selu),
    "gelu": each(pointwise.gelu),
    "silu": each(pointwise.silu),
    "mish": each(pointwise.mish),
    "sigmoid": each(pointwise.sigmoid),
    "tanh": each(pointwise.tanh),
    "hard_sigmoid": each(pointwise.hard_sigmoid),
    "hard_swish": each(pointwise.hard_swish),
    "softplus": each(pointwise.softplus),
    "identity": whole(pointwise.identity),
    "softmax": pointwise.softmax,
    "dropout": whole(pointwise.identity),
    "stochastic_depth": whole(pointwise.identity),
    "add": merge.add,
    "multiply": merge.multiply,
    "concat": merge.concat,
}
"""By kind, as `archcalc.layers.LAYERS` names them; composites are run part by part."""
