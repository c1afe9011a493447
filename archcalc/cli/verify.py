"""`archcalc verify`."""

from __future__ import annotations

import click

from archcalc.cli.options import (
    examples,
    input_option,
    load_analysis,
    report_options,
    spec_argument,
    together,
)


@click.command(epilog=examples("archcalc verify resnet50", "archcalc verify net.yaml --seed 7"))
@together(spec_argument, report_options, input_option)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Seed of the random tensors.",
)
def verify(spec: str, format_: str, output: str, input_: str | None, seed: int) -> int:
    """Run the network in NumPy on random tensors and compare with what was predicted.

    The forward pass uses none of the rules that it checks: for each layer it compares the shape of the
    output, the arrays of parameters really used and the products really taken, and whether all values
    are finite. A disagreement exits with 1.
    """
    from archcalc.cli.output import options_for, reported, write_page

    options = options_for(output)
    with reported(format_, output):
        analysis = load_analysis(spec, input_)
    from archcalc.forward.verify import verify as run
    from archcalc.report.verification import verification

    outcome = run(analysis, seed=seed)
    write_page(verification(outcome), format_, options, output)
    return 0 if outcome.agrees else 1
