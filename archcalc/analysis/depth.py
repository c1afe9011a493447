"""How deep a network is, as papers count it."""

from __future__ import annotations

from archcalc.analysis.facts import Analysis


def depth(analysis: Analysis) -> int:
    """The convolutions and fully connected layers on the longest path from the input: 16 for VGG-16.

    As in Simonyan & Zisserman 2014 and He et al. 2015: layers that multiply are counted, all others not,
    and no classifiers that help in training only.
    """
    reached = [0]
    for facts in analysis.at_inference.facts:
        reached.append(max(reached[volume] for volume in facts.node.inputs) + (facts.macs > 0))
    return max(reached)
