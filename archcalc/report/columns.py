"""Columns of tables that show a quantity: its title and unit are the quantity's own."""

from __future__ import annotations

from archcalc.analysis.quantities import QUANTITIES
from archcalc.report.page import Column


def of_quantity(name: str, rank: int = 0) -> Column:
    """The column of a quantity; `rank` is when a narrow terminal leaves it out, as in `Column`."""
    quantity = QUANTITIES[name]
    return Column(name, quantity.title, quantity.unit, rank)
