"""Which views lie in the memory of their input, and which have to copy it.

A view is free where strides lead through it. Behind `tokens`, which turns a volume, `flatten` is none: the
`reshape` of PyTorch, and NumPy's, copies there. An elementwise layer leaves its input's axes in their order;
what any other layer writes lies in the order of its own.
"""

from __future__ import annotations

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.memory.models import is_view
from archcalc.layers.base import Strides
from archcalc.layers.strides import contiguous, dense_like


def views(analysis: Analysis) -> frozenset[int]:
    """The numbers of the layers whose output, once the network is trained, lies in its input's memory."""
    strides = [contiguous(shape) for shape in analysis.network.input_shapes]
    found = set[int]()
    for number, facts in enumerate(analysis.facts):
        lying, shared = _lying(facts, strides[facts.node.inputs[0]])
        strides.append(lying)
        if shared:
            found.add(number)
    return frozenset(found)


def copying(analysis: Analysis) -> bool:
    """Whether some layer that is a view elsewhere copies here, because no strides lead through its input."""
    seen = views(analysis)
    return any(is_view(facts.node.layer) and n not in seen for n, facts in enumerate(analysis.facts))


def _lying(facts: Facts, strides: Strides) -> tuple[Strides, bool]:
    """The strides of a layer's output, and whether it is a view without a copy."""
    layer, shape = facts.node.layer, facts.input_shapes[0]
    if is_view(layer):
        return layer.viewed(shape, strides)
    if layer.in_place:
        return dense_like(shape, strides), False
    return contiguous(facts.output_shape), False
