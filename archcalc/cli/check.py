"""`archcalc check`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from archcalc.cli.candidates import specs
from archcalc.cli.options import examples, output_option
from archcalc.report.check import CHECK_FORMATS

if TYPE_CHECKING:
    from archcalc.checks.findings import Checked
    from archcalc.checks.run import Request
    from archcalc.errors import SpecError
    from archcalc.expectations.model import Expectation
    from archcalc.project.config import Config

STDIN = STDOUT = "-"
PARALLEL = 256
"""From how many specs on processes are worth their start, which takes as long as some hundred small specs."""

READ_BY_PEOPLE = ("text", "github", "markdown")
"""Formats in which --quiet leaves out what is well; programs get whole documents."""


@click.command(
    epilog=examples(
        "archcalc check specs/",
        "archcalc check net.yaml --expect 'parameters < 20k' --expect 'output: [10]'",
        "archcalc check 'models/**/*.yaml' --advice --format github",
    )
)
@click.argument("paths", nargs=-1, metavar="PATH...", shell_complete=specs)
@click.option(
    "-f", "--format", "--output-format", "format_", type=click.Choice(tuple(CHECK_FORMATS)), default="text",
    show_default=True, help="How to write the report.",
)  # fmt: skip
@output_option
@click.option(
    "-e", "--expect", multiple=True, metavar="TEXT",
    help="Expect this of every spec: 'parameters <= 20k', or any KEY: VALUE of `expect:`. Can be repeated.",
)  # fmt: skip
@click.option("--advice", is_flag=True, help="Say what is legal but probably not meant.")
@click.option("--strict", is_flag=True, help="Let advice fail the check.")
@click.option("--verify", is_flag=True, help="Run each network in NumPy too; what is too large to run fails.")
@click.option("--config", type=click.Path(dir_okay=False), help="The config file, instead of the nearest.")
@click.option("--no-config", is_flag=True, help="Read no config file.")
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="Processes; by default as many as are worth it."
)
@click.option("-q", "--quiet", is_flag=True, help="Leave out what is well; print nothing when all is.")
@click.option(
    "--fix", is_flag=True, help="Mend broken networks: make the first edit that is offered, show the diff."
)
@click.option("--diff", is_flag=True, help="Only show what --fix would change.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is wrong with specs that can be read.")
def check(
    paths: tuple[str, ...], format_: str, output: str, expect: tuple[str, ...], advice: bool, strict: bool,
    verify: bool, config: str | None, no_config: bool, jobs: int | None, quiet: bool, fix: bool, diff: bool,
    exit_zero: bool,
) -> int:  # fmt: skip
    """Check specs: are they right, and what they are expected to be?

    PATH is a spec, a folder, a pattern such as 'nets/*.yaml', the name of a built-in network, or - for
    standard input; without one, the `paths` of the config file are checked. Each spec's own `expect:`
    and the lock beside it are checked too. All specs are reported, and the worst code wins: 0 all is
    well, 1 something is wrong, 2 something could not be read. A wrong --expect or config file is 2.

    The config file is the nearest archcalc.toml, or pyproject.toml with [tool.archcalc], in this folder
    or one above; paths and patterns in it start from its own folder.
    """
    from archcalc.checks.findings import exit_code
    from archcalc.checks.run import Request
    from archcalc.cli.output import options_for, write_text
    from archcalc.errors import SpecError
    from archcalc.project.discovery import found_specs
    from archcalc.report.check import written_check

    asked = sum(map(_asked, expect), ())
    try:
        settings = _config(config, no_config)
    except SpecError as error:
        return _called_wrongly(error)
    specs = found_specs(paths or settings.specs())
    if not paths:
        settings.refuse_idle_overrides(specs)
    request = Request(asked, advice or settings.advice, strict or settings.strict, verify or settings.verify)
    requests = [request._replace(expectations=settings.expected_of(spec) + asked) for spec in specs]
    if fix or diff:
        from archcalc.cli.fixing import fixed

        changes = fixed(specs, requests, to_files=not diff)
        click.echo(changes, nl=False, err=format_ != "text")
    checked = tuple(_checked(specs, requests, jobs))
    left_out = quiet and format_ in READ_BY_PEOPLE
    shown = tuple(one for one in checked if one.findings) if left_out else checked
    if shown or output != STDOUT:
        write_text(written_check(shown, format_, options_for(output)), output)
    code = exit_code(checked)
    return 0 if exit_zero and code == 1 else code


def _asked(text: str) -> tuple[Expectation, ...]:
    """What one --expect asks for; raises RequestError where that is nothing."""
    from archcalc.errors import RequestError, SpecError
    from archcalc.quoting import quoted
    from archcalc.spec.requests import OPTION, requested

    try:
        return requested(text)
    except SpecError as error:
        problem = error.problems[0]
        hint = f"; {problem.hint}" if problem.hint else ""
        raise RequestError(f"{OPTION} {quoted(text)}: {problem.message}{hint}") from None


def _config(path: str | None, without: bool) -> Config:
    import os

    from archcalc.project.config import Config, found_config, read_config

    if without:
        return Config()
    found = path or found_config(os.getcwd())
    return read_config(found) if found else Config()


def _called_wrongly(error: SpecError) -> int:
    """The exit code of a wrong config file, which is part of the call, after saying what is wrong."""
    from archcalc.cli.diagnostics import problems_text

    click.echo(problems_text(error), err=True)
    return 2


def _checked(specs: list[str], requests: Iterable[Request], jobs: int | None) -> Iterator[Checked]:
    """Each spec, checked, in order; by several processes where there are many."""
    from archcalc.checks.run import check_spec

    processes = min(jobs or _worthwhile(len(specs)), len(specs))
    if processes <= 1 or STDIN in specs:  # standard input belongs to this process alone
        yield from map(check_spec, specs, requests)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(check_spec, specs, requests, chunksize=max(len(specs) // (4 * processes), 1))


def _worthwhile(specs: int) -> int:
    """How many processes are worth it."""
    import os

    return min(os.cpu_count() or 1, specs // (PARALLEL // 2)) if specs >= PARALLEL else 1
