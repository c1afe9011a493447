"""`archcalc check`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

import click

from archcalc.checks.findings import Checked, exit_code
from archcalc.checks.run import Criteria, check_spec
from archcalc.cli.candidates import specs
from archcalc.cli.color import painted
from archcalc.cli.options import BY_ENDING, dtype_option, examples, output_option, set_option
from archcalc.cli.output import STDOUT, announce_stdin, options_for, write_text
from archcalc.cli.request import gathered
from archcalc.errors import RequestError, SpecError
from archcalc.expectations.model import Expectation
from archcalc.project.config import Config
from archcalc.project.config_file import read_config
from archcalc.project.discovery import found_specs
from archcalc.project.nearest import found_config
from archcalc.quoting import quoted
from archcalc.records import NamedTuple
from archcalc.report.check import CHECK_FORMATS, reported_check
from archcalc.spec.requests import OPTION, requested
from archcalc.spec.zoo import STDIN

PARALLEL = 256
"""From how many specs on processes are worth their start, which takes as long as some hundred small specs."""

READ_BY_PEOPLE = ("text", "github", "markdown")
"""Formats of which --quiet leaves nothing where all is well; programs get whole documents."""


class CheckOptions(NamedTuple):
    """What the options say: how to report, what to check, and how to go about it."""

    format_: str
    output: str
    expect: tuple[str, ...]
    assignments: tuple[str, ...]
    dtype: str | None
    advice: bool
    strict: bool
    verify: bool
    config: str | None
    no_config: bool
    exclude: tuple[str, ...]
    jobs: int | None
    quiet: bool
    verbose: bool
    fix: bool
    diff: bool
    exit_zero: bool

    def of_each(self, config: Config) -> Criteria:
        """What is checked of every spec, besides what the config file expects of some."""
        expectations = sum(map(_expected, self.expect), ())
        return Criteria(
            expectations,
            self.advice or config.advice,
            self.strict or config.strict,
            self.verify or config.verify,
            self.assignments,
            self.dtype or "",
        )

    def lists_ok(self, specs: int) -> bool:
        """Whether the specs that are well are listed: in text by wish, and a single one."""
        return not self.quiet and (self.verbose or specs == 1 or self.format_ != "text")

    def is_silent(self, checked: tuple[Checked, ...]) -> bool:
        """Whether nothing is to be said of what was checked."""
        said = self.output != STDOUT or self.format_ not in READ_BY_PEOPLE
        return self.quiet and not said and not any(one.findings for one in checked)


OPTIONS = (
    click.option(
        "-f",
        "--format",
        "--output-format",
        "format_",
        type=click.Choice(tuple(CHECK_FORMATS)),
        show_default=BY_ENDING,
        help="How to write the report.",
    ),
    output_option,
    click.option(
        "-e",
        "--expect",
        multiple=True,
        metavar="TEXT",
        help="Expect this of every spec: 'parameters <= 20k', or any KEY: VALUE of `expect:`. "
        "Can be repeated.",
    ),
    set_option,
    dtype_option,
    click.option("--advice", is_flag=True, help="Say what is legal but probably not meant."),
    click.option("--strict", is_flag=True, help="Let advice fail the check."),
    click.option(
        "--verify",
        is_flag=True,
        help="Run each network in NumPy too; what is too large to run fails.",
    ),
    click.option(
        "--config", type=click.Path(dir_okay=False), help="The config file, instead of the nearest."
    ),
    click.option("--no-config", is_flag=True, help="Read no config file."),
    click.option(
        "--exclude",
        multiple=True,
        metavar="PATTERN",
        help="Leave these out of folders and patterns, as .gitignore would. Can be repeated.",
    ),
    click.option(
        "--jobs", type=click.IntRange(1), metavar="N", help="Processes; by default as many as are worth it."
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print nothing when all is well."),
    click.option("-v", "--verbose", is_flag=True, help="List the specs that are well, with their figures."),
    click.option(
        "--fix",
        is_flag=True,
        help="Mend broken networks: make the first edit that is offered, show the diff.",
    ),
    click.option("--diff", is_flag=True, help="Only show what --fix would change."),
    click.option(
        "--exit-zero", is_flag=True, help="Exit with 0 whatever is wrong with specs that can be read."
    ),
)


@click.command(
    epilog=examples(
        "archcalc check specs/",
        "archcalc check net.yaml --expect 'parameters < 20k' --expect 'output: [10]'",
        "archcalc check 'models/**/*.yaml' --advice --format github",
    )
)
@click.argument("paths", nargs=-1, metavar="PATH...", shell_complete=specs)
@gathered("asked", CheckOptions, *OPTIONS)
def check(paths: tuple[str, ...], asked: CheckOptions) -> int:
    """Check specs: are they right, and what they are expected to be?

    PATH is a spec, a folder, a pattern such as 'nets/*.yaml', the name of a built-in network, or - for
    standard input; without one, the `paths` of the config file are checked. Each spec's own `expect:`
    and the lock beside it are checked too; of variants made by --set neither binds. All specs are
    reported, and the worst code wins: 0 all is well, 1 something is wrong, 2 something could not be
    read, 3 a bug. A wrong --expect or config is 2.

    The config file is the nearest archcalc.toml, or pyproject.toml with [tool.archcalc], in this folder
    or one above; paths and patterns in it start from its own folder.
    """
    asked.of_each(Config())  # what is wrong with an option is told first
    if asked.assignments and (asked.fix or asked.diff):
        raise click.UsageError("--fix mends specs as they are written: leave out --set")
    try:
        config = _config(asked)
    except SpecError as error:
        return _called_wrongly(error)
    specs, passed_over = found_specs(paths or config.specs(), config.excluding(asked.exclude))
    if passed_over and not asked.quiet:
        files = "1 YAML file that is" if passed_over == 1 else f"{passed_over:,} YAML files that are"
        click.echo(f"passed over {files} no spec (no input:, layers: or base: at the top)", err=True)
    announce_stdin(specs)
    config.refuse_idle_overrides(specs)
    criteria = list(_criteria(specs, asked, config))
    bugs: dict[str, Exception] = {}
    if asked.fix or asked.diff:
        from archcalc.cli.fixing import fixed

        show = partial(click.echo, nl=False, err=asked.format_ != "text")
        bugs = fixed(specs, criteria, not asked.diff, show)
    found = zip(specs, _checked(specs, criteria, asked.jobs), strict=True)
    checked = tuple(one.with_bug(bugs[spec]) if spec in bugs else one for spec, one in found)
    code = max(exit_code(checked), _report(checked, asked))
    return 0 if asked.exit_zero and code == 1 else code


def _report(checked: tuple[Checked, ...], asked: CheckOptions) -> int:
    """The exit code of what was checked, after writing the report of it, if anything is to be said."""
    if asked.is_silent(checked):
        return 0
    options = options_for(asked.output)._replace(lists_ok=asked.lists_ok(len(checked)))
    report = reported_check(checked, asked.format_, options)
    colored = options.color and asked.format_ == "text"
    write_text(painted(report.text) if colored else report.text, asked.output)
    return report.exit_code


def _criteria(specs: list[str], asked: CheckOptions, config: Config) -> Iterator[Criteria]:
    """What to check of each spec: the expectations of the config file first."""
    of_each = asked.of_each(config)
    for spec in specs:
        expected = config.expected_of(spec) + of_each.expectations
        yield of_each._replace(
            expectations=expected, usual_dtype=config.dtype_of(spec), rules=config.rules_of(spec)
        )


def _expected(text: str) -> tuple[Expectation, ...]:
    """What one --expect asks for; raises RequestError where that is nothing."""
    try:
        return requested(text)
    except SpecError as error:
        problem = error.problems[0]
        hint = f"; {problem.hint}" if problem.hint else ""
        raise RequestError(f"{OPTION} {quoted(text)}: {problem.message}{hint}") from None


def _config(asked: CheckOptions) -> Config:
    if asked.no_config:
        return Config()
    found = asked.config or found_config(os.getcwd())
    return read_config(found) if found else Config()


def _called_wrongly(error: SpecError) -> int:
    """The exit code of a wrong config file, which is part of the call, after saying what is wrong."""
    from archcalc.cli.diagnostics import problems_text

    click.echo(problems_text(error), err=True)
    return 2


def _checked(specs: list[str], criteria: list[Criteria], jobs: int | None) -> Iterator[Checked]:
    """Each spec, checked, in order; by several processes where there are many."""
    processes = min(jobs or _worthwhile(len(specs)), len(specs))
    if processes <= 1 or STDIN in specs:  # standard input belongs to this process alone
        yield from map(check_spec, specs, criteria)
        return
    from archcalc.checks.parallel import checked_in_processes

    yield from checked_in_processes(specs, criteria, processes)


def _worthwhile(specs: int) -> int:
    """How many processes are worth it."""
    return min(os.cpu_count() or 1, specs // (PARALLEL // 2)) if specs >= PARALLEL else 1
