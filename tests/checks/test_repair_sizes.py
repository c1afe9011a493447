"""The arithmetic of windows turned round, against the rules of the layers and brute force."""

from itertools import product

import pytest
from sweeps import thinned

from archcalc.analysis.facts import BrokenNetworkError, analyze
from archcalc.checks.repair.failure import Failure
from archcalc.checks.repair.sizes import LARGEST_KERNEL, solutions
from archcalc.checks.repair.source_map import SourceMap
from archcalc.errors import ShapeError
from archcalc.frozen import replace
from archcalc.layers import layer_class
from archcalc.network import Network, Node

CHANNELS = 2


def failure_behind(layer, shape):
    """A failure right behind a layer that reads a shape."""
    nodes = (
        Node("window", "conv", layer, (0,)),
        Node("broken", "conv", layer_class("conv")(filters=1, kernel_size=999), (1,)),
    )
    with pytest.raises(BrokenNetworkError) as caught:
        analyze(Network("net", {"input": shape}, nodes, {"broken": 2}))
    return Failure.of(caught.value, SourceMap({}))


def sizes_of(layer, shape):
    """The sizes that a layer writes, or None where it cannot."""
    try:
        return layer.output_shape((shape,))[1:]
    except ShapeError:
        return None


def found(layer, shape, target):
    """The settings that are found for a target."""
    return [settings for _, settings in solutions(failure_behind(layer, shape), 0, target)]


SLIDING = [
    layer_class("conv")(CHANNELS, kernel, stride, padding, dilation)
    for kernel, stride, padding, dilation in product((1, 2, 3, 5, (3, 2)), (1, 2, (1, 2)), (0, 1), (1, 2))
]
TRANSPOSED = [
    layer_class("conv_transpose")(CHANNELS, kernel, stride, padding)
    for kernel, stride, padding in product((2, 3, 4, (3, 2)), (1, 2, 3), (0, 1))
]


@pytest.mark.parametrize("layer", thinned(SLIDING + TRANSPOSED, 5), ids=str)
def test_each_solution_has_the_target_for_its_output(layer):
    shape = (CHANNELS, 13, 11)
    if sizes_of(layer, shape) is None:
        pytest.skip("the layer cannot work as it is")
    count = 0
    for height, less in product(range(7, 46), (2, 4, 6)):
        target = (height, height - less)
        for settings in found(layer, shape, target):
            assert sizes_of(replace(layer, **settings), shape) == target, (target, settings)
            count += 1
    assert count


@pytest.mark.parametrize("layer", thinned(SLIDING, 3), ids=str)
def test_what_brute_force_finds_for_a_sliding_window_is_found(layer):
    shape = (CHANNELS, 13, 13)
    if sizes_of(layer, shape) is None:
        pytest.skip("the layer cannot work as it is")
    for height in range(1, 14):
        target = (height, height)
        offered = found(layer, shape, target)
        extent = max(layer.dilation * (size - 1) + 1 for size in kernel_of(layer))
        reached = [
            padding
            for padding in range(extent)
            if sizes_of(replace(layer, padding=padding), shape) == target
            and all(padding < layer.dilation * (size - 1) + 1 for size in kernel_of(layer))
        ]
        assert bool(reached) == any(isinstance(s.get("padding"), int) and len(s) == 1 for s in offered)
        kernels = [size for size in range(1, LARGEST_KERNEL + 1) if reaches(layer, shape, target, size)]
        assert not kernels or layer.dilation > 1 or any("kernel_size" in settings for settings in offered)


def kernel_of(layer):
    """The kernel along each axis."""
    return layer.kernel_size if isinstance(layer.kernel_size, tuple) else (layer.kernel_size,) * 2


def reaches(layer, shape, target, kernel):
    """Whether a kernel of one size leads to the target."""
    return sizes_of(replace(layer, kernel_size=kernel), shape) == target


def test_upsampling_that_does_not_meet_its_target():
    up = layer_class("conv_transpose")(CHANNELS, 3, 2)
    assert found(up, (CHANNELS, 16, 16), (32, 32)) == [
        {"padding": 1, "output_padding": 1},
        {"kernel_size": 2},
    ]
    up = layer_class("conv_transpose")(CHANNELS, 2, 2)
    assert found(up, (CHANNELS, 12, 12), (25, 25))[0] == {"output_padding": 1}


def test_strides_leave_no_gaps_but_for_windows_of_one():
    shape = (CHANNELS, 56, 56)
    assert {"stride": 8} in found(layer_class("conv")(CHANNELS, 1), shape, (7, 7))
    assert not any(s.get("stride") == 8 for s in found(layer_class("conv")(CHANNELS, 3), shape, (7, 7)))


def test_there_is_no_solution_for_another_number_of_axes():
    assert found(layer_class("conv")(CHANNELS, 3), (CHANNELS, 9, 9), (7,)) == []


@pytest.mark.parametrize(("target", "cost"), [(10, 0), (12, 0), (13, None), (14, 3), (16, 3)])
def test_padding_beyond_what_keeps_the_size_is_far_from_a_slip(target, cost):
    """A kernel of 5 keeps 12 positions with padding 2; with 4 each window still sees the input."""
    failure = failure_behind(layer_class("conv")(CHANNELS, 5), (3, 12, 12))
    costs = [
        each.cost for each in solutions(failure, 0, (target, target)) if set(each.settings) == {"padding"}
    ]
    assert min(costs, default=None) == cost
