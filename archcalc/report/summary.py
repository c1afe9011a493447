"""The summary of a network: every layer's volume, memory, parameters, MACs and receptive field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import BY_NAME, QUANTITIES, input_amount, total, totals
from archcalc.layers.settings import changed_settings
from archcalc.network import INPUT
from archcalc.report.heading import heading_lines, title, titled_volumes
from archcalc.report.page import TABLE_ROWS, Column, Options, Page, Row, Section, Table
from archcalc.report.settings import abbreviated, abbreviations
from archcalc.report.values import bytes_text, count_text, fields_text, share, share_text, short_count

SCHEMA_VERSION = 1

COLUMNS = (
    Column("name", "layer"),
    Column("kind", "kind", rank=5),
    Column("settings", "settings", rank=6),
    Column("output", "output", "shape", rank=2),
    Column("activations", "values", "count", rank=8),
    Column("activation_bytes", "memory", "bytes", rank=3),
    Column("activation_share", "mem %", "share", rank=7),
    Column("weights", "weights", "count", rank=9),
    Column("biases", "biases", "count", rank=9),
    Column("parameters", "parameters", "count"),
    Column("parameter_share", "par %", "share", rank=7),
    Column("macs", "MACs", "count", rank=1),
    Column(
        "receptive_field",
        "field",
        "figure",
        rank=4,
        note="receptive field, the positions of the input that one output value sees, along each axis",
    ),
)
SETTINGS = [column.key for column in COLUMNS].index("settings")


class Group(NamedTuple):
    """The layers that one row stands for."""

    name: str
    facts: tuple[Facts, ...]


def summary(analysis: Analysis, options: Options) -> Page:
    """The page of `archcalc summarize`."""
    sums = totals(analysis) if complete(analysis) else {}
    groups = folded(analysis.facts, options.depth)
    sections, legend = explained(analysis) if options.explain else ((), ())
    return Page(
        title=title(analysis.network),
        lines=heading_lines(analysis, f"batch {analysis.batch}", analysis.dtype),
        table=table(analysis, groups, sums),
        sections=sections,
        notes=tuple(notes(analysis, groups, sums, options)) + legend,
        data=lambda: data(analysis),
        records=None if options.depth else lambda: table(analysis, unfolded(analysis.facts), sums),
    )


def table(analysis: Analysis, groups: list[Group], sums: dict[str, int]) -> Table:
    """One row for each group, and the totals, which are empty for a network that breaks."""
    listed = tuple(rows(analysis, groups, sums))
    kinds = (type(group.facts[-1].node.layer) for group in groups)
    note = abbreviations(dict.fromkeys(zip(kinds, (str(row[SETTINGS]) for row in listed[1:]), strict=True)))
    columns = titled_volumes(COLUMNS, analysis)
    noted = tuple(c._replace(note=note) if i == SETTINGS else c for i, c in enumerate(columns))
    return Table(noted, listed, total_row(sums))


def complete(analysis: Analysis) -> bool:
    """Whether every layer could be analysed."""
    return len(analysis.facts) == len(analysis.network.nodes)


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


def rows(analysis: Analysis, groups: Iterable[Group], sums: dict[str, int]) -> Iterator[Row]:
    """The input's row, and one for each group."""
    amounts = {quantity.name: input_amount(quantity, analysis) for quantity in QUANTITIES}
    whole = analysis.network.input_shape
    yield _row(INPUT, "", "", whole, amounts, sums, "")
    for name, members in groups:
        last = members[-1]
        amounts = {quantity.name: total(quantity, analysis, members) for quantity in QUANTITIES}
        single = len(members) == 1
        kind = last.node.kind if single else f"{len(members)} layers"
        set_to = abbreviated(last.node.layer) if single else ""
        if last.node.name in analysis.network.training_only:
            set_to = f"{set_to} training-only".lstrip()
        yield _row(name, kind, set_to, last.output_shape, amounts, sums, field(last))


def _row(
    name: str,
    kind: str,
    set_to: str,
    output: tuple[int, ...],
    amounts: dict[str, int],
    sums: dict[str, int],
    seen: str,
) -> Row:
    cells: dict[str, Any] = {
        "name": name,
        "kind": kind,
        "settings": set_to,
        "output": output,
        "activation_share": share(amounts["activations"], sums.get("activations", 0)),
        "parameter_share": share(amounts["parameters"], sums.get("parameters", 0)),
        "receptive_field": seen,
    }
    return tuple(cells[c.key] if c.key in cells else amounts[c.key] for c in COLUMNS)


