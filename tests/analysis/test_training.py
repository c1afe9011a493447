"""The memory of a training step: by hand, in the batch, and by its parts."""

import json
import time
from pathlib import Path

import pytest
from patience import PATIENCE
from sweeps import thinned

from archcalc import analyze, load, loads
from archcalc.analysis.memory.optimizers import OPTIMIZERS
from archcalc.analysis.memory.training import training
from archcalc.errors import RequestError
from archcalc.spec.expand import LAYER_LIMIT

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "optimizers.json").read_text(encoding="utf-8"))
CHAIN = """
input: {channels: 2, height: 4, width: 4}
layers:
  - conv: {filters: 3, kernel_size: 1, bias: false}
  - relu
  - conv: {filters: 5, kernel_size: 1, bias: false}
"""
FORK = """
input: {channels: 1, height: 2, width: 2}
layers:
  - conv: {name: start, filters: 1, kernel_size: 1, bias: false}
  - gelu: {name: a, from: start}
  - gelu: {name: b, from: start}
  - gelu: {name: c, from: start}
  - concat: {from: [a, b, c]}
"""


def moments(spec, **settings):
    """(phase, layer, activations, gradients of volumes, gradients of parameters) in bytes, at batch 1."""
    return [
        (moment.phase, moment.layer, moment.activations.of(1), moment.flowing.of(1), moment.gradients)
        for moment in training(analyze(loads(spec)), "sgd", **settings).moments
    ]


def test_a_chain_by_hand():
    """Volumes of 32, 48 and 80 values; conv2 keeps what relu wrote over conv1's output."""
    assert moments(CHAIN) == [
        ("forward", "conv1", 4 * (32 + 48), 0, 0),
        ("forward", "relu1", 4 * (32 + 48), 0, 0),
        ("forward", "conv2", 4 * (32 + 48 + 80), 0, 0),
        ("backward", "conv2", 4 * (32 + 48 + 80), 4 * (80 + 48), 4 * 15),
        ("backward", "relu1", 4 * (32 + 48 + 80), 4 * (48 + 48), 4 * 15),
        ("backward", "conv1", 4 * (32 + 80), 4 * 48, 4 * (15 + 6)),
        ("update", "", 4 * (32 + 80), 0, 4 * (15 + 6)),
    ]


def test_gradients_that_meet_are_added_over_the_first():
    """Three gradients of 16 bytes come to one volume, while slices of the concatenation's are there."""
    flowing = [(layer, flow) for phase, layer, _, flow, _ in moments(FORK) if phase != "forward"]
    assert flowing == [("concat1", 48), ("c", 64), ("b", 80), ("a", 80), ("start", 16), ("", 0)]


