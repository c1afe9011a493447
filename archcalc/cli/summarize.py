"""`archcalc summarize`."""

from __future__ import annotations

import click

from archcalc.cli.options import analysis_options, load_analysis, report_options, spec_argument, together


@click.command()
@together(spec_argument, report_options, analysis_options)
@click.option("--depth", type=click.IntRange(1), help="How many levels of blocks the table shows.")
@click.option("--explain", is_flag=True, help="Explain each number of each layer.")
def summarize(
    spec: str, format_: str, output: str, units: str, input_: str | None, batch: int, dtype: str,
    depth: int | None, explain: bool,
) -> None:  # fmt: skip
    """Every layer's output volume, memory, parameters, MACs and receptive field.

    Long tables of nested networks are folded by block; --depth says how far. JSON is never folded.
    """
    from archcalc.analysis.facts import BrokenNetworkError
    from archcalc.checks.expectations import failures
    from archcalc.cli.output import options_for, reported, write_page
    from archcalc.errors import SpecError
    from archcalc.report.summary import summary

    options = options_for(output, units, depth, explain)
    with reported(format_, output):
        try:
            analysis = load_analysis(spec, input_, batch, dtype)
        except BrokenNetworkError as error:
            if format_ != "json":
                write_page(summary(error.partial, options), format_, options, output)
            raise
    write_page(summary(analysis, options), format_, options, output)
    if problems := failures(analysis):
        raise SpecError(problems)
