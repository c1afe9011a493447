"""What can be expected of a network: how each key is read, what its value needs, and when it holds.

`keys` is the table, a row a key: the reader of specs, the schema, the docs and `failures` read nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcalc.analysis.facts import Analysis
    from archcalc.errors import Problem
    from archcalc.expectations.model import Expectation


def failures(analysis: Analysis, expectations: Sequence[Expectation]) -> tuple[Problem, ...]:
    """Which expectations do not hold of a network, each at its place."""
    if not expectations:  # as of most networks: their start-up does not pay for the table
        return ()
    from archcalc.expectations.evaluate import unmet

    return unmet(analysis, expectations)
