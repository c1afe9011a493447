"""`archcalc summarize`."""

from __future__ import annotations

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
from archcalc.cli.output import reported
from archcalc.cli.request import Request, requested
from archcalc.errors import Problem, SpecError
from archcalc.expectations import failures
from archcalc.report.page import Options, Page
from archcalc.report.summary import summary


@click.command(
    epilog=examples(
        "archcalc summarize vgg16",
        "archcalc summarize resnet50 --depth 1 --input 160",
        "archcalc summarize net.yaml --format json | jq .totals.parameters",
    )
)
@requested(spec_argument, report_options, units_option, analysis_options)
@depth_option
@click.option("--explain", is_flag=True, help="Explain each number of each layer (text and markdown).")
def summarize(request: Request, depth: int | None, explain: bool) -> None:
    """Every layer's output volume, memory, parameters, MACs and receptive field.

    What the spec expects of the network is checked, unless --input changes it.
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
    request.write(_page(analysis, options, problems), options)
    if problems:
        raise SpecError(problems, spec.texts)


def _page(analysis: Analysis, options: Options, problems: tuple[Problem, ...]) -> Page:
    """The summary, whose JSON also says what does not hold."""
    page = summary(analysis, options)
    if not problems:
        return page
    from archcalc.cli.error_documents import with_errors

    return page._replace(data=lambda: with_errors(page.data(), problems))
