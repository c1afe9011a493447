"""What changed between two networks as a table: a row for each layer that is not the same."""

from __future__ import annotations

from archcalc.analysis.facts import Analysis
from archcalc.analysis.quantities import totals
from archcalc.checks.changes import CHANGES
from archcalc.checks.difference import Difference, Pair
from archcalc.checks.record import Record
from archcalc.layers import Shape
from archcalc.records import NamedTuple
from archcalc.report.page import Cell, Column, Row, Table
from archcalc.report.settings import in_full, setting_text
from archcalc.report.values import volume

MOST_FOLLOWING = 5
"""More layers that only follow from others are folded into one row."""

COLUMNS = (
    Column("change", "change"),
    Column("name", "layer", prose=True),
    Column("kind", "kind", rank=5),
    Column("settings", "settings", prose=True),
    Column("output", "output", rank=3),
    Column("parameters", "parameters", "count", rank=4),
    Column("parameters_difference", "parameters +/-", "figure", rank=1),
    Column("macs", "MACs", "count", rank=4),
    Column("macs_difference", "MACs +/-", "figure", rank=2),
)
RECORDS = (
    Column("change", "change"),
    Column("old_name", "old layer"),
    Column("new_name", "new layer"),
    Column("old_kind", "old kind"),
    Column("new_kind", "new kind"),
    Column("settings", "settings"),
    Column("old_output", "old output", "shape"),
    Column("new_output", "new output", "shape"),
    Column("old_parameters", "old parameters", "count"),
    Column("new_parameters", "new parameters", "count"),
    Column("parameters_difference", "parameters +/-", "count"),
    Column("old_macs", "old MACs", "count"),
    Column("new_macs", "new MACs", "count"),
    Column("macs_difference", "MACs +/-", "count"),
)
BOTH = ("name", "kind", "output", "parameters", "macs")
"""What RECORDS have of both networks."""


class Versions(NamedTuple):
    """Two networks, what reports call their specs, and what changed from one to the other."""

    old_name: str
    old: Analysis
    new_name: str
    new: Analysis
    difference: Difference

    @property
    def identical(self) -> bool:
        """Whether nothing changed but what layers are called."""
        altered = any(CHANGES[pair.change].alters for pair in self.difference.pairs)
        return not altered and output_shapes(self.old) == output_shapes(self.new)


def output_shapes(analysis: Analysis) -> list[Shape]:
    """The shapes of all that leaves a network."""
    return [analysis.shape(tensor) for tensor in analysis.network.outputs.values()]


def listed_pairs(versions: Versions, everything: bool) -> list[Pair]:
    """What has a row, in the order of the networks; what is only called otherwise when all is asked for."""
    left_out = ("same",) if everything else ("same", "renamed")
    return [pair for pair in versions.difference.pairs if pair.change not in left_out]


def changes_table(versions: Versions, everything: bool = False, most: int | None = None) -> Table | None:
    """The rows, and the sums of all differences; None where nothing changed.

    Layers that only follow are folded when they are many, and all behind the first `most` rows.
    """
    shown, folded = listed_pairs(versions, everything), []
    following = [pair for pair in shown if pair.change == "follows"]
    if len(following) > MOST_FOLLOWING and not everything:
        shown = [pair for pair in shown if pair.change != "follows"]
        folded.append(_folded("follow", following))
    if most is not None and len(shown) > most:
        folded.insert(0, _folded("and", shown[most:]))
    rows = (*(_row(pair, versions) for pair in shown[:most]), *folded)
    return Table(COLUMNS, rows, _total_row(versions)) if rows else None


def change_records(versions: Versions) -> Table:
    """The rows as data: each with what it was, what it is and the difference."""
    return Table(RECORDS, tuple(_record_row(pair, versions) for pair in listed_pairs(versions, True)))


def _row(pair: Pair, versions: Versions) -> Row:
    old, new = pair.old or pair.record, pair.new or pair.record
    return (
        pair.change,
        either(old.name, new.name),
        either(old.kind, new.kind),
        settings_text(pair, versions),
        either(volume(old.output), volume(new.output)),
        pair.new.parameters if pair.new else None,
        signed(pair.parameters),
        pair.new.macs if pair.new else None,
        signed(pair.macs),
    )


def _folded(change: str, pairs: list[Pair]) -> Row:
    """One row for many layers, with the sums of their differences."""
    parameters, macs = sum(pair.parameters for pair in pairs), sum(pair.macs for pair in pairs)
    return change, layers_text(len(pairs)), "", "", "", None, signed(parameters), None, signed(macs)


def _total_row(versions: Versions) -> Row:
    old, new = totals(versions.old), totals(versions.new)
    parameters, macs = (signed(new[name] - old[name]) for name in ("parameters", "macs"))
    return "total", "", "", "", "", new["parameters"], parameters, new["macs"], macs


def _record_row(pair: Pair, versions: Versions) -> Row:
    cells: dict[str, Cell] = {
        "change": pair.change,
        "settings": settings_text(pair, versions),
        "parameters_difference": pair.parameters,
        "macs_difference": pair.macs,
    }
    for name in BOTH:
        cells[f"old_{name}"] = getattr(pair.old, name, None)
        cells[f"new_{name}"] = getattr(pair.new, name, None)
    return tuple(cells[column.key] for column in RECORDS)


def settings_text(pair: Pair, versions: Versions) -> str:
    """What was set otherwise: `stride 2 → 1, reads conv1 → pool1`; all settings of what came or went."""
    if pair.old is None or pair.new is None:
        return _set_to(pair.record, versions.new if pair.new else versions.old)
    changes = [f"{name} {_value(old)} → {_value(new)}" for name, old, new in pair.changed_traits()]
    if pair.old.kind != pair.new.kind:
        old, new = _set_to(pair.old, versions.old), _set_to(pair.new, versions.new)
        changes = [either(old or "none", new or "none")] if old or new else []
    if pair.rewired:
        changes.append(f"reads {_read(pair.old, versions.old)} → {_read(pair.new, versions.new)}")
    if pair.old.training_only != pair.new.training_only:
        changes.append(f"runs {_when(pair.old)} → {_when(pair.new)}")
    return ", ".join(changes)


def _set_to(record: Record, analysis: Analysis) -> str:
    return "" if record.is_input else in_full(analysis.of(record.name).node.layer)


def _read(record: Record, analysis: Analysis) -> str:
    return " and ".join(map(analysis.network.tensor_name, record.reads))


def _when(record: Record) -> str:
    return "in training only" if record.training_only else "always"


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    return "default" if value is None else setting_text(value)


def either(old: str, new: str) -> str:
    """What is the same once, and what is not as `old → new`."""
    return old if old == new else f"{old} → {new}"


def layers_text(count: int) -> str:
    """So many layers."""
    return f"{count:,} layer{'s' * (count != 1)}"


def signed(number: int) -> str:
    """A difference: +1,234, -5 or +0."""
    return f"{number:+,}"
