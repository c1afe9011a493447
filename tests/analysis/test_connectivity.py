"""What sharing filters saves: the three ways to connect, on the course's example and on small layers."""

import pytest

from archcalc import analyze, load, loads
from archcalc.analysis.connectivity import Connection, connectivities, connectivity_of, total_connectivity


def connected(layer, image="{channels: 4, height: 7, width: 9}"):
    analysis = analyze(loads(f"input: {image}\nlayers: [{layer}]"))
    return connectivity_of(analysis.facts[-1], analysis)


def test_first_layer_of_alexnet():
    """The example of the course; its 66,846,304,800 is 277·277·3 · 290,400, a slip for 227."""
    analysis = analyze(load("alexnet"))
    ways = connectivity_of(analysis.of("conv1"), analysis)
    assert ways.shared == Connection(34_848, 96)
    assert ways.shared.parameters == 34_944 == 364 * 96
    assert (ways.inputs, ways.outputs) == (154_587, 290_400)
    assert ways.unshared.parameters == 105_705_600
    assert ways.unshared.biases == 290_400
    assert ways.fully_connected == Connection(44_892_064_800, 290_400)
    assert 277 * 277 * 3 * ways.outputs == 66_846_304_800


@pytest.mark.parametrize(
    ("layer", "shared", "unshared", "fully_connected"),
    [
        pytest.param(
            "conv: {filters: 2, kernel_size: 3}",
            (72, 2),
            (36 * 70, 70),
            (252 * 70, 70),
            id="each output its own",
        ),
        pytest.param(
            "conv: {filters: 2, kernel_size: 3, bias: false}", (72, 0), (2520, 0), (17640, 0), id="no biases"
        ),
        pytest.param(
            "conv: {filters: 2, kernel_size: 3, groups: 2}", (36, 2), (18 * 70, 70), (17640, 70), id="grouped"
        ),
        pytest.param(
            "conv_transpose: {filters: 2, kernel_size: 2, stride: 2}",
            (32, 2),
            (32 * 63, 2 * 14 * 18),
            (252 * 504, 504),
            id="transposed: each input its own",
        ),
        pytest.param(
            "depthwise: {kernel_size: 3}", (36, 4), (9 * 140, 140), (252 * 140, 140), id="depthwise"
        ),
    ],
)
def test_three_ways(layer, shared, unshared, fully_connected):
    ways = connected(layer)
    assert (ways.shared, ways.unshared, ways.fully_connected) == (shared, unshared, fully_connected)


def test_a_filter_as_large_as_its_input_shares_nothing():
    """One position: the three ways are one."""
    ways = connected("conv: {filters: 5, kernel_size: [7, 9]}")
    assert ways.shared == ways.unshared == ways.fully_connected == Connection(1260, 5)


def test_convolutions_of_a_network_by_what_they_save():
    analysis = analyze(load("alexnet"))
    each = connectivities(analysis)
    assert [ways.name for ways in each] == ["conv1", "conv2", "conv4", "conv3", "conv5"]
    sizes = [ways.fully_connected.parameters for ways in each]
    assert sizes == sorted(sizes, reverse=True)
    whole = total_connectivity(each)
    assert whole.name == "total"
    assert whole.shared.parameters == sum(ways.shared.parameters for ways in each) == 3_747_200
    assert whole.unshared.weights == sum(facts.macs for facts in analysis.facts if facts.node.kind == "conv")
    assert whole.fully_connected.biases == whole.unshared.biases == whole.outputs
