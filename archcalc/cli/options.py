"""The options that commands share, and what their values mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archcalc.cli.candidates import specs
from archcalc.report import FORMATS, UNITS

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis, Facts
    from archcalc.spec.model import Spec

Command = TypeVar("Command", bound=Callable[..., Any])

DTYPE_NAMES = ("float32", "float16", "bfloat16", "int8", "float64")
SHORT_DTYPES = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16", "fp64": "float64"}


class Dtype(click.Choice):  # type: ignore[type-arg]
    """A type of values, by its name or as people shorten it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(SHORT_DTYPES.get(value, value), param, ctx)


spec_argument = click.argument("spec", shell_complete=specs)
format_option = click.option(
    "-f", "--format", "format_", type=click.Choice(tuple(FORMATS)), default="text", show_default=True,
    help="How to write the report.",
)  # fmt: skip
output_option = click.option(
    "-o", "--output", type=click.Path(dir_okay=False, allow_dash=True), default="-",
    help="Write to a file instead of standard output.",
)  # fmt: skip
units_option = click.option(
    "--units", type=click.Choice(UNITS), default="binary", show_default=True,
    help="Bytes as KiB and MiB, as kB and MB, or exactly; JSON and CSV are always exact.",
)  # fmt: skip
batch_option = click.option(
    "--batch", type=click.IntRange(1), default=1, show_default=True, metavar="N",
    help="Examples at once: multiplies the activations; MACs are always for one.",
)  # fmt: skip
dtype_option = click.option(
    "--dtype", type=Dtype(DTYPE_NAMES), default="float32", show_default=True,
    help="Type of weights and activations.",
)  # fmt: skip
input_option = click.option(
    "--input", "input_", metavar="SHAPE",
    help="Another input volume: 160 (height and width), 3x160x160 (channels first), or height=160,width=96.",
)  # fmt: skip


def together(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator, shown by --help in this order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


report_options = together(format_option, output_option)
analysis_options = together(input_option, batch_option, dtype_option)


def examples(*lines: str) -> str:
    """The end of a command's help: lines to copy."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def bytes_of(text: str, option: str, example: str) -> int:
    """The bytes in a size such as 4GiB; raises RequestError, with an example, for what is none."""
    from archcalc.errors import RequestError
    from archcalc.expectations.bounds import size
    from archcalc.quoting import quoted

    try:
        return size(text)
    except ValueError as error:
        hint = f": {error}" if str(error) else f", such as {example}"
        raise RequestError(f"{option}: {quoted(text)} is no size{hint}") from None


def load_spec(name: str, input_: str | None = None) -> Spec:
    """A spec, on another input where one is given."""
    from archcalc.spec.load import read_spec

    return on_input(read_spec(name), input_)


def on_input(spec: Spec, input_: str | None) -> Spec:
    """A spec, on the input that `--input` names, if any."""
    if input_ is None:
        return spec
    from archcalc.cli.input_shape import input_shape

    return spec.with_input(input_shape(input_, spec.network.input_shape))


def load_analysis(spec: str, input_: str | None = None, batch: int = 1, dtype: str = "float32") -> Analysis:
    """The analysis of a spec."""
    return load_spec(spec, input_).analyze(batch=batch, dtype=dtype)


def facts_of(analysis: Analysis, layer: str) -> Facts:
    """The facts of the layer called `layer`; raises RequestError with what else it may have meant."""
    from archcalc.errors import RequestError
    from archcalc.quoting import quoted
    from archcalc.suggestions import suggestion

    names = [facts.node.name for facts in analysis.facts]
    if layer in names:
        return analysis.of(layer)
    within = [name for name in names if name.startswith(f"{layer}/")]
    if within:
        raise RequestError(f"{quoted(layer)} is a block of {len(within)} layers; the first is {within[0]}")
    hint = suggestion(layer, names) or f"layers are {', '.join(names[:5])}{', …' if len(names) > 5 else ''}"
    raise RequestError(f"no layer is called {quoted(layer)}; {hint}")
