"""Random settings: a rule and a kernel say the same of each, or both refuse it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archcalc.errors import ShapeError
from archcalc.forward.kernels import KERNELS
from archcalc.forward.run import Run
from archcalc.layers import layer_class

FEW = settings(max_examples=60, derandomize=True, deadline=None, database=None)
MANY = settings(max_examples=800, deadline=None, database=None)

MODES = st.sampled_from(["zeros", "reflect", "replicate", "circular"])
WORDS = st.sampled_from(["valid", "same", "same_upper", "same_lower", "causal"])


def sizes(rank, least, greatest):
    """One value, or one for each axis."""
    one = st.integers(least, greatest)
    return st.one_of(one, st.tuples(*[one] * rank))


def pads(rank, greatest):
    """Padding in numbers: one, one for each axis, or (before, after) for some."""
    one = st.integers(0, greatest)
    entry = st.one_of(one, st.tuples(one, one))
    return st.one_of(one, st.tuples(*[entry] * rank))


def volume(draw, rank, groups=1):
    """A volume whose groups mostly divide its channels."""
    return (divided(draw, groups), *draw(st.tuples(*[st.integers(1, 13)] * rank)))


def divided(draw, groups):
    return draw(st.one_of(st.integers(1, 3).map(lambda n: n * groups), st.integers(1, 7)))


def sliding(draw, rank):
    return {
        "kernel_size": draw(sizes(rank, 1, 5)),
        "stride": draw(sizes(rank, 1, 4)),
        "dilation": draw(sizes(rank, 1, 3)),
        "padding": draw(st.one_of(pads(rank, 4), WORDS)),
    }


@st.composite
def convolutions(draw):
    rank = draw(st.sampled_from([1, 2]))
    groups = draw(st.integers(1, 3))
    own = {
        "filters": divided(draw, groups),
        "groups": groups,
        "bias": draw(st.booleans()),
        "padding_mode": draw(MODES),
    }
    return {1: "conv1d", 2: "conv"}[rank], sliding(draw, rank) | own, volume(draw, rank, groups)


@st.composite
def depthwise_convolutions(draw):
    own = {"multiplier": draw(st.integers(1, 3)), "bias": draw(st.booleans())}
    return "depthwise", sliding(draw, 2) | own, volume(draw, 2)


@st.composite
def transposed_convolutions(draw):
    """The rule also refuses output padding as large as stride and dilation, for the tools' sake."""
    groups = draw(st.integers(1, 3))
    own = {"filters": divided(draw, groups), "groups": groups, "bias": draw(st.booleans())}
    padding = draw(st.one_of(pads(2, 4), pads(2, 2), WORDS))
    config = sliding(draw, 2) | own | {"padding": padding}
    step = min(
        max(pair)
        for pair in zip(*(np.broadcast_to(config[key], 2) for key in ("stride", "dilation")), strict=True)
    )
    config["output_padding"] = draw(sizes(2, 0, int(step) - 1))
    return "conv_transpose", config, volume(draw, 2, groups)


