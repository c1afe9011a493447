"""What the tests of reports share: built-in networks, analyzed once, and tables read back from text."""

import re
from itertools import pairwise
from typing import NamedTuple

import pytest

from archcalc import render


@pytest.fixture(scope="session")
def analyzed(built_in):
    """The analysis of a built-in network by its name."""
    return built_in


class TextTable(NamedTuple):
    """A table as text shows it: column titles, the cells of each row, and those of the totals."""

    heads: list[str]
    rows: list[list[str]]
    total: list[str]

    def column(self, title):
        """The cells below the only column with that title."""
        (number,) = [i for i, head in enumerate(self.heads) if head == title]
        return [row[number] for row in self.rows]

    def total_of(self, title):
        """The cell of the totals below that title."""
        return self.total[self.heads.index(title)]


def read_table(text):
    """The table in a plain report, cut into columns where its rule above the totals says they are."""
    lines = text.splitlines()
    ruled = next(i for i, line in enumerate(lines) if re.fullmatch(r"-+(  -+)*", line))
    begin = max(i for i in range(ruled) if not lines[i]) + 1
    spans = [found.span() for found in re.finditer("-+", lines[ruled])]
    for line in (*lines[begin:ruled], lines[ruled + 1]):
        assert len(line) <= spans[-1][1]
        for (_, end), (start, _) in pairwise(spans):
            assert not line[end:start].strip(), f"a cell runs over its column: {line}"

    def cells(line):
        return [line[start:end].strip() for start, end in spans]

    return TextTable(
        cells(lines[begin]), [cells(line) for line in lines[begin + 1 : ruled]], cells(lines[ruled + 1])
    )


@pytest.fixture(scope="session")
def text_table(analyzed):
    """The summary of a built-in network as text, read back."""

    def table(name, depth=None, units="bytes"):
        return read_table(render(analyzed(name), "text", units=units, depth=depth))

    return table
