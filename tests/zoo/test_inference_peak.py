"""The memory that running the zoo takes, beside torchvision's models as PyTorch ran them."""

import json
from pathlib import Path

import pytest
from sweeps import networks, thinned

from archcalc.analysis.memory import inference
from archcalc.analysis.memory.schedule import best_order
from archcalc.spec.zoo import zoo_names

DATA = Path(__file__).parents[1] / "data" / "torchvision.json"
MODELS = json.loads(DATA.read_text(encoding="utf-8"))["models"]
ZOO_NAMES = {"alexnet": "alexnet-torchvision"}
ROWS = [
    pytest.param(zoo_name, row["inference_peak_bytes_eager"], id=name)
    for name, row in MODELS.items()
    if (zoo_name := ZOO_NAMES.get(name, name.replace("__", "-"))) in zoo_names()
]
BETTER = {
    **dict.fromkeys(("fcn_resnet50", "deeplabv3_resnet50"), (121_139_200, 104_188_500)),
    "regnet_x_16gf": (19_267_584, 17_661_952),
    "regnet_x_32gf": (25_288_704, 22_679_552),
    "regnet_y_8gf": (16_859_136, 15_654_912),
    "regnet_y_16gf": (16_859_136, 15_654_912),
    "regnet_y_32gf": (17_461_248, 16_156_672),
    "regnet_y_128gf": (116_785_152, 102_039_552),
    "resnext29-8x64d": (6_291_456, 5_767_168),
    "shufflenet_v2_x2_0": (2_295_552, 1_988_224),
    "unet": (167_362_560, 165_766_144),
    "xception": (27_659_520, 24_931_328),
}
"""Networks whose peak another order lowers, with both peaks; of all others none does."""


@pytest.mark.parametrize(("name", "measured"), thinned(ROWS, 3))
def test_eager_peak_to_the_byte(analyzed, name, measured):
    assert inference(analyzed(name), convention="eager").peak == measured


@pytest.mark.parametrize("name", networks())
def test_the_best_order_of_each_network_is_proved(analyzed, name):
    analysis = analyzed(name)
    written = inference(analysis).peak
    found = best_order(analysis)
    assert found.is_best
    assert inference(analysis, order=found.order).peak == found.peak
    assert (written, found.peak) == BETTER.get(name, (written, written))


def test_shufflenet_does_better_to_leave_its_short_branch_half_way(analyzed):
    """One branch narrows 24 channels from 56×56 to 28×28, then widens them to 122; the other widens first.

    As written, the 122 channels of the first wait while the other is widest; in the best order its 24 do.
    """
    analysis = analyzed("shufflenet_v2_x2_0")
    narrow, short, wide = (4 * values for values in (24 * 28**2, 122 * 28**2, 122 * 56**2))
    assert inference(analysis).peak == short + wide + short
    assert best_order(analysis).peak == narrow + wide + short


@pytest.mark.parametrize("name", networks())
def test_concatenations_without_copies_never_need_more(analyzed, name):
    analysis = analyzed(name)
    assert inference(analysis, concat="view").peak <= inference(analysis).peak


def test_vgg16_needs_its_two_widest_volumes(analyzed):
    timeline = inference(analyzed("vgg16"))
    assert timeline.peak == 2 * 64 * 224**2 * 4
    assert [each.name for each in timeline.live_tensors(timeline.peak_step)] == ["relu1", "conv1_2"]


def test_resnet50_needs_both_ends_of_a_residual_beside_their_sum(analyzed):
    timeline = inference(analyzed("resnet50"))
    assert timeline.steps[timeline.peak_step].name == "conv2_x/bottleneck1/add1"
    assert timeline.peak == 3 * 256 * 56**2 * 4
