"""`archcalc memory`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from archcalc.analysis.memory.models import MEMORY_MODELS
from archcalc.analysis.memory.schedule import CONCATS, SCHEDULES, planned
from archcalc.cli.options import (
    analysis_options,
    depth_option,
    examples,
    report_options,
    spec_argument,
    units_option,
)
from archcalc.cli.request import Request, gathered, requested
from archcalc.cli.sizes import limits_of
from archcalc.cli.training import TrainingOptions, training_options
from archcalc.records import NamedTuple

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis
    from archcalc.analysis.memory.budget import Verdict
    from archcalc.analysis.memory.liveness import Timeline
    from archcalc.report.page import Options


class InferenceOptions(NamedTuple):
    """How the network is run at inference, and what its memory is held against."""

    schedule: str = "as-written"
    concat: str = "copy"
    convention: str = "archcalc"
    fits: str | None = None


INFERENCE_OPTIONS = (
    click.option(
        "--schedule",
        type=click.Choice(SCHEDULES),
        default="as-written",
        show_default=True,
        help="The order of the layers: as written, or the one that needs least, with a proof or a bound.",
    ),
    click.option(
        "--concat",
        type=click.Choice(CONCATS),
        default="copy",
        show_default=True,
        help="Whether concat copies its inputs, or they are written straight into it where they can be.",
    ),
    click.option(
        "--convention",
        type=click.Choice(tuple(MEMORY_MODELS)),
        default="archcalc",
        show_default=True,
        help="When a volume dies: after its last reader, or as PyTorch runs models layer by layer.",
    ),
    click.option(
        "--fits",
        metavar="SIZES",
        help="Whether the parameters fit into flash and what is live into SRAM: flash=1MiB,sram=256KiB.",
    ),
)


@click.command(
    epilog=examples(
        "archcalc memory vgg16",
        "archcalc memory inception_v3 --schedule best --concat view",
        "archcalc memory net.yaml --dtype int8 --fits flash=1MiB,sram=256KiB",
        "archcalc memory resnet50 --train adam --batch 32 --checkpoint conv3_x",
    )
)
@requested(spec_argument, report_options, units_option, analysis_options)
@gathered("running", InferenceOptions, *INFERENCE_OPTIONS)
@depth_option
@training_options
def memory(request: Request, running: InferenceOptions, depth: int | None, training: TrainingOptions) -> int:
    """What is live while each layer runs, and its peak: the memory that running the network allocates.

    With --fits, a network that does not fit exits with 1. With --train, the memory of a training step: what
    each layer owns and has saved for backward, and the most that is there at once.
    """
    training.check_options(running=running != InferenceOptions())
    options = request.options(depth)
    limits = limits_of(running.fits) if running.fits is not None else {}
    analysis = request.analysis()
    if training.optimizer is not None:
        request.write(training.page(analysis, options), options)
        return 0
    return _run(request, analysis, running, limits, options)


def _run(
    request: Request, analysis: Analysis, running: InferenceOptions, limits: dict[str, int], options: Options
) -> int:
    """Report the memory of inference; returns the exit code."""
    # A training step has a page of its own.
    from archcalc.report.memory import memory as page

    plan = planned(analysis, schedule=running.schedule, concat=running.concat, convention=running.convention)
    verdicts = tuple(_verdicts(analysis, plan.timeline, limits))
    request.write(page(analysis, plan, verdicts, options), options)
    return 0 if all(verdict.fits for verdict in verdicts) else 1


def _verdicts(analysis: Analysis, timeline: Timeline, limits: dict[str, int]) -> Iterator[Verdict]:
    from archcalc.analysis.memory.budget import flash, sram

    if "flash" in limits:
        yield flash(analysis, limits["flash"])
    if "sram" in limits:
        yield sram(timeline, limits["sram"])
