"""The summary of a network: every layer's volume, memory, parameters, MACs and receptive field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import BY_NAME, QUANTITIES, input_amount, total, totals
from archcalc.layers.settings import changed_settings, settings_of
from archcalc.network import INPUT
from archcalc.report.page import TABLE_ROWS, Column, Options, Page, Row, Table
from archcalc.report.values import bytes_text, count_text, fields_text, share, share_text, short_count, volume

SCHEMA_VERSION = 1

COLUMNS = (
    Column("name", "layer"),
    Column("kind", "kind", rank=3),
    Column("settings", "settings", rank=4),
    Column("output", "output W×H×D", "shape"),
    Column("activations", "values", "count", rank=6),
    Column("activation_bytes", "memory", "bytes", rank=1),
    Column("activation_share", "mem %", "share", rank=5),
    Column("weights", "weights", "count", rank=7),
    Column("biases", "biases", "count", rank=7),
    Column("parameters", "parameters", "count"),
    Column("parameter_share", "par %", "share", rank=5),
    Column("macs", "MACs", "count"),
    Column("receptive_field", "field", "figure", rank=2),
)


class Group(NamedTuple):
    """The layers that one row stands for."""

    name: str
    facts: tuple[Facts, ...]


def summary(analysis: Analysis, options: Options) -> Page:
    """The page of `archcalc summarize`."""
    groups = folded(analysis, options.depth)
    return Page(
        title=analysis.network.name,
        lines=heading_lines(analysis),
        table=Table(COLUMNS, tuple(rows(analysis, groups)), total_row(analysis)),
        sections=tuple(explained(analysis)) if options.explain else (),
        notes=tuple(notes(analysis, groups, options)),
        data=lambda: data(analysis),
    )


def heading_lines(analysis: Analysis) -> tuple[str, ...]:
    """Where the network is from, what was put in, and in which order volumes are printed."""
    network = analysis.network
    what = f"input {volume(network.input_shape)} (W×H×D) · batch {analysis.batch} · {analysis.dtype}"
    return (network.source, what) if network.source else (what,)


def complete(analysis: Analysis) -> bool:
    """Whether every layer could be analysed."""
    return len(analysis.facts) == len(analysis.network.nodes)


def folded(analysis: Analysis, depth: int | None) -> list[Group]:
    """The rows of the table: layers, or to `depth` levels the blocks that they lie in."""
    if depth is not None:
        return _groups(analysis.facts, depth)
    flat = _groups(analysis.facts, deepest(analysis))
    for level in range(deepest(analysis), 0, -1):
        groups = _groups(analysis.facts, level)
        if len(groups) <= TABLE_ROWS:
            return groups
    return groups if len(groups) * 2 <= len(flat) else flat


def deepest(analysis: Analysis) -> int:
    """How many levels the names of the layers have."""
    return max((facts.node.name.count("/") + 1 for facts in analysis.facts), default=1)


def _groups(facts: Iterable[Facts], depth: int) -> list[Group]:
    def path(each: Facts) -> str:
        return "/".join(each.node.name.split("/")[:depth])

    return [Group(name, tuple(members)) for name, members in groupby(facts, key=path)]


def rows(analysis: Analysis, groups: Iterable[Group]) -> Iterator[Row]:
    """The input's row, and one for each group."""
    sums = totals(analysis)
    amounts = {quantity.name: input_amount(quantity, analysis) for quantity in QUANTITIES}
    whole = analysis.network.input_shape
    yield _row(INPUT, "", "", whole, amounts, sums, "")
    for name, members in groups:
        last = members[-1]
        amounts = {quantity.name: total(quantity, analysis, members) for quantity in QUANTITIES}
        single = len(members) == 1
        kind = last.node.kind if single else f"{len(members)} layers"
        yield _row(
            name, kind, settings(last) if single else "", last.output_shape, amounts, sums, field(last)
        )


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
        "activation_share": share(amounts["activations"], sums["activations"]),
        "parameter_share": share(amounts["parameters"], sums["parameters"]),
        "receptive_field": seen,
    }
    return tuple(cells[c.key] if c.key in cells else amounts[c.key] for c in COLUMNS)


