"""What networks are compared by, each measure one value of a network; and which are Pareto optimal.

A network is Pareto optimal among some if no other is as good in every measure and better in one. Where less
is better, of (parameters, MACs) = (4, 9), (5, 5), (6, 6) the first two are; the third is not, as the second
has less of both. Equal ones are optimal together. After Pareto 1896; the set is also called the Pareto front.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from archcalc.analysis.depth import depth
from archcalc.analysis.facts import Analysis
from archcalc.analysis.memory.budget import flash_bytes
from archcalc.analysis.memory.liveness import inference
from archcalc.analysis.quantities import QUANTITIES, total
from archcalc.errors import RequestError
from archcalc.layers import Shape
from archcalc.quoting import listed, quoted
from archcalc.records import NamedTuple
from archcalc.suggestions import suggestion

Best = Literal["min", "max"]
Measured = int | Shape | None


class Measure(NamedTuple):
    """A value of a whole network: its name in options and JSON, its title in tables, its unit.

    best: whether less or more of it is better; None where neither is, as nobody pays for depth itself.
    """

    name: str
    title: str
    unit: Literal["count", "bytes", "shape"]
    best: Best | None
    of: Callable[[Analysis], Measured]


class Goal(NamedTuple):
    """A measure, and which way it is better."""

    measure: Measure
    best: Best

    @property
    def word(self) -> str:
        """What is better: `least` or `most`."""
        return "least" if self.best == "min" else "most"

    def cost(self, value: Measured) -> int:
        """Less is better; raises TypeError where there is no number."""
        if not isinstance(value, int):
            raise TypeError(f"{self.measure.name} has no number to compare")
        return value if self.best == "min" else -value


def output(analysis: Analysis) -> Shape | None:
    """The shape of what leaves the network, where that is one volume."""
    tensors = tuple(analysis.at_inference.network.outputs.values())
    return analysis.at_inference.shape(tensors[0]) if len(tensors) == 1 else None


def receptive_field(analysis: Analysis) -> int | None:
    """The positions that a value of the output sees, along the axis where these are most."""
    running = analysis.at_inference
    axes = [axis for tensor in running.network.outputs.values() for axis in running.field(tensor).axes]
    return max((axis.size for axis in axes), default=None)


_QUANTITIES = tuple(
    Measure(quantity.name, quantity.title, quantity.unit, "min", partial(total, quantity))
    for quantity in QUANTITIES.values()
)
MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        *_QUANTITIES,
        Measure("peak_bytes", "peak memory", "bytes", "min", lambda analysis: inference(analysis).peak),
        Measure("flash", "in flash", "bytes", "min", flash_bytes),
        Measure("layers", "layers", "count", None, lambda analysis: len(analysis.at_inference.facts)),
        Measure("depth", "depth", "count", None, depth),
        Measure("receptive_field", "rec. field", "count", "max", receptive_field),
        Measure("output", "output", "shape", None, output),
    )
}


def measures(text: str, option: str) -> tuple[Measure, ...]:
    """The measures in `parameters,macs`; raises RequestError for one that is not known, or stands twice."""
    return tuple(goal_of(word, option)[0] for word in _words(text, option))


def goals(text: str, option: str) -> tuple[Goal, ...]:
    """The goals in `parameters,max:depth`; without a word before it, each measure has its own direction."""
    return tuple(goal(word, option) for word in _words(text, option))


def goal(word: str, option: str) -> Goal:
    """The goal in `macs`, `min:macs` or `max:macs`; raises RequestError for what is none."""
    measure, best = goal_of(word, option)
    if measure.unit == "shape":
        raise RequestError(f"{option}: {measure.name} is no number; take {listed(_numbers())}")
    if best is None:
        raise RequestError(
            f"{option}: neither more nor less of {measure.name} is better in itself: "
            f"write min:{measure.name} or max:{measure.name}"
        )
    return Goal(measure, best)


def goal_of(word: str, option: str) -> tuple[Measure, Best | None]:
    """A measure by its name, and which way is better, as is said before it or else as it is known."""
    direction, colon, name = word.rpartition(":")
    if name not in MEASURES:
        hint = suggestion(name, MEASURES) or f"columns are {', '.join(MEASURES)}"
        raise RequestError(f"{option}: no column is called {quoted(name)}; {hint}")
    measure = MEASURES[name]
    if not colon:
        return measure, measure.best
    if direction == "min":
        return measure, "min"
    if direction == "max":
        return measure, "max"
    raise RequestError(f"{option}: {quoted(word)} begins with neither min: nor max:")


def _numbers() -> list[str]:
    return [name for name, measure in MEASURES.items() if measure.unit != "shape"]


def _words(text: str, option: str) -> list[str]:
    words = [word.strip() for word in text.split(",")]
    if len(set(words)) < len(words) or "" in words:
        raise RequestError(f"{option} takes columns with commas between them, each once, got {quoted(text)}")
    return words


def pareto_optimal(costs: Sequence[tuple[int, ...]]) -> list[bool]:
    """Which of some are Pareto optimal, where less of every number is better."""
    distinct = set(costs)
    return [not any(other != own and all(map(int.__le__, other, own)) for other in distinct) for own in costs]
