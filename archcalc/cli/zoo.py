"""`archcalc zoo`."""

from __future__ import annotations

from fnmatch import fnmatchcase

import click

from archcalc.cli.candidates import networks
from archcalc.cli.options import examples, report_options, units_option
from archcalc.cli.output import options_for, write_text
from archcalc.cli.request import Request, requested
from archcalc.errors import RequestError
from archcalc.quoting import quoted
from archcalc.report.catalogue import catalogue
from archcalc.report.outline import variable_lines
from archcalc.spec.outline import outline
from archcalc.spec.zoo import zoo_names
from archcalc.suggestions import suggestion


@click.command(
    epilog=examples(
        "archcalc zoo resnet",
        "archcalc zoo mobilenet --format markdown",
        "archcalc zoo --check lenet5 --verify",
    )
)
@click.argument("parts", nargs=-1, metavar="[NAME]...", shell_complete=networks)
@requested(report_options, units_option)
@click.option("--check", "checking", is_flag=True, help="Hold each network to what its spec expects.")
@click.option("--verify", is_flag=True, help="With --check: run each network in NumPy too.")
def zoo(request: Request, parts: tuple[str, ...], checking: bool, verify: bool) -> int:
    """The built-in networks, with their sources and totals; of a single one, its variables too.

    NAME is a part of a network's name, or a pattern such as 'vgg*'; without one, all are meant.
    """
    names = _chosen(parts)
    if checking:
        return _check(names, verify, request)
    if verify:
        raise click.UsageError("--verify goes with --check")
    read = {name: Request(name).parts() for name in names}
    variables = variable_lines(outline(read[names[0]])) if len(names) == 1 else ()
    request.write(catalogue(((name, parts.spec.analyze()) for name, parts in read.items()), variables))
    return 0


def _chosen(parts: tuple[str, ...]) -> list[str]:
    """The built-in networks that are meant; raises RequestError for a part that is in no name."""

    names = zoo_names()
    patterns = {part: part if set(part) & set("*?[") else f"*{part}*" for part in parts}
    for part, pattern in patterns.items():
        if not any(fnmatchcase(name, pattern) for name in names):
            hint = suggestion(part, names) or "`archcalc zoo` lists them all"
            raise RequestError(f"no built-in network is called {quoted(part)}; {hint}")
    return [name for name in names if not parts or any(fnmatchcase(name, p) for p in patterns.values())]


def _check(names: list[str], verify: bool, request: Request) -> int:
    """Check networks as `archcalc check` does, and write what it writes."""
    from archcalc.checks import run
    from archcalc.report.check import CHECK_FORMATS, reported_check

    if request.format_ not in CHECK_FORMATS:
        raise RequestError(f"a check is not written as {request.format_}: use text, json or markdown")
    checked = tuple(run.check_spec(name, run.Criteria(verify=verify)) for name in names)
    report = reported_check(checked, request.format_, options_for(request.output))
    write_text(report.text, request.output)
    return report.exit_code
