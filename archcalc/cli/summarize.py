"""`archcalc summarize`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcalc.cli.options import (
    analysis_options,
    examples,
    load_spec,
    report_options,
    spec_argument,
    together,
    units_option,
)

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis
    from archcalc.errors import Problem
    from archcalc.report.page import Options, Page


@click.command(
    epilog=examples(
        "archcalc summarize vgg16",
        "archcalc summarize resnet50 --depth 1 --input 160",
        "archcalc summarize net.yaml --format json | jq .totals.parameters",
    )
)
@together(spec_argument, report_options, units_option, analysis_options)
@click.option(
    "--depth", type=click.IntRange(1), metavar="N",
    help="Show N levels of blocks. Without it, long tables are folded and CSV has every layer; "
    "JSON has every layer always.",
)  # fmt: skip
@click.option("--explain", is_flag=True, help="Explain each number of each layer (text and markdown).")
def summarize(
    spec: str, format_: str, output: str, units: str, input_: str | None, batch: int, dtype: str,
    depth: int | None, explain: bool,
) -> None:  # fmt: skip
    """Every layer's output volume, memory, parameters, MACs and receptive field.

    What the spec expects of the network is checked, unless --input changes it.
    """
    from archcalc.analysis.facts import BrokenNetworkError
    from archcalc.cli.output import options_for, reported, write_page
    from archcalc.errors import SpecError
    from archcalc.expectations import failures
    from archcalc.report.summary import summary

    options = options_for(output, units, depth, explain)
    with reported(format_, output):
        try:
            read = load_spec(spec, input_)
            analysis = read.analyze(batch=batch, dtype=dtype)
        except BrokenNetworkError as error:
            if format_ != "json":
                write_page(summary(error.partial, options), format_, options, output)
            raise
    problems = failures(analysis, read.expectations)
    write_page(_page(analysis, options, problems), format_, options, output)
    if problems:
        raise SpecError(problems, read.texts)


def _page(analysis: Analysis, options: Options, problems: tuple[Problem, ...]) -> Page:
    """The summary, whose JSON also says what does not hold."""
    from archcalc.cli.output import with_errors
    from archcalc.report.summary import summary

    page = summary(analysis, options)
    return page._replace(data=lambda: with_errors(page.data(), problems)) if problems else page
