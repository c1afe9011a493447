"""`archcalc fit`."""

from __future__ import annotations

import click

from archcalc.cli.options import (
    bytes_of,
    dtype_option,
    examples,
    input_option,
    load_analysis,
    report_options,
    spec_argument,
    together,
    units_option,
)
from archcalc.cli.training import check_options, training_options


@click.command(
    epilog=examples(
        "archcalc fit resnet50 --memory 24GiB",
        "archcalc fit resnet50 --memory 24GiB --train adam --dtype bfloat16",
        "archcalc fit resnet50 --memory 24GiB --train adam --batch 64",
    )
)
@together(spec_argument, report_options, units_option, input_option, dtype_option)
@click.option("--memory", required=True, metavar="SIZE", help="What there is: 24GiB, 512MB, 256KiB.")
@click.option(
    "--batch", type=click.IntRange(1), metavar="N",
    help="Find the largest square input for this batch, instead of the largest batch.",
)  # fmt: skip
@training_options
def fit(
    spec: str, format_: str, output: str, units: str, input_: str | None, dtype: str, memory: str,
    batch: int | None, optimizer: str | None, **chosen: str | None,
) -> int:  # fmt: skip
    """The largest batch with which a network fits into a memory; or, given --batch, the largest square input.

    Exact, and as a formula fixed + per example·N. Nothing that fits exits with 1.
    """
    from archcalc.analysis.memory.fit import Use, largest_input, need
    from archcalc.cli.output import options_for, reported, write_page
    from archcalc.report.fit import batch_page, input_page

    check_options(optimizer, tuple(chosen.values()), running=False)
    options, limit = options_for(output, units), bytes_of(memory, "--memory", "24GiB")
    use = Use(optimizer or "", tuple((name, value) for name, value in chosen.items() if value is not None))
    with reported(format_, output):
        analysis = load_analysis(spec, input_, batch or 1, dtype)
    if batch is None:
        write_page(batch_page(analysis, limit, use, options), format_, options, output)
        return 0 if need(analysis, use).largest_batch(limit) else 1
    sides = largest_input(analysis, limit, use)
    write_page(input_page(analysis, limit, use, sides, options), format_, options, output)
    return 0 if sides.largest else 1
