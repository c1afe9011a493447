"""`archcalc zoo`."""

from __future__ import annotations

import click

from archcalc.cli.candidates import networks
from archcalc.cli.options import examples, report_options, together, units_option


@click.command(
    epilog=examples(
        "archcalc zoo resnet",
        "archcalc zoo mobilenet --format markdown",
        "archcalc zoo --check lenet5 --verify",
    )
)
@click.argument("parts", nargs=-1, metavar="[NAME]...", shell_complete=networks)
@together(report_options, units_option)
@click.option("--check", "checking", is_flag=True, help="Hold each network to what its spec expects.")
@click.option("--verify", is_flag=True, help="With --check: run each network in NumPy too.")
def zoo(parts: tuple[str, ...], format_: str, output: str, units: str, checking: bool, verify: bool) -> int:
    """The built-in networks, with their sources and totals.

    NAME is a part of a network's name, or a pattern such as 'vgg*'; without one, all are meant.
    """
    from archcalc.cli.output import options_for

    options = options_for(output, units)
    names = _chosen(parts)
    if checking:
        return _check(names, verify, format_, output)
    if verify:
        raise click.UsageError("--verify goes with --check")
    from archcalc.cli.options import load_analysis
    from archcalc.cli.output import write_page
    from archcalc.report.catalogue import catalogue

    write_page(catalogue((name, load_analysis(name)) for name in names), format_, options, output)
    return 0


def _chosen(parts: tuple[str, ...]) -> list[str]:
    """The built-in networks that are meant; raises RequestError for a part that is in no name."""
    from fnmatch import fnmatchcase

    from archcalc.errors import RequestError
    from archcalc.quoting import quoted
    from archcalc.spec.zoo import zoo_names
    from archcalc.suggestions import suggestion

    names = zoo_names()
    patterns = {part: part if set(part) & set("*?[") else f"*{part}*" for part in parts}
    for part, pattern in patterns.items():
        if not any(fnmatchcase(name, pattern) for name in names):
            hint = suggestion(part, names) or "`archcalc zoo` lists them all"
            raise RequestError(f"no built-in network is called {quoted(part)}; {hint}")
    return [name for name in names if not parts or any(fnmatchcase(name, p) for p in patterns.values())]


def _check(names: list[str], verify: bool, format_: str, output: str) -> int:
    """Check networks as `archcalc check` does, and write what it writes."""
    from archcalc.checks.findings import exit_code
    from archcalc.checks.run import Request, check_spec
    from archcalc.cli.output import options_for, write_text
    from archcalc.errors import RequestError
    from archcalc.report.check import CHECK_FORMATS, written_check

    if format_ not in CHECK_FORMATS:
        raise RequestError(f"a check is not written as {format_}: use text, json or markdown")
    checked = [check_spec(name, Request(verify=verify)) for name in names]
    write_text(written_check(checked, format_, options_for(output)), output)
    return exit_code(checked)
