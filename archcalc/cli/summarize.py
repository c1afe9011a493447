"""`archcalc summarize`."""

from __future__ import annotations

from collections.abc import Callable

import click

from archcalc.analysis.facts import Analysis, BrokenNetworkError
from archcalc.cli.options import (
    analysis_options,
    depth_option,
    examples,
    report_options,
    spec_argument,
    units_option,
)
from archcalc.cli.output import failing, reported
from archcalc.cli.request import Request, requested
from archcalc.errors import SpecError
from archcalc.expectations import failures
from archcalc.report.page import Options, Page
from archcalc.report.summary import summary


@click.command(
    epilog=examples(
        "archcalc summarize vgg16",
        "archcalc summarize resnet50 --depth 1 --input 160",
        "archcalc summarize resnet50 --set classes=10 --set width=50",
        "archcalc summarize vgg16 --worked",
        "archcalc summarize net.yaml --format json | jq .totals.parameters",
    )
)
@requested(spec_argument, report_options, units_option, analysis_options)
@depth_option
@click.option("--explain", is_flag=True, help="Explain each number of each layer (text and markdown).")
@click.option(
    "--worked", is_flag=True, help="One line a layer with its products worked out: (3·3·3)·64 = 1,728."
)
def summarize(request: Request, depth: int | None, explain: bool, worked: bool) -> None:
    """Every layer's output volume, memory, parameters, MACs and receptive field.

    What the spec expects of the network is checked, unless --input or --set changes it.
    """
    if worked and (explain or depth is not None):
        raise click.UsageError("--worked shows each layer in one line: leave out --explain and --depth")
    options, page = request.options(depth, explain), _pages(worked)
    with reported(request.format_, request.output):
        try:
            spec = request.read()
            analysis = request.analyzed(spec)
        except BrokenNetworkError as error:
            if request.format_ != "json":
                request.write(page(error.partial, options), options)
            raise
    problems = failures(analysis, spec.expectations)
    request.write(failing(page(analysis, options), problems), options)
    if problems:
        raise SpecError(problems, spec.texts)


def _pages(worked: bool) -> Callable[[Analysis, Options], Page]:
    """What writes the page."""
    if not worked:
        return summary
    # Most summaries are not worked out.
    from archcalc.report.worked import worked as listing

    return lambda analysis, _: listing(analysis)
