"""Random networks whose last layer cannot work: each is offered an edit, but for what nothing mends."""

import pytest
from networks import broken

from archcalc.analysis.facts import BrokenNetworkError
from archcalc.checks.repair import repairs
from archcalc.spec.load import parse_spec

NONE = {
    "conv_transpose": "there is no transposed convolution along one axis, and what is in front has no other",
    "depthwise": "its window and its padding are those of two axes, and the input is a row or a number",
    "interpolate": "three things are wrong: it has no size, a mode without corners, and nothing to resize",
    "multiply": "the volumes have nothing in common but that somebody multiplies them",
    "add": "sequences of other lengths: nobody but the author knows which positions belong together",
    "concat": "sequences of other features, in front of which nothing can be changed",
    "conv": "three things are wrong: its axes, its groups and its window",
    "conv1d": "three things are wrong: its axes, its channels and its window",
    "attention": "a key_dim that is not that of its heads: nothing tells which of the two is meant",
    "layernorm": "a normalized_shape that its input has not: nothing tells which of the two is meant",
    "maxpool": "a pool of several values of an input that has one",
}
"""Kinds of layers that nothing mends now and then, and why."""

FEW = 0.06
"""Of so many it may be that nothing mends them."""


def unmended(numbers):
    """The kinds of the layers that nothing mends, and how many layers there were."""
    kinds, count = [], 0
    for number in numbers:
        for text in broken(f"b{number}"):
            with pytest.raises(BrokenNetworkError) as caught:
                parse_spec(text).analyze()
            count += 1
            if not repairs(caught.value):
                partial = caught.value.partial
                kinds.append(partial.network.nodes[len(partial.facts)].kind)
    return kinds, count


@pytest.mark.slow
def test_every_fault_has_an_edit():
    kinds, count = unmended(range(25))
    assert count > 250
    assert set(kinds) <= set(NONE)
    assert len(kinds) < FEW * count
