"""The catalogue of layer kinds: the name in a spec, and the class that carries its rules.

Classes are named, not imported, so that a network pays only for the families it uses.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import cast

from archcalc.layers.base import (
    Composite,
    Formula,
    Layer,
    NamedShapes,
    Reach,
    SequenceShape,
    Shape,
    Shapes,
    as_written,
    like,
)

__all__ = [
    "LAYERS",
    "Composite",
    "Formula",
    "Layer",
    "NamedShapes",
    "Reach",
    "SequenceShape",
    "Shape",
    "Shapes",
    "as_written",
    "layer_class",
    "like",
]

LAYERS: dict[str, str] = {
    "conv": "conv.Conv",
    "conv1d": "conv.Conv1d",
    "depthwise": "conv.Depthwise",
    "separable": "conv.Separable",
    "conv_transpose": "transposed.ConvTranspose",
    "maxpool": "pool.MaxPool",
    "maxpool1d": "pool.MaxPool1d",
    "avgpool": "pool.AvgPool",
    "avgpool1d": "pool.AvgPool1d",
    "global_avgpool": "pool.GlobalAvgPool",
    "global_maxpool": "pool.GlobalMaxPool",
    "adaptive_avgpool": "pool.AdaptiveAvgPool",
    "fc": "dense.FullyConnected",
    "flatten": "reshape.Flatten",
    "pad": "reshape.Pad",
    "subsample": "reshape.Subsample",
    "tokens": "tokens.Tokens",
    "volume": "tokens.Volume",
    "class_token": "tokens.ClassToken",
    "position_embedding": "tokens.PositionEmbedding",
    "attention": "attention.Attention",
    "select": "channels.Select",
    "channel_shuffle": "channels.ChannelShuffle",
    "scale": "channels.Scale",
    "interpolate": "resize.Interpolate",
    "batchnorm": "norm.BatchNorm",
    "layernorm": "norm.LayerNorm",
    "groupnorm": "norm.GroupNorm",
    "lrn": "norm.LocalResponseNorm",
    "relu": "activation.Relu",
    "relu6": "activation.Relu6",
    "leaky_relu": "activation.LeakyRelu",
    "prelu": "activation.PRelu",
    "elu": "activation.Elu",
    "selu": "activation.Selu",
    "gelu": "activation.Gelu",
    "silu": "activation.Silu",
    "mish": "activation.Mish",
    "sigmoid": "activation.Sigmoid",
    "tanh": "activation.Tanh",
    "hard_sigmoid": "activation.HardSigmoid",
    "hard_swish": "activation.HardSwish",
    "softplus": "activation.Softplus",
    "identity": "pointwise.Identity",
    "softmax": "activation.Softmax",
    "dropout": "dropout.Dropout",
    "stochastic_depth": "dropout.StochasticDepth",
    "add": "merge.Add",
    "multiply": "merge.Multiply",
    "concat": "merge.Concat",
}


@cache
def layer_class(kind: str) -> type[Layer]:
    """The class of a kind in LAYERS."""
    module, name = LAYERS[kind].split(".")
    # A cast, as what is imported by its name has no type; that each is a Layer is held by a test.
    return cast("type[Layer]", getattr(import_module(f"archcalc.layers.{module}"), name))
