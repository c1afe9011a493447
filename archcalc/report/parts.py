"""The pages of `archcalc explain SPEC` and of `explain SPEC BLOCK`: what a network or a block is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import amounts, totals
from archcalc.quoting import shortened
from archcalc.report.auxiliary import auxiliary_notes
from archcalc.report.folding import Group, folded
from archcalc.report.heading import heading_lines, network_data, remarks, title, titled_volumes
from archcalc.report.outline import block_lines, variable_lines
from archcalc.report.page import SCHEMA_VERSION, Column, Page, Row, Section, Table
from archcalc.report.summary import COLUMNS, rows, total_row
from archcalc.report.summary_data import layer_data
from archcalc.report.values import count_text, volume
from archcalc.spec.load import Parts
from archcalc.spec.outline import outline

if TYPE_CHECKING:
    from archcalc.report.documents.network import BlockDocument, MadeOfDocument

PARTS = (
    Column("name", "part"),
    Column("layers", "layers", "count"),
    Column("output", "output", "shape"),
    Column("parameters", "parameters", "count"),
    Column("macs", "MACs", "count", rank=1),
)


def network_page(spec: str, analysis: Analysis, parts: Parts) -> Page:
    """What a network is made of: its parts, and the variables and blocks of its spec."""
    groups, sums, found = folded(analysis.facts, 1), totals(analysis), outline(parts)
    listed = tuple(_part(analysis, group) for group in groups)
    whole = (
        f"{count_text(len(analysis.facts))} layers, {count_text(sums['parameters'])} parameters, "
        f"{count_text(sums['macs'])} MACs for one example"
    )
    sections: tuple[Section, ...] = (
        ("variables", variable_lines(found)),
        ("blocks and their settings", block_lines(found)),
    )
    telling = next((group for group in groups if len(group.facts) > 1), groups[0])
    return Page(
        title=title(analysis.network),
        lines=(*heading_lines(analysis, f"batch {analysis.batch}", analysis.dtype), whole),
        table=Table(titled_volumes(PARTS, analysis), listed),
        sections=tuple(section for section in sections if section[1]),
        notes=(
            *(auxiliary_notes(analysis) if analysis.network.auxiliary else ()),
            *remarks(analysis.network),
            f"one part: archcalc explain {shortened(spec)} {telling.name}; "
            f"every layer: archcalc summarize {shortened(spec)}",
        ),
        data=lambda: _network_data(analysis, groups),
    )


def _part(analysis: Analysis, group: Group) -> Row:
    added = amounts(analysis, group.facts)
    return group.name, len(group.facts), group.facts[-1].output_shape, added["parameters"], added["macs"]


def members_of(analysis: Analysis, block: str) -> tuple[Facts, ...]:
    """The layers of a block; none where no block is called so."""
    return tuple(facts for facts in analysis.facts if facts.node.name.startswith(f"{block}/"))


def block_page(spec: str, analysis: Analysis, block: str, members: Sequence[Facts]) -> Page:
    """A block as a table of what lies in it, with its totals."""
    groups = folded(members, block.count("/") + 2)
    added, sums = [amounts(analysis, group.facts) for group in groups], totals(analysis)
    listed = tuple(rows(analysis, groups, added, sums))[len(analysis.network.inputs) :]
    read = " and ".join(volume(shape) for shape in _entering(analysis, members))
    heading = f"{block}, {len(members)} layers: {read} → {volume(members[-1].output_shape)}"
    return Page(
        title=f"{block} of {title(analysis.network)}",
        lines=(*heading_lines(analysis, f"batch {analysis.batch}", analysis.dtype), heading),
        table=Table(titled_volumes(COLUMNS, analysis), listed, total_row(amounts(analysis, members))),
        notes=(f"one of them: archcalc explain {shortened(spec)} {groups[0].name}",),
        data=lambda: _block_data(analysis, block, members),
    )


def _entering(analysis: Analysis, members: Sequence[Facts]) -> tuple[tuple[int, ...], ...]:
    """The shapes of the tensors that a block reads from outside, each tensor once."""
    network, inside = analysis.network, {facts.node.name for facts in members}
    read = dict.fromkeys(tensor for facts in members for tensor in facts.node.inputs)
    return tuple(analysis.shape(tensor) for tensor in read if network.tensor_name(tensor) not in inside)


def _network_data(analysis: Analysis, groups: Sequence[Group]) -> MadeOfDocument:
    return {
        "schema_version": SCHEMA_VERSION,
        "network": network_data(analysis.network),
        "batch": analysis.batch,
        "dtype": analysis.dtype,
        "parts": [
            {
                "name": group.name,
                "layers": [facts.node.name for facts in group.facts],
                "output_shape": list(group.facts[-1].output_shape),
                "totals": amounts(analysis, group.facts),
            }
            for group in groups
        ],
        "totals": totals(analysis),
    }


def _block_data(analysis: Analysis, block: str, members: Sequence[Facts]) -> BlockDocument:
    return {
        "schema_version": SCHEMA_VERSION,
        "network": network_data(analysis.network),
        "batch": analysis.batch,
        "dtype": analysis.dtype,
        "block": block,
        "layers": [layer_data(facts, analysis) for facts in members],
        "totals": amounts(analysis, members),
    }
