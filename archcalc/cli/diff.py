"""`archcalc diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcalc.cli.candidates import specs
from archcalc.cli.options import (
    analysis_options,
    examples,
    load_analysis,
    report_options,
    together,
    units_option,
)

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis
    from archcalc.errors import Problem
    from archcalc.report.difference_table import Versions
    from archcalc.report.page import Options


@click.command(
    epilog=examples(
        "archcalc diff resnet50-v1 resnet50",
        "archcalc diff git:main:net.yaml net.yaml --fail-on 'parameters > +5%'",
        "archcalc diff old.yaml new.yaml --format markdown -o comment.md",
    )
)
@click.argument("old", shell_complete=specs)
@click.argument("new", shell_complete=specs)
@together(report_options, units_option, analysis_options)
@click.option(
    "--all", "everything", is_flag=True,
    help="Show each layer that follows from others or is called otherwise, however many they are.",
)  # fmt: skip
@click.option(
    "--fail-on", "refused", multiple=True, metavar="LIMIT",
    help="Exit with 1 when a total grew or shrank so much: 'parameters > +5%', 'macs > +20M', "
    "'activation_bytes > 0'. Can be given several times.",
)  # fmt: skip
def diff(
    old: str, new: str, format_: str, output: str, units: str, input_: str | None, batch: int, dtype: str,
    everything: bool, refused: tuple[str, ...],
) -> None:  # fmt: skip
    """What changed from one network to another: layers that came, went or changed, and the totals.

    OLD and NEW are paths, names of built-in networks, or git:REV:path for a file of a revision. Layers are
    matched by what they are, so that renumbered names are no change.
    """
    from archcalc.analysis.quantities import totals
    from archcalc.checks.difference import difference
    from archcalc.checks.growth import growth_failures, limit
    from archcalc.checks.record import records
    from archcalc.cli.output import options_for, reported
    from archcalc.errors import SpecError
    from archcalc.quoting import escaped
    from archcalc.report.difference_table import Versions

    limits = [limit(text) for text in refused]
    with reported(format_, output):
        before, after = _both((old, new), input_, batch, dtype)
    changes = difference(records(before), records(after))
    versions = Versions(escaped(old), before, escaped(new), after, changes)
    problems = growth_failures(limits, totals(before), totals(after))
    _write(versions, format_, options_for(output, units), output, everything, problems)
    if problems:
        raise SpecError(problems)


def _both(specs: tuple[str, str], input_: str | None, batch: int, dtype: str) -> list[Analysis]:
    """The analyses of both networks; what is wrong with either is told together."""
    from archcalc.errors import SpecError

    if specs == ("-", "-"):
        raise click.UsageError("standard input can be only one of the two networks")
    found: list[Analysis] = []
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    for spec in specs:
        try:
            found.append(_analysis(spec, input_, batch, dtype))
        except SpecError as error:
            problems += error.problems
            texts.update(error.texts)
    if problems:
        raise SpecError(dict.fromkeys(problems), texts)
    return found


def _analysis(spec: str, input_: str | None, batch: int, dtype: str) -> Analysis:
    from archcalc.cli.options import on_input
    from archcalc.project.revisions import PREFIX, load_revision

    if not spec.startswith(PREFIX):
        return load_analysis(spec, input_, batch, dtype)
    return on_input(load_revision(spec), input_).analyze(batch=batch, dtype=dtype)


def _write(
    versions: Versions,
    format_: str,
    options: Options,
    output: str,
    everything: bool,
    problems: tuple[Problem, ...],
) -> None:
    """Write the report; JSON also says which limits were not kept."""
    from archcalc.cli.output import with_errors, write_page, write_text
    from archcalc.report.difference import comment, difference_page

    if format_ == "markdown":
        write_text(comment(versions, options, everything), output)
        return
    page = difference_page(versions, options, everything)
    if problems:
        data = page.data
        page = page._replace(data=lambda: with_errors(data(), problems))
    write_page(page, format_, options, output)