def total_row(sums: dict[str, int]) -> Row | None:
    """The sums below their columns."""
    cells: dict[str, Any] = {"name": "total", **sums}
    return tuple(cells.get(column.key) for column in COLUMNS) if sums else None


def field(facts: Facts) -> str:
    """How far one output value sees along the axes of the input."""
    axes = facts.receptive_field.axes
    mark = "" if facts.receptive_field.aligned else " misaligned"
    return fields_text(tuple(axis.size for axis in axes)) + mark if axes else ""


def notes(analysis: Analysis, groups: list[Group], sums: dict[str, int], options: Options) -> Iterator[str]:
    """The totals in words, where most of them lies, and what was folded."""
    if not complete(analysis):
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
    yield _alive(analysis, options)
    yield (
        f"MACs: {count_text(sums['macs'])} for one example ({short_count(sums['macs'])};"
        f" {short_count(2 * sums['macs'])} FLOPs), and {count_text(sums['bias_adds'])} bias adds"
        + _most("macs", analysis, sums)
    )
    if analysis.network.auxiliary:
        from archcalc.report.auxiliary import auxiliary_notes

        yield from auxiliary_notes(analysis)
    yield from folding_note(groups)


def _alive(analysis: Analysis, options: Options) -> str:
    """How much of the activations is there at once."""
    from archcalc.analysis.memory import inference

    timeline = inference(analysis)
    peak = bytes_text(timeline.peak, options.units)
    when = timeline.steps[timeline.peak_step].name
    return f"alive at once: at most {peak}, while {when} runs; archcalc memory shows it layer by layer"


def _most(name: str, analysis: Analysis, sums: dict[str, int]) -> str:
    """The layer that holds most of a quantity."""
    quantity = BY_NAME[name]
    largest = max(analysis.facts, key=lambda facts: quantity.of(facts, analysis))
    part = share(quantity.of(largest, analysis), sums[name])
    return f"; most in {largest.node.name}: {share_text(part)}%" if part else ""


def explained(analysis: Analysis) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    """Every layer's numbers with their formulas, and what the symbols in them stand for."""
    from archcalc.report.explanation import layer_section, symbol_notes

    sections = tuple(layer_section(facts, analysis) for facts in analysis.facts)
    return sections, symbol_notes(sections)


def data(analysis: Analysis) -> dict[str, Any]:
    """What JSON writes: exact integers, shapes channels first and without the batch."""
    network = analysis.network
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "network": {
            "name": network.name,
            "source": network.source,
            "input_shape": list(network.input_shape),
            "outputs": {name: list(analysis.shape(volume)) for name, volume in network.outputs.items()}
            if complete(analysis)
            else {},
            "auxiliary": list(network.auxiliary),
        },
        "batch": analysis.batch,
        "dtype": analysis.dtype,
        "layers": [layer_data(facts, analysis) for facts in analysis.facts],
    }
    if complete(analysis):
        document["totals"] = totals(analysis)
    return document


def layer_data(facts: Facts, analysis: Analysis) -> dict[str, Any]:
    """One layer in JSON."""
    node = facts.node
    return {
        "name": node.name,
        "kind": node.kind,
        "settings": {name: _plain(value) for name, value in changed_settings(node.layer).items()},
        "inputs": [analysis.network.tensor_name(volume) for volume in node.inputs],
        "input_shapes": [list(shape) for shape in facts.input_shapes],
        "output_shape": list(facts.output_shape),
        "parameter_shapes": {name: list(shape) for name, shape in facts.parameter_shapes.items()},
        "buffer_shapes": {name: list(shape) for name, shape in facts.buffer_shapes.items()},
        **{quantity.name: quantity.of(facts, analysis) for quantity in QUANTITIES},
        "receptive_field": _field_data(facts),
        "in_place": node.layer.in_place,
        "training_only": node.name in analysis.network.training_only,
    }


def _plain(value: object) -> object:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _field_data(facts: Facts) -> dict[str, Any] | None:
    axes, aligned = facts.receptive_field
    if not axes:
        return None
    return {
        "size": [axis.size for axis in axes],
        "jump": [axis.jump if isinstance(axis.jump, int) else str(axis.jump) for axis in axes],
        "offset": [axis.offset for axis in axes],
        "aligned": aligned,
    }
