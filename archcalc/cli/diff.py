"""`archcalc diff`."""

from __future__ import annotations

import click

from archcalc.analysis.facts import Analysis
from archcalc.analysis.quantities import totals
from archcalc.checks.difference import difference
from archcalc.checks.growth import growth_failures, limit
from archcalc.checks.record import records
from archcalc.cli.candidates import specs
from archcalc.cli.options import analysis_options, examples, report_options, units_option
from archcalc.cli.output import failing, reported, write_text
from archcalc.cli.request import Request, requested
from archcalc.errors import Problem, SpecError
from archcalc.project import REVISION
from archcalc.quoting import escaped
from archcalc.report.difference import comment, difference_page
from archcalc.report.difference_table import Versions


@click.command(
    epilog=examples(
        "archcalc diff resnet50-v1 resnet50",
        "archcalc diff git:main:net.yaml net.yaml --fail-on 'parameters > +5%'",
        "archcalc diff resnet50 --set width=50",
        "archcalc diff old.yaml new.yaml --format markdown -o comment.md",
    )
)
@click.argument("old", shell_complete=specs)
@click.argument("new", required=False, shell_complete=specs)
@requested(report_options, units_option, analysis_options)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Show each layer that follows from others or is called otherwise, however many they are.",
)
@click.option(
    "--fail-on",
    "refused",
    multiple=True,
    metavar="LIMIT",
    help="Exit with 1 when a total grew or shrank so much: 'parameters > +5%', 'macs > +20M', "
    "'activation_bytes > 0'. Can be given several times.",
)
def diff(request: Request, old: str, new: str | None, everything: bool, refused: tuple[str, ...]) -> None:
    """What changed from one network to another: layers that came, went or changed, and the totals.

    OLD and NEW are paths, names of built-in networks, or git:REV:path for a file of a revision. Layers are
    matched by what they are, so that renumbered names are no change. --set changes NEW alone, which without a
    name is OLD; --input, --batch and --dtype are for both.
    """
    limits = [limit(text) for text in refused]
    if new is None and not request.assignments:
        raise click.UsageError("needs NEW, or --set to compare OLD with a variant of it")
    new = new or old
    with reported(request.format_, request.output):
        before, after = _both(old, new, request)
    changes = difference(records(before), records(after))
    versions = Versions(escaped(old), before, escaped(" ".join((new, *request.assignments))), after, changes)
    problems = growth_failures(limits, totals(before), totals(after))
    _write(versions, request, everything, problems)
    if problems:
        raise SpecError(problems)


def _both(old: str, new: str, request: Request) -> list[Analysis]:
    """The analyses of both networks; what is wrong with either is told together."""
    if old == new == "-":
        raise click.UsageError("standard input can be only one of the two networks")
    found: list[Analysis] = []
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    truncated = False
    for each in (request._replace(spec=old, assignments=()), request._replace(spec=new)):
        try:
            found.append(_analysis(each))
        except SpecError as error:
            problems += error.problems
            texts.update(error.texts)
            truncated |= error.truncated
    if problems:
        raise SpecError(dict.fromkeys(problems), texts, truncated)
    return found


def _analysis(request: Request) -> Analysis:
    """The analysis of a spec, or of one at a revision, which needs git."""
    if not request.spec.startswith(REVISION):
        return request.analyzed(request.read())
    from archcalc.project.revisions import load_revision

    return request.analyzed(request.on_input(load_revision(request.spec, request.assignments)))


def _write(versions: Versions, request: Request, everything: bool, problems: tuple[Problem, ...]) -> None:
    """Write the report; JSON also says which limits were not kept."""
    options = request.options()
    if request.format_ == "markdown":
        write_text(comment(versions, options, everything), request.output)
        return
    request.write(failing(difference_page(versions, options, everything), problems), options)
