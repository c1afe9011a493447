"""`archcalc reconcile`."""

from __future__ import annotations

from collections.abc import Iterable

import click

from archcalc.analysis.conventions import CONVENTIONS, conventions_of
from archcalc.analysis.conventions.identification import asked, matches, nearest
from archcalc.analysis.facts import facts_of
from archcalc.cli.candidates import layers, quietly
from archcalc.cli.options import examples, report_options, spec_argument, variation_options
from archcalc.cli.request import Request, requested
from archcalc.report.identification import identification
from archcalc.report.reconciliation import reconciliation


@quietly
def tools(ctx: click.Context, incomplete: str) -> Iterable[str]:
    """The tools whose conventions are known."""
    return CONVENTIONS


@click.command(
    epilog=examples(
        "archcalc reconcile vgg16",
        "archcalc reconcile vgg16 --with torchinfo",
        "archcalc reconcile vgg16 15.52G",
        "archcalc reconcile vgg16 108.45MB",
        "archcalc reconcile vgg16 89.9M --layer conv1_1",
    )
)
@requested(spec_argument, report_options, variation_options)
@click.argument("number", required=False)
@click.option(
    "--with",
    "tool",
    metavar="TOOL",
    shell_complete=tools,
    help="Only this tool, with each step of its figures.",
)
@click.option(
    "--layer", metavar="NAME", shell_complete=layers, help="Only this layer, as one row of a tool's table."
)
def reconcile(request: Request, number: str | None, tool: str | None, layer: str | None) -> int:
    """What other tools say of a network, and how it follows from its MACs, parameters and volumes.

    With a NUMBER, such as 15.52G or 108.45 MB: which tools and ways of counting give it at its digits. When
    none does, the nearest are shown, with what is known of slips in print, and the exit code is 1.
    """
    chosen = conventions_of(tool)
    if number is not None and tool is not None:
        raise click.UsageError("give either NUMBER or --with")
    wanted = None if number is None else asked(number)
    analysis = request.analysis()
    name = "" if layer is None else facts_of(analysis, layer).node.name
    if wanted is None:
        request.write(reconciliation(analysis, chosen, name))
        return 0
    found = matches(analysis, wanted, name)
    near = () if found else nearest(analysis, wanted, layer=name)
    request.write(identification(analysis, wanted, found, near, name))
    return 0 if found else 1
