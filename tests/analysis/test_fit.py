"""What fits, against trying it."""

from math import prod

import pytest
from sweeps import thinned

from archcalc import analyze, loads
from archcalc.analysis.memory import inference
from archcalc.analysis.memory.fit import (
    SIDE_LIMIT,
    Need,
    Piece,
    Room,
    Use,
    largest_batch,
    largest_input,
    need,
)
from archcalc.analysis.memory.saved import Size
from archcalc.analysis.memory.training import training
from archcalc.errors import RequestError, SpecError
from archcalc.spec.load import load

NETWORKS = (
    "lenet5", "alexnet", "alexnet-torchvision", "zfnet", "vgg11", "vgg16", "vgg19_bn", "plain18", "resnet18",
    "resnet20", "resnet50", "resnet110", "resnet152", "resnext50_32x4d", "wide_resnet50_2", "densenet121",
    "squeezenet1_0", "squeezenet1_1", "mobilenet_v2", "mobilenet_v3_small",
)  # fmt: skip
FEW = ("lenet5", "mobilenet_v3_small")
MOST = [name if name in FEW else pytest.param(name, marks=pytest.mark.slow) for name in NETWORKS]
"""All of them, most when there is time: to try every batch or size of a deep network takes long."""
USES = {
    "inference": (Use(), "float32"),
    "adam": (Use("adam"), "float32"),
    "momentum, bfloat16, checkpointed": (Use("momentum", (("checkpoint", "every=2"),)), "bfloat16"),
}
GIB = 2**30


def tried(network, batch, use, dtype):
    """The bytes that a network needs, worked out for this very batch."""
    analysis = analyze(network, batch=batch, dtype=dtype)
    if use.optimizer:
        return training(analysis, use.optimizer, **dict(use.settings)).total
    held = (
        prod(shape)
        for facts in analysis.facts
        for shape in (*facts.parameter_shapes.values(), *facts.buffer_shapes.values())
    )
    return sum(held) * analysis.value_bytes + inference(analysis).peak


def most(fits, limit):
    """The largest number from 1 to `limit` that fits, by trying all; 0 where none does."""
    return max((number for number in range(1, limit + 1) if fits(number)), default=0)


