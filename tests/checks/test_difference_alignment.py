"""Alignments are the cheapest there are, and their work is bounded."""

from itertools import pairwise
from random import Random

import pytest
from sweeps import thinned

from archcalc.checks.alignment import BUDGET, aligned
from archcalc.checks.banded import banded_alignment
from archcalc.checks.record import Record
from archcalc.checks.substitution import (
    GAP,
    OTHER_FAMILY,
    SAME_FAMILY,
    WEIGHT,
    features,
    substitution_costs,
)

KINDS = ("conv", "relu", "gelu", "maxpool", "batchnorm")
FREE = 10**9


def layer(number, name, kind, traits=(), output=(8, 4, 4)):
    return Record(number, name, kind, traits, output, 0, 0)


def random_network(random, length):
    """Layers of few kinds and settings, so that much is alike."""
    layers = []
    for number in range(1, length + 1):
        kind = random.choice(KINDS)
        traits = (("filters", random.choice((8, 16))), ("stride", random.choice((1, 2))))
        output = (random.choice((8, 16)), 4, 4)
        name = f"{kind}{random.randint(1, 9)}" if random.random() < 0.7 else f"own_{number}"
        layers.append(layer(number, name, kind, traits if kind == "conv" else (), output))
    return layers


def pair_cost(old, new):
    """What it costs to take one layer for another, said anew."""
    if old.kind == new.kind:
        changed = sum(a != b for a, b in zip(old.traits, new.traits, strict=True))
        apart = min(2 + 2 * changed, 8) if changed else 0
    else:
        apart = SAME_FAMILY if {old.kind, new.kind} == {"relu", "gelu"} else OTHER_FAMILY
    if apart and old.name == new.name:
        apart = SAME_FAMILY if apart == OTHER_FAMILY else apart - 2
    words = [name.rstrip("0123456789") for name in (old.name, new.name)]
    named = 0 if old.name == new.name else 2 if words[0] == words[1] else 3
    return apart * WEIGHT + named + (old.output != new.output)


def least_cost(old, new):
    """The cost of the cheapest alignment, from the whole table."""
    skip = GAP * WEIGHT
    above = [skip * column for column in range(len(new) + 1)]
    for one in old:
        row = [above[0] + skip]
        for j, other in enumerate(new):
            row.append(min(above[j] + pair_cost(one, other), above[j + 1] + skip, row[j] + skip))
        above = row
    return above[-1]


def cost_of(pairs, old, new):
    skipped = len(old) + len(new) - 2 * len(pairs)
    return skipped * GAP * WEIGHT + sum(pair_cost(old[i], new[j]) for i, j in pairs)


def check_order(pairs):
    assert all(i < next_i and j < next_j for (i, j), (next_i, next_j) in pairwise(pairs))


def edited(random, layers, edits):
    """The layers with some replaced, taken out or put in."""
    layers = list(layers)
    for _ in range(edits):
        place = random.randrange(len(layers) + 1)
        layers[place : place + random.choice((0, 1))] = random_network(random, random.choice((0, 1)))
    return layers


@pytest.mark.parametrize("seed", thinned(range(150), 5))
def test_no_alignment_is_cheaper(seed):
    """Bands begin narrower than most of these networks are long, and must widen until they prove it."""
    random = Random(seed)
    old = random_network(random, random.randint(1, 60))
    new = random_network(random, random.randint(1, 60)) if seed % 3 else edited(random, old, seed % 12)
    if not new:
        return
    numbers = {}
    both = features(old, numbers), features(new, numbers)
    pairs, _ = banded_alignment(*both, substitution_costs((*old, *new), numbers), FREE)
    check_order(pairs)
    assert cost_of(pairs, old, new) == least_cost(old, new)


@pytest.mark.parametrize("seed", thinned(range(100), 5))
def test_pairing_equal_ends_at_once_costs_nothing(seed):
    random = Random(seed)
    old = random_network(random, random.randint(0, 40))
    new = edited(random, old, random.randint(0, 6))
    found = aligned(old, new, FREE)
    pairs = [(i, j) for i, j in found.pairings if i is not None and j is not None]
    check_order(pairs)
    assert cost_of(pairs, old, new) == least_cost(old, new)


def check_complete(found, old, new):
    assert [i for i, _ in found.pairings if i is not None] == list(range(len(old)))
    assert [j for _, j in found.pairings if j is not None] == list(range(len(new)))
    check_order([(i, j) for i, j in found.pairings if i is not None and j is not None])


