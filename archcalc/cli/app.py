"""The program: its commands, and the one boundary where errors become exit codes.

0 ok · 1 the spec is wrong, or not what it expects · 2 called wrongly, or cannot read or write ·
3 a bug in archcalc · 130 interrupted.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from io import StringIO
from os import path as paths

import click

from archcalc import __version__
from archcalc.cli.color import COLOR, is_colored, painted
from archcalc.errors import INTERRUPTED, ReadError, RequestError, SpecError
from archcalc.isolation import TRACEBACK, isolated, show_traceback
from archcalc.quoting import escaped, quoted, shortened
from archcalc.suggestions import suggestion

COMMANDS = {
    "summarize": "Every layer's volume, memory, parameters, MACs and receptive field.",
    "compare": "Networks and their variants side by side, one row each.",
    "compare-fc": "What sharing filters saves against unshared filters and fully connected layers.",
    "verify": "Run the network in NumPy and check shapes, parameters and MACs.",
    "memory": "What is live while each layer runs, and the peak of the memory that this allocates.",
    "fit": "The largest batch, or the largest input, that fits into a memory.",
    "reconcile": "What other tools say of a network, and how that follows from its figures.",
    "explain": "How each number of a layer came about; what a kind of layer is.",
    "check": "Check specs against what is expected of them: the gate for pull requests.",
    "lock": "Record every layer's output and counts beside a spec, and say what moved since.",
    "diff": "What changed from one network to another: layers, and totals.",
    "zoo": "The built-in networks.",
    "show": "The spec of a built-in network, or of a file, as one text to copy; its variables.",
    "init": "Write a first spec, or a variant of a network that exists.",
    "schema": "The JSON Schema of specs, for editors.",
    "completion": "The script with which a shell completes commands, specs and layers.",
}
"""Each command lives in the module of its name and is imported when it is called."""

MESSAGE_LIMIT = 1_000
"""So many characters are told of what was called wrongly, or cannot be read."""


def _show_help(ctx: click.Context, param: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


HELP = click.Option(
    ["-h", "--help"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_help,
    help="Show this message and exit.",
)
"""As click's own, which like its --version looks for translations of its help at every start."""


class Commands(click.Group):
    """Commands that are imported when they are called, so that each pays only for itself."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"archcalc.cli.{name}"), name)
        if COLOR not in command.params:
            command.params.append(COLOR)
        command.get_help_option = self.get_help_option  # type: ignore[method-assign]  # one for all, see HELP
        return command

    def get_help_option(self, ctx: click.Context) -> click.Option:
        return HELP

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with their one line each, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest command suggested."""
        if args and not ctx.resilient_parsing and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"no command {quoted(args[0])}; {_meant(args[0])}", ctx)
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with `help` and `help COMMAND` understood as --help."""
        return super().parse_args(ctx, [*args[1:2], "--help"] if args[:1] == ["help"] else args)


def _meant(word: str) -> str:
    """What may be meant by something else than a command: a command, or a spec without one."""
    from archcalc.spec.zoo import built_in

    if paths.isdir(word):
        return f"did you mean `archcalc check {_argument(word)}`?"
    if built_in(word) or paths.isfile(word):
        return f"did you mean `archcalc summarize {_argument(word)}`?"
    return suggestion(word, COMMANDS) or f"commands are {', '.join(COMMANDS)}"


def _argument(word: str) -> str:
    """A word as a shell takes it."""
    return quoted(word, MESSAGE_LIMIT) if " " in word else shortened(word, MESSAGE_LIMIT)


def _show_version(ctx: click.Context, param: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(f"archcalc {__version__}")
        ctx.exit()


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 ok; 1 the spec is wrong, not what it expects, or disagrees with what ran; "
    "2 called wrongly, or cannot read or write; 3 a bug in archcalc; 130 interrupted.",
)
@click.option(
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def app() -> None:
    """Exact sizes of convolutional networks from a short YAML spec.

    SPEC is a path, the name of a built-in network (see `archcalc zoo`), or - for standard input.
    """


def exit_code(args: list[str] | None = None) -> int:
    """Run the program; returns its exit code, with errors written to standard error."""
    if sys.stdout is None:
        return _failed("cannot write: standard output is closed")
    try:
        return _answered(args)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except Exception as error:  # also what was raised while an error was being told
        return _bug(error)


def _answered(args: list[str] | None) -> int:
    """The exit code of a run, and of every error that is an answer, after telling it."""
    try:
        result = app.main(args, prog_name="archcalc", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except SpecError as error:
        from archcalc.cli.diagnostics import problems_text

        return _said(problems_text(error), 1)
    except (ReadError, RequestError) as error:
        return _failed(str(error))
    except click.ClickException as error:
        return _called_wrongly(error)
    except SystemExit:  # how click ends when the reader of its help has seen enough
        return 0
    except OSError as error:
        return _failed(f"cannot write: {error.strerror or error}")


def _failed(message: str) -> int:
    return _said(f"archcalc: {_bounded(message)}", 2)


def _bounded(message: str) -> str:
    """A message with what it repeats of a call escaped, and left out in the middle where it is long."""
    if len(message) > MESSAGE_LIMIT:
        half = MESSAGE_LIMIT // 2
        message = f"{message[:half]} … {message[-half:]}"
    return escaped(message)


def _called_wrongly(error: click.ClickException) -> int:
    shown = StringIO()
    if isinstance(error, click.UsageError) and error.ctx and "extra argument" in error.message:
        error = _with_comparison(error, error.ctx)
    error.show(shown)
    return _said("\n".join(map(_bounded, shown.getvalue().splitlines())), error.exit_code)


def _with_comparison(error: click.UsageError, ctx: click.Context) -> click.UsageError:
    """That there is a command for several networks, where one that takes a single one was given more."""
    if ctx.command.params[0].name != "spec" or ctx.info_name == "reconcile":
        return error
    hint = "`archcalc compare SPEC SPEC …` shows networks side by side"
    return click.UsageError(f"{error.message}; {hint}", ctx)


def _said(text: str, code: int) -> int:
    """`code`, after writing `text` to standard error, if that can be written."""
    colored = is_colored(sys.stderr)
    with suppress(OSError):
        click.echo(painted(text) if colored else text, err=True, color=colored)
    return code


def _bug(error: Exception) -> int:
    show_traceback(error)
    what = isolated(lambda: _in_words(error), type(error).__name__)
    return _said(f"archcalc: this is a bug, please report it: {what} ({TRACEBACK}=1 shows where)", 3)


def _in_words(error: Exception) -> str:
    from archcalc.report.escaping import free_text

    return escaped(free_text(f"{type(error).__name__}: {error}"))
