"""Memory-optimal scheduling: the order of layers with the least peak of live bytes, and a bound for it.

The bound says whether any order needs less.

What is live behind a set of layers does not depend on the order in which they ran. So an order is a path
through the sets of layers that can have run, and a best one a path whose largest step is least. Paths are
searched best first: none is made longer while another one is cheaper, so that the first to arrive is best.
Where the search is given up, the cheapest path that is still open bounds all orders from below.

Two things make it quick, and neither loses a best order. A layer that every other one stands before or
behind cuts the network: its parts are ordered one by one. And a layer that needs no more than the path has
needed already, and leaves no more live than there was, may run at once: what ran before it in a best order
then finds no more live than it did there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from archcalc.analysis.facts import Analysis
from archcalc.analysis.memory.liveness import Timeline, inference
from archcalc.analysis.memory.order_search import OrderSearch
from archcalc.analysis.memory.sharing import Sharing
from archcalc.errors import RequestError
from archcalc.network import Network
from archcalc.records import NamedTuple

STEP_LIMIT = 300_000
"""How many steps of paths are looked at before a search is given up: a second or two."""


class Schedule(NamedTuple):
    """An order of the layers (node numbers), its peak in bytes, and what every order needs at least."""

    order: tuple[int, ...]
    peak: int
    bound: int

    @property
    def is_best(self) -> bool:
        """Whether it is proved that no order needs less."""
        return self.peak == self.bound


def best_order(analysis: Analysis, *, concat: str = "copy", steps: int = STEP_LIMIT) -> Schedule:
    """The order that needs least, or the best found in `steps` steps; never a worse one than as written.

    Its numbers are those of the layers that run at inference.
    """
    analysis = analysis.at_inference
    written = [step.live for step in inference(analysis, concat=concat).steps]
    parts = [(max(written[part.start : part.stop]), part) for part in _parts(analysis.network)]
    bound = max((peak for peak, part in parts if len(part) == 1), default=0)
    order = list(range(len(written)))
    highest, sharing = bound, None
    for peak, part in sorted(parts, key=lambda each: (-each[0], each[1].start)):
        if peak <= bound:
            break
        sharing = sharing or Sharing(analysis, concat)
        search = OrderSearch(sharing, part, lower_bound=bound, upper_bound=peak)
        found = search.best(steps)
        order[part.start : part.stop] = found.order
        bound, highest = max(bound, found.bound), max(highest, found.peak)
        steps = max(0, steps - search.steps_tried)
    return Schedule(tuple(order), highest, bound)


def _parts(network: Network) -> Iterator[range]:
    """The layers, in runs that cannot be mixed with each other, as those at the ends of a run are fixed.

    A layer is fixed that is behind all in front of it (each is read by the time it has run) and before all
    behind it (each reads one that is no earlier).
    """
    count = len(network.nodes)
    first_read = [count] * count
    last_input = [-1] * count
    for number, node in enumerate(network.nodes):
        writers = [writer for writer in map(network.writer, node.inputs) if writer is not None]
        last_input[number] = max(writers, default=-1)
        for writer in writers:
            first_read[writer] = min(first_read[writer], number)
    in_front = [0, *accumulate(first_read, max)]
    behind = [*accumulate(reversed(last_input), min, initial=count)][::-1][1:]
    start = 0
    for number in range(count):
        if in_front[number] <= number <= behind[number]:
            if start < number:
                yield range(start, number)
            yield range(number, number + 1)
            start = number + 1
    if start < count:
        yield range(start, count)


class Plan(NamedTuple):
    """How a network runs: what is live meanwhile, and where its order was sought the least peak of all.

    written: the peak of the order as written. bound: what every order needs at least, None where only the
    order as written was looked at.
    """

    timeline: Timeline
    convention: str
    concat: str
    written: int
    bound: int | None = None


SCHEDULES = ("as-written", "best")
CONCATS = ("copy", "view")


def planned(
    analysis: Analysis, *, schedule: str = "as-written", concat: str = "copy", convention: str = "archcalc"
) -> Plan:
    """How a network runs, by SCHEDULES, CONCATS and MEMORY_MODELS; raises RequestError for what clashes."""
    if convention != "archcalc" and (schedule, concat) != ("as-written", "copy"):
        raise RequestError(f"{convention} runs layers as written and copies what it concatenates")
    timeline = inference(analysis, concat=concat, convention=convention)
    if schedule == "as-written":
        return Plan(timeline, convention, concat, timeline.peak)
    found = best_order(analysis, concat=concat)
    best = inference(analysis, concat=concat, order=found.order)
    return Plan(best, convention, concat, timeline.peak, found.bound)
