"""`archcalc check`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from archcalc.cli.candidates import specs
from archcalc.cli.options import examples, output_option
from archcalc.report.check import CHECK_FORMATS

if TYPE_CHECKING:
    from archcalc.checks.outcome import Checked
    from archcalc.checks.run import Request
    from archcalc.cli.config import Config
    from archcalc.network import Expectation

PARALLEL = 64
"""From how many specs on it is worth to start processes."""


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
@click.option("--verify", is_flag=True, help="Run each network in NumPy too.")
@click.option("--config", type=click.Path(dir_okay=False), help="The config file, instead of the nearest.")
@click.option("--no-config", is_flag=True, help="Read no config file.")
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="Processes; by default as many as are worth it."
)
@click.option("-q", "--quiet", is_flag=True, help="Leave out what is well.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found in specs.")
def check(
    paths: tuple[str, ...], format_: str, output: str, expect: tuple[str, ...], advice: bool, strict: bool,
    verify: bool, config: str | None, no_config: bool, jobs: int | None, quiet: bool, exit_zero: bool,
) -> int:  # fmt: skip
    """Check specs: are they right, and what they are expected to be?

    PATH is a spec, a folder, a pattern such as 'nets/*.yaml', the name of a built-in network, or - for
    standard input; without one, the `paths` of the config file are checked. Each spec's own `expect:`
    and the lock beside it are checked too. All specs are reported, and the worst code wins: 0 all is
    well, 1 something is wrong, 2 something could not be read.
    """
    from archcalc.checks.outcome import exit_code
    from archcalc.checks.run import Request
    from archcalc.cli.output import options_for, write_text
    from archcalc.cli.specs import found_specs
    from archcalc.report.check import written_check
    from archcalc.spec.requests import requested

    settings = _config(config, no_config)
    asked: tuple[Expectation, ...] = sum(map(requested, expect), ())
    specs = found_specs(paths or settings.paths)
    request = Request(asked, advice or settings.advice, strict or settings.strict)
    requests = [request._replace(expectations=settings.expected_of(spec) + asked) for spec in specs]
    checked = tuple(_checked(specs, requests, verify or settings.verify, jobs))
    shown = tuple(one for one in checked if one.findings) if quiet else checked
    if not quiet or shown:
        write_text(written_check(shown, format_, options_for(output)), output)
    return 0 if exit_zero else exit_code(checked)


def _config(path: str | None, without: bool) -> Config:
    from pathlib import Path

    from archcalc.cli.config import Config, found_config, read_config

    if without:
        return Config()
    found = Path(path) if path else found_config(Path.cwd())
    return read_config(found) if found else Config()


def _checked(
    specs: list[str], requests: Iterable[Request], verify: bool, jobs: int | None
) -> Iterator[Checked]:
    """Each spec, checked, in order; by several processes where there are many."""
    import os

    processes = jobs or (
        min(os.cpu_count() or 1, len(specs) // (PARALLEL // 2)) if len(specs) >= PARALLEL else 1
    )
    flags = [verify] * len(specs)
    if processes <= 1:
        yield from map(check_one, specs, requests, flags)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(
            check_one, specs, requests, flags, chunksize=max(len(specs) // (4 * processes), 1)
        )


def check_one(spec: str, request: Request, verify: bool) -> Checked:
    """One spec, checked and, where asked for and possible, run in NumPy."""
    from archcalc.checks.run import examine

    checked, analysis = examine(spec, request)
    if not verify or analysis is None:
        return checked
    from archcalc.checks.run import with_problems
    from archcalc.errors import Problem
    from archcalc.forward.verify import verify as run

    outcome = run(analysis)
    problems = tuple(
        Problem("verify", f"{one.name}: {difference}", analysis.of(one.name).node.span)
        for one in outcome.disagreements
        for difference in one.differences()
    )
    return with_problems(checked, problems)._replace(verified=outcome.agrees)
