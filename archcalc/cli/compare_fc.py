"""`archcalc compare-fc`."""

from __future__ import annotations

import click

from archcalc.cli.candidates import convolutions
from archcalc.cli.options import (
    examples,
    facts_of,
    input_option,
    load_analysis,
    report_options,
    spec_argument,
    together,
)


@click.command(
    "compare-fc", epilog=examples("archcalc compare-fc alexnet", "archcalc compare-fc alexnet --layer conv1")
)
@together(spec_argument, report_options, input_option)
@click.option("--layer", metavar="NAME", shell_complete=convolutions, help="Only this convolution.")
def compare_fc(spec: str, format_: str, output: str, input_: str | None, layer: str | None) -> None:
    """What sharing filters saves.

    For each convolution: its parameters as they are (filters shared by all positions), with unshared
    filters (each output value has its own filter and bias), and fully connected (each output value
    sees every input value). The largest saving comes first.
    """
    from archcalc.cli.output import options_for, reported, write_page
    from archcalc.report.comparison import comparison

    options = options_for(output)
    with reported(format_, output):
        analysis = load_analysis(spec, input_)
    if layer is not None:
        facts_of(analysis, layer)
    write_page(comparison(analysis, layer, options), format_, options, output)
