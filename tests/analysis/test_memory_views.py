"""Views of views: which of them copy, against NumPy's own strides and against what a run holds."""

import random

import numpy as np
import pytest

from archcalc import analyze, loads
from archcalc.analysis.memory import inference
from archcalc.analysis.memory.saved import saved_for_backward
from archcalc.analysis.memory.views import views
from archcalc.errors import SpecError
from archcalc.forward.verify import verify
from archcalc.layers.strides import contiguous, dense_like, reshaped

IMAGE = "{channels: 3, height: 2, width: 4}"
SEEN = (
    *("tokens", "volume", "flatten", "dropout", "identity", "volume: {height: 2, width: 4}"),
    *("select: {stop: 2}", "select: {start: 1}", "select: {position: 1}", "subsample: {stride: 2}"),
)
OTHERS = (
    *("relu", "batchnorm", "softmax", "scale", "gelu", "layernorm", "position_embedding", "class_token"),
    *("attention: {heads: 1}", "fc: {units: 3, over: channels}", "channel_shuffle: {groups: 1}"),
    *("interpolate: {scale_factor: 2}", "pad: {padding: 0}", "global_avgpool"),
)


def analyzed(*layers, source=IMAGE):
    return analyze(loads(f"input: {source}\nlayers: [{', '.join(layers)}]"))


@pytest.mark.parametrize(
    ("layers", "free"),
    [
        (("tokens", "flatten"), {0}),
        (("flatten",), {0}),
        (("tokens", "volume", "flatten"), {0, 1, 2}),
        (("tokens", "volume: {height: 2, width: 4}", "tokens", "flatten"), {0, 1, 2}),
        (("tokens", "relu", "flatten"), {0}),
        (("tokens", "layernorm", "flatten"), {0, 2}),
        (("tokens", "select: {position: 2}", "flatten"), {0, 1, 2}),
        (("tokens", "select: {stop: 2}", "dropout", "flatten"), {0, 1, 2}),
        (("select: {stop: 2}", "flatten"), {0, 1}),
        (("subsample: {stride: 2}", "flatten"), {0}),
        (("subsample: {stride: [1, 2]}", "flatten"), {0, 1}),
        (("subsample: {stride: 2}", "tokens", "relu", "flatten"), {0, 1}),
        (("tokens", "subsample: {stride: 3}", "flatten"), {0, 1}),
        (("tokens", "flatten", "identity"), {0, 2}),
    ],
)
def test_a_view_that_no_stride_leads_through_is_a_copy(layers, free):
    assert views(analyzed(*layers)) == free


def test_a_copy_is_live_beside_what_it_is_of():
    """24 values as positions and 24 as a vector: 192 bytes, where 96 were said."""
    found = inference(analyzed("tokens", "flatten"))
    assert (found.peak, found.steps[found.peak_step].name) == (192, "flatten1")
    assert inference(analyzed("flatten")).peak == 96


def test_of_one_channel_or_one_position_nothing_is_copied():
    for source in ("{channels: 1, height: 2, width: 4}", "{channels: 3, height: 1, width: 1}"):
        assert views(analyzed("tokens", "flatten", source=source)) == {0, 1}


@pytest.mark.parametrize(("between", "saved"), [((), 96), (("tokens",), 192)])
def test_training_saves_a_copy_beside_what_it_is_of(between, saved):
    """relu saves the 24 values that it writes, fc those that it reads: the same, or a copy of them."""
    layers = ("conv: {filters: 3, kernel_size: 1}", "relu", *between, "flatten", "fc: {units: 2}")
    found = saved_for_backward(analyzed(*layers), "cpu", "fused", ())
    own = {each.tensor: each.size.per_example for kept in found.by_layer[1:] for each in kept}
    assert sum(own.values()) == saved


def chains(seed, count):
    """Random chains of views and of what stands between them, which fit each other."""
    draw = random.Random(seed)
    while count:
        layers = [draw.choice(SEEN if draw.random() < 0.6 else OTHERS) for _ in range(draw.randint(2, 7))]
        sizes = [draw.choice([1, 2, 3, 4, 8]), draw.choice([1, 2, 4]), draw.choice([1, 2, 4])]
        source = f"{{channels: {sizes[0]}, height: {sizes[1]}, width: {sizes[2]}}}"
        try:
            yield analyzed(*layers, source=source)
        except SpecError:
            continue
        count -= 1


@pytest.mark.parametrize("seed", range(4))
def test_what_is_live_in_chains_of_views_is_what_a_run_holds(seed):
    for analysis in chains(seed, 40):
        found = verify(analysis)
        kinds = [facts.node.kind for facts in analysis.facts]
        assert found.agrees, (kinds, analysis.network.input_shape, found.live_difference)


@pytest.mark.parametrize("seed", range(4))
def test_strides_are_those_of_numpy(seed):
    draw = random.Random(seed)
    for _ in range(100):
        shape = tuple(draw.choice([1, 2, 3, 4]) for _ in range(3))
        x = np.zeros(shape, np.int8)
        assert contiguous(shape) == x.strides
        x = x.transpose(draw.sample(range(3), 3))[
            :: draw.choice([1, 2]), draw.choice([0, 1]) * (x.shape[1] > 9) :
        ]
        wanted = tuple(np.array(shape)[draw.sample(range(3), 3)]) if x.size == np.prod(shape) else (x.size,)
        wanted = tuple(map(int, draw.choice([wanted, (x.size,), (1, x.size)])))
        seen = reshaped(x.shape, x.strides, wanted)
        shared = np.shares_memory(x.reshape(wanted), x)
        assert (seen is not None) == shared or x.size == 1, (x.shape, x.strides, wanted)
        made = np.empty_like(x)
        mine = dense_like(x.shape, x.strides)
        assert [s for s, n in zip(mine, x.shape, strict=True) if n > 1] == [
            s for s, n in zip(made.strides, x.shape, strict=True) if n > 1
        ]
