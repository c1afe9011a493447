"""Random settings: a rule and a kernel say the same of each, or both refuse it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archcalc.errors import ShapeError
from archcalc.forward.kernels import KERNELS
from archcalc.forward.run import Run, drawn
from archcalc.layers import layer_class

FEW = settings(max_examples=250, derandomize=True, deadline=None, database=None)
MANY = settings(max_examples=2500, deadline=None, database=None)

WORDS = st.sampled_from(["valid", "same", "same_upper", "same_lower"])


def sizes(rank, least, greatest):
    """One value, or one for each axis."""
    one = st.integers(least, greatest)
    return st.one_of(one, st.tuples(*[one] * rank))


def pads(rank, greatest):
    """Padding in numbers: one, one for each axis, or (before, after) for some."""
    one = st.integers(0, greatest)
    entry = st.one_of(one, st.tuples(one, one))
    return st.one_of(one, st.tuples(*[entry] * rank))


def shapes(draw, rank, groups=1):
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
        "padding_mode": draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"])),
    }
    return {1: "conv1d", 2: "conv"}[rank], sliding(draw, rank) | own, shapes(draw, rank, groups)


@st.composite
def depthwise_convolutions(draw):
    own = {"multiplier": draw(st.integers(1, 3)), "bias": draw(st.booleans())}
    return "depthwise", sliding(draw, 2) | own, shapes(draw, 2)


@st.composite
def transposed_convolutions(draw):
    """The rule also refuses output padding as large as stride and dilation, for the tools' sake."""
    groups = draw(st.integers(1, 3))
    own = {"filters": divided(draw, groups), "groups": groups, "bias": draw(st.booleans())}
    words = st.sampled_from(["valid", "same"])
    padding = draw(st.one_of(pads(2, 4), pads(2, 2), words))
    config = sliding(draw, 2) | own | {"padding": padding}
    step = min(
        max(pair)
        for pair in zip(*(np.broadcast_to(config[key], 2) for key in ("stride", "dilation")), strict=True)
    )
    config["output_padding"] = draw(sizes(2, 0, int(step) - 1))
    return "conv_transpose", config, shapes(draw, 2, groups)


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
    return kind, config, shapes(draw, rank)


@st.composite
def padded_pools(draw):
    """Pools padded with a word."""
    kind, config, shape = draw(pools())
    return kind, config | {"padding": draw(WORDS)}, shape


@st.composite
def other_layers(draw):
    shape = shapes(draw, 2)
    side = st.integers(-4, 4)
    config = draw(
        st.one_of(
            st.tuples(st.just("adaptive_avgpool"), st.fixed_dictionaries({"output_size": sizes(2, 1, 9)})),
            st.tuples(
                st.just("pad"),
                st.fixed_dictionaries(
                    {
                        "padding": st.tuples(st.tuples(side, side), side),
                        "mode": st.sampled_from(["zeros", "reflect", "replicate", "circular"]),
                        "channels": st.tuples(st.integers(0, 3), st.integers(0, 3)),
                    }
                ),
            ),
        )
    )
    return *config, shape


def predicted(layer, shape):
    """What the rules say, or None where they refuse."""
    try:
        output = layer.output_shape((shape,))
    except ShapeError:
        return None
    return output, layer.parameter_shapes((shape,)), layer.macs((shape,))


def actual(kind, layer, shape):
    """What the kernel does, or None where it cannot."""
    random = np.random.default_rng(0)
    run = Run(random)
    try:
        with np.errstate(all="ignore"):
            output = KERNELS[kind](layer, [drawn(random, shape)], run)
    except ValueError:
        return None
    return output.shape, run.parameters, run.products


def check(config):
    """Whether the rule allows a config, on which the kernel must agree."""
    kind, own, shape = config
    layer = layer_class(kind)(**own)
    expected = predicted(layer, shape)
    assert expected == actual(kind, layer, shape)
    return expected is not None


def check_where_allowed(config):
    """Whether the rule allows a config; the kernel may run without."""
    kind, own, shape = config
    return predicted(layer_class(kind)(**own), shape) is not None and check(config)


SWEEPS = {
    "convolutions": (convolutions(), check),
    "depthwise": (depthwise_convolutions(), check),
    "transposed": (transposed_convolutions(), check),
    "pools": (pools(), check),
    "padded pools": (padded_pools(), check_where_allowed),
    "others": (other_layers(), check),
}


@pytest.mark.parametrize("family", SWEEPS)
def test_rules_and_kernels_agree(family):
    configs, agreement = SWEEPS[family]
    allowed = []
    FEW(given(configs)(lambda config: allowed.append(agreement(config))))()
    assert sum(allowed) > len(allowed) / 3, "a sweep that met mostly refusals would show little"


@pytest.mark.slow
@pytest.mark.parametrize("family", SWEEPS)
def test_rules_and_kernels_agree_at_length(family):
    configs, agreement = SWEEPS[family]
    MANY(given(configs)(lambda config: agreement(config) and None))()
