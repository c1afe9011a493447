"""The cheapest alignment of two lists of layers, by dynamic programming in a band around the diagonal.

Most networks to compare are nearly the same. An alignment that leaves a band must leave out so many
layers that a cheap one inside is proven the cheapest of all (Ukkonen 1985), so the band needs to be no
wider than the cost of what was found in a narrow one.
"""

from __future__ import annotations

from typing import NamedTuple

from archcalc.checks.likeness import (
    GAP,
    MOVED,
    RELATED,
    RENAMED,
    RENUMBERED,
    SAME_NAME,
    UNRELATED,
    WEIGHT,
    Cost,
    Features,
)

FIRST_REACH = 8
"""How far the first band reaches beyond the diagonals of the two corners, to either side."""
SKIP = GAP * WEIGHT
NEVER = 1 << 62

PAIRED, OLD_SKIPPED, NEW_SKIPPED = 0, 1, 2
Pairs = list[tuple[int, int]]


class Band(NamedTuple):
    """The cells of a table with a row for each old layer and a column for each new one, old ones being fewer.

    Its cell k of a row is in column row + lowest + k.
    """

    olds: int
    news: int
    reach: int

    @property
    def lowest(self) -> int:
        """The diagonal that it begins on, column less row."""
        return -self.reach

    @property
    def width(self) -> int:
        """How many cells it has in a row."""
        return self.news - self.olds + 2 * self.reach + 1

    @property
    def cells(self) -> int:
        """How many it has in all."""
        return self.olds * self.width

    @property
    def least_outside(self) -> int:
        """The least cost of an alignment that leaves it: one must skip so many layers to come back."""
        return (self.news - self.olds + 2 * (self.reach + 1)) * SKIP

    def columns(self, row: int) -> range:
        """Its cells in a row that are in the table, by k."""
        begin = row + self.lowest
        return range(max(0, -begin), min(self.width, self.news - begin + 1))


def first_band(olds: int, news: int) -> Band:
    """The band to begin with."""
    fewer, more = sorted((olds, news))
    return Band(fewer, more, min(FIRST_REACH, fewer))


def cheapest(old: Features, new: Features, cost: Cost, budget: int) -> tuple[Pairs, int]:
    """The pairs of the cheapest alignment, and the cells it took, at most `budget` and the first band's.

    Where the budget does not suffice, the cheapest within the widest band that it allows.
    """
    if len(old.whats) > len(new.whats):
        pairs, work = cheapest(new, old, cost, budget)
        return [(i, j) for j, i in pairs], work
    band = first_band(len(old.whats), len(new.whats))
    least, pairs = _within(band, old, new, cost)
    wider = _proving(band, least, budget - band.cells)
    if wider.reach <= band.reach:
        return pairs, band.cells
    return _within(wider, old, new, cost)[1], band.cells + wider.cells


def _proving(band: Band, cost: int, budget: int) -> Band:
    """The band that no alignment of at most that cost leaves, or the widest that the budget allows."""
    missing = -(-(cost - band.least_outside) // (2 * SKIP))
    affordable = (budget // band.olds - (band.news - band.olds) - 1) // 2
    return band._replace(reach=min(band.reach + missing, band.olds, affordable))


def _within(band: Band, old: Features, new: Features, cost: Cost) -> tuple[int, Pairs]:
    """The cheapest alignment within a band, with its cost."""
    columns = range(band.lowest, band.lowest + band.width)
    above = [column * SKIP if column >= 0 else NEVER for column in columns]
    ways = []
    for row in range(1, band.olds + 1):
        above, way = _row(band, row, [*above, NEVER], old, new, cost)
        ways.append(way)
    return above[band.news - band.olds - band.lowest], _traced(band, ways)


def _row(
    band: Band, row: int, above: list[int], old: Features, new: Features, cost: Cost
) -> tuple[list[int], bytearray]:
    """One row of the table from the row above: the least costs, and the ways they were reached.

    The innermost loop of a comparison: each cost is worked out only where those above it leave room.
    Of equally cheap ways it skips, so that layers are paired early and a block that came in or went, of
    several equal ones, is the last: a convolution with the activation behind it.
    """
    what, name, stem, output = (values[row - 1] for values in old)
    whats, names, stems, outputs = new
    costs, ways = [NEVER] * band.width, bytearray(band.width)
    left, before = NEVER, row + band.lowest - 1
    for k in band.columns(row):
        best, way = above[k + 1] + SKIP, OLD_SKIPPED
        if left + SKIP < best:
            best, way = left + SKIP, NEW_SKIPPED
        j = before + k
        paired = above[k]
        if j >= 0 and paired < best:
            if what != whats[j]:
                apart = cost(what, whats[j])
                if name == names[j]:
                    apart = RELATED if apart == UNRELATED else apart - SAME_NAME
                paired += apart * WEIGHT
            if name != names[j]:
                paired += RENUMBERED if stem == stems[j] else RENAMED
            if output != outputs[j]:
                paired += MOVED
            if paired < best:
                best, way = paired, PAIRED
        costs[k] = left = best
        ways[k] = way
    return costs, ways


def _traced(band: Band, ways: list[bytearray]) -> Pairs:
    """The pairs on the way that was taken to the end of the table."""
    pairs = []
    i, j = band.olds, band.news
    while i:
        way = ways[i - 1][j - i - band.lowest]
        i, j = i - (way != NEW_SKIPPED), j - (way != OLD_SKIPPED)
        if way == PAIRED:
            pairs.append((i, j))
    return pairs[::-1]
