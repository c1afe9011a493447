"""Expectations of a network's structure: which kinds it uses, and what stands behind what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archcalc.errors import Problem
from archcalc.expectations.amounts import failure
from archcalc.expectations.model import Expectation
from archcalc.expectations.subject import Subject
from archcalc.network import Network, Node
from archcalc.suggestions import suggestion

NAMED = 3
"""How many layers a message names."""


def is_kind(expectation: Expectation, subject: Subject) -> Iterator[Problem]:
    """The layer, or a block's last, is of one of the kinds."""
    if subject.last and not any(subject.last.node.kind in choice for choice in expectation.value):
        expected = " or ".join(_kinds(expectation))
        message = f"{subject.name} is {a_kind(subject.last.node.kind)}, expected {expected}"
        yield failure(expectation, message, subject.last)


def uses(expectation: Expectation, subject: Subject) -> Iterator[Problem]:
    """Each of the kinds, or for `a | b` one of them, is there."""
    kinds = {node.kind for node in subject.analysis.network.nodes}
    for choice in expectation.value:
        if kinds.isdisjoint(choice):
            near = suggestion(choice[0], kinds)
            message = f"no layer is {a_kind(' or '.join(choice))}"
            yield Problem("expectation", message, expectation.span, near)


def forbids(expectation: Expectation, subject: Subject) -> Iterator[Problem]:
    """None of the kinds is there."""
    for kind in _kinds(expectation):
        found = [node for node in subject.analysis.network.nodes if node.kind == kind]
        if found:
            yield _problem(expectation, f"{kind} is forbidden, found {_names(found)}", found)


def followed_by(expectation: Expectation, subject: Subject) -> Iterator[Problem]:
    """Every layer of a kind, but for the last few, is read by layers of the kinds that must follow."""
    network = subject.analysis.network
    for kind, followers, left in expectation.value:
        numbers = [number for number, node in enumerate(network.nodes) if node.kind == kind]
        wrong = [
            network.nodes[number]
            for number in numbers[: max(len(numbers) - left, 0)]
            if not (found := _reading(network, number)) or any(node.kind not in followers for node in found)
        ]
        if wrong:
            message = f"every {kind} must be followed by {' or '.join(followers)}, not so {_names(wrong)}"
            yield _problem(expectation, message, wrong)


def no_bias_before(expectation: Expectation, subject: Subject) -> Iterator[Problem]:
    """No layer with biases is read by a layer of the kinds, which would cancel them."""
    network = subject.analysis.network
    for kind in _kinds(expectation):
        wrong = [
            facts.node
            for number, facts in enumerate(subject.analysis.facts)
            if facts.macs
            and "bias" in facts.parameter_shapes
            and any(reader.kind == kind for reader in _reading(network, number))
        ]
        if wrong:
            message = f"no layer in front of {kind} may have a bias, found {_names(wrong)}"
            yield _problem(expectation, message, wrong, "write `bias: false`")


def not_in_last(expectation: Expectation, subject: Subject) -> Iterator[Problem]:
    """No layer of a kind is among the last layers that run at inference."""
    nodes = subject.analysis.at_inference.network.nodes
    for kind, last in expectation.value.items():
        wrong = [node for node in nodes[-last:] if node.kind == kind]
        if wrong:
            message = f"no {kind} may be among the last {last} layers, found {_names(wrong)}"
            yield _problem(expectation, message, wrong)


def _kinds(expectation: Expectation) -> Iterable[str]:
    """All the kinds that an expectation names, each once."""
    return dict.fromkeys(kind for choice in expectation.value for kind in choice)


def a_kind(kind: str) -> str:
    """A kind with its article."""
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _reading(network: Network, number: int) -> list[Node]:
    """The nodes that read what a node writes."""
    return [network.nodes[reader] for reader in network.readers[network.output_tensor(number)]]


def _names(nodes: list[Node]) -> str:
    named = ", ".join(node.name for node in nodes[:NAMED])
    return named if len(nodes) <= NAMED else f"{named} and {len(nodes) - NAMED} more"


def _problem(expectation: Expectation, message: str, nodes: list[Node], hint: str | None = None) -> Problem:
    places = dict.fromkeys((f"{node.name} stands here", node.span) for node in nodes[:NAMED] if node.span)
    also = tuple((text, span) for text, span in places if span)
    return Problem("expectation", message, expectation.span, hint, also)
