"""What flash and SRAM must hold, worked out by hand."""

import pytest

from archcalc import analyze, loads
from archcalc.analysis.memory import inference
from archcalc.analysis.memory.budget import flash, sram, stored

HEAD = "input: {channels: 3, height: 8, width: 8}\nlayers:\n"


def held(*layers, dtype="int8", outputs=""):
    """The bytes of weights and of biases of each layer."""
    text = HEAD + "".join(f"  - {layer}\n" for layer in layers) + outputs
    return [tuple(each[1:]) for each in stored(analyze(loads(text), dtype=dtype))]


@pytest.mark.parametrize(("dtype", "width", "bias"), [("int8", 1, 4), ("float16", 2, 2), ("float32", 4, 4)])
def test_weights_and_biases_have_widths_of_their_own(dtype, width, bias):
    assert held("conv: {filters: 5, kernel_size: 3}", dtype=dtype) == [(27 * 5 * width, 5 * bias)]


def test_a_batch_norm_becomes_the_biases_of_the_layer_in_front():
    norm = ("batchnorm", "relu")
    assert held("conv: {filters: 5, kernel_size: 3}", *norm) == [(135, 0), (0, 20), (0, 0)]
    assert held("conv: {filters: 5, kernel_size: 3, bias: false}", *norm) == [(135, 0), (0, 20), (0, 0)]
    assert held("depthwise: {kernel_size: 3}", "batchnorm") == [(27, 0), (0, 12)]


def test_one_that_has_no_learned_values_leaves_biases_too():
    assert held("conv: {filters: 5, kernel_size: 3}", "batchnorm: {affine: false}") == [(135, 0), (0, 20)]


def test_one_that_cannot_be_folded_keeps_all_its_values():
    """Scales, means and variances as weights; nothing in front multiplies, or others read it too."""
    assert held("batchnorm") == [(3 * 3, 12)]
    assert held("conv: {filters: 5, kernel_size: 3}", "maxpool: {kernel_size: 2}", "batchnorm") == [
        (135, 20),
        (0, 0),
        (3 * 5, 20),
    ]
    shared = ("conv: {name: c, filters: 5, kernel_size: 3}", "batchnorm: {name: n}", "add: {from: [c, n]}")
    assert held(*shared)[:2] == [(135, 20), (15, 20)]
    assert held(*shared[:2], outputs="outputs: [c, n]\n") == [(135, 20), (15, 20)]


def test_flash_breaks_at_the_first_layer_that_no_longer_fits(analyzed_stack):
    """432 + 64, then 2,304 + 64, then 8,192 + 32 bytes."""
    assert flash(analyzed_stack, 11088) == ("flash", 11088, 11088, "", "")
    assert flash(analyzed_stack, 11087)[3:] == ("fc1", "fc1")
    assert flash(analyzed_stack, 2863)[3:] == ("conv2", "fc1")
    assert flash(analyzed_stack, 495)[3:] == ("conv1", "fc1")


def test_sram_breaks_at_the_first_layer_with_too_much_alive(analyzed_stack):
    """192 + 1,024, twice 1,024, then 1,024 + 2."""
    timeline = inference(analyzed_stack)
    assert sram(timeline, 2048).fits
    assert sram(timeline, 2047) == ("sram", 2048, 2047, "conv2", "conv2")
    assert sram(timeline, 1215)[3:] == ("conv1", "conv2")


@pytest.fixture
def analyzed_stack():
    layers = "".join(
        f"  - conv: {{name: conv{i}, filters: 16, kernel_size: 3, padding: 1}}\n" for i in (1, 2)
    )
    return analyze(loads(f"{HEAD}{layers}  - flatten\n  - fc: {{units: 8}}\n"), dtype="int8")
