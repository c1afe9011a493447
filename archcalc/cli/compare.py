"""`archcalc compare`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from archcalc.analysis.measures import Goal, Measure, goal, goals, measures
from archcalc.cli.candidates import columns as complete_columns
from archcalc.cli.candidates import specs_or_variables, variables
from archcalc.cli.options import (
    assignments_of,
    batch_option,
    dtype_option,
    examples,
    report_options,
    units_option,
)
from archcalc.cli.output import STDIN
from archcalc.cli.request import Request, gathered, requested
from archcalc.cli.variations import Variation, variations
from archcalc.errors import Problem, RequestError, SpecError
from archcalc.records import NamedTuple
from archcalc.report.variants import Compared, Ranking, variants_page
from archcalc.spec.model import Spec

COLUMNS = "parameters,macs,peak_bytes,depth,receptive_field,output"
PARETO = "parameters,macs,peak_bytes"


class ComparisonOptions(NamedTuple):
    """What is shown of the variants, and in which order."""

    columns: str
    sort: str | None
    pareto: str

    def measures(self) -> tuple[Measure, ...]:
        """The columns that are asked for."""
        return measures(self.columns, "--columns")

    def ranking(self) -> Ranking:
        """The order, and what is Pareto optimal."""
        order: Goal | None = goal(self.sort, "--sort") if self.sort else None
        return Ranking(order, goals(self.pareto, "--pareto") if self.pareto != "none" else ())


OPTIONS = (
    click.option(
        "--columns",
        default=COLUMNS,
        show_default=True,
        metavar="NAMES",
        shell_complete=complete_columns,
        help="What to show: any total of `summarize`, peak_bytes, layers, depth, receptive_field, output.",
    ),
    click.option(
        "--sort",
        metavar="COLUMN",
        shell_complete=complete_columns,
        help="Best first: least first, and most for receptive_field; min:COLUMN or max:COLUMN says it.",
    ),
    click.option(
        "--pareto",
        default=PARETO,
        show_default=True,
        metavar="COLUMNS",
        shell_complete=complete_columns,
        help="Mark rows that no other beats in all of these, with min: or max: before each; none for none.",
    ),
)


@click.command(
    epilog=examples(
        "archcalc compare resnet18 resnet50 mobilenet_v2 --sort macs",
        "archcalc compare resnet50 --set width=25,50,100 --input 160,224",
        "archcalc compare resnet50 width=50 resnet18 --input 160,224 -f markdown",
        "archcalc compare resnet18 --set 'blocks=[1,1,1,1],[2,2,2,2]'",
    )
)
@click.argument(
    "specs", metavar="SPEC [NAME=VALUE]...", nargs=-1, required=True, shell_complete=specs_or_variables
)
@click.option(
    "--set",
    "given",
    multiple=True,
    metavar="NAME=VALUES",
    callback=assignments_of,
    shell_complete=variables,
    help="Values of a variable, with commas between them: width=25,50. A list has brackets: [2,2],[3,4].",
)
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="SHAPES",
    help="Inputs, with commas between them: 160,224 or 3x160x160; height=160,width=96 is one.",
)
@requested(batch_option, dtype_option, report_options, units_option)
@gathered("asked", ComparisonOptions, *OPTIONS)
def compare(
    request: Request,
    asked: ComparisonOptions,
    specs: tuple[str, ...],
    given: tuple[str, ...],
    inputs: tuple[str, ...],
) -> int:
    """Networks and their variants side by side, one row each, by what you choose.

    NAME=VALUE behind a SPEC sets a variable of that one, --set of each. Every combination of values is a row.
    A row that is wrong says so, and the exit code is 1; the others are shown. What specs expect of
    themselves is not checked.
    """
    shown, ranking = asked.measures(), asked.ranking()
    wanted = variations(specs, given, inputs)
    if sum(each.spec == STDIN for each in wanted) > 1:
        raise click.UsageError("standard input can be read once: give it one variant, or name a file")
    needed = dict.fromkeys((*shown, *ranking.measures()))
    rows = [row for each in wanted for row in _rows(request, each, tuple(needed))]
    request.write(variants_page(rows, shown, ranking, request.options()))
    return 1 if any(row.problems for row in rows) else 0


def _rows(request: Request, one: Variation, needed: tuple[Measure, ...]) -> Iterator[Compared]:
    """One spec with its variables set, for each input; what is wrong with it is wrong with each of these."""
    request = request._replace(spec=one.spec, assignments=one.assignments)
    row = Compared(one.spec, one.assignments, request.batch)
    try:
        spec = request.parts().spec
    except SpecError as error:
        yield from (row._replace(asked_input=size or "", problems=error.problems) for size in one.inputs)
        return
    for size in one.inputs:
        yield _row(row._replace(asked_input=size or ""), request._replace(input_=size), spec, needed)


def _row(row: Compared, request: Request, spec: Spec, needed: tuple[Measure, ...]) -> Compared:
    """The row of a spec on one input."""
    try:
        analysis = request.analyzed(request.on_input(spec))
    except SpecError as error:
        return row._replace(problems=error.problems)
    except (RequestError, click.BadParameter) as error:
        message = error.message if isinstance(error, click.BadParameter) else str(error)
        return row._replace(problems=(Problem("input", message),))
    values = {measure.name: measure.of(analysis) for measure in needed}
    shapes = analysis.network.input_shapes
    return row._replace(network=spec.network.name, dtype=analysis.dtype, inputs=shapes, values=values)
