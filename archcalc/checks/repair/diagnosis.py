"""Why a layer cannot work: the volumes that it is given, and the arithmetic that they lead to."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.analysis.facts import BrokenNetworkError
from archcalc.checks.repair.failure import Failure
from archcalc.checks.repair.source_map import SourceMap
from archcalc.errors import SpecError
from archcalc.layers import Formula, Shape
from archcalc.layers.base import side_lengths
from archcalc.layers.windowed import AXIS_SYMBOLS, size_formulas
from archcalc.records import NamedTuple

SIDES = {"W2": "width", "H2": "height", "L2": "length"}


class Given(NamedTuple):
    """A volume that a layer reads, and the layer that writes it, or `input`."""

    shape: Shape
    name: str


def given(error: SpecError) -> tuple[Given, ...]:
    """What the layer that cannot work reads; nothing for other errors."""
    if not isinstance(error, BrokenNetworkError):
        return ()
    failure = Failure.of(error, SourceMap({}))
    names = map(failure.network.tensor_name, failure.node.inputs)
    return tuple(map(Given, failure.inputs, names))


def arithmetic(error: SpecError) -> tuple[Formula, ...]:
    """The arithmetic that shows why it cannot, where there is some; symbols are words."""
    if not isinstance(error, BrokenNetworkError):
        return ()
    failure = Failure.of(error, SourceMap({}))
    if failure.node.layer.merges:
        return ()
    return (*_sizes(failure), *_features(failure), *_groups(failure))


def _sizes(failure: Failure) -> Iterator[Formula]:
    """The output's sizes that are less than 1."""
    window, sizes = failure.window(failure.position), failure.inputs[0][1:]
    if len(window) in AXIS_SYMBOLS:
        for formula in size_formulas(window, sizes):
            if formula.result < 1:
                yield formula._replace(symbol=SIDES.get(formula.symbol, formula.symbol))


def _features(failure: Failure) -> Iterator[Formula]:
    """The features that a flattened volume has."""
    volume = failure.flattened(failure.node.inputs[0])
    if failure.has(failure.position, "units") and volume is not None:
        shape = failure.shapes[volume]
        sides = side_lengths(shape, "") if len(shape) in (2, 3) else {}
        yield Formula("features", "·".join(sides), sides, failure.count(volume))


def _groups(failure: Failure) -> Iterator[Formula]:
    """What is left over when channels and filters are divided into groups."""
    groups = failure.setting(failure.position, "groups")
    if not groups or failure.problem.code != "groups":
        return
    numbers = {
        "input channels": failure.inputs[0][0],
        "filters": failure.setting(failure.position, "filters"),
    }
    for name, number in numbers.items():
        if number is not None and number % groups:
            values = {"G": groups, "Q": number // groups, "R": number % groups}
            yield Formula(name, "G·Q + R", values, number)
