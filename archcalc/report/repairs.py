"""A broken network as people read it: what the layer got, the arithmetic, and edits that would mend it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archcalc.checks.repair import offered_repairs
from archcalc.checks.repair.diagnosis import arithmetic, given
from archcalc.errors import SpecError
from archcalc.isolation import isolated
from archcalc.layers import Shape
from archcalc.quoting import escaped
from archcalc.report.explanation import worked_out
from archcalc.report.problems import repair_data, repair_line
from archcalc.report.values import volume, volume_order

if TYPE_CHECKING:
    from archcalc.report.documents.parts import RepairDocument

SHOWN = 6
"""How many of the volumes that a layer reads are shown."""


def mend_lines(error: SpecError) -> Iterator[str]:
    """What stands below the error of a broken network; nothing for other errors."""
    diagnosis = isolated(lambda: tuple(_diagnosis(error)), ())
    return map(escaped, (*diagnosis, *map(repair_line, offered_repairs(error))))


def _diagnosis(error: SpecError) -> Iterator[str]:
    """What the layer got, and the arithmetic that shows why it cannot work on that."""
    volumes = given(error)
    if volumes:
        shown = [f"{volume(shape)}{_order(shape)} from {name}" for shape, name in volumes[:SHOWN]]
        more = [f"{len(volumes) - SHOWN:,} more"] if len(volumes) > SHOWN else []
        yield f"  got: {' and '.join(shown + more)}"
    sides: dict[str, list[str]] = {}
    for formula in arithmetic(error):
        sides.setdefault(worked_out(formula), []).append(formula.symbol)
    yield from (f"  {' and '.join(names)}: {text}" for text, names in sides.items())


def _order(shape: Shape) -> str:
    return " values" if len(shape) == 1 else f" ({volume_order(shape)})"


def repairs_data(error: SpecError) -> list[RepairDocument]:
    """What would mend it, in JSON."""
    return list(map(repair_data, offered_repairs(error)))
