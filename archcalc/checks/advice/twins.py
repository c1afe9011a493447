"""Twin branches: one block, called twice from the network's input on, with weights of its own each time.

A twin (siamese) network runs one leg on two inputs; its weights are there once, those of two calls twice:

    input ── a ──┐            a: 810,976 parameters
      └───── b ──┴─ concat    b: 810,976 more, in the same lines of the spec
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import parameters
from archcalc.checks.advice.graph import written
from archcalc.errors import Problem

Leg = tuple[Facts, ...]
"""The layers below one name, in running order."""


def unshared_twins(analysis: Analysis) -> Iterator[Problem]:
    """Legs of the same layers from the same lines, without weights in front, that are merged later."""
    untouched = _untouched(analysis)
    made = {facts.node.name: tensor for tensor, facts in written(analysis)}
    told: set[str] = set()
    for names, legs in _alike(analysis):
        begin = all(_entries(leg, made) <= untouched for leg in legs)
        if begin and not _inside(names, told) and _are_merged(legs, analysis):
            told.update(names)
            count = sum(parameters(facts, analysis) for facts in legs[0])
            first, *others = names
            many = f"{count:,} parameters of {'its' if len(others) == 1 else 'their'} own"
            message = f"{', '.join(others)}: the same layers as {first}, on volumes as large, with {many}"
            hint = (
                f"no weights are shared here: one leg for several inputs has {count:,} parameters in all; "
                "silence this where each leg is to learn its own"
            )
            yield Problem("unshared-twins", message, legs[0][0].node.span, hint)


def _untouched(analysis: Analysis) -> set[int]:
    """The tensors that no layer with parameters stands in front of."""
    network = analysis.network
    found = set(range(len(network.inputs)))
    for tensor, facts in written(analysis):
        if found.issuperset(facts.node.inputs) and not facts.parameter_shapes:
            found.add(tensor)
    return found


def _alike(analysis: Analysis) -> Iterator[tuple[list[str], list[Leg]]]:
    """Groups of names, outer ones first, below which the same layers with weights stand."""
    below: defaultdict[str, list[Facts]] = defaultdict(list)
    for facts in analysis.facts:
        parts = facts.node.name.split("/")
        for depth in range(1, len(parts)):
            below["/".join(parts[:depth])].append(facts)
    groups: defaultdict[object, list[str]] = defaultdict(list)
    for name in sorted(below, key=lambda name: name.count("/")):
        leg = below[name]
        if any(facts.parameter_shapes for facts in leg):
            groups[tuple((f.node.span, f.node.layer, f.input_shapes) for f in leg)].append(name)
    for names in groups.values():
        if len(names) > 1:
            yield names, [tuple(below[name]) for name in names]


def _entries(leg: Leg, made: dict[str, int]) -> set[int]:
    """The tensors that a leg reads and does not write."""
    return {tensor for facts in leg for tensor in facts.node.inputs} - {made[f.node.name] for f in leg}


def _inside(names: list[str], told: set[str]) -> bool:
    """Whether names lie below some that were told of already."""
    return any(f"{name}/".startswith(f"{other}/") for name in names for other in told)


def _are_merged(legs: list[Leg], analysis: Analysis) -> bool:
    """Whether something reads, perhaps through other layers, what all of the legs made."""
    leg_of = {facts.node.name: 1 << number for number, leg in enumerate(legs) for facts in leg}
    behind = [0] * len(analysis.network.inputs)
    for _, facts in written(analysis):
        behind.append(leg_of.get(facts.node.name, 0))
        for tensor in facts.node.inputs:
            behind[-1] |= behind[tensor]
    return (1 << len(legs)) - 1 in behind
