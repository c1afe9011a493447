"""`archcalc fit`."""

from __future__ import annotations

import click

from archcalc.analysis.memory.fit import Room, Use, largest_batch, largest_input
from archcalc.cli.options import (
    dtype_option,
    examples,
    report_options,
    spec_argument,
    units_option,
    variation_options,
)
from archcalc.cli.request import Request, requested
from archcalc.cli.sizes import limits_of
from archcalc.cli.training import TrainingOptions, training_options
from archcalc.expectations.bounds import bytes_of
from archcalc.report.fit import batch_page, input_page


@click.command(
    epilog=examples(
        "archcalc fit resnet50 --memory 24GiB",
        "archcalc fit resnet50 --memory 24GiB --train adam --dtype bfloat16",
        "archcalc fit resnet50 --memory 24GiB --train adam --batch 64",
        "archcalc fit ds-cnn --dtype int8 --fits flash=64KiB,sram=32KiB --batch 1",
    )
)
@requested(spec_argument, report_options, units_option, variation_options, dtype_option)
@click.option(
    "--memory", metavar="SIZE", help="What there is: 24GiB, 512MB, 256KiB. Parameters lie there too."
)
@click.option(
    "--fits",
    metavar="SIZES",
    help="Instead: the SRAM for what is live, with the parameters in flash: flash=1MiB,sram=256KiB.",
)
@click.option(
    "--batch",
    "fixed_batch",
    type=click.IntRange(1),
    metavar="N",
    help="Find the largest square input for this batch, instead of the largest batch.",
)
@training_options
def fit(
    request: Request, memory: str | None, fits: str | None, fixed_batch: int | None, training: TrainingOptions
) -> int:
    """The largest batch with which a network fits into a memory; or, given --batch, the largest square input.

    Exact, and as a formula fixed + per example·N. Nothing that fits exits with 1.
    """
    training.check_options(running=False)
    if fits is not None and training.optimizer:
        raise click.UsageError("--fits is for inference with the parameters in flash: leave --train out")
    options, room = request.options(), _room(memory, fits)
    use = Use(training.optimizer or "", tuple(training.chosen().items()), in_flash=fits is not None)
    analysis = request._replace(batch=fixed_batch or 1).analysis()
    if fixed_batch is None:
        request.write(batch_page(analysis, room, use, options), options)
        return 0 if largest_batch(analysis, room, use) else 1
    sides = largest_input(analysis, room, use)
    request.write(input_page(analysis, room, use, sides, options), options)
    return 0 if sides.largest else 1


def _room(memory: str | None, fits: str | None) -> Room:
    """What --memory or --fits says that there is."""
    if (memory is None) == (fits is None):
        raise click.UsageError("say what there is: --memory SIZE, or --fits flash=SIZE,sram=SIZE")
    if memory is not None:
        return Room(bytes_of(memory, "--memory", "24GiB"))
    limits = limits_of(fits or "")
    if "sram" not in limits:
        raise click.UsageError("--fits needs sram=SIZE here: a batch and an input change what is live")
    return Room(limits["sram"], limits.get("flash"))
