"""The options that commands share, and what their values mean."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from os import path as paths
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archcalc.analysis.dtypes import DTYPES, dtype_of
from archcalc.quoting import quoted
from archcalc.report import FORMATS, UNITS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Command = TypeVar("Command", bound=Callable[..., Any])


class OutputFile(click.ParamType):  # type: ignore[type-arg]  # generic only in newer releases of click
    """A file to write, or - for standard output.

    click's own type of a path looks for translations of its name, at every start.
    """

    name = "file"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value != "-" and paths.isdir(value):
            self.fail(f"File {quoted(value)} is a directory.", param, ctx)
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type="file")]


class Dtype(click.Choice):  # type: ignore[type-arg]  # generic only in newer releases of click
    """A type of values, by its name or as people shorten it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return dtype_of(value)
        except ValueError as error:
            hint = f"; {error}" if str(error) else ""
            self.fail(f"{quoted(value)} is not one of {', '.join(self.choices)}{hint}", param, ctx)


def _candidates(find: str, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """What a shell may complete, which only a shell's question imports."""
    from archcalc.cli import candidates

    found: list[str] = getattr(candidates, find)(ctx, param, incomplete)
    return found


def assignments_of(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """What `--set` gives, each a name and a value."""
    for text in given:
        name, _, value = text.partition("=")
        if not name.strip().isidentifier() or not value.strip() or not text.isprintable():
            raise click.BadParameter(f"needs NAME=VALUE, such as width=50, got {quoted(text)}", ctx, param)
    return given


BY_ENDING = "by the ending of --output, else text"

spec_argument = click.argument("spec", shell_complete=partial(_candidates, "specs"))
format_option = click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(tuple(FORMATS)),
    show_default=BY_ENDING,
    help="How to write the report.",
)
output_option = click.option(
    "-o",
    "--output",
    type=OutputFile(),
    default="-",
    help="Write to a file instead of standard output.",
)
units_option = click.option(
    "--units",
    type=click.Choice(UNITS),
    default="binary",
    show_default=True,
    help="Bytes as KiB and MiB, as kB and MB, or exactly; JSON and CSV are always exact.",
)
batch_option = click.option(
    "--batch",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="Examples at once: multiplies the activations; MACs are always for one.",
)
dtype_option = click.option(
    "--dtype",
    type=Dtype(tuple(DTYPES)),
    show_default="as the spec declares, else the config file, else float32",
    help="Type of weights and activations.",
)
input_option = click.option(
    "--input",
    "input_",
    metavar="SHAPE",
    help="Another input volume: 160 (height and width), 3x160x160 (channels first), or height=160,width=96.",
)


set_option = click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="NAME=VALUE",
    callback=assignments_of,
    shell_complete=partial(_candidates, "variables"),
    help="Give a variable of the spec another value, as a variant does: width=50, blocks=[2,2,2,2]. "
    "Can be repeated; what the spec expects of itself is then not checked.",
)

depth_option = click.option(
    "--depth",
    type=click.IntRange(1),
    metavar="N",
    help="Show N levels of blocks. Without it, long tables are folded and CSV has every layer; "
    "JSON has every layer always.",
)


def together(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator, shown by --help in this order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


report_options = together(format_option, output_option)
variation_options = together(set_option, input_option)
analysis_options = together(variation_options, batch_option, dtype_option)


def examples(*lines: str) -> str:
    """The end of a command's help: lines to copy."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
