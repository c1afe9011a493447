"""The order that needs least memory, beside a search through all orders that knows the definition only."""

import random
from functools import cache
from itertools import permutations

import pytest
from sweeps import thinned

from archcalc import analyze, loads
from archcalc.analysis.memory import inference
from archcalc.analysis.memory.schedule import best_order
from archcalc.layers import layer_class
from archcalc.network import Network, Node

VIEWS = ("identity", "dropout")
POINTWISE = ("relu", "sigmoid", "batchnorm")


def random_network(chance, layers):
    """A network of so many layers on vectors, each reading what one or a few in front of it wrote."""
    widths, nodes = [chance.randint(1, 9)], []
    for number in range(layers):
        kind = chance.choice(["fc", "fc", "fc", "concat", "add", *VIEWS, *POINTWISE])
        reach = chance.choice([2, 4, 12])
        read = (chance.randint(max(0, number - reach), number),)
        width = widths[read[0]]
        if kind == "fc":
            width = chance.randint(1, 9)
            layer = layer_class("fc")(units=width)
        else:
            layer = layer_class(kind)()
        if kind == "concat":
            read += tuple(chance.randint(0, number) for _ in range(chance.randint(1, 3)))
            width = sum(widths[volume] for volume in read)
        if kind == "add":
            read += (chance.choice([volume for volume in range(number + 1) if widths[volume] == width]),)
        widths.append(width)
        nodes.append(Node(f"{kind}_{number}", kind, layer, read))
    unread = set(range(1, layers + 1)).difference(*(node.inputs for node in nodes))
    outputs = sorted(unread | set(chance.sample(range(layers + 1), chance.choice([0, 0, 0, 1]))))
    return Network(
        "random", {"input": (widths[0],)}, tuple(nodes), {f"out{volume}": volume for volume in outputs}
    )


def least_peak(network, sizes):
    """The least peak over all orders: each set of layers, each layer that may run behind it.

    Live is whatever was written and has a reader still to come, or leaves; views are the memory they view.
    """
    nodes = network.nodes
    memory = [0]
    for number, node in enumerate(nodes):
        memory.append(memory[node.inputs[0]] if node.kind in VIEWS else number + 1)

    def readers(piece):
        return {n for n, node in enumerate(nodes) for volume in node.inputs if memory[volume] == piece}

    def alive(ran):
        there = {0} | {memory[number + 1] for number in ran}
        leaving = {memory[volume] for volume in network.outputs.values()}
        return {piece for piece in there if piece in leaving or readers(piece) - ran}

    def bytes_of(pieces):
        return sum(sizes[piece] for piece in pieces)

    @cache
    def least(ran):
        best = 0 if len(ran) == len(nodes) else None
        for number in set(range(len(nodes))) - ran:
            if all(volume == 0 or volume - 1 in ran for volume in nodes[number].inputs):
                behind = ran | {number}
                during = alive(ran) | {memory[number + 1]}
                over = memory[nodes[number].inputs[0]]
                if nodes[number].kind in POINTWISE and over not in alive(behind):
                    during -= {over}
                peak = max(bytes_of(during), least(frozenset(behind)))
                best = peak if best is None else min(best, peak)
        return best

    return least(frozenset())


def sizes_of(analysis):
    return [analysis.shape(volume)[0] for volume in range(len(analysis.facts) + 1)]


@pytest.mark.parametrize("first", thinned(range(0, 500, 50), 4))
def test_no_order_of_a_random_graph_needs_less(first):
    for seed in range(first, first + 50):
        chance = random.Random(seed)
        network = random_network(chance, chance.randint(1, 12))
        analysis = analyze(network, dtype="int8")
        found = best_order(analysis)
        assert found.is_best
        assert found.peak == least_peak(network, sizes_of(analysis))
        assert inference(analysis, order=found.order).peak == found.peak
        assert found.peak <= inference(analysis).peak


@pytest.mark.parametrize("concat", ["copy", "view"])
def test_no_order_that_is_run_through_needs_less(concat):
    """Every order of six layers, each through `inference`; with concatenations as they can be placed."""
    for seed in range(60):
        analysis = analyze(random_network(random.Random(seed), 6), dtype="int8")
        nodes = analysis.network.nodes
        orders = [
            order
            for order in permutations(range(6))
            if all(v == 0 or order.index(v - 1) < at for at, n in enumerate(order) for v in nodes[n].inputs)
        ]
        peaks = [inference(analysis, concat=concat, order=order).peak for order in orders]
        assert best_order(analysis, concat=concat).peak == min(peaks)


def branches(*widths):
    """Side by side: a wide layer, narrowed at once. Written so that the wide ones run first."""
    wide = "".join(f"  - fc: {{name: w{i}, units: {width}, from: input}}\n" for i, width in enumerate(widths))
    thin = "".join(f"  - fc: {{name: t{i}, units: 1, from: w{i}}}\n" for i in range(len(widths)))
    ends = ", ".join(f"t{i}" for i in range(len(widths)))
    return analyze(
        loads(f"input: {{features: 1}}\nlayers:\n{wide}{thin}  - concat: {{from: [{ends}]}}\n"), dtype="int8"
    )


def test_the_widest_comes_first_and_is_narrowed_at_once():
    """As written 1 + 2 + 3 + 4; best the widest and its end beside the input, then the next beside it."""
    analysis = branches(2, 3, 4)
    assert inference(analysis).peak == 10
    found = best_order(analysis)
    assert (found.peak, found.bound) == (6, 6)


@pytest.mark.parametrize("seed", [0, 1, 2, 4])
def test_a_search_given_up_finds_a_good_order_and_states_a_bound(seed):
    analysis = analyze(random_network(random.Random(seed), 30), dtype="int8")
    given_up = best_order(analysis, steps=500)
    assert given_up.bound < given_up.peak < inference(analysis).peak
    assert given_up.bound <= best_order(analysis).peak <= given_up.peak
    assert inference(analysis, order=given_up.order).peak == given_up.peak


def test_an_order_that_is_best_as_written_is_kept():
    """The middle of two branches could be mixed, and nothing would be gained."""
    analysis = branches(1, 1)
    assert best_order(analysis).order == tuple(range(5))


@pytest.mark.parametrize("seed", range(40))
def test_a_search_that_is_given_up_early_never_makes_it_worse(seed):
    analysis = analyze(random_network(random.Random(seed), 12), dtype="int8")
    for looks in (0, 1, 5, 20):
        found = best_order(analysis, steps=looks)
        assert found.bound <= best_order(analysis).peak <= found.peak <= inference(analysis).peak
        assert inference(analysis, order=found.order).peak == found.peak
