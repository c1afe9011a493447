"""What sharing filters saves: a convolution beside unshared filters and a fully connected layer.

After the CS231n notes, Convolutional Networks, section Parameter sharing. The three have the same
inputs and outputs:

* shared: the convolution itself, one filter for all positions;
* unshared (locally connected): each output value has its own filter and its own bias, so that the
  weights are as many as the MACs for one example;
* fully connected: every output value sees every input value.

A convolution without biases is compared with layers without biases.
"""

from __future__ import annotations

from math import prod

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import biases, outputs, weights
from archcalc.errors import RequestError
from archcalc.records import NamedTuple


class Connection(NamedTuple):
    """Weights and biases of one way to connect."""

    weights: int
    biases: int

    @property
    def parameters(self) -> int:
        """Weights + biases."""
        return self.weights + self.biases


class Connectivity(NamedTuple):
    """One layer, or with the name `total` a whole network, connected in three ways."""

    name: str
    inputs: int
    outputs: int
    shared: Connection
    unshared: Connection
    fully_connected: Connection
    note: str = ""


def connectivity_of(facts: Facts, analysis: Analysis) -> Connectivity:
    """A convolution, connected in three ways."""
    seen, made = prod(facts.input_shapes[0]), outputs(facts)
    shared = Connection(weights(facts, analysis), biases(facts, analysis))
    own = made if shared.biases else 0
    return Connectivity(
        facts.node.name,
        seen,
        made,
        shared,
        Connection(facts.macs, own),
        Connection(seen * made, own),
        facts.node.note,
    )


def connectivities(analysis: Analysis) -> tuple[Connectivity, ...]:
    """Every convolution of a network, the largest saving against fully connected first."""
    found = [connectivity_of(facts, analysis) for facts in analysis.facts if facts.node.layer.convolves]
    return tuple(sorted(found, key=lambda each: -each.fully_connected.parameters))


def connectivity_called(name: str, analysis: Analysis) -> Connectivity:
    """The convolution called `name`, connected in three ways; raises RequestError where it is none."""
    facts = analysis.of(name)
    if not facts.node.layer.convolves:
        found = ", ".join(one.name for one in connectivities(analysis)[:5])
        others = f"the convolutions are {found}" if found else "there is no convolution"
        raise RequestError(f"{name} is no convolution but `{facts.node.kind}`; {others}")
    return connectivity_of(facts, analysis)


def total_connectivity(each: tuple[Connectivity, ...]) -> Connectivity:
    """The sum over the convolutions of a network."""

    def summed(ways: list[Connection]) -> Connection:
        return Connection(sum(way.weights for way in ways), sum(way.biases for way in ways))

    return Connectivity(
        "total",
        sum(one.inputs for one in each),
        sum(one.outputs for one in each),
        summed([one.shared for one in each]),
        summed([one.unshared for one in each]),
        summed([one.fully_connected for one in each]),
    )