def test_checkpointing_by_hand():
    """Of a block of conv, relu and conv only its input is kept; it runs again, but for what keeps nothing."""
    block = "blocks: {two: {layers: [conv: {filters: 2, kernel_size: 1, bias: false}, relu]}}\n"
    spec = block + "input: {channels: 2, height: 4, width: 4}\nlayers: [two: {}, two: {}, two: {}]\n"
    found = moments(spec, checkpoint="two2")
    volume = 4 * 32
    assert [(phase, layer, held // volume) for phase, layer, held, _, _ in found] == [
        ("forward", "two1/conv1", 2),
        ("forward", "two1/relu1", 2),
        ("forward", "two2/conv1", 3),
        ("forward", "two2/relu1", 3),
        ("forward", "two3/conv1", 4),
        ("forward", "two3/relu1", 4),
        ("backward", "two3/relu1", 4),
        ("backward", "two3/conv1", 4),
        ("again", "two2/conv1", 4),
        ("again", "two2/relu1", 4),
        ("backward", "two2/relu1", 4),
        ("backward", "two2/conv1", 3),
        ("backward", "two1/relu1", 3),
        ("backward", "two1/conv1", 2),
        ("update", "", 2),
    ]


@pytest.mark.parametrize("checkpoint", ["", "*/*"])
@pytest.mark.parametrize("name", ["alexnet", "resnet18", "densenet121", "mobilenet_v2"])
def test_each_moment_is_a_line_in_the_batch(name, checkpoint):
    network = load(name)
    checkpoint = checkpoint if name != "alexnet" else "conv*" and checkpoint and "every=3"
    one = training(analyze(network), checkpoint=checkpoint)
    for batch in (2, 3, 17, 256):
        many = training(analyze(network, batch=batch), checkpoint=checkpoint)
        assert many.moments == one.moments
        assert many.total == one.static.total + max(moment.size.of(batch) for moment in one.moments)
        assert many.total == many.line.fixed + batch * many.line.per_example


@pytest.mark.parametrize("name", RECORDED["values"])
def test_optimizers(name):
    """PyTorch's own remember as many values of parameters of all these shapes."""
    assert [OPTIMIZERS[name].values(tuple(shape)) for shape in RECORDED["shapes"]] == RECORDED["values"][name]


def test_every_optimizer_of_pytorch_is_recorded():
    assert set(OPTIMIZERS) - set(RECORDED["values"]) == {"lion"}


@pytest.mark.parametrize(
    ("dtype", "precision", "each"),
    [
        ("float32", None, 4 + 4 + 8),
        ("float64", None, 8 + 8 + 16),
        ("bfloat16", None, 2 + 2 + 4 + 8),
        ("float16", "master", 2 + 2 + 4 + 8),
        ("bfloat16", "pure", 2 + 2 + 4),
        ("bfloat16", "autocast", 4 + 4 + 8),
    ],
)
def test_bytes_of_a_parameter_with_adam(dtype, precision, each):
    """16 in mixed precision, as Rajbhandari et al. 2019 add them up."""
    step = training(analyze(load("alexnet"), dtype=dtype), "adam", precision=precision)
    assert step.static.total + step.gradients == 62378344 * each


def test_autocast_keeps_copies_of_weights_until_their_backward_pass():
    """Those of layers that multiply, biases and normalisations apart."""
    layers = "conv: {filters: 3, kernel_size: 5, padding: 2}, batchnorm"
    network = loads(f"input: {{channels: 2, height: 4, width: 4}}\nlayers: [{layers}]")
    analysis = analyze(network, dtype="bfloat16")
    copied, plain = (training(analysis, precision=name) for name in ("autocast", "pure"))
    assert copied.saved - plain.saved == 2 * (3 * 2 * 25)


def test_buffers_are_counted_in_single_precision():
    step = training(analyze(load("resnet18"), dtype="bfloat16"))
    assert step.static.buffers == 4 * 9600


def test_masks_are_bytes_on_a_gpu():
    analysis = analyze(loads("input: {features: 10}\nlayers: [fc: {units: 100}, dropout, fc: {units: 2}]"))
    cpu, gpu = (training(analysis, device=device).saved for device in ("cpu", "gpu"))
    assert cpu - gpu == 3 * 100


def test_checkpointing_trades_memory():
    """Each bottleneck of ResNet-50 by itself: less than half at the peak, and more than nothing again."""
    analysis = analyze(load("resnet50"), batch=32)
    plain, blocks = training(analysis), training(analysis, checkpoint="*/*")
    assert blocks.total < plain.total / 2
    assert len(blocks.segments) == 16


@pytest.mark.parametrize(
    ("checkpoint", "names"),
    [
        ("every=1", ["conv2_x", "conv3_x", "conv4_x", "conv5_x"]),
        ("every=3", ["conv2_x to conv4_x", "conv5_x"]),
        ("conv5_x,conv3_x", ["conv3_x", "conv5_x"]),
        ("conv3_x/*", ["conv3_x/building_block1", "conv3_x/building_block2"]),
        ("maxpool1, conv2_x/building_block2", ["maxpool1", "conv2_x/building_block2"]),
    ],
)
def test_segments(checkpoint, names):
    found = training(analyze(load("resnet18")), checkpoint=checkpoint).segments
    assert [segment.name for segment in found] == names


def test_layers_are_blocks_where_there_are_none():
    found = training(analyze(load("alexnet")), checkpoint="every=10").segments
    assert [(segment.first, segment.last) for segment in found] == [(0, 9), (10, 19), (20, 22)]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"optimizer": "adm"}, "no optimizer is called 'adm'; did you mean 'adam'?"),
        ({"precision": "mixed"}, "no precision is called 'mixed'; known are master"),
        ({"device": "tpu"}, "no device is called 'tpu'; known are gpu, cpu"),
        ({"attention": "flash"}, "no attention is called 'flash'; known are fused, unfused"),
        ({"checkpoint": "conv6_x"}, "no layer or block 'conv6_x' to checkpoint; did you mean 'conv2_x'?"),
        ({"checkpoint": "every=0"}, "needs a number of blocks of 1 or more, got '0'"),
        ({"checkpoint": "every=x"}, "needs a number of blocks of 1 or more, got 'x'"),
        ({"checkpoint": "maxpool1,maxpool1"}, "'maxpool1' and 'maxpool1' overlap"),
        ({"checkpoint": "conv3_x,conv3_x/*"}, "'conv3_x/building_block1' and 'conv3_x' overlap"),
    ],
)
def test_refusals(settings, words):
    with pytest.raises(RequestError) as refused:
        training(analyze(load("resnet18")), **settings)
    assert words in str(refused.value)


