"""`archcalc fit`."""

from __future__ import annotations

import click

from archcalc.analysis.memory.fit import Use, largest_input, need
from archcalc.cli.options import (
    dtype_option,
    examples,
    report_options,
    spec_argument,
    units_option,
    variation_options,
)
from archcalc.cli.request import Request, bytes_of, requested
from archcalc.cli.training import TrainingOptions, training_options
from archcalc.report.fit import batch_page, input_page


@click.command(
    epilog=examples(
        "archcalc fit resnet50 --memory 24GiB",
        "archcalc fit resnet50 --memory 24GiB --train adam --dtype bfloat16",
        "archcalc fit resnet50 --memory 24GiB --train adam --batch 64",
    )
)
@requested(spec_argument, report_options, units_option, variation_options, dtype_option)
@click.option("--memory", required=True, metavar="SIZE", help="What there is: 24GiB, 512MB, 256KiB.")
@click.option(
    "--batch",
    "fixed_batch",
    type=click.IntRange(1),
    metavar="N",
    help="Find the largest square input for this batch, instead of the largest batch.",
)
@training_options
def fit(request: Request, memory: str, fixed_batch: int | None, training: TrainingOptions) -> int:
    """The largest batch with which a network fits into a memory; or, given --batch, the largest square input.

    Exact, and as a formula fixed + per example·N. Nothing that fits exits with 1.
    """
    training.check_options(running=False)
    options, limit = request.options(), bytes_of(memory, "--memory", "24GiB")
    use = Use(training.optimizer or "", tuple(training.chosen().items()))
    analysis = request._replace(batch=fixed_batch or 1).analysis()
    if fixed_batch is None:
        request.write(batch_page(analysis, limit, use, options), options)
        return 0 if need(analysis, use).largest_batch(limit) else 1
    sides = largest_input(analysis, limit, use)
    request.write(input_page(analysis, limit, use, sides, options), options)
    return 0 if sides.largest else 1
