"""Ways of counting that belong to no one tool, but that figures in papers and on pages often follow."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.analysis.conventions.published import VOLUMES
from archcalc.analysis.conventions.terms import (
    BIAS_ADDS,
    BUFFERS,
    CONVOLUTIONS,
    FLOAT32,
    GRADIENTS,
    INPUT,
    MACS,
    PARAMETERS,
    TRANSPOSED,
    TWO,
    Convention,
    Factor,
    Figure,
    Term,
    over,
    stored,
)
from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import macs, outputs, parameters, weights

NOTHING = frozenset(("identity", "dropout", "stochastic_depth"))
"""What does nothing at inference."""


def pointwise_outputs(facts: Facts, analysis: Analysis) -> int:
    """Values behind a layer that works in place, though it computes something."""
    layer = facts.node.layer
    idle = layer.makes_volume() or layer.is_view() or facts.node.kind in NOTHING
    return 0 if idle else outputs(facts)


APART = Term("values behind pointwise layers, apart", over(pointwise_outputs))
WEIGHTS = Term("weights", stored(weights))
LEARNED = {
    "parameters": (PARAMETERS,),
    "weights without biases": (WEIGHTS,),
    "parameters and running statistics": (PARAMETERS, BUFFERS),
    "parameters of convolutions": (Term("parameters of convolutions", stored(parameters, CONVOLUTIONS)),),
    "parameters without fully connected layers": (
        PARAMETERS,
        Term("parameters of fully connected layers", stored(parameters, ("fc",)), -1),
    ),
}
WORK = {
    "MACs": (MACS,),
    "MACs and additions of biases": (MACS, BIAS_ADDS),
    "MACs, transposed convolutions at output positions": (MACS, TRANSPOSED),
    "MACs of convolutions": (Term("multiply-accumulates of convolutions", over(macs, CONVOLUTIONS)),),
}
VALUES = {
    "volumes, each once": (INPUT, VOLUMES),
    "volumes, each once, without the input": (VOLUMES,),
    "volumes, pointwise layers apart": (INPUT, VOLUMES, APART),
    "volumes, pointwise layers apart, without the input": (VOLUMES, APART),
}
BYTES = {"float32": 4, "float16": 2, "int8": 1}


def _figures() -> Iterator[Figure]:
    for name, terms in WORK.items():
        yield Figure(name, "MACs", terms)
        yield Figure(f"FLOPs, 2 × ({name})" if " " in name else f"FLOPs, 2 × {name}", "FLOPs", terms, (TWO,))
    yield Figure("FLOPs, 2 × MACs, and additions of biases", "FLOPs", (MACS._replace(times=2), BIAS_ADDS))
    for name, terms in LEARNED.items():
        yield Figure(name, "parameters", terms)
        for dtype, size in BYTES.items():
            yield Figure(f"{name}, {dtype}", "bytes", terms, (Factor(size, f"bytes of {dtype}"),))
    for name, terms in VALUES.items():
        yield Figure(name, "values", terms)
        yield Figure(f"{name}, float32", "bytes", terms, (FLOAT32,))
        yield Figure(f"{name}, and gradients, float32", "bytes", terms, (GRADIENTS, FLOAT32))


WAYS = Convention(
    "archcalc",
    "",
    "",
    "multiply-accumulates, parameters and volumes, in the combinations that are often printed",
    tuple(_figures()),
)