@st.composite
def pools(draw):
    """The rule also refuses padding of more than half a kernel, for the tools' sake."""
    kind = draw(st.sampled_from(["maxpool", "maxpool1d", "avgpool", "avgpool1d"]))
    rank = 1 if kind.endswith("1d") else 2
    config = sliding(draw, rank) | {"ceil_mode": draw(st.booleans())}
    config["stride"] = draw(st.one_of(st.none(), sizes(rank, 1, 4)))
    config["padding"] = draw(pads(rank, int(np.min(config["kernel_size"])) // 2))
    if kind.startswith("avgpool"):
        del config["dilation"]
        config["count_include_pad"] = draw(st.booleans())
    return kind, config, volume(draw, rank)


@st.composite
def padded_pools(draw):
    """Pools padded with a word."""
    kind, config, shape = draw(pools())
    return kind, config | {"padding": draw(WORDS)}, shape


SIDE = st.integers(-4, 4)
OTHERS = {
    "adaptive_avgpool": {"output_size": sizes(2, 1, 9)},
    "batchnorm": {
        **dict.fromkeys(("affine", "scale", "center", "track_running_stats"), st.booleans()),
        "over": st.sampled_from(["channels", "channels_last"]),
    },
    "fc": {
        "units": st.integers(1, 5),
        "in_features": st.sampled_from([None, None, 3]),
        "bias": st.booleans(),
        "over": st.sampled_from([None, "channels", "features"]),
    },
    "global_avgpool": {},
    "global_maxpool": {},
    "layernorm": {"over": st.sampled_from([None, "all", "features", "channels"]), "affine": st.booleans()},
    "groupnorm": {"groups": st.integers(1, 3), "affine": st.booleans()},
    "lrn": {"size": st.integers(1, 9)},
    "pad": {
        "padding": st.tuples(st.tuples(SIDE, SIDE), SIDE),
        "mode": MODES,
        "channels": st.tuples(st.integers(0, 3), st.integers(0, 3)),
    },
    "prelu": {"num_parameters": st.integers(1, 3)},
    "scale": {"over": st.sampled_from([None, "channels", "features"]), "bias": st.booleans()},
    "channel_shuffle": {"groups": st.integers(1, 3)},
    "subsample": {"stride": sizes(2, 1, 4)},
    "tokens": {},
}
SEQUENCES = {
    "attention": {"heads": st.integers(1, 3), "bias": st.booleans()},
    "class_token": {},
    "position_embedding": {},
    "volume": {"height": st.just(2), "width": st.integers(1, 3)},
}
PARTS = {
    "select": {"start": st.none() | st.integers(0, 3), "stop": st.none() | st.integers(1, 6)},
    "interpolate": {
        "size": st.none() | sizes(2, 1, 9),
        "scale_factor": st.none() | st.sampled_from([2, 0.5, 1.7, (2.3, 3), (0.25, 1.0)]),
        "mode": st.sampled_from(["nearest", "bilinear"]),
        "align_corners": st.booleans(),
    },
}


@st.composite
def other_layers(draw):
    kind = draw(st.sampled_from(sorted(OTHERS)))
    shape = draw(
        st.one_of(st.just((5, 7, 3)), st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple))
    )
    return kind, draw(st.fixed_dictionaries(OTHERS[kind])), shape


@st.composite
def layers_of_sequences(draw):
    kind = draw(st.sampled_from(sorted(SEQUENCES)))
    shape = draw(st.sampled_from([(6, 4), (4, 6), (2, 1), (1, 6), (6,), (2, 3, 6)]))
    return kind, draw(st.fixed_dictionaries(SEQUENCES[kind])), shape


@st.composite
def parts(draw):
    """The rules also refuse ranges beyond the input, and settings that contradict each other."""
    kind = draw(st.sampled_from(sorted(PARTS)))
    shape = draw(st.lists(st.integers(3, 9), min_size=3, max_size=3))
    return kind, draw(st.fixed_dictionaries(PARTS[kind])), tuple(shape)


@st.composite
def merges(draw):
    """Volumes alike, but for one that may have other channels or sizes."""
    channels, *positions = draw(st.sampled_from([(3, 5, 7), (2, 1, 1), (4, 3), (5,)]))
    own = st.sampled_from([channels, channels, 1, 6])
    other = st.sampled_from([positions, positions, [1] * len(positions), positions[::-1]])
    volumes = draw(st.lists(st.tuples(own, other), min_size=1, max_size=2))
    inputs = [(channels, *positions), *((depth, *rest) for depth, rest in volumes)]
    return draw(st.sampled_from(["add", "multiply", "concat"])), {}, *draw(st.permutations(inputs))


def predicted(layer, shapes):
    """What the rules say, or None where they refuse."""
    try:
        output = layer.output_shape(shapes)
    except ShapeError:
        return None
    return output, layer.parameter_shapes(shapes), layer.buffer_shapes(shapes), layer.macs(shapes)


def actual(kind, layer, shapes):
    """What the kernel does, or None where it cannot."""
    random = np.random.default_rng(0)
    run = Run(random)
    try:
        with np.errstate(all="ignore"):
            output = KERNELS[kind](layer, [Run(random).drawn(shape) for shape in shapes], run)
    except ValueError:
        return None
    return output.shape, run.parameters, run.buffers, run.products


def check(config):
    """Whether the rule allows a config, on which the kernel must agree."""
    kind, own, *shapes = config
    layer = layer_class(kind)(**own)
    expected = predicted(layer, tuple(shapes))
    assert expected == actual(kind, layer, shapes)
    return expected is not None


def check_where_allowed(config):
    """Whether the rule allows a config; the kernel may run without."""
    kind, own, *shapes = config
    return predicted(layer_class(kind)(**own), tuple(shapes)) is not None and check(config)


SWEEPS = {
    "convolutions": (convolutions(), check),
    "depthwise": (depthwise_convolutions(), check),
    "transposed": (transposed_convolutions(), check),
    "pools": (pools(), check),
    "padded pools": (padded_pools(), check_where_allowed),
    "others": (other_layers(), check),
    "sequences": (layers_of_sequences(), check),
    "parts": (parts(), check_where_allowed),
    "merges": (merges(), check),
}


def sweep(family, extent):
    configs, agreement = SWEEPS[family]
    allowed = []
    extent(given(configs)(lambda config: allowed.append(agreement(config))))()
    assert sum(allowed) > len(allowed) / 4, "a sweep that met mostly refusals would show little"


@pytest.mark.parametrize("family", SWEEPS)
def test_rules_and_kernels_agree(family):
    sweep(family, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("family", SWEEPS)
def test_rules_and_kernels_agree_at_length(family):
    sweep(family, MANY)