@pytest.mark.parametrize("budget", [0, 1, 100, 500, 2000])
@pytest.mark.parametrize("seed", thinned(range(20), 4))
def test_every_layer_stands_once_however_small_the_budget(seed, budget):
    random = Random(seed)
    old, new = (random_network(random, random.randint(0, 50)) for _ in "ab")
    found = aligned(old, new, budget)
    check_complete(found, old, new)
    assert found.cells <= budget
    assert found == aligned(old, new, budget)


def chain(length, settings):
    """A network of three kinds in turn, with the names that they get; settings are for convolutions."""
    kinds = ("conv", "batchnorm", "relu")
    return [
        layer(n + 1, f"{kinds[n % 3]}{n // 3 + 1}", kinds[n % 3], () if n % 3 else settings(n))
        for n in range(length)
    ]


def renumbered(layers):
    counts = {}
    for number, each in enumerate(layers, 1):
        counts[each.kind] = counts.get(each.kind, 0) + 1
        yield each._replace(number=number, name=f"{each.kind}{counts[each.kind]}")


def with_filters(number):
    return (("filters", number % 97), ("kernel_size", number % 5))


def with_other_filters(number):
    return (("filters", -number), ("kernel_size", -number))


def unpaired(found):
    olds = [i for i, j in found.pairings if j is None]
    return olds, [j for i, j in found.pairings if i is None]


def test_a_layer_in_front_of_10_000_others_is_found_in_proportional_work():
    old = chain(10_000, with_filters)
    new = list(renumbered([layer(0, "", "conv", (("filters", 1000), ("kernel_size", 3))), *old]))
    found = aligned(old, new)
    assert unpaired(found) == ([], [0])
    assert found.cells <= 20 * len(old)


def test_edits_all_over_10_000_layers_are_found_in_proportional_work():
    old = chain(10_000, with_filters)
    places = list(range(500, 10_000, 500))
    new = list(old)
    for place in reversed(places):
        new.insert(place, layer(0, "", "maxpool"))
    found = aligned(old, list(renumbered(new)))
    assert unpaired(found) == ([], [place + number for number, place in enumerate(places)])
    assert found.cells <= 100 * len(old)


def test_a_long_block_in_10_000_layers_is_found():
    old = chain(10_000, with_filters)
    block = [layer(0, "", "conv", (("filters", 1000 + n), ("kernel_size", 3))) for n in range(1000)]
    found = aligned(old, list(renumbered([*old[:4000], *block, *old[4000:]])))
    assert unpaired(found) == ([], list(range(4000, 5000)))


def shuffled(layers):
    layers = list(layers)
    Random(1).shuffle(layers)
    return layers


UNLIKE = {
    "other settings everywhere": chain(10_000, with_other_filters),
    "in any order": shuffled(chain(10_000, with_filters)),
    "half as many, and other settings": chain(5_000, with_other_filters),
    "one": [layer(1, "fc1", "fc")],
    "backwards": chain(10_000, with_filters)[::-1],
    "other kinds": [layer(n, f"fc{n}", "fc", (("units", n),)) for n in range(1, 10_001)],
}


@pytest.mark.parametrize("unlike", thinned(UNLIKE, 3))
def test_the_work_on_10_000_unlike_layers_is_bounded(unlike):
    old = chain(10_000, with_filters)
    new = UNLIKE[unlike]
    found = aligned(old, new)
    check_complete(found, old, new)
    assert found.cells <= BUDGET <= 10**6


def test_layers_that_all_changed_are_still_each_other():
    old = chain(3_000, with_filters)
    wider = [each._replace(traits=tuple((name, 2 * size) for name, size in each.traits)) for each in old]
    assert aligned(old, wider).pairings == tuple((n, n) for n in range(3_000))


def test_anchors_are_alike_and_not_only_called_the_same():
    """Without any cells there are only anchors: a layer of another kind by the same name is none of them."""
    old = [layer(1, "first", "relu"), layer(2, "same", "conv"), layer(3, "last", "gelu")]
    new = [layer(1, "other", "gelu"), layer(2, "same", "maxpool"), layer(3, "end", "relu")]
    found = aligned(old, new, budget=0)
    assert found.cells == 0
    assert (1, 1) not in found.pairings
    anchored = aligned(old, [new[0], layer(2, "same", "conv"), new[2]], budget=0)
    assert (1, 1) in anchored.pairings
