"""`archcalc init`."""

from __future__ import annotations

from os import path as paths

import click

from archcalc.cli.candidates import specs as complete_specs
from archcalc.cli.options import examples
from archcalc.cli.output import STDOUT
from archcalc.cli.show import print_spec, tell_schema
from archcalc.errors import RequestError, SpecError
from archcalc.files import write_whole
from archcalc.quoting import escaped, quoted
from archcalc.spec.first import FIRST, expected_today, variant
from archcalc.spec.load import parse_spec, read_parts
from archcalc.spec.model import Spec
from archcalc.spec.outline import outline
from archcalc.spec.standalone import MODELINE
from archcalc.spec.zoo import SUFFIXES, source_of, zoo_folder

FILE = "net.yaml"


@click.command(
    epilog=examples(
        "archcalc init",
        "archcalc init --from mobilenet_v2 -o small.yaml",
        "archcalc init --from resnet18 -o -",
    )
)
@click.option("--from", "base", metavar="SPEC", shell_complete=complete_specs, help="Write a variant of it.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True),
    default=FILE,
    show_default=True,
    help="The file to write.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def init(base: str | None, output: str, force: bool) -> None:
    """Write a first spec: a small network, or with --from a variant of one that exists.

    Its `expect:` holds what the network is today, so that `archcalc check` says when a change moves it.
    """
    if output != STDOUT and paths.lexists(output) and not force:
        raise RequestError(
            f"{quoted(output)} is there already; name another with -o, or write over it with --force"
        )
    text = _variant(base, output) if base else FIRST
    text += expected_today(_read(text, output).analyze())
    if output == STDOUT:
        print_spec(text)
        return
    write_whole(output, (MODELINE + text).encode("utf-8"))
    click.echo(f"{escaped(output)}: written; `archcalc summarize {escaped(output)}` shows it", err=True)
    tell_schema(output)


def _variant(base: str, output: str) -> str:
    """The text of a variant of a spec, which it names as it can be found from where the variant will lie."""
    parts = read_parts(base)
    _, path = source_of(base)
    if path is None:
        raise RequestError("--from needs a file or a built-in network: a variant cannot name standard input")
    name = base if paths.dirname(path) == zoo_folder() else _name_from(path, paths.dirname(output))
    if any(paths.realpath(output) == paths.realpath(_beside(output, name + suffix)) for suffix in SUFFIXES):
        raise RequestError(f"{quoted(output)} would be its own base; give it another name with -o")
    text = variant(name, parts.spec.network.name, outline(parts))
    try:
        same = _read(text, output).network.has_layers_of(parts.spec.network)
    except SpecError as error:
        problem = error.problems[0]
        why = problem.message + (f"; {problem.hint}" if problem.hint else "")
        raise RequestError(f"{quoted(base)} cannot be the base of {quoted(output)}: {why}") from None
    if not same:
        raise RequestError(f"another spec in the folder of {quoted(output)} is called {quoted(name)} too")
    return text


def _name_from(path: str, folder: str) -> str:
    """What a variant in a folder calls a spec."""
    return paths.splitext(paths.relpath(path, folder or paths.curdir))[0].replace(paths.sep, "/")


def _beside(output: str, name: str) -> str:
    return paths.join(paths.dirname(output), name)


def _read(text: str, output: str) -> Spec:
    """A spec that is to lie there, as it would be read."""
    return parse_spec(text, escaped(output), paths.dirname(output) or paths.curdir)
