"""What the zoo keeps for the backward pass beside torchvision's models, measured in training."""

import json
from pathlib import Path

import pytest

from archcalc.analysis.memory.saved import retention
from archcalc.spec.zoo import zoo_names

DATA = Path(__file__).parents[1] / "data" / "torchvision.json"
MODELS = json.loads(DATA.read_text(encoding="utf-8"))["models"]
MODEL_NAMES = {
    "alexnet-torchvision": "alexnet",
    "alexnet": None,
    "googlenet": "googlenet__noaux",
    "inception_v3": "inception_v3__noaux",
}
"""Where the zoo's name is not the model's; its AlexNet is another network, and auxiliary heads are left out."""
MEASURED = {
    name: size
    for name in zoo_names()
    if (row := MODELS.get(MODEL_NAMES.get(name, name)))
    and (size := row["saved_for_backward_bytes_train_batch2"])
}
BATCH = 2
VGG_POOL = 512 * 7 * 7 * 4 * BATCH
"""torchvision's VGG has an adaptive pool from 7×7 to 7×7 in front of its classifier, which copies the volume."""
DIFFERENCES = {name: -VGG_POOL for name in MEASURED if name.startswith("vgg")}


@pytest.mark.parametrize("name", MEASURED)
def test_saved(analyzed, name):
    """To the byte, but for differences between the networks that are known and small."""
    kept = retention(analyzed(name), "cpu").size.of(BATCH)
    assert kept - MEASURED[name] == DIFFERENCES.get(name, 0)
    assert abs(kept - MEASURED[name]) < MEASURED[name] / 50


def test_most_are_equal():
    assert len(MEASURED) >= 10
    assert len(DIFFERENCES) <= len(MEASURED) / 5 or len(MEASURED) < 40
