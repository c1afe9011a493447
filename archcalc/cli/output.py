"""Where reports go: a terminal, a pipe or a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

import click

from archcalc.cli.color import is_colored
from archcalc.errors import Problem, RequestError, SpecError
from archcalc.quoting import quoted
from archcalc.report import written
from archcalc.report.page import Options, Page

STDIN = STDOUT = "-"
SOURCES = (".yaml", ".yml", ".toml")
"""What specs, libraries and config files are called."""

ASCII = str.maketrans(
    {"×": "x", "·": "*", "−": "-", "─": "-", "…": "...", "→": "->", "⌊": "floor(", "⌋": ")"}
)
ASCII |= str.maketrans({"⌈": "ceil(", "⌉": ")", "█": "#"})
"""What stands for our symbols where the terminal's encoding has none."""


ENDINGS = {
    ".json": ("json", "sarif", "gitlab"),
    ".sarif": ("sarif",),
    ".xml": ("junit",),
    ".csv": ("csv",),
    ".md": ("markdown",),
    ".markdown": ("markdown",),
}
"""The formats that a file with such an ending may have; the first is meant where none is asked for."""


def format_for(asked: str | None, output: str, known: Collection[str]) -> str:
    """The format that is asked for, or else that of the output's ending.

    known: the formats that a command writes. Raises RequestError where the two differ, or none such is known.
    """
    ending = os.path.splitext(output)[1].lower()
    fitting = ENDINGS.get(ending, ())
    if asked is None:
        found = next((each for each in fitting if each in known), None)
        if fitting and found is None:
            raise RequestError(f"no {fitting[0]} is written here; known are {', '.join(known)}")
        return found or "text"
    if fitting and asked not in fitting:
        raise RequestError(
            f"--format {asked} is not what {quoted(output)} says by its ending: name another file, or "
            f"--format {fitting[0]}"
        )
    return asked


def options_for(
    output: str, units: str = "binary", depth: int | None = None, explain: bool = False
) -> Options:
    """How to write for where the report goes: dressed in a terminal, plainly elsewhere."""
    terminal = output == STDOUT and sys.stdout.isatty()
    width = terminal_width() if terminal else None
    return Options(width, output == STDOUT and is_colored(sys.stdout), units, depth, explain)


def terminal_width() -> int:
    """The columns of the terminal: COLUMNS, or what the terminal says, or 80."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except OSError:
        return 80


def write_page(page: Page, format_: str, options: Options, output: str) -> None:
    """Write a page where it goes."""
    write_text(written(page, format_, options), output)


def write_text(text: str, output: str) -> None:
    """Write text to a file or to standard output, in what characters that has."""
    if output != STDOUT:
        _write_file(text, output)
        return
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = _plain(text).encode(encoding, "backslashreplace").decode(encoding)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        quietly_closed()


def _plain(text: str) -> str:
    """`text` with our symbols spelt out, and letters without their accents."""
    from unicodedata import combining, normalize

    letters = normalize("NFD", text.translate(ASCII))
    return "".join(letter for letter in letters if not combining(letter))


def quietly_closed() -> None:
    """A reader such as `head` has seen enough: nothing is wrong, and nothing more can be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_file(text: str, path: str) -> None:
    from archcalc.files import write_whole

    refuse_sources(path)
    write_whole(path, text.encode("utf-8"))


def refuse_sources(path: str) -> None:
    """Raise RequestError where output would take the place of a spec, or of a config file.

    Nothing that archcalc writes is called so; what is called so and lies there was written by a person.
    """
    target = os.path.realpath(path)
    if target.endswith(SOURCES) and os.path.lexists(target):
        what = f"a {target.rpartition('.')[2].upper()} file, which may be a source"
        hint = "name another file, or remove that one first"
        raise RequestError(f"--output {quoted(path)} would overwrite {what}: {hint}")


def announce_stdin(specs: Iterable[str]) -> None:
    """Say on standard error that a terminal waits for a spec to be typed."""
    if STDIN in specs and sys.stdin is not None and sys.stdin.isatty():
        click.echo("archcalc: reading a spec from standard input; end it with Ctrl-D", err=True)


def failing(page: Page, problems: tuple[Problem, ...]) -> Page:
    """A page whose JSON also says what does not hold."""
    if not problems:
        return page
    from archcalc.cli.error_documents import with_errors

    return page._replace(data=lambda: with_errors(page.data(), problems))


@contextmanager
def reported(format_: str, output: str) -> Iterator[None]:
    """Whatever is wrong with the spec is also one JSON document, where JSON was asked for."""
    try:
        yield
    except SpecError as error:
        if format_ == "json":
            from archcalc.cli.error_documents import error_document

            write_text(error_document(error), output)
        raise
