"""Where reports go: a terminal, a pipe or a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from archcalc.errors import ReadError, SpecError
from archcalc.quoting import escaped
from archcalc.report import written
from archcalc.report.page import Options, Page

STDOUT = "-"
ASCII = str.maketrans(
    {"×": "x", "·": "*", "−": "-", "─": "-", "…": "...", "→": "->", "⌊": "floor(", "⌋": ")"}
)
ASCII |= str.maketrans({"⌈": "ceil(", "⌉": ")", "█": "#"})
"""What stands for our symbols where the terminal's encoding has none."""


def options_for(
    output: str, units: str = "binary", depth: int | None = None, explain: bool = False
) -> Options:
    """How to write for where the report goes: dressed in a terminal, plainly elsewhere."""
    terminal = output == STDOUT and sys.stdout.isatty()
    width = terminal_width() if terminal else None
    plain = os.environ.get("TERM") in ("dumb", "unknown") or bool(os.environ.get("NO_COLOR"))
    return Options(width, terminal and not plain, units, depth, explain)


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
    try:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise ReadError(f"cannot write {escaped(path)}: {error.strerror or error}") from None


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
