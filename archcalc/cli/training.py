"""`archcalc memory --train`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcalc.analysis.memory.optimizers import PRECISIONS, optimizer_called
from archcalc.analysis.memory.saved import ATTENTION, DEVICES
from archcalc.cli.candidates import blocks, optimizers
from archcalc.cli.request import gathered
from archcalc.errors import RequestError
from archcalc.records import NamedTuple
from archcalc.spec.zoo import SUFFIXES, zoo_names

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis
    from archcalc.report.page import Options, Page


class TrainingOptions(NamedTuple):
    """What the options of training say; without an optimizer nothing is trained."""

    optimizer: str | None = None
    precision: str | None = None
    checkpoint: str | None = None
    device: str | None = None
    attention: str | None = None

    def chosen(self) -> dict[str, str]:
        """What was said of training besides the optimizer; the rest has its default."""
        values = self._asdict()
        del values["optimizer"]
        return {name: value for name, value in values.items() if value is not None}

    def check_options(self, *, running: bool) -> None:
        """Refuse options of training without --train, and options of running with it."""
        if self.optimizer is None and any(self[1:]):
            raise click.UsageError(
                "--precision, --checkpoint, --device and --attention are about training: add --train"
            )
        if self.optimizer is not None and running:
            raise click.UsageError(
                "--schedule, --concat, --convention and --fits are about running: leave out --train"
            )

    def page(self, analysis: Analysis, options: Options) -> Page:
        """The page of a training step."""
        from archcalc.analysis.memory.training import training
        from archcalc.report.training import training as page

        return page(training(analysis, self.optimizer or "", **self.chosen()), options)


def _known(ctx: click.Context, param: click.Parameter, name: str | None) -> str | None:
    """The optimizer, looked up before SPEC is missed: it may be SPEC that was taken for one."""
    if name is None:
        return None
    try:
        optimizer_called(name)
    except RequestError as error:
        spec = name.endswith(SUFFIXES) or name in zoo_names()
        raise RequestError(f"{error}; SPEC goes before --train" if spec else str(error)) from None
    return name


training_options = gathered(
    "training",
    TrainingOptions,
    click.option(
        "--train",
        "optimizer",
        is_flag=False,
        flag_value="adam",
        metavar="[OPTIMIZER]",
        callback=_known,
        shell_complete=optimizers,
        help="The memory of a training step: adam, or sgd, momentum, adamw, adafactor, rmsprop, lion …",
    ),
    click.option(
        "--precision",
        type=click.Choice(tuple(PRECISIONS)),
        help="In training with 16 bits: float32 weights beside narrow ones (master, the default) or with "
        "narrow copies (autocast), or narrow weights alone (pure).",
    ),
    click.option(
        "--checkpoint",
        metavar="WHAT",
        shell_complete=blocks,
        help="In training, what has only its input saved for backward, and runs again then: conv3_x,conv4_x, "
        "or conv3_x/* (each by itself), or every=2 (blocks).",
    ),
    click.option(
        "--device",
        type=click.Choice(tuple(DEVICES)),
        help="In training, where: on a GPU (the default) dropout saves a byte for each value.",
    ),
    click.option(
        "--attention",
        type=click.Choice(tuple(ATTENTION)),
        help="In training, whether attention saves statistics (fused, the default) or its weights.",
    ),
)