def total_row(analysis: Analysis) -> Row | None:
    """The sums, once all layers are known."""
    if not complete(analysis):
        return None
    sums: dict[str, Any] = {"name": "total", **totals(analysis)}
    return tuple(sums.get(column.key) for column in COLUMNS)


def settings(facts: Facts) -> str:
    """The settings of a layer that have a symbol and differ from their defaults: `k11 s4`."""
    layer = facts.node.layer
    symbols = {name: f.metadata["setting"].symbol for name, f in settings_of(type(layer)).items()}
    return " ".join(
        f"{symbols[name]}{_setting_text(value)}"
        for name, value in changed_settings(layer).items()
        if symbols[name]
    )


def _setting_text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(_setting_text(item) for item in value)
    return f"={value}" if isinstance(value, str) else str(value)


def field(facts: Facts) -> str:
    """How far one output value sees along the axes of the input."""
    axes = facts.receptive_field.axes
    mark = "" if facts.receptive_field.aligned else " misaligned"
    return fields_text(tuple(axis.size for axis in axes)) + mark if axes else ""


def notes(analysis: Analysis, groups: list[Group], options: Options) -> Iterator[str]:
    """The totals in words, where most of them lies, and what was folded."""
    if not complete(analysis):
        done, nodes = len(analysis.facts), analysis.network.nodes
        yield f"{done} of {len(nodes)} layers could be worked out; {nodes[done].name} could not"
        return
    sums = totals(analysis)
    size = bytes_text(sums["parameter_bytes"], options.units)
    yield (
        f"parameters: {count_text(sums['weights'])} weights + {count_text(sums['biases'])} biases"
        f" = {count_text(sums['parameters'])} ({size})" + _most("parameters", analysis)
    )
    if sums["buffers"]:
        yield f"buffers: {count_text(sums['buffers'])} running statistics, which are no parameters"
    memory = bytes_text(sums["activation_bytes"], options.units)
    yield (
        f"activations: {count_text(sums['activations'])} values, each volume once, the input included"
        f" = {memory}" + _most("activations", analysis)
    )
    yield (
        f"MACs: {count_text(sums['macs'])} for one example ({short_count(sums['macs'])};"
        f" {short_count(2 * sums['macs'])} FLOPs), and {count_text(sums['bias_adds'])} bias adds"
        + _most("macs", analysis)
    )
    if len(groups) < len(analysis.facts):
        yield f"{len(analysis.facts)} layers in {len(groups)} rows; --depth {deepest(analysis)} shows each"


def _most(name: str, analysis: Analysis) -> str:
    """The layer that holds most of a quantity."""
    quantity = BY_NAME[name]
    largest = max(analysis.facts, key=lambda facts: quantity.of(facts, analysis))
    part = share(quantity.of(largest, analysis), total(quantity, analysis))
    return f"; most in {largest.node.name}: {share_text(part)} %" if part else ""


def explained(analysis: Analysis) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every layer's numbers with their formulas."""
    from archcalc.report.explanation import layer_section

    for facts in analysis.facts:
        yield layer_section(facts, analysis)


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
        "inputs": [analysis.network.volume_name(volume) for volume in node.inputs],
        "input_shapes": [list(shape) for shape in facts.input_shapes],
        "output_shape": list(facts.output_shape),
        "parameter_shapes": {name: list(shape) for name, shape in facts.parameter_shapes.items()},
        "buffer_shapes": {name: list(shape) for name, shape in facts.buffer_shapes.items()},
        **{quantity.name: quantity.of(facts, analysis) for quantity in QUANTITIES},
        "receptive_field": _field_data(facts),
        "in_place": node.layer.in_place,
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
