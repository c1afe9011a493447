"""The page of `archcalc zoo`: the built-in networks with their sources and totals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from archcalc.analysis.facts import Analysis
from archcalc.analysis.quantities import QUANTITIES, totals
from archcalc.report.escaping import NAME_LENGTH, free_text
from archcalc.report.page import SCHEMA_VERSION, Column, Page, Table, of_quantity

if TYPE_CHECKING:
    from archcalc.report.documents.network import CatalogueDocument, CatalogueEntry

COLUMNS = (
    Column("name", "name"),
    Column("network", "network", rank=3),
    Column("input", "input W×H×D", "shape", rank=2),
    of_quantity(QUANTITIES["parameters"]),
    of_quantity(QUANTITIES["macs"], rank=1),
    of_quantity(QUANTITIES["activation_bytes"], rank=2),
    Column("source", "source", rank=4),
)

MANY = 30
FEWER = "fewer: a part of a name chooses, such as archcalc zoo resnet; --help tells more"
"""What a list says that is longer than most terminals are high."""


def catalogue(networks: Iterable[tuple[str, Analysis]], variables: tuple[str, ...] = ()) -> Page:
    """One row for each built-in network, by the name that commands take; of a single one its variables."""
    listed = [(name, analysis, totals(analysis)) for name, analysis in networks]
    rows = tuple(
        (
            name,
            free_text(analysis.network.name, NAME_LENGTH),
            analysis.network.input_shape,
            sums["parameters"],
            sums["macs"],
            sums["activation_bytes"],
            free_text(analysis.network.source),
        )
        for name, analysis, sums in listed
    )
    return Page(
        title=f"{len(listed)} built-in network{'' if len(listed) == 1 else 's'}; "
        f"every command takes {'its name' if len(listed) == 1 else 'their names'}: archcalc summarize NAME",
        table=Table(COLUMNS, rows),
        sections=(("variables", variables),) if variables else (),
        notes=(FEWER,) if len(listed) > MANY else (),
        data=lambda: _data(listed),
    )


def _data(listed: Iterable[tuple[str, Analysis, dict[str, int]]]) -> CatalogueDocument:
    return {"schema_version": SCHEMA_VERSION, "networks": [_entry(*each) for each in listed]}


def _entry(name: str, analysis: Analysis, sums: dict[str, int]) -> CatalogueEntry:
    network = analysis.network
    return {
        "name": name,
        "network": network.name,
        "source": network.source,
        "input_shape": list(network.input_shape),
        "totals": sums,
    }
