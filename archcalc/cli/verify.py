"""`archcalc verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcalc.cli.options import (
    bytes_of,
    examples,
    input_option,
    load_analysis,
    report_options,
    spec_argument,
    together,
    units_option,
)

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis
    from archcalc.forward.abstract.fields import FieldCheck
    from archcalc.forward.verification import Verification


@click.command(
    epilog=examples(
        "archcalc verify resnet50",
        "archcalc verify net.yaml --shapes-only --input 65536",
        "archcalc verify vgg16 --receptive-field --profile --threads 4",
    )
)
@together(spec_argument, report_options, units_option, input_option)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the random tensors.",
)  # fmt: skip
@click.option(
    "--shapes-only", is_flag=True,
    help="Index and reshape arrays without contents: at once and at any size, but nothing is computed.",
)  # fmt: skip
@click.option(
    "--receptive-field", is_flag=True,
    help="Also find what each output sees of the input, and compare it with the predicted receptive fields.",
)  # fmt: skip
@click.option("--profile", is_flag=True, help="Show the time and the memory that each layer took.")
@click.option(
    "--threads", type=click.IntRange(1), metavar="N",
    help="Threads of matrix products: one, unless said so here or by OPENBLAS_NUM_THREADS and its like.",
)  # fmt: skip
@click.option(
    "--max-memory", default="4GiB", show_default=True, metavar="SIZE",
    help="Refuse a network that needs more, before anything is run.",
)  # fmt: skip
def verify(
    spec: str, format_: str, output: str, units: str, input_: str | None, seed: int,
    shapes_only: bool, receptive_field: bool, profile: bool, threads: int | None, max_memory: str,
) -> int:  # fmt: skip
    """Run the network in NumPy on random tensors and compare with what was predicted.

    The forward pass uses none of the rules that it checks: for each layer it compares the shape of the
    output, the arrays of parameters really used and the products really taken, and whether all values
    are finite; then the most memory that was alive. A disagreement exits with 1.
    """
    from archcalc.cli.output import options_for, reported, write_page

    options, limit = options_for(output, units), bytes_of(max_memory, "--max-memory", "4GiB")
    with reported(format_, output):
        analysis = load_analysis(spec, input_)
    from archcalc.forward.threads import set_threads

    set_threads(threads)
    outcome = _run(analysis, seed, limit, shapes_only, profile)
    fields = _fields(analysis, limit) if receptive_field else ()
    from archcalc.report.verification import verification

    write_page(verification(outcome, fields, options), format_, options, output)
    return 0 if outcome.agrees and not any(field.differences() for field in fields) else 1


def _fields(analysis: Analysis, limit: int) -> tuple[FieldCheck, ...]:
    from archcalc.forward.abstract.fields import receptive_fields

    return receptive_fields(analysis, max_memory=limit)


def _run(analysis: Analysis, seed: int, limit: int, shapes_only: bool, profile: bool) -> Verification:
    """The run, with its progress in a terminal."""
    from archcalc.cli.progress import progress
    from archcalc.forward.verify import verify as run

    with progress(len(analysis.facts)) as bar:
        return run(
            analysis, seed=seed, max_memory=limit, profile=profile,
            shapes_only=shapes_only, on_start=bar.start, on_layer=bar.step,
        )  # fmt: skip
