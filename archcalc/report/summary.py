"""The summary of a network: every layer's volume, memory, parameters, MACs and receptive field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.memory import inference
from archcalc.analysis.quantities import QUANTITIES, Amounts, amounts, input_amounts, totals
from archcalc.report.folding import Group, folded, folding_note, unfolded
from archcalc.report.heading import heading_lines, remarks, title, titled_volumes
from archcalc.report.page import Cell, Column, Options, Page, Row, Section, Table, of_quantity
from archcalc.report.settings import abbreviated, abbreviations
from archcalc.report.values import bytes_text, count_text, fields_text, share, share_text, short_count

if TYPE_CHECKING:
    from archcalc.report.documents.network import SummaryDocument

COLUMNS = (
    Column("name", "layer"),
    Column("kind", "kind", rank=5),
    Column("settings", "settings", rank=6),
    Column("output", "output", "shape", rank=2),
    of_quantity(QUANTITIES["activations"], rank=8),
    of_quantity(QUANTITIES["activation_bytes"], rank=3),
    Column("activation_share", "memory %", "share", rank=7),
    of_quantity(QUANTITIES["weights"], rank=9),
    of_quantity(QUANTITIES["biases"], rank=9),
    of_quantity(QUANTITIES["parameters"]),
    Column("parameter_share", "parameters %", "share", rank=7),
    of_quantity(QUANTITIES["macs"], rank=1),
    Column(
        "receptive_field",
        "rec. field",
        "figure",
        rank=4,
        note="receptive field, the positions of the input that one output value sees, along each axis",
    ),
)
SETTINGS = [column.key for column in COLUMNS].index("settings")


def summary(analysis: Analysis, options: Options) -> Page:
    """The page of `archcalc summarize`."""
    groups = folded(analysis.facts, options.depth)
    added = [amounts(analysis, group.facts) for group in groups]
    sums = totals(analysis, added) if analysis.complete else {}
    sections, legend = explained(analysis) if options.explain else ((), ())
    return Page(
        title=title(analysis.network),
        lines=heading_lines(analysis, f"batch {analysis.batch}", analysis.dtype),
        table=table(analysis, groups, added, sums),
        sections=sections,
        notes=tuple(notes(analysis, groups, sums, options)) + legend,
        data=lambda: _data(analysis),
        records=None if options.depth else lambda: _records(analysis, sums),
    )


def _records(analysis: Analysis, sums: Amounts) -> Table:
    """The table with a row for each layer, however many there are."""
    groups = unfolded(analysis.facts)
    return table(analysis, groups, [amounts(analysis, group.facts) for group in groups], sums)


def table(analysis: Analysis, groups: list[Group], added: list[Amounts], sums: Amounts) -> Table:
    """One row for each group with what it adds, and the totals, which are empty for a network that breaks."""
    listed = tuple(rows(analysis, groups, added, sums))
    behind = listed[len(analysis.network.inputs) :]
    kinds = (type(group.facts[-1].node.layer) for group in groups)
    note = abbreviations(dict.fromkeys(zip(kinds, (str(row[SETTINGS]) for row in behind), strict=True)))
    columns = titled_volumes(COLUMNS, analysis)
    noted = tuple(c._replace(note=note) if i == SETTINGS else c for i, c in enumerate(columns))
    return Table(noted, listed, total_row(sums))


def rows(
    analysis: Analysis, groups: Iterable[Group], added: Iterable[Amounts], sums: Amounts
) -> Iterator[Row]:
    """A row for each input, and one for each group."""
    for name, shape in analysis.network.inputs.items():
        yield _row(name, "", "", shape, input_amounts(analysis, shape), sums, "")
    for (name, members), amount in zip(groups, added, strict=True):
        last = members[-1]
        single = len(members) == 1
        kind = last.node.kind if single else f"{len(members)} layers"
        set_to = abbreviated(last.node.layer) if single else ""
        if last.node.name in analysis.network.training_only:
            set_to = f"{set_to} training-only".lstrip()
        yield _row(name, kind, set_to, last.output_shape, amount, sums, field(last))


def _row(
    name: str,
    kind: str,
    set_to: str,
    output: tuple[int, ...],
    added: Amounts,
    sums: Amounts,
    seen: str,
) -> Row:
    cells: dict[str, Cell] = {
        **added,
        "name": name,
        "kind": kind,
        "settings": set_to,
        "output": output,
        "activation_share": share(added["activations"], sums.get("activations", 0)),
        "parameter_share": share(added["parameters"], sums.get("parameters", 0)),
        "receptive_field": seen,
    }
    return tuple(cells[column.key] for column in COLUMNS)


def total_row(sums: Amounts) -> Row | None:
    """The sums below their columns."""
    cells: dict[str, Cell] = {"name": "total", **sums}
    return tuple(cells.get(column.key) for column in COLUMNS) if sums else None


def field(facts: Facts) -> str:
    """How far one output value sees along the axes of the input."""
    axes = facts.receptive_field.axes
    mark = "" if facts.receptive_field.aligned else " misaligned"
    return fields_text(tuple(axis.size for axis in axes)) + mark if axes else ""


def notes(analysis: Analysis, groups: list[Group], sums: Amounts, options: Options) -> Iterator[str]:
    """The totals in words, where most of them lies, and what was folded."""
    if not analysis.complete:
        done, nodes = len(analysis.facts), analysis.network.nodes
        yield f"{done} of {len(nodes)} layers could be worked out; {nodes[done].name} could not"
        return
    size = bytes_text(sums["parameter_bytes"], options.units)
    yield (
        f"parameters: {count_text(sums['weights'])} weights + {count_text(sums['biases'])} biases"
        f" = {count_text(sums['parameters'])} ({size})" + _most("parameters", analysis, sums)
    )
    if sums["buffers"]:
        yield f"buffers: {count_text(sums['buffers'])} running statistics, which are no parameters"
    memory = bytes_text(sums["activation_bytes"], options.units)
    yield (
        f"activations: {count_text(sums['activations'])} values ({memory}), each volume once, the input"
        " included; layers that work in place add none" + _most("activations", analysis, sums)
    )
    yield _live(analysis, options)
    yield (
        f"MACs: {count_text(sums['macs'])} for one example ({short_count(sums['macs'])};"
        f" {short_count(2 * sums['macs'])} FLOPs), and {count_text(sums['bias_adds'])} bias adds"
        + _most("macs", analysis, sums)
    )
    if analysis.network.auxiliary:
        from archcalc.report.auxiliary import auxiliary_notes

        yield from auxiliary_notes(analysis)
    yield from remarks(analysis.network)
    yield from folding_note(groups)


def _live(analysis: Analysis, options: Options) -> str:
    """How much of the activations is there at once."""
    timeline = inference(analysis)
    peak = bytes_text(timeline.peak, options.units)
    when = timeline.steps[timeline.peak_step].name
    return f"live at once: at most {peak}, while {when} runs; archcalc memory shows it layer by layer"


def _most(name: str, analysis: Analysis, sums: Amounts) -> str:
    """The layer that holds most of a quantity."""
    quantity = QUANTITIES[name]
    largest = max(analysis.facts, key=lambda facts: quantity.of(facts, analysis))
    part = share(quantity.of(largest, analysis), sums[name])
    return f"; most in {largest.node.name}: {share_text(part)}%" if part else ""


def _data(analysis: Analysis) -> SummaryDocument:
    """What JSON writes, which text need not import."""
    from archcalc.report.summary_data import summary_data

    return summary_data(analysis)


def explained(analysis: Analysis) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    """Every layer's numbers with their formulas, and what the symbols in them stand for."""
    from archcalc.report.explanation import layer_section, symbol_notes

    sections = tuple(layer_section(facts, analysis) for facts in analysis.facts)
    return sections, symbol_notes(sections)
