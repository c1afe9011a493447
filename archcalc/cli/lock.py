"""`archcalc lock`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os.path import dirname

import click

from archcalc.analysis.facts import Analysis
from archcalc.checks.lock import HEAD, lock_beside, lock_content, lock_failures, lock_text
from archcalc.cli.candidates import specs as complete_specs
from archcalc.cli.options import OutputFile, examples, set_option
from archcalc.cli.output import STDOUT, write_text
from archcalc.cli.request import Request, nearest_config
from archcalc.errors import Problem, ReadError, Span, SpecError
from archcalc.project.config import Config
from archcalc.project.discovery import found_specs
from archcalc.quoting import escaped
from archcalc.records import NamedTuple
from archcalc.spec.zoo import STDIN, built_in, source_of, zoo_folder


class Target(NamedTuple):
    """A network, the texts and the name of its spec, and where its lock is.

    beside: whether nobody named the lock, which then lies beside the spec.
    """

    analysis: Analysis
    texts: Mapping[str, str]
    spec: str
    lock: str
    beside: bool


@click.command(
    epilog=examples(
        "archcalc lock specs/",
        "archcalc lock --check specs/",
        "archcalc lock resnet50 -o resnet50.lock",
    )
)
@click.argument("paths", metavar="PATH...", nargs=-1, shell_complete=complete_specs)
@click.option(
    "-o",
    "--output",
    type=OutputFile(),
    help="The lock's file; without it the lock of net.yaml is net.lock.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a network is not as locked.")
@set_option
def lock(paths: tuple[str, ...], output: str | None, check: bool, assignments: tuple[str, ...]) -> None:
    """Record every layer's output and counts beside each spec, to be committed with it.

    PATH is a spec, a folder or a pattern; without one, the `paths` of the config file are locked. --check
    says what moved since. Nothing is written when one of the specs is wrong.
    """
    specs = _specs(paths)
    if output is not None and len(specs) > 1:
        raise click.UsageError("--output is the lock of one spec; without it each has its own beside it")
    if check and output == STDOUT:
        raise click.UsageError("--check needs a lock to read, not standard output")
    if assignments and output is None:
        raise click.UsageError(
            "--set makes a variant, and the lock beside a spec is its own: add --output FILE"
        )
    targets = list(_targets(specs, output, assignments))
    if check:
        _check(targets)
    else:
        _write(targets)


def _specs(paths: tuple[str, ...]) -> list[str]:
    """The specs that paths mean, or else those of the config file that can have a lock beside them."""
    config = nearest_config() or Config()
    found = found_specs(paths or config.specs(), config.excluding(())).specs
    return found if paths else [spec for spec in found if spec != STDIN and not built_in(spec)]


def _targets(specs: list[str], output: str | None, assignments: tuple[str, ...]) -> Iterator[Target]:
    """Each network with the place of its lock; what is wrong with the specs is told together."""
    locks = [output or _lock_beside(spec) for spec in specs]
    for number, place in enumerate(locks):
        if place in locks[:number]:
            first = specs[locks.index(place)]
            raise click.UsageError(f"{first} and {specs[number]} would share the lock {place}")
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    truncated = False
    for spec, place in zip(specs, locks, strict=True):
        try:
            read = Request(spec, assignments=assignments).read()
            yield Target(read.analyze(), read.texts, escaped(spec), place, output is None)
        except SpecError as error:
            problems += error.problems
            texts.update(error.texts)
            truncated |= error.truncated
    if problems:
        raise SpecError(problems, texts, truncated)


def _lock_beside(spec: str) -> str:
    """The lock of a spec that is a file; raises UsageError for others, which have no place for one."""

    _, path = source_of(spec)
    if path is None or (path != spec and dirname(path) == zoo_folder()):
        what = "standard input" if spec == STDIN else f"{spec} is built in and"
        raise click.UsageError(f"{what} has no place for a lock; say where with --output FILE")
    return lock_beside(path)


def _write(targets: list[Target]) -> None:
    texts = [lock_text(target.analysis) for target in targets]
    for target in targets:
        if target.beside:
            _refuse_foreign(target.lock)
    for target, text in zip(targets, texts, strict=True):
        write_text(text, target.lock)
        if target.lock != STDOUT:
            _say(f"{target.spec}: locked in {target.lock}")


def _refuse_foreign(place: str) -> None:
    """Raise ReadError where something else than a lock of ours would be overwritten."""
    content = lock_content(place)
    if content and not content.startswith(HEAD.rpartition(" ")[0].encode()):
        why = "what lies there is no lock of archcalc; say where with --output FILE"
        raise ReadError(f"cannot write {escaped(place)}: {why}")


def _check(targets: list[Target]) -> None:
    """Compare every network with its lock, and tell all that moved."""
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    for target in targets:
        content = lock_content(target.lock)
        found = _failures(target, content)
        problems += found
        texts |= target.texts
        texts[escaped(target.lock)] = (content or b"").decode("ascii", "replace")
        if not found:
            _say(f"{target.spec}: as locked in {target.lock}")
    if problems:
        raise SpecError(problems, texts)


def _failures(target: Target, content: bytes | None) -> tuple[Problem, ...]:
    if content is not None:
        return lock_failures(target.analysis, content, escaped(target.lock))
    if not target.beside:
        raise ReadError(f"cannot read {escaped(target.lock)}: there is no such file")
    hint = f"`archcalc lock {target.spec}` writes it; commit it with the spec"
    place = Span(target.spec, 1, 1)
    return (Problem("lock", f"there is no {escaped(target.lock)}", place, hint),)


def _say(text: str) -> None:
    click.echo(escaped(text), err=True)
