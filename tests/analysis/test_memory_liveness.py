"""Live bytes layer by layer, worked out by hand."""

import pytest

from archcalc import analyze, loads
from archcalc.analysis.memory import LiveTensor, inference
from archcalc.frozen import replace

IMAGE = "input: {channels: 2, height: 4, width: 4}\nlayers:\n"
POINT = "conv: {filters: 2, kernel_size: 1}"


def timeline(*layers, top="", **options):
    text = IMAGE + "".join(f"  - {layer}\n" for layer in layers)
    return inference(analyze(loads(text + top), dtype="int8"), **options)


def live(*layers, **options):
    return [step.live for step in timeline(*layers, **options).steps]


def names(found, step):
    return [each.name for each in found.live_tensors(step)]


def test_a_volume_dies_after_its_last_reader():
    """Input 32; 8·16 = 128 beside it; then 128 and 16."""
    assert live("conv: {filters: 8, kernel_size: 1}", "conv: {filters: 1, kernel_size: 1}", POINT) == [
        32 + 128,
        128 + 16,
        16 + 32,
    ]


def test_pointwise_layers_write_over_their_input():
    found = timeline(POINT, "relu", "batchnorm", "sigmoid")
    assert [step.live for step in found.steps] == [64, 32, 32, 32]
    assert [step.allocated for step in found.steps] == [32, 0, 0, 0]
    assert found.live_tensors(2) == (LiveTensor("batchnorm1", 32),)


def test_a_pointwise_layer_takes_memory_where_its_input_is_read_later():
    layers = (f"{POINT[:-1]}, name: a}}", "relu", "add: {from: [a, relu1]}")
    assert live(*layers) == [64, 64, 96]


def test_the_last_of_several_readers_writes_over_the_volume():
    layers = ("relu: {name: a}", "relu: {name: b, from: input}", "add: {from: [a, b]}")
    assert live(*layers) == [64, 64, 96]


def test_flatten_identity_and_dropout_share_memory_though_others_read_it():
    layers = (f"{POINT[:-1]}, name: a}}", "identity", "dropout", "add: {from: [a, dropout1]}", "flatten")
    found = timeline(*layers)
    assert [step.live for step in found.steps] == [64, 32, 32, 64, 32]
    assert names(found, 2) == ["dropout1"]


def test_what_is_read_through_a_view_is_not_written_over():
    layers = (
        f"{POINT[:-1]}, name: a}}",
        "identity: {name: same}",
        "relu: {from: a}",
        "add: {from: [same, relu1]}",
    )
    assert live(*layers) == [64, 32, 64, 96]


def test_shortcuts_stay_alive():
    found = timeline(f"residual: {{body: [{POINT}, relu, {POINT}]}}", "relu")
    assert [step.live for step in found.steps] == [64, 64, 96, 96, 32]
    assert names(found, 2) == ["input", "relu1", "conv2"]


def test_outputs_stay_alive_to_the_end():
    layers = ("conv: {name: a, filters: 8, kernel_size: 1}", POINT, POINT)
    assert live(*layers) == [160, 160, 64]
    assert live(*layers, top="outputs: [a, conv2]\n") == [160, 160, 192]


def test_an_output_is_not_written_over():
    assert live(f"{POINT[:-1]}, name: a}}", "relu", top="outputs: [a, relu1]\n") == [64, 64]


def test_a_volume_that_nobody_reads_dies_at_once():
    layers = (
        "conv: {name: a, filters: 8, kernel_size: 1}",
        "conv: {from: input, filters: 1, kernel_size: 1}",
        POINT,
    )
    text = IMAGE + "".join(f"  - {layer}\n" for layer in layers) + "outputs: [a, conv2]\n"
    network = replace(loads(text), outputs={"conv2": 3})
    steps = inference(analyze(network, dtype="int8")).steps
    assert [step.live for step in steps] == [160, 48, 48]


def test_concat_copies():
    layers = ("branches: {paths: [[" + POINT + "], [" + POINT + "]]}",)
    assert live(*layers) == [64, 96, 128]


def test_a_volume_read_twice_by_one_layer_counts_once():
    assert live("concat: {from: [input, input]}") == [96]


def test_batch_and_type_multiply():
    network = loads(IMAGE + f"  - {POINT}\n")
    assert inference(analyze(network, batch=3, dtype="float64")).peak == 64 * 3 * 8


def test_the_peak_is_the_first_of_the_largest_steps():
    found = timeline(POINT, POINT, POINT)
    assert (found.peak, found.peak_step) == (64, 0)


def test_an_order_of_ones_own():
    layers = (
        "conv: {name: a, filters: 8, kernel_size: 1}",
        "conv: {name: b, from: input, filters: 1, kernel_size: 1}",
        "conv: {name: c, from: a, filters: 1, kernel_size: 1}",
        "add: {from: [b, c]}",
    )
    assert live(*layers) == [160, 176, 160, 48]
    assert live(*layers, order=(0, 2, 1, 3)) == [160, 176, 64, 48]


@pytest.mark.parametrize("order", [(1, 0), (0,), (0, 0)])
def test_an_order_that_cannot_run_is_refused(order):
    with pytest.raises(ValueError, match="order"):
        timeline(POINT, POINT, order=order)
