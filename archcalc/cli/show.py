"""`archcalc show`."""

from __future__ import annotations

from os import path as paths

import click

from archcalc.cli.options import examples, report_options, set_option, spec_argument
from archcalc.cli.output import STDOUT, reported, write_text
from archcalc.cli.request import Request, requested
from archcalc.errors import RequestError
from archcalc.quoting import escaped
from archcalc.report.outline import outline_page
from archcalc.spec.flat import flat
from archcalc.spec.standalone import SCHEMA, standalone


@click.command(
    epilog=examples(
        "archcalc show resnet18",
        "archcalc show vgg16 -o net.yaml",
        "archcalc show mobilenet_v2 --variables",
        "archcalc show resnet50 --set width=50 -o half.yaml",
        "archcalc show densenet121 --flat -o densenet.yaml",
    )
)
@click.option("--flat", "laid_out", is_flag=True, help="Lay it out: no variables, repeats and blocks.")
@click.option("--variables", is_flag=True, help="Its variables and blocks instead, with their meaning.")
@requested(spec_argument, set_option, report_options)
def show(request: Request, laid_out: bool, variables: bool) -> None:
    """The spec of a built-in network, or of a file, as one text that needs no other file.

    With all that it takes over from its base, and the blocks that it uses, so that it can be copied and
    changed. What lies there already is never written over.
    """
    if laid_out and variables:
        raise click.UsageError("--flat leaves no variables: give one of --flat and --variables")
    with reported(request.format_, request.output):
        parts = request.parts()
        text = flat(parts) if laid_out else standalone(parts)
    if variables or request.format_ == "json":
        request.write(outline_page(request.spec, parts, text))
    elif request.format_ != "text":
        raise RequestError(f"a spec is not written as {request.format_}: use text or json, or --variables")
    else:
        if request.output == STDOUT:
            print_spec(text)
        else:
            write_text(text, request.output)
            tell_schema(request.output)


def print_spec(text: str) -> None:
    """Write a spec to standard output as it is, unless a terminal or a log would obey something in it."""
    if any(escaped(line) != line for line in text.expandtabs().split("\n")):
        raise RequestError("the spec holds characters that a terminal may obey; write it with --output FILE")
    write_text(text, STDOUT)


def tell_schema(output: str) -> None:
    """Say how the schema comes about that a spec's first line names, where it does not lie beside it."""
    schema = paths.join(paths.dirname(output), SCHEMA)
    if not paths.isfile(schema):
        click.echo(f"editors complete it with `archcalc schema -o {escaped(schema)}`", err=True)
