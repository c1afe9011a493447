"""`archcalc verify`."""

from __future__ import annotations

import click

from archcalc.cli.options import input_option, load_analysis, report_options, spec_argument, together


@click.command()
@together(spec_argument, report_options, input_option)
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True, help="What to draw from."
)
def verify(spec: str, format_: str, output: str, units: str, input_: str | None, seed: int) -> int:
    """Run the network in NumPy on random tensors and compare with what was predicted.

    The forward pass uses none of the rules that it checks: for each layer it compares the shape of the
    output, the arrays of parameters really used and the products really taken, and whether all values
    are finite. A disagreement exits with 1.
    """
    from archcalc.cli.output import options_for, reported, write_page

    options = options_for(output, units)
    with reported(format_, output):
        analysis = load_analysis(spec, input_)
    from archcalc.forward.verify import verify as run
    from archcalc.report.verification import verification

    outcome = run(analysis, seed=seed)
    write_page(verification(outcome), format_, options, output)
    return 0 if outcome.agrees else 1