def test_integers_are_not_trained():
    with pytest.raises(RequestError, match="int8 values cannot be trained"):
        training(analyze(load("lenet5"), dtype="int8"))


def test_a_network_without_parameters_keeps_nothing():
    """No gradient flows to an input that is not learned."""
    step = training(analyze(loads("input: {features: 10}\nlayers: [relu, softmax]")))
    assert step.saved == 0
    assert step.total == 2 * 40


@pytest.mark.parametrize("checkpoint", thinned(["", "every=100"], 2))
def test_the_deepest_network_takes_no_time(checkpoint):
    pair = "conv: {filters: 8, kernel_size: 3, padding: 1}, relu"
    layers = f"repeat: {{times: {LAYER_LIMIT // 2}, layers: [{pair}]}}"
    analysis = analyze(loads(f"input: {{channels: 8, height: 9, width: 9}}\nlayers: [{layers}]"))
    begun = time.process_time()
    training(analysis, checkpoint=checkpoint)
    assert time.process_time() - begun < PATIENCE


def test_what_a_checkpointed_block_reads_is_not_written_over():
    """dropout wrote over the convolution's output, and the block's first layer would write over both."""
    layers = "conv: {filters: 1, kernel_size: 1}, dropout, leaky_relu, conv: {filters: 1, kernel_size: 1}"
    spec = f"input: {{channels: 1, height: 5, width: 5}}\nlayers: [{layers}]"
    for checkpoint, volumes in (("", 2), ("leaky_relu1", 3)):
        found = {layer: held for phase, layer, held, *_ in moments(spec, checkpoint=checkpoint)[:4]}
        assert found["leaky_relu1"] == volumes * 100 + 25


def test_statistics_are_never_narrow():
    layers = "conv: {filters: 3, kernel_size: 1}, batchnorm"
    analysis = analyze(
        loads(f"input: {{channels: 2, height: 4, width: 4}}\nlayers: [{layers}]"), dtype="float16"
    )
    assert training(analysis).saved == 2 * (32 + 48) + 4 * (3 + 3)


def test_views_hand_on_their_gradient():
    spec = "input: {channels: 2, height: 4, width: 4}\nlayers: [conv: {filters: 3, kernel_size: 1}, flatten]"
    found = [(layer, flow) for phase, layer, _, flow, _ in moments(spec) if phase == "backward"]
    assert found == [("flatten1", 4 * 48), ("conv1", 4 * 48)]


def test_a_volume_that_a_layer_reads_twice_is_kept_once():
    spec = "input: {features: 7}\nlayers: [fc: {name: a, units: 5}, multiply: {from: [a, a]}]"
    assert training(analyze(loads(spec))).saved == 4 * (7 + 5)


def test_a_volume_that_is_added_to_itself_gets_two_gradients():
    """One memory with two holders, over which nothing is added: their sum is new."""
    spec = "input: {features: 7}\nlayers: [fc: {name: a, units: 5}, add: {from: [a, a]}]"
    found = [(phase, flow) for phase, _, _, flow, _ in moments(spec) if phase != "forward"]
    assert found == [("backward", 20), ("sum", 40), ("backward", 20), ("update", 0)]
