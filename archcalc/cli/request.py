"""What the options that commands share ask for, as one value: a network, and a report of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from archcalc.cli.options import together
from archcalc.cli.output import STDOUT, announce_stdin, format_for, options_for, reported, write_page
from archcalc.errors import ReadError, SpecError
from archcalc.project import REVISION
from archcalc.project.nearest import found_config
from archcalc.records import NamedTuple

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis
    from archcalc.project.config import Config
    from archcalc.report.page import Options, Page
    from archcalc.spec.load import Parts
    from archcalc.spec.model import Spec

Option = Callable[[Callable[..., Any]], Callable[..., Any]]
Command = Callable[..., Any]


class Request(NamedTuple):
    """The network to analyse, and how to write the report; what a command has no option for has its default.

    Every command does the same four steps: `analysis`, what is its own, a page, `write`.
    """

    spec: str = ""
    input_: str | None = None
    batch: int = 1
    dtype: str | None = None
    format_: str = "text"
    output: str = STDOUT
    units: str = "binary"
    assignments: tuple[str, ...] = ()

    def options(self, depth: int | None = None, explain: bool = False) -> Options:
        """How to write for where the report goes."""
        return options_for(self.output, self.units, depth, explain)

    def parts(self) -> Parts:
        """The spec, with what it was read from."""
        # Pages about words and kinds need no reader of specs.
        from archcalc.spec.load import read_parts

        announce_stdin((self.spec,))
        return read_parts(self.spec, self.assignments)

    def read(self) -> Spec:
        """The spec, on the input that was asked for."""
        return self.on_input(self.parts().spec)

    def on_input(self, spec: Spec) -> Spec:
        """A spec, on the input that was asked for."""
        if self.input_ is None:
            return spec
        from archcalc.cli.input_shape import input_shape

        return spec.with_input(input_shape(self.input_, spec.network.only_input("--input")))

    def analyzed(self, spec: Spec) -> Analysis:
        """The analysis of a spec, for the batch and the type that were asked for."""
        dtype = self.dtype or spec.network.dtype or _usual_dtype(self.spec)
        return spec.analyze(batch=self.batch, dtype=dtype)

    def analysis(self) -> Analysis:
        """The analysis of the network; what is wrong with it is also the report, where that is JSON."""
        with reported(self.format_, self.output):
            return self.analyzed(self.read())

    def write(self, page: Page, options: Options | None = None) -> None:
        """Write the report where it goes."""
        write_page(page, self.format_, options or self.options(), self.output)


def _usual_dtype(spec: str) -> str:
    """The type that the config file gives the values of a spec which declares none; nothing without one."""
    path = spec.split(":", 2)[-1] if spec.startswith(REVISION) else spec
    config = nearest_config()
    return config.dtype_of(path) if config else ""


def nearest_config() -> Config | None:
    """The config file of the folder or one above, where there is one.

    Raises ReadError where it is wrong: that is no fault of a spec.
    """
    found = found_config(os.getcwd())
    if found is None:
        return None
    # Most folders have no config file.
    from archcalc.project.config_file import read_config

    try:
        return read_config(found)
    except SpecError as error:
        first = error.problems[0]
        raise ReadError(f"{first.span}: {first.message}{f'; {first.hint}' if first.hint else ''}") from None


def gathered(name: str, kind: type[Any], *options: Option) -> Callable[[Command], Command]:
    """Options as one decorator: a command gets their values as one value `kind`, in its parameter `name`."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def call(**values: Any) -> Any:
            own = {field: values.pop(field) for field in kind._fields if field in values}
            if {"format_", "output"} <= own.keys():
                own["format_"] = format_for(own["format_"], own["output"], _formats())
            return command(**values, **{name: kind(**own)})

        return together(*options)(call)

    return decorate


def _formats() -> Collection[str]:
    """The formats that the command at hand writes."""
    types = {param.name: param.type for param in click.get_current_context().command.params}
    formats = types["format_"]
    assert isinstance(formats, click.Choice)
    return formats.choices


def requested(*options: Option) -> Callable[[Command], Command]:
    """Shared options, whose values the command gets as one `request`."""
    return gathered("request", Request, *options)
