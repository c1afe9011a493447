"""Banded sequence alignment: Needleman–Wunsch with a linear gap cost, in a band around the diagonal.

Needleman & Wunsch (1970) fill a table whose cell (i, j) holds the least cost D of aligning the first i layers
of the old network with the first j of the new one:

    D(i, j) = min(D(i−1, j−1) + substitution(i, j), D(i−1, j) + gap, D(i, j−1) + gap)

and the alignment is traced back from the last cell. Most networks to compare are nearly the same, so its
path stays near the diagonal, and only a band of the table is filled. An alignment that leaves the band must
have so many gaps that a cheaper one inside is proven the cheapest of all (Ukkonen 1985); the band need
therefore be no wider than the cost of what was found in a narrow one.
"""

from __future__ import annotations

from archcalc.checks.substitution import (
    GAP,
    OTHER_FAMILY,
    RENAMED,
    RENUMBERED,
    RESHAPED,
    SAME_FAMILY,
    SAME_NAME,
    WEIGHT,
    Cost,
    Features,
)
from archcalc.records import NamedTuple

# A worked example. Old: conv relu fc. New: conv pool relu fc. Equal kinds match for 0, any other pair costs
# more than two gaps. In units of gaps, with a band of half-width 2 (cells marked . lie outside), the table is
#
#             -   conv  pool  relu  fc
#       -     0    1     2     3     .
#       conv  1    0     1     2     3
#       relu  2    1     2     1     2        D(relu, relu) = D(conv, pool) + 0 = 1
#       fc    .    2     3     2     1        D(fc, fc) = D(relu, relu) + 0 = 1: one gap in all
#
# Traced back from the last cell: fc–fc, relu–relu, the insertion of pool, conv–conv. A path that leaves the
# band and comes back has at least (4 − 3) + 2·(2 + 1) = 7 gaps, more than the 1 that was found, so no path
# outside is cheaper.

FIRST_HALF_WIDTH = 8
"""How far the first band extends beyond the diagonals of the two corners, to either side."""
GAP_COST = GAP * WEIGHT
INFINITE = 1 << 62

MATCH, DELETION, INSERTION = 0, 1, 2
"""The moves of an alignment: a pair, an old layer without counterpart, a new one without."""
Pairs = list[tuple[int, int]]


class Band(NamedTuple):
    """The cells of a table with a row for each old layer and a column for each new one, old ones being fewer.

    Its cell k of a row is in column row + lowest + k.
    """

    olds: int
    news: int
    half_width: int

    @property
    def lowest(self) -> int:
        """The diagonal that it begins on, column less row."""
        return -self.half_width

    @property
    def width(self) -> int:
        """How many cells it has in a row."""
        return self.news - self.olds + 2 * self.half_width + 1

    @property
    def cells(self) -> int:
        """How many it has in all."""
        return self.olds * self.width

    @property
    def bound_outside(self) -> int:
        """A lower bound of the cost of an alignment that leaves it: so many gaps lead out and back."""
        return (self.news - self.olds + 2 * (self.half_width + 1)) * GAP_COST

    def columns(self, row: int) -> range:
        """Its cells in a row that are in the table, by k."""
        begin = row + self.lowest
        return range(max(0, -begin), min(self.width, self.news - begin + 1))


def first_band(olds: int, news: int) -> Band:
    """The band to begin with."""
    fewer, more = sorted((olds, news))
    return Band(fewer, more, min(FIRST_HALF_WIDTH, fewer))


def banded_alignment(old: Features, new: Features, cost: Cost, budget: int) -> tuple[Pairs, int]:
    """The pairs of the cheapest alignment, and the cells it took, at most `budget` and the first band's.

    Where the budget does not suffice, the cheapest within the widest band that it allows.
    """
    if len(old.layers) > len(new.layers):
        pairs, cells = banded_alignment(new, old, cost, budget)
        return [(i, j) for j, i in pairs], cells
    band = first_band(len(old.layers), len(new.layers))
    least, pairs = _cheapest_within(band, old, new, cost)
    wider = _proving_band(band, least, budget - band.cells)
    if wider.half_width <= band.half_width:
        return pairs, band.cells
    return _cheapest_within(wider, old, new, cost)[1], band.cells + wider.cells


def _proving_band(band: Band, cost: int, budget: int) -> Band:
    """The band that no alignment of at most that cost leaves, or the widest that the budget allows."""
    missing = -(-(cost - band.bound_outside) // (2 * GAP_COST))
    affordable = (budget // band.olds - (band.news - band.olds) - 1) // 2
    return band._replace(half_width=min(band.half_width + missing, band.olds, affordable))


def _cheapest_within(band: Band, old: Features, new: Features, cost: Cost) -> tuple[int, Pairs]:
    """The cheapest alignment within a band, with its cost."""
    columns = range(band.lowest, band.lowest + band.width)
    above = [column * GAP_COST if column >= 0 else INFINITE for column in columns]
    moves = []
    for row in range(1, band.olds + 1):
        above, moved = _row(band, row, [*above, INFINITE], old, new, cost)
        moves.append(moved)
    return above[band.news - band.olds - band.lowest], _traceback(band, moves)


def _row(
    band: Band, row: int, above: list[int], old: Features, new: Features, cost: Cost
) -> tuple[list[int], bytearray]:
    """One row of the table from the row above: the least costs, and the moves by which they were reached.

    The innermost loop of a comparison: a substitution is worked out only where the gaps leave room for it.
    Of equally cheap moves it takes a gap, so that layers are paired early and a block that came in or went,
    of several equal ones, is the last: a convolution with the activation behind it.
    """
    layer, name, stem, output = (values[row - 1] for values in old)
    layers, names, stems, outputs = new
    costs, moves = [INFINITE] * band.width, bytearray(band.width)
    left, before = INFINITE, row + band.lowest - 1
    for k in band.columns(row):
        best, move = above[k + 1] + GAP_COST, DELETION
        if left + GAP_COST < best:
            best, move = left + GAP_COST, INSERTION
        j = before + k
        matched = above[k]
        if j >= 0 and matched < best:
            if layer != layers[j]:
                substituted = cost(layer, layers[j])
                if name == names[j]:
                    substituted = SAME_FAMILY if substituted == OTHER_FAMILY else substituted - SAME_NAME
                matched += substituted * WEIGHT
            if name != names[j]:
                matched += RENUMBERED if stem == stems[j] else RENAMED
            if output != outputs[j]:
                matched += RESHAPED
            if matched < best:
                best, move = matched, MATCH
        costs[k] = left = best
        moves[k] = move
    return costs, moves


def _traceback(band: Band, moves: list[bytearray]) -> Pairs:
    """The pairs on the path that leads to the end of the table."""
    pairs = []
    i, j = band.olds, band.news
    while i:
        move = moves[i - 1][j - i - band.lowest]
        i, j = i - (move != INSERTION), j - (move != DELETION)
        if move == MATCH:
            pairs.append((i, j))
    return pairs[::-1]