def test_there_are_twenty_networks():
    assert len(set(NETWORKS)) == 20


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("name", MOST)
def test_the_largest_batch_is_that_of_trying_all(name, use):
    network, (way, dtype) = load(name), USES[use]
    one, many = (tried(network, batch, way, dtype) for batch in (1, 12))
    needed = need(analyze(network, dtype=dtype), way)
    limits = (one - 1, one, (one + many) // 2, many - 1, many)
    batches = [tried(network, batch, way, dtype) for batch in range(1, 14)]
    assert [needed.of(batch) for batch in range(1, 14)] == batches
    for limit in limits:
        assert needed.largest_batch(limit) == most(lambda batch, limit=limit: batches[batch - 1] <= limit, 13)


@pytest.mark.parametrize("name", thinned(NETWORKS, 3))
def test_pieces_hold_far_out(name):
    network = load(name)
    needed = need(analyze(network), Use("adam"))
    starts = [piece.first for piece in needed.pieces]
    assert starts[0] == 1
    assert starts == sorted(set(starts))
    for batch in {*starts, *(start - 1 for start in starts[1:]), 1000, 10**6}:
        assert needed.of(batch) == tried(network, batch, Use("adam"), "float32")
    largest = needed.largest_batch(24 * GIB)
    assert tried(network, largest, Use("adam"), "float32") <= 24 * GIB
    assert tried(network, largest + 1, Use("adam"), "float32") > 24 * GIB


def squares(network, sides, batch, use, dtype):
    """The bytes needed at each of some squares at which the network works."""
    for side in sides:
        shape = (network.input_shape[0], *[side] * (len(network.input_shape) - 1))
        try:
            yield side, tried(network.with_input(shape), batch, use, dtype)
        except SpecError:
            continue


@pytest.mark.parametrize("use", ["inference", "adam"])
@pytest.mark.parametrize("name", MOST)
def test_the_largest_input_is_that_of_trying_all(name, use):
    network, (way, dtype) = load(name), USES[use]
    found = dict(squares(network, range(1, 81), 2, way, dtype))
    analysis = analyze(network, batch=2, dtype=dtype)
    sizes = sorted(found.values())
    for limit in (sizes[0] - 1, sizes[len(sizes) // 2], sizes[-1]):
        fitting = [side for side, needed in found.items() if needed <= limit]
        sides = largest_input(analysis, Room(limit), way)
        assert (sides.largest.side if sides.largest else None) == max(fitting, default=None)
        assert sides.above.bytes > limit
        beyond = [side for side in found if side > max(fitting, default=0)]
        assert not beyond or sides.above.side == beyond[0]
        if sides.largest:
            assert sides.largest.bytes == found[sides.largest.side]


@pytest.mark.parametrize("name", MOST)
def test_a_larger_input_needs_no_less(name):
    """The ground on which sizes are searched."""
    network = load(name)
    for use in (Use(), Use("adam")):
        found = [needed for _, needed in squares(network, range(20, 420, 13), 3, use, "float32")]
        assert found == sorted(found)


UNET = """
input: {channels: 3, height: 64, width: 64}
layers:
  - conv: {name: left, filters: 8, kernel_size: 3, padding: 1}
  - maxpool: {kernel_size: 2}
  - conv: {filters: 16, kernel_size: 3, padding: 1}
  - maxpool: {kernel_size: 2}
  - conv_transpose: {filters: 8, kernel_size: 4, stride: 4}
  - add: {from: [left, conv_transpose1]}
"""
FIXED = """
input: {channels: 1, height: 28, width: 28}
layers:
  - maxpool: {kernel_size: 4}
  - flatten
  - fc: {units: 10, in_features: 49}
"""


def test_a_network_that_works_on_every_fourth_size():
    network = loads(UNET)
    analysis = analyze(network)
    found = dict(squares(network, range(1, 200), 1, Use(), "float32"))
    assert set(found) == set(range(4, 200, 4))
    for limit in (found[4] - 1, found[4], found[64] - 1, found[64], found[100] + 5, found[196]):
        sides = largest_input(analysis, Room(limit), Use())
        fitting = [side for side, needed in found.items() if needed <= limit]
        assert (sides.largest.side if sides.largest else None) == max(fitting, default=None)
        assert sides.above.side == max(fitting, default=0) + 4


def test_a_network_that_works_on_some_sizes_only():
    network = loads(FIXED)
    analysis = analyze(network)
    found = dict(squares(network, range(1, 100), 1, Use(), "float32"))
    assert list(found) == [28, 29, 30, 31]
    everything = largest_input(analysis, Room(GIB), Use())
    assert (everything.largest.side, everything.above) == (31, None)
    assert largest_input(analysis, Room(found[29]), Use()).largest.side == 29
    assert largest_input(analysis, Room(found[28] - 1), Use()).largest is None


def test_sequences_have_a_length():
    spec = "input: {channels: 2, length: 50}\nlayers: [conv1d: {filters: 4, kernel_size: 3}]"
    network = loads(spec)
    found = dict(squares(network, range(1, 100), 1, Use(), "float32"))
    assert min(found) == 3
    assert largest_input(analyze(network), Room(found[77]), Use()).largest.side == 77


def test_an_oblong_input_becomes_a_square():
    network = loads("input: {channels: 3, height: 30, width: 90}\nlayers: [maxpool: {kernel_size: 2}]")
    found = dict(squares(network, range(1, 100), 1, Use(), "float32"))
    sides = largest_input(analyze(network), Room(found[61]), Use())
    assert sides.largest.analysis.network.input_shape == (3, 61, 61)


def test_features_have_no_size():
    analysis = analyze(loads("input: {features: 3}\nlayers: [fc: {units: 2}]"))
    with pytest.raises(RequestError, match="no size"):
        largest_input(analysis, Room(GIB), Use())
    # 8 parameters, and an input of 3 values beside an output of 2
    assert need(analysis, Use()).largest_batch(4 * (8 + 7 * 5)) == 7


def test_no_side_beyond_the_limit_is_tried():
    analysis = analyze(loads("input: {channels: 1, length: 9}\nlayers: [relu]"))
    with pytest.raises(RequestError, match="inputs larger than 1,048,576 fit too"):
        largest_input(analysis, Room(10**18), Use())
    assert largest_input(analysis, Room(4 * SIDE_LIMIT), Use()).largest.side == SIDE_LIMIT


def test_no_batch_fits_where_one_piece_of_the_need_alone_does_not():
    pieces = (Piece(1, Size(10, 5), "forward", "a"), Piece(4, Size(40, 1), "backward", "b"))
    assert Need(pieces).largest_batch(39) == 0
    assert Need(pieces).largest_batch(45) == 5


KEYWORDS = """
input: {channels: 1, height: 64, width: 64}
dtype: int8
layers:
  - conv: {filters: 16, kernel_size: 3, stride: 2, padding: 1}
  - batchnorm
  - relu
  - depthwise: {kernel_size: 3, padding: 1}
  - batchnorm
  - relu
  - conv: {filters: 64, kernel_size: 1}
  - batchnorm
  - relu
  - global_avgpool
  - flatten
  - fc: {units: 1000}
"""


def test_parameters_in_flash_take_nothing_of_sram():
    """80×80 becomes 40×40, of which 16 channels are read and 64 written: 128,000 bytes of 128 KiB."""
    analysis = analyze(loads(KEYWORDS))
    sides = largest_input(analysis, Room(128 * 1024), Use(in_flash=True))
    assert (sides.largest.side, sides.largest.bytes, sides.above.bytes) == (80, 40 * 40 * 80, 41 * 41 * 80)
    assert largest_input(analysis, Room(128 * 1024), Use()).largest.side < 80
    held = sides.largest.stored
    assert held == 9 * 16 + 9 * 16 + 16 * 64 + 64_000 + 4 * (16 + 16 + 64 + 1000)
    assert largest_input(analysis, Room(128 * 1024, held), Use(in_flash=True)).largest.side == 80
    assert largest_input(analysis, Room(128 * 1024, held - 1), Use(in_flash=True)).largest is None


def test_a_batch_needs_room_for_the_parameters_too():
    analysis = analyze(loads(KEYWORDS))
    peak, held = 32 * 32 * 80, 64_000 + 5_696
    assert largest_batch(analysis, Room(3 * peak), Use(in_flash=True)) == 3
    assert largest_batch(analysis, Room(3 * peak - 1, held), Use(in_flash=True)) == 2
    assert largest_batch(analysis, Room(3 * peak, held - 1), Use(in_flash=True)) == 0


def test_layers_that_grow_with_the_input_fill_flash():
    analysis = analyze(
        loads("{input: {channels: 1, height: 9, width: 9}, layers: [flatten, fc: {units: 2}]}")
    )
    sides = largest_input(analysis, Room(10**6, 4 * (2 * 49 + 2)), Use(in_flash=True))
    assert (sides.largest.side, sides.above.side) == (7, 8)
