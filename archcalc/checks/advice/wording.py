"""The words of advice: axes and sizes of volumes and windows, and groups that one sentence is said of."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from archcalc.layers.base import axis_names

Each = TypeVar("Each")
Key = TypeVar("Key", bound=Hashable)

LINES = {"height": "row", "width": "column"}
"""What lies side by side along an axis."""


def grouped(each: Iterable[Each], key: Callable[[Each], Key]) -> dict[Key, list[Each]]:
    """What there is, by a key that is said once for all that share it."""
    groups: dict[Key, list[Each]] = {}
    for one in each:
        groups.setdefault(key(one), []).append(one)
    return groups


def lines(axes: Iterable[str], count: int) -> str:
    """`row and column`, `rows and columns`, `position`."""
    plural = "" if count == 1 else "s"
    return " and ".join(LINES.get(axis, "position") + plural for axis in axes)


def box(sizes: Iterable[int]) -> str:
    """Sizes along all axes, `3×3`; those that differ are named: `3×5 (height×width)`."""
    known = tuple(sizes)
    text = "×".join(map(str, known))
    return text if len(set(known)) == 1 else f"{text} ({'×'.join(axis_names(len(known)))})"
