"""What a page is: a title, facts, tables and notes, with values as they are and not yet as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from archcalc.layers import Shape
from archcalc.records import NamedTuple

if TYPE_CHECKING:
    from archcalc.analysis.quantities import Quantity

Unit = Literal["text", "figure", "count", "bytes", "shape", "share", "ratio"]
Cell = str | int | float | Shape | None
Row = tuple[Cell, ...]
Section = tuple[str, tuple[str, ...]]

SCHEMA_VERSION = 1
"""Of every JSON document; it rises when a key changes its meaning or goes."""

TABLE_ROWS = 60
"""Above this, tables fold when they can."""


class Options(NamedTuple):
    """How a page is written.

    width: the columns of a terminal; None writes plainly, unwrapped and whole, as for a pipe.
    color: whether the terminal shows colour.
    units: how bytes are shown, one of UNITS.
    depth: how many levels of blocks a table shows; None folds only what is long.
    explain: whether each number is explained.
    lists_ok: whether a check lists the specs that are well, and does not only count them.
    """

    width: int | None = None
    color: bool = False
    units: str = "binary"
    depth: int | None = None
    explain: bool = False
    lists_ok: bool = True


class Column(NamedTuple):
    """One column: its key in data formats, its title, what its cells are.

    rank: where a terminal is too narrow, columns of the highest rank are left out first.
    note: what its cells mean; said at the end of a page that shows it.
    prose: whether its cells are sentences, which a narrow terminal shows over several lines.
    """

    key: str
    title: str
    unit: Unit = "text"
    rank: int = 0
    note: str = ""
    prose: bool = False

    @property
    def to_left(self) -> bool:
        """Whether its cells are words, and so begin at the left."""
        return self.unit in ("text", "shape")


def of_quantity(quantity: Quantity, rank: int = 0) -> Column:
    """The column of a quantity, whose title and unit are its own."""
    return Column(quantity.name, quantity.title, quantity.unit, rank)


class Table(NamedTuple):
    """Rows of cells, and perhaps a row of totals."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None


class Page(NamedTuple):
    """All that is reported.

    title: one line.
    lines: facts below the title.
    table: the table, if there is one.
    sections: further text, each a heading and its lines.
    notes: sentences at the end.
    data: builds what JSON writes.
    records: builds what CSV writes, where that is not the table.
    """

    title: str
    data: Callable[[], Mapping[str, object]]
    lines: tuple[str, ...] = ()
    table: Table | None = None
    sections: tuple[Section, ...] = ()
    notes: tuple[str, ...] = ()
    records: Callable[[], Table] | None = None
