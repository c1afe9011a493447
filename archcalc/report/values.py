"""Values as text: counts, bytes, shapes, shares and ratios, rounded in integers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from archcalc.layers import SequenceShape, Shape, as_written
from archcalc.report.page import Cell, Unit

_PREFIXES = {
    "binary": (1024, ("B", "KiB", "MiB", "GiB", "TiB", "PiB")),
    "decimal": (1000, ("B", "kB", "MB", "GB", "TB", "PB")),
}


def cell_text(value: Cell, unit: Unit, units: str) -> str:
    """One cell of a table."""
    return "" if value is None or value == "" else _WRITTEN[unit](value, units)


def count_text(number: int) -> str:
    """An exact count: 138,357,544."""
    return f"{number:,}"


def short_count(number: int) -> str:
    """A rounded count with a decimal prefix: 138.36 M."""
    return _scaled(number, 1000, ("", "K", "M", "G", "T", "P"))


def bytes_text(size: int, units: str) -> str:
    """A memory size: 58.13 MiB, 60.95 MB or 60,950,432 B."""
    if units == "bytes":
        return f"{size:,} B"
    base, names = _PREFIXES[units]
    return _scaled(size, base, names)


def _scaled(number: int, base: int, names: tuple[str, ...]) -> str:
    power = 0
    while power + 1 < len(names) and number >= base ** (power + 1):
        power += 1
    if power == 0:
        return f"{number:,} {names[0]}".rstrip()
    hundredths = (number * 200 + base**power) // (2 * base**power)
    return f"{hundredths // 100:,}.{hundredths % 100:02d} {names[power]}"


def volume(shape: Shape) -> str:
    """A volume as the course writes it, width × height × depth; a sequence as positions × features."""
    return "×".join(map(str, as_written(shape)))


_VOLUME_ORDERS = {1: "values", 2: "L×D", 3: "W×H×D"}


def volume_order(shape: Shape) -> str:
    """The order in which `volume` writes the sides of such a shape."""
    if isinstance(shape, SequenceShape):
        return "positions×features"
    return _VOLUME_ORDERS.get(len(shape), "channels last")


def sequences_note(shapes: Iterable[Shape]) -> str:
    """In which order the sides of sequences are written, where there are any; '' where there are none."""
    orders = (volume_order(shape) for shape in shapes if isinstance(shape, SequenceShape))
    return next((f"sequences are {order}" for order in orders), "")


def share_text(permille: int) -> str:
    """Thousandths as a percentage: 74.3; what is there but rounds to nothing is `<0.1`."""
    return f"{permille // 10}.{permille % 10}" if permille else "<0.1"


def share(part: int, whole: int) -> int | None:
    """`part` in thousandths of `whole`, rounded; None for nothing."""
    return (part * 2000 + whole) // (2 * whole) if part and whole else None


def ratio_text(ratio: float) -> str:
    """How many times as much: 3,025 or 1.5 or 0.111."""
    digits = 0 if ratio >= 100 else 1 if ratio >= 1 else 3
    return f"{ratio:,.{digits}f}"


def fields_text(sizes: tuple[object, ...]) -> str:
    """Sizes along the axes, width first; one number where they are all the same."""
    different = dict.fromkeys(sizes)
    return str(sizes[0]) if len(different) == 1 else "×".join(str(size) for size in reversed(sizes))


_WRITTEN: dict[Unit, Callable[[Any, str], str]] = {
    "text": lambda text, _: str(text),
    "figure": lambda figure, _: str(figure),
    "count": lambda number, _: count_text(number),
    "bytes": bytes_text,
    "shape": lambda shape, _: volume(shape),
    "share": lambda permille, _: share_text(permille),
    "ratio": lambda ratio, _: ratio_text(ratio),
}
"""How a cell of each unit is written; `units` matter to bytes alone."""
