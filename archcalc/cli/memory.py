"""`archcalc memory`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from archcalc.cli.options import (
    analysis_options,
    bytes_of,
    examples,
    load_analysis,
    report_options,
    spec_argument,
    together,
    units_option,
)
from archcalc.cli.training import check_options, training_options, training_page

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis
    from archcalc.analysis.memory.budget import Verdict
    from archcalc.analysis.memory.liveness import Timeline

MEMORIES = ("flash", "sram")


@click.command(
    epilog=examples(
        "archcalc memory vgg16",
        "archcalc memory inception_v3 --schedule best --concat view",
        "archcalc memory net.yaml --dtype int8 --fits flash=1MiB,sram=256KiB",
        "archcalc memory resnet50 --train adam --batch 32 --checkpoint conv3_x",
    )
)
@together(spec_argument, report_options, units_option, analysis_options)
@click.option(
    "--schedule", type=click.Choice(("as-written", "best")), default="as-written", show_default=True,
    help="The order of the layers: as written, or the one that needs least, with a proof or a bound.",
)  # fmt: skip
@click.option(
    "--concat", type=click.Choice(("copy", "view")), default="copy", show_default=True,
    help="Whether concat copies its inputs, or they are written straight into it where they can be.",
)  # fmt: skip
@click.option(
    "--convention", type=click.Choice(("archcalc", "eager")), default="archcalc", show_default=True,
    help="When a volume dies: after its last reader, or as PyTorch runs models layer by layer.",
)  # fmt: skip
@click.option(
    "--fits", metavar="SIZES",
    help="Whether the parameters fit into flash and what is alive into SRAM: flash=1MiB,sram=256KiB.",
)  # fmt: skip
@click.option(
    "--depth", type=click.IntRange(1), metavar="N",
    help="Show N levels of blocks. Without it, long tables are folded and CSV has every layer; "
    "JSON has every layer always.",
)  # fmt: skip
@training_options
def memory(
    spec: str, format_: str, output: str, units: str, input_: str | None, batch: int, dtype: str,
    schedule: str, concat: str, convention: str, fits: str | None, depth: int | None,
    optimizer: str | None, precision: str | None, checkpoint: str | None, device: str | None,
    attention: str | None,
) -> int:  # fmt: skip
    """What is alive while each layer runs, and most of all: the memory that running the network takes.

    With --fits, a network that does not fit exits with 1. With --train, the memory of a training step: what
    each layer owns and keeps for its backward pass, and the most that is there at once.
    """
    from archcalc.analysis.memory.schedule import planned
    from archcalc.cli.output import options_for, reported, write_page
    from archcalc.report.memory import memory as page

    chosen = {"precision": precision, "checkpoint": checkpoint, "device": device, "attention": attention}
    running = (schedule, concat, convention, fits) != ("as-written", "copy", "archcalc", None)
    check_options(optimizer, tuple(chosen.values()), running=running)
    options = options_for(output, units, depth)
    limits = _limits(fits) if fits is not None else {}
    with reported(format_, output):
        analysis = load_analysis(spec, input_, batch, dtype)
    if optimizer is not None:
        write_page(training_page(analysis, optimizer, options, **chosen), format_, options, output)
        return 0
    plan = planned(analysis, schedule=schedule, concat=concat, convention=convention)
    verdicts = tuple(_verdicts(analysis, plan.timeline, limits))
    write_page(page(analysis, plan, verdicts, options), format_, options, output)
    return 0 if all(verdict.fits for verdict in verdicts) else 1


def _limits(text: str) -> dict[str, int]:
    """The sizes in `flash=1MiB,sram=256KiB`."""
    from archcalc.errors import RequestError
    from archcalc.quoting import quoted

    limits: dict[str, int] = {}
    for part in text.split(","):
        name, equals, amount = (word.strip() for word in part.partition("="))
        if not equals or name not in MEMORIES or name in limits:
            raise RequestError(f"--fits takes flash=SIZE, sram=SIZE or both, got {quoted(text)}")
        limits[name] = bytes_of(amount, "--fits", "256KiB")
    return limits


def _verdicts(analysis: Analysis, timeline: Timeline, limits: dict[str, int]) -> Iterator[Verdict]:
    from archcalc.analysis.memory.budget import flash, sram

    if "flash" in limits:
        yield flash(analysis, limits["flash"])
    if "sram" in limits:
        yield sram(timeline, limits["sram"])
