"""Thousands of random windows on volumes of distinct primes: rule and kernel say the same, or both refuse.

test_agreement.py looks for the smallest counterexample in every kind; this draws many convolutions, pools and
transposed convolutions of sizes that cannot be mistaken for each other.
"""

from collections import Counter
from random import Random

import pytest
from test_agreement import actual, predicted

from archcalc.layers import layer_class

PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23)
WORDS = ("valid", "same", "same_upper", "same_lower")
MODES = ("zeros", "zeros", "reflect", "replicate", "circular")
KINDS = {
    "conv": 2, "conv1d": 1, "depthwise": 2, "conv_transpose": 2,
    "maxpool": 2, "maxpool1d": 1, "avgpool": 2, "avgpool1d": 1,
}  # fmt: skip
"""How many axes each slides along."""


def along(random, rank, least, greatest):
    """A value for each axis, or one for all."""
    values = tuple(random.randint(least, greatest) for _ in range(rank))
    return values if random.random() < 0.7 else values[0]


def padding(random, rank, greatest):
    """Padding in numbers: one, one for each axis, or one for each side."""
    pairs = tuple((random.randint(0, greatest), random.randint(0, greatest)) for _ in range(rank))
    return random.choice([pairs, pairs, tuple(before for before, _ in pairs), pairs[0][0]])


def least(values):
    return min(values) if isinstance(values, tuple) else values


def window(random, rank):
    return {
        "kernel_size": along(random, rank, 1, 6),
        "stride": along(random, rank, 1, 5),
        "dilation": along(random, rank, 1, 3),
        "padding": random.choice([padding(random, rank, 5), random.choice(WORDS)]),
    }


def grouped(random, channels):
    """Groups and filters, which mostly fit."""
    groups = random.choice([1, 1, channels, channels, 2])
    return {
        "groups": groups,
        "filters": random.choice([groups, 2 * groups, 29]),
        "bias": random.random() < 0.5,
    }


def convolution(random, rank, channels):
    return {**window(random, rank), **grouped(random, channels), "padding_mode": random.choice(MODES)}


def depthwise(random, rank, channels):
    return {**window(random, rank), "multiplier": random.randint(1, 3), "bias": random.random() < 0.5}


def transposed(random, rank, channels):
    """Output padding is below stride or dilation: the rule refuses more, as all tools do."""
    settings = {**window(random, rank), **grouped(random, channels)}
    settings["padding"] = random.choice([padding(random, rank, 3), padding(random, rank, 1), "valid", "same"])
    greatest = max(least(settings["stride"]), least(settings["dilation"])) - 1
    return {**settings, "output_padding": along(random, rank, 0, greatest)}


def pool(random, rank, channels):
    """Padding is at most half of the kernel: the rule refuses more, as PyTorch does."""
    settings = window(random, rank) | {"ceil_mode": random.random() < 0.5}
    settings["padding"] = padding(random, rank, least(settings["kernel_size"]) // 2)
    if random.random() < 0.2:
        del settings["stride"]
    return settings


def maxpool(random, rank, channels):
    return pool(random, rank, channels)


def avgpool(random, rank, channels):
    settings = pool(random, rank, channels) | {"count_include_pad": random.random() < 0.5}
    del settings["dilation"]
    return settings


FAMILIES = {
    "conv": convolution,
    "conv1d": convolution,
    "depthwise": depthwise,
    "conv_transpose": transposed,
    "maxpool": maxpool,
    "maxpool1d": maxpool,
    "avgpool": avgpool,
    "avgpool1d": avgpool,
}


def outcomes(count, seed):
    """How often each kind was allowed, and refused; a disagreement is shown with its settings."""
    random, found = Random(seed), Counter()
    for number in range(count):
        kind = list(KINDS)[number % len(KINDS)]
        shape = tuple(random.sample(PRIMES, KINDS[kind] + 1))
        settings = FAMILIES[kind](random, KINDS[kind], shape[0])
        layer = layer_class(kind)(**settings)
        expected = predicted(layer, (shape,))
        assert actual(kind, layer, (shape,)) == expected, (kind, settings, shape)
        found[kind, expected is not None] += 1
    return found


def check_outcomes(count, seed):
    found = outcomes(count, seed)
    assert sum(found.values()) == count
    for kind in KINDS:
        assert found[kind, True] > count / 25, "mostly refusals would show little"
        assert found[kind, False] > count / 500, "what is impossible shall be met too"


@pytest.mark.slow
def test_rules_and_kernels_agree():
    check_outcomes(2500, seed=1)


@pytest.mark.slow
def test_rules_and_kernels_agree_at_length():
    check_outcomes(25_000, seed=2)
