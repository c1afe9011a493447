"""Which rows a table of layers has: one a layer, or, where these are many, one a block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from archcalc.analysis.facts import Facts
from archcalc.records import NamedTuple
from archcalc.report.page import TABLE_ROWS


class Group(NamedTuple):
    """The layers that one row stands for."""

    name: str
    facts: tuple[Facts, ...]


def folded(layers: Sequence[Facts], depth: int | None) -> list[Group]:
    """The rows of a table: layers, or to `depth` levels the blocks that they lie in."""
    if depth is not None:
        return _groups(layers, depth)
    levels = deepest(layers)
    for level in range(levels, 0, -1):
        groups = _groups(layers, level) if level < levels else unfolded(layers)
        if len(groups) <= TABLE_ROWS:
            return groups
    return groups if len(groups) * 2 <= len(layers) else unfolded(layers)


def unfolded(layers: Iterable[Facts]) -> list[Group]:
    """A row for each layer."""
    return [Group(facts.node.name, (facts,)) for facts in layers]


def deepest(layers: Iterable[Facts]) -> int:
    """How many levels the names of the layers have."""
    return max((facts.node.name.count("/") + 1 for facts in layers), default=1)


def folding_note(groups: Sequence[Group]) -> Iterator[str]:
    """That a table has fewer rows than layers, and how to see them all."""
    layers = [facts for group in groups for facts in group.facts]
    if len(groups) < len(layers):
        yield f"folded: {len(layers)} layers in {len(groups)} rows; --depth {deepest(layers)} shows each"


def _groups(facts: Iterable[Facts], depth: int) -> list[Group]:
    def path(each: Facts) -> str:
        return "/".join(each.node.name.split("/")[:depth])

    return [Group(name, tuple(members)) for name, members in groupby(facts, key=path)]
