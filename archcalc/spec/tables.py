"""Tables in a spec: columns with names and lists that are equally long."""

from __future__ import annotations

from archcalc.layers.settings import Setting
from archcalc.quoting import quoted
from archcalc.spec.calls import IDENTIFIER, is_identifier
from archcalc.spec.decode import read
from archcalc.spec.document import Mapping, Value
from archcalc.spec.expressions import Scope
from archcalc.spec.problems import Problems


def _columns(value: object) -> dict[str, list[object]]:
    if isinstance(value, list) and value:
        raise ValueError(f"write a list for each column, by its name: {_as_column(value)}")
    if not isinstance(value, dict) or not value:
        raise ValueError
    for name, column in value.items():
        if not is_identifier(name):
            raise ValueError(
                f"a column needs {IDENTIFIER.needs}, and no word that is taken; found {quoted(name)}"
            )
        if not isinstance(column, list):
            raise ValueError(f"write `{name}: […]`, with a value for each copy")
    return value


def _as_column(rows: list[object]) -> str:
    """A column as it is written, from a list of values or the first two rows of a table."""
    name = next(iter(rows[0]), "") if isinstance(rows[0], dict) else "value"
    values = [row.get(name) if isinstance(row, dict) else row for row in rows[:2]]
    if not is_identifier(name) or not all(isinstance(each, int) for each in values):
        return "{value: […]}"
    return f"{{{name}: [{', '.join(map(str, values))}{', …' * (len(rows) > 2)}]}}"


COLUMNS = Setting("columns by name, such as {filters: [64, 128], convs: [2, 3]}", _columns)


def rows(value: Value, scope: Scope, problems: Problems) -> list[dict[str, object]]:
    """The rows of a table, each with a value for every column; none where it is invalid, which is noted."""
    columns = read(COLUMNS, "each of repeat", value, scope, problems)
    if columns is None or not _even(columns, value, problems):
        return []
    problems.charge(sum(1 + len(column) for column in columns.values()), value.span)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _even(columns: dict[str, list[object]], value: Value, problems: Problems) -> bool:
    """Whether all columns are equally long; the first that is not is noted."""
    first, *others = columns
    for name in others:
        lengths = len(columns[first]), len(columns[name])
        if lengths[0] != lengths[1]:
            message = (
                f"all columns of each need as many values: {first} has {lengths[0]}, {name} has {lengths[1]}"
            )
            span = value.entries[name].span if isinstance(value, Mapping) else value.span
            problems.add("type", message, span, "write a value for each copy in every column")
            return False
    return True
