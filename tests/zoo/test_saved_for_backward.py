"""What the zoo keeps for the backward pass beside torchvision's models, measured in training."""

import json
from pathlib import Path

import pytest
from sweeps import thinned

from archcalc.analysis.memory.saved import saved_for_backward
from archcalc.spec.zoo import zoo_names

DATA = Path(__file__).parents[1] / "data" / "torchvision.json"
MODELS = json.loads(DATA.read_text(encoding="utf-8"))["models"]
MODEL_NAMES = {
    "alexnet-torchvision": "alexnet",
    "alexnet": None,
    "googlenet-noaux": "googlenet__noaux",
    "inception_v3-noaux": "inception_v3__noaux",
}
"""Where the zoo's name is not the model's; its `alexnet` is another network."""
MEASURED = {
    name: size
    for name in zoo_names()
    if (row := MODELS.get(MODEL_NAMES.get(name, name)))
    and (size := row["saved_for_backward_bytes_train_batch2"])
}
BATCH = 2
VGG_POOL = 512 * 7 * 7 * 4 * BATCH
"""torchvision's VGG copies the volume in front of its classifier: an adaptive pool from 7×7 to 7×7."""
NOISE = 4 * BATCH
"""Stochastic depth draws a value for each example in each block with a shortcut, but for V2's very first."""


def known_difference(analysis, name):
    """The bytes that torchvision's model keeps for layers that the zoo's network does without."""
    kinds = [facts.node.kind for facts in analysis.facts]
    if name.startswith("vgg") and "adaptive_avgpool" not in kinds:
        return VGG_POOL
    if name.startswith("efficientnet"):
        drawn = kinds.count("add") - name.startswith("efficientnet_v2")
        return NOISE * (drawn - kinds.count("stochastic_depth"))
    return 0


@pytest.mark.parametrize("name", thinned(MEASURED, 3))
def test_saved(analyzed, name):
    """To the byte, but for differences between the networks that are known and small."""
    kept = saved_for_backward(analyzed(name), "cpu", "unfused").size.of(BATCH)
    assert MEASURED[name] - kept == known_difference(analyzed(name), name)
    assert abs(kept - MEASURED[name]) < MEASURED[name] / 50


@pytest.mark.slow
def test_most_are_equal(analyzed):
    """Four in five are equal to the byte: all but VGG, and EfficientNet V2 with its first block."""
    equal = [name for name in MEASURED if not known_difference(analyzed(name), name)]
    assert len(equal) >= 0.8 * len(MEASURED) > 0
