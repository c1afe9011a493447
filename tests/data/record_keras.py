"""Writes keras_layers.jsonl: what Keras makes of single layers under its own names, with random settings.

    KERAS_BACKEND=jax python record_keras.py > keras_layers.jsonl        (Keras 3.15.1; archcalc is not used)

A line has the word, its settings, the shapes of input and output without the batch and with the channels
first, and how many parameters are trainable and how many are not. Of layers that pad, it also has the first
channel of what they make of ones with weights of ones, which shows where padding lies.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

SETTINGS = 12
random.seed(7)

Settings = dict[str, Any]


def maybe(name: str, *values: Any) -> Settings:
    """A setting with one of the values, or none."""
    return {name: random.choice(values)} if random.random() < 0.6 else {}


def window(name: str, rank: int) -> Settings:
    """The size of a window, alike along all axes or not."""
    sizes = [random.randint(1, 5) for _ in range(rank)]
    return {name: random.choice([sizes[0], sizes])}


def convolution(rank: int) -> Settings:
    strided = maybe("strides", 1, 2, 3) or maybe("dilation_rate", 1, 2)
    padding = maybe("padding", "same", "valid", *(("causal",) if rank == 1 else ()))
    own = {"filters": random.randint(1, 5)} | window("kernel_size", rank)
    return own | strided | padding | maybe("use_bias", True, False)


def depthwise(rank: int) -> Settings:
    settings = convolution(rank) | maybe("depth_multiplier", 1, 2)
    del settings["filters"]
    return settings


def separable(rank: int) -> Settings:
    return convolution(rank) | maybe("depth_multiplier", 1, 2)


def transposed(rank: int) -> Settings:
    own = {"filters": random.randint(1, 5)} | window("kernel_size", rank)
    step = random.randint(1, 4)
    extra = {"output_padding": random.randrange(step)} if random.random() < 0.3 else {}
    return own | {"strides": step} | maybe("padding", "same", "valid", "same") | extra


def pool(rank: int) -> Settings:
    size = window("pool_size", rank) if random.random() < 0.7 else {}
    return size | maybe("strides", 1, 2, 3) | maybe("padding", "same", "valid")


def average_pool(rank: int) -> Settings:
    """Keras 3.15 needs its size, which was 2 before."""
    return window("pool_size", rank) | pool(rank)


def batch_norm(rank: int) -> Settings:
    return maybe("scale", True, False) | maybe("center", True, False) | maybe("epsilon", 0.01)


def layer_norm(rank: int) -> Settings:
    return batch_norm(rank)


def group_norm(rank: int) -> Settings:
    return {"groups": random.choice((1, 2, 3))}


def dense(rank: int) -> Settings:
    return {"units": random.randint(1, 6)} | maybe("use_bias", True, False)


def zeros(rank: int) -> Settings:
    return maybe("padding", 2, [1, 3])


def none(rank: int) -> Settings:
    return {}


WORDS = {
    "Conv2D": (convolution, (2,)),
    "Conv1D": (convolution, (1,)),
    "DepthwiseConv2D": (depthwise, (2,)),
    "SeparableConv2D": (separable, (2,)),
    "Conv2DTranspose": (transposed, (2,)),
    "MaxPooling2D": (pool, (2,)),
    "MaxPooling1D": (pool, (1,)),
    "AveragePooling2D": (average_pool, (2,)),
    "AveragePooling1D": (average_pool, (1,)),
    "BatchNormalization": (batch_norm, (0, 1, 2)),
    "LayerNormalization": (layer_norm, (0, 1, 2)),
    "GroupNormalization": (group_norm, (1, 2)),
    "Dense": (dense, (0, 1)),
    "ZeroPadding2D": (zeros, (2,)),
    **dict.fromkeys(("ReLU", "Softmax", "Flatten"), (none, (1, 2))),
    "Concatenate": (none, (0, 1, 2)),
}
TWICE = ("Concatenate",)
"""What reads two inputs: the same one twice."""
PADDED = ("Conv", "Pooling", "ZeroPadding")


def rows(word: str) -> Iterator[dict[str, Any]]:
    draw, ranks = WORDS[word]
    for number in range(SETTINGS):
        rank = ranks[number % len(ranks)]
        settings = draw(rank)
        sizes = random.sample(range(6, 13), rank)
        shape = (*sizes, 6)
        try:
            yield row(word, settings, shape)
        except ValueError as error:
            sys.stderr.write(f"{word} {settings}: {error}\n")


def row(word: str, settings: Settings, shape: tuple[int, ...]) -> dict[str, Any]:
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}
    layer = getattr(keras.layers, word)(**given)
    x = np.ones((1, *shape), np.float32)
    layer.build([x.shape] * 2 if word in TWICE else x.shape)
    layer.set_weights([np.ones_like(weight) for weight in layer.get_weights()])
    y = np.asarray(layer([x, x] if word in TWICE else x))[0]
    groups = layer.trainable_weights, layer.non_trainable_weights
    counts = [sum(int(np.prod(each.shape)) for each in group) for group in groups]
    values = {"values": np.moveaxis(y, -1, 0)[0].tolist()} if any(part in word for part in PADDED) else {}
    return {
        "word": word,
        "settings": settings,
        "input": [shape[-1], *shape[:-1]],
        "output": [y.shape[-1], *y.shape[:-1]],
        "trainable": counts[0],
        "others": counts[1],
        **values,
    }


def main() -> None:
    for word in WORDS:
        for each in rows(word):
            sys.stdout.write(json.dumps(each, separators=(",", ":")) + "\n")


main()
