"""`archcalc summarize`."""

from __future__ import annotations

import click

from archcalc.analysis.facts import BrokenNetworkError
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
from archcalc.report.summary import summary


@click.command(
    epilog=examples(
        "archcalc summarize vgg16",
        "archcalc summarize resnet50 --depth 1 --input 160",
        "archcalc summarize resnet50 --set classes=10 --set width=50",
        "archcalc summarize net.yaml --format json | jq .totals.parameters",
    )
)
@requested(spec_argument, report_options, units_option, analysis_options)
@depth_option
@click.option("--explain", is_flag=True, help="Explain each number of each layer (text and markdown).")
def summarize(request: Request, depth: int | None, explain: bool) -> None:
    """Every layer's output volume, memory, parameters, MACs and receptive field.

    What the spec expects of the network is checked, unless --input or --set changes it.
    """
    options = request.options(depth, explain)
    with reported(request.format_, request.output):
        try:
            spec = request.read()
            analysis = request.analyzed(spec)
        except BrokenNetworkError as error:
            if request.format_ != "json":
                request.write(summary(error.partial, options), options)
            raise
    problems = failures(analysis, spec.expectations)
    request.write(failing(summary(analysis, options), problems), options)
    if problems:
        raise SpecError(problems, spec.texts)
