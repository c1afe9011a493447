"""The page of `archcalc compare`: variants of networks, one row each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from archcalc.analysis.measures import Goal, Measure, Measured, pareto_optimal
from archcalc.errors import Problem
from archcalc.layers import Shape
from archcalc.quoting import listed, shortened
from archcalc.records import NamedTuple
from archcalc.report.page import SCHEMA_VERSION, Cell, Column, Options, Page, Row, Section, Table
from archcalc.report.problems import problem_data
from archcalc.report.values import cell_text, volume

if TYPE_CHECKING:
    from archcalc.report.documents.variants import GoalData, VariantData, VariantsDocument

MARK = " *"
"""Behind the best of a column."""

TOLD = 10
"""So many wrong variants are explained below the table; JSON and CSV say it of all."""


class Compared(NamedTuple):
    """One variant: what was asked for, and what came of it; problems where it is no network."""

    spec: str
    assignments: tuple[str, ...] = ()
    batch: int = 1
    dtype: str = ""
    asked_input: str = ""
    network: str = ""
    inputs: tuple[Shape, ...] = ()
    values: Mapping[str, Measured] = {}
    problems: tuple[Problem, ...] = ()

    @property
    def settings(self) -> dict[str, str]:
        """What its variables are set to, by name."""
        return {
            name.strip(): value.strip() for name, _, value in (t.partition("=") for t in self.assignments)
        }

    @property
    def label(self) -> str:
        """The arguments that make this variant."""
        words = [self.spec, *self.assignments, *([f"--input {self.asked_input}"] if self.asked_input else [])]
        return " ".join(map(shortened, words))


class Ranking(NamedTuple):
    """In which order variants are shown, and in which measures they are Pareto optimal."""

    order: Goal | None
    pareto: tuple[Goal, ...]

    def measures(self) -> tuple[Measure, ...]:
        """What has to be known of each variant."""
        return tuple(goal.measure for goal in (*((self.order,) if self.order else ()), *self.pareto))

    def ordered(self, rows: Sequence[Compared]) -> list[Compared]:
        """The rows, the best first; those without the value last."""
        order = self.order
        if order is None:
            return list(rows)
        name = order.measure.name
        known = [row for row in rows if row.values.get(name) is not None]
        known.sort(key=lambda row: order.cost(row.values[name]))
        return known + [row for row in rows if row.values.get(name) is None]

    def optimal(self, rows: Sequence[Compared]) -> list[bool]:
        """Which rows are Pareto optimal: among those that have all values."""
        names = [goal.measure.name for goal in self.pareto]
        able = [i for i, row in enumerate(rows) if all(row.values.get(name) is not None for name in names)]
        costs = [tuple(goal.cost(rows[i].values[goal.measure.name]) for goal in self.pareto) for i in able]
        found = dict(zip(able, pareto_optimal(costs), strict=True)) if self.pareto else {}
        return [found.get(i, False) for i in range(len(rows))]


class _Table(NamedTuple):
    """The rows in order, with what is marked in each."""

    rows: list[Compared]
    measures: tuple[Measure, ...]
    ranking: Ranking
    optimal: list[bool]
    best: dict[str, Measured]

    def is_best(self, row: Compared, name: str) -> bool:
        """Whether no other row is better in a column."""
        return name in self.best and row.values.get(name) == self.best[name]


def variants_page(
    rows: Sequence[Compared], shown: tuple[Measure, ...], ranking: Ranking, options: Options
) -> Page:
    """The page of some variants, with the measures that are shown."""
    ordered = ranking.ordered(rows)
    table = _Table(ordered, shown, ranking, ranking.optimal(ordered), dict(_best(ordered, shown)))
    wrong = [row for row in ordered if row.problems]
    specs = dict.fromkeys(row.spec for row in rows)
    count = f"{len(rows)} variant{'' if len(rows) == 1 else 's'}"
    shared, whole = _without_shared(_columns(table), _rows(table, options))
    about = [*shared, f"batch {rows[0].batch}", *(_dtypes(rows) if len(_dtypes(rows)) == 1 else ())]
    if ranking.order:
        about.append(f"sorted by {ranking.order.measure.title}, {ranking.order.word} first")
    return Page(
        title=count + (f", {len(wrong)} wrong" if wrong else "") + f": {listed(map(shortened, specs))}",
        lines=(" · ".join(about),),
        table=whole,
        sections=tuple(_told(wrong)),
        notes=tuple(_notes(table)),
        data=lambda: _data(table),
        records=lambda: _records(table),
    )


def _best(rows: Sequence[Compared], shown: tuple[Measure, ...]) -> Iterator[tuple[str, Measured]]:
    """The best value of each column in which one is better than another."""
    for measure in shown:
        values = {value for row in rows if isinstance(value := row.values.get(measure.name), int)}
        if measure.best is not None and len(values) > 1:
            yield measure.name, min(values) if measure.best == "min" else max(values)


def _variables(rows: Sequence[Compared]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row.settings))


def _dtypes(rows: Sequence[Compared]) -> list[str]:
    """The types of values that rows are worked out for."""
    return list(dict.fromkeys(row.dtype for row in rows if row.dtype))


def _columns(table: _Table) -> tuple[Column, ...]:
    """The columns: what makes a variant, and what is shown of it."""
    flat = all(len(shape) == 3 for row in table.rows for shape in row.inputs)
    return (
        Column("spec", "network"),
        *((Column("dtype", "dtype"),) if len(_dtypes(table.rows)) > 1 else ()),
        *(Column(name, name, "figure") for name in _variables(table.rows)),
        Column("input", "input W×H×D" if flat else "input"),
        *(
            Column(each.name, each.title, "text" if each.unit == "shape" else "figure", rank=1 + number)
            for number, each in enumerate(table.measures)
        ),
        *((Column("pareto", "Pareto", rank=1),) if table.ranking.pareto else ()),
        *((Column("error", "error"),) if any(row.problems for row in table.rows) else ()),
    )


def _rows(table: _Table, options: Options) -> tuple[Row, ...]:
    """The rows as people read them: the best of each column is marked."""
    return tuple(
        tuple(
            _cells(
                table,
                number,
                " and ".join(map(volume, row.inputs)) or row.asked_input,
                (_written(table, row, measure, options) for measure in table.measures),
                row.problems[0].code if row.problems else "",
            )
        )
        for number, row in enumerate(table.rows)
    )


def _without_shared(columns: tuple[Column, ...], rows: tuple[Row, ...]) -> tuple[list[str], Table]:
    """What all rows have in common of what makes a variant, in words; and the table without these columns."""
    makes = [i for i, column in enumerate(columns) if column.unit == "figure" or column.key == "input"]
    last = [column.key for column in columns].index("input")
    common = [i for i in makes if i <= last and len(rows) > 1 and len({row[i] for row in rows}) == 1]
    kept = [i for i in range(len(columns)) if i not in common]
    words = [f"{columns[i].key}{'=' if i < last else ' '}{rows[0][i]}" for i in common]
    return words, Table(tuple(columns[i] for i in kept), tuple(tuple(row[i] for i in kept) for row in rows))


def _written(table: _Table, row: Compared, measure: Measure, options: Options) -> str:
    text = cell_text(row.values.get(measure.name), measure.unit, options.units)
    if measure.name not in table.best:
        return text
    return text + (MARK if table.is_best(row, measure.name) else " " * len(MARK))


def _cells(table: _Table, number: int, entering: Cell, values: Iterator[Cell], error: str) -> Iterator[Cell]:
    """One row: what makes the variant, its values, and what is said of it."""
    row = table.rows[number]
    yield shortened(row.spec)
    if len(_dtypes(table.rows)) > 1:
        yield row.dtype
    yield from (row.settings.get(name, "") for name in _variables(table.rows))
    yield entering
    yield from values
    if table.ranking.pareto:
        yield "yes" if table.optimal[number] else ""
    if any(row.problems for row in table.rows):
        yield error


def _records(table: _Table) -> Table:
    """The same for programs: exact values, and errors in words."""
    rows = (
        tuple(
            _cells(
                table,
                number,
                row.inputs[0] if len(row.inputs) == 1 else " and ".join(map(volume, row.inputs)),
                (row.values.get(measure.name) for measure in table.measures),
                row.problems[0].message if row.problems else "",
            )
        )
        for number, row in enumerate(table.rows)
    )
    return Table(_columns(table), tuple(rows))


def _told(wrong: Sequence[Compared]) -> Iterator[Section]:
    """What is wrong with variants, in words."""
    told: dict[tuple[Problem, ...], Compared] = {}
    for row in wrong:
        told.setdefault(row.problems, row)  # a spec that is wrong is so on every input
    lines = [f"{row.label}: {_in_words(problems[0])}" for problems, row in islice(told.items(), TOLD)]
    if len(told) > TOLD:
        lines.append(f"and {len(told) - TOLD} more; --format json says what is wrong with each")
    if lines:
        yield "what is wrong", tuple(lines)


def _in_words(problem: Problem) -> str:
    place = f"{problem.span}: " if problem.span else ""
    return f"{place}{problem.message}" + (f"; {problem.hint}" if problem.hint else "")


def _notes(table: _Table) -> Iterator[str]:
    if table.best:
        most = [m.title for m in table.measures if m.name in table.best and m.best == "max"]
        yield "*: the least of its column" + (f", and the most of {listed(most)}" if most else "")
    if table.ranking.pareto:
        goals = listed([f"{goal.word} {goal.measure.title}" for goal in table.ranking.pareto])
        yield f"Pareto: no other row is as good in all of these, and better in one: {goals}"


def _goal_data(goal: Goal) -> GoalData:
    return {"column": goal.measure.name, "best": goal.best}


def _data(table: _Table) -> VariantsDocument:
    first, dtypes = table.rows[0], _dtypes(table.rows)
    return {
        "schema_version": SCHEMA_VERSION,
        "batch": first.batch,
        "dtype": dtypes[0] if len(dtypes) == 1 else None,
        "columns": [measure.name for measure in table.measures],
        "sort": _goal_data(table.ranking.order) if table.ranking.order else None,
        "pareto": [_goal_data(goal) for goal in table.ranking.pareto],
        "variants": [_variant_data(table, number) for number in range(len(table.rows))],
    }


def _variant_data(table: _Table, number: int) -> VariantData:
    row = table.rows[number]
    values = {measure.name: row.values.get(measure.name) for measure in table.measures}
    return {
        "spec": row.spec,
        "set": row.settings,
        "network": row.network or None,
        "dtype": row.dtype or None,
        "input_shapes": [list(shape) for shape in row.inputs] or None,
        "values": {
            name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
        },
        "best": [measure.name for measure in table.measures if table.is_best(row, measure.name)],
        "pareto": table.optimal[number],
        "errors": [problem_data(problem) for problem in row.problems],
    }
