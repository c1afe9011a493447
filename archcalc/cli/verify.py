"""`archcalc verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcalc.cli.options import examples, report_options, spec_argument, units_option, variation_options
from archcalc.cli.progress import progress
from archcalc.cli.request import Request, gathered, requested
from archcalc.expectations.bounds import bytes_of
from archcalc.forward.threads import set_threads
from archcalc.records import NamedTuple
from archcalc.report.verification import verification as page

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis
    from archcalc.forward.abstract.fields import FieldCheck
    from archcalc.forward.verification import Verification


class RunOptions(NamedTuple):
    """How the network is run."""

    seed: int
    shapes_only: bool
    receptive_field: bool
    profile: bool
    threads: int | None
    max_memory: str


RUN_OPTIONS = (
    click.option(
        "--seed",
        type=click.IntRange(0),
        default=0,
        show_default=True,
        help="Seed of the random tensors.",
    ),
    click.option(
        "--shapes-only",
        is_flag=True,
        help="Index and reshape arrays without contents: at once and at any size, but nothing is computed.",
    ),
    click.option(
        "--receptive-field",
        is_flag=True,
        help="Also find what each output sees of the input, and compare it with the predicted "
        "receptive fields.",
    ),
    click.option("--profile", is_flag=True, help="Show the time and the memory that each layer took."),
    click.option(
        "--threads",
        type=click.IntRange(1),
        metavar="N",
        help="Threads of matrix products: one, unless said so here or by OPENBLAS_NUM_THREADS and its like.",
    ),
    click.option(
        "--max-memory",
        default="4GiB",
        show_default=True,
        metavar="SIZE",
        help="Refuse a network that needs more, before anything is run.",
    ),
)


@click.command(
    epilog=examples(
        "archcalc verify resnet50",
        "archcalc verify net.yaml --shapes-only --input 65536",
        "archcalc verify vgg16 --receptive-field --profile --threads 4",
    )
)
@requested(spec_argument, report_options, units_option, variation_options)
@gathered("run", RunOptions, *RUN_OPTIONS)
def verify(request: Request, run: RunOptions) -> int:
    """Run the network in NumPy on random tensors and compare with what was predicted.

    The forward pass uses none of the rules that it checks: for each layer it compares the shape of the
    output, the arrays of parameters really used and the products really taken, and whether all values
    are finite; then the most memory that was live. A disagreement exits with 1.
    """
    options, limit = request.options(), bytes_of(run.max_memory, "--max-memory", "4GiB")
    analysis = request.analysis()
    set_threads(run.threads)  # before NumPy is loaded, which a network that cannot be run does not need
    verification = _verified(analysis, run, limit)
    fields = _fields(analysis, limit) if run.receptive_field else ()
    request.write(page(verification, fields, options), options)
    return 0 if verification.agrees and not any(field.differences() for field in fields) else 1


def _fields(analysis: Analysis, limit: int) -> tuple[FieldCheck, ...]:
    from archcalc.forward.abstract.fields import receptive_fields

    return receptive_fields(analysis, max_memory=limit)


def _verified(analysis: Analysis, run: RunOptions, limit: int) -> Verification:
    """What the run showed, with its progress in a terminal."""
    from archcalc.forward.verify import verify

    with progress(len(analysis.facts)) as bar:
        return verify(
            analysis,
            seed=run.seed,
            max_memory=limit,
            profile=run.profile,
            shapes_only=run.shapes_only,
            on_start=bar.start,
            on_layer=bar.step,
        )
