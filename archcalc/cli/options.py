"""The options that commands share, and what their values mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archcalc.report import FORMATS, UNITS

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis
    from archcalc.layers import Shape
    from archcalc.network import Network

Command = TypeVar("Command", bound=Callable[..., Any])

DTYPE_NAMES = ("float32", "float16", "bfloat16", "int8", "float64")

spec_argument = click.argument("spec")
format_option = click.option(
    "-f", "--format", "format_", type=click.Choice(tuple(FORMATS)), default="text", show_default=True,
    help="How to write the report.",
)  # fmt: skip
output_option = click.option(
    "-o", "--output", type=click.Path(dir_okay=False, allow_dash=True), default="-", help="Write to a file."
)
units_option = click.option(
    "--units", type=click.Choice(UNITS), default="binary", show_default=True,
    help="Bytes as KiB and MiB, as kB and MB, or exactly.",
)  # fmt: skip
batch_option = click.option(
    "--batch", type=click.IntRange(1, 2**31 - 1), default=1, show_default=True, metavar="N",
    help="Examples at once: multiplies the activations.",
)  # fmt: skip
dtype_option = click.option(
    "--dtype", type=click.Choice(DTYPE_NAMES), default="float32", show_default=True, help="Type of values."
)
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


report_options = together(format_option, output_option, units_option)
analysis_options = together(input_option, batch_option, dtype_option)


def load_network(spec: str, input_: str | None) -> Network:
    """The network of a spec, on another input volume where one is given."""
    from archcalc.spec.load import load

    network = load(spec)
    return network if input_ is None else network.with_input(input_shape(input_, network.input_shape))


def load_analysis(spec: str, input_: str | None = None, batch: int = 1, dtype: str = "float32") -> Analysis:
    """The analysis of a spec."""
    from archcalc.analysis.facts import analyze

    return analyze(load_network(spec, input_), batch=batch, dtype=dtype)


AXES = {1: ("features",), 2: ("channels", "length"), 3: ("channels", "height", "width")}


def input_shape(text: str, own: Shape) -> Shape:
    """The shape that --input means for a network whose own input has the shape `own`."""
    names = AXES[len(own)]
    if re.fullmatch(r"[0-9]{1,9}", text):
        size = int(text)
        shape = (size,) if len(own) == 1 else (own[0], *(size for _ in own[1:]))
    elif "=" in text:
        shape = _named(text, dict(zip(names, own, strict=True)))
    elif re.fullmatch(r"[0-9]{1,9}([x×,][0-9]{1,9})*", text):
        shape = tuple(int(size) for size in re.split("[x×,]", text))
    else:
        raise click.BadParameter("a shape is 160, 3x160x160 or height=160,width=96", param_hint="--input")
    if len(shape) != len(own) or min(shape) < 1:
        raise click.BadParameter(f"this network's input has {', '.join(names)}", param_hint="--input")
    if len(shape) == 3 and shape[0] != own[0] and shape[-1] == own[0]:
        first = "x".join(map(str, (shape[-1], *shape[:-1])))
        raise click.BadParameter(f"channels come first: did you mean {first}?", param_hint="--input")
    return shape


def _named(text: str, sizes: dict[str, int]) -> Shape:
    for item in text.split(","):
        name, _, size = item.partition("=")
        if name.strip() not in sizes or not re.fullmatch(r" *[0-9]{1,9} *", size):
            known = ", ".join(sizes)
            raise click.BadParameter(f"needs NAME=SIZE with {known}", param_hint="--input")
        sizes[name.strip()] = int(size)
    return tuple(sizes.values())
