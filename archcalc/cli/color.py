"""Whether what is written has colour, and the colours of diagnostics.

`--color` decides; else NO_COLOR, then FORCE_COLOR or CLICOLOR_FORCE, then whether a terminal reads it that
shows colour, unless CLICOLOR is 0 (https://no-color.org, https://bixense.com/clicolors).
"""

from __future__ import annotations

import os
import re
from typing import TextIO

import click

MODES = ("auto", "always", "never")
PLAIN_TERMINALS = ("dumb", "unknown")

_asked = "auto"


def _ask(ctx: click.Context, param: click.Parameter, mode: str) -> None:
    global _asked
    _asked = mode


COLOR = click.Option(
    ["--color"],
    type=click.Choice(MODES),
    default="auto",
    is_eager=True,
    expose_value=False,
    callback=_ask,
    help="Whether to colour what is written; auto does so in a terminal, unless NO_COLOR is set.",
)


def is_colored(stream: TextIO | None) -> bool:
    """Whether what goes to a stream has colour."""
    if _asked != "auto":
        return _asked == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if any(os.environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    plain = os.environ.get("TERM") in PLAIN_TERMINALS or os.environ.get("CLICOLOR") == "0"
    return stream is not None and stream.isatty() and not plain


STYLES = (
    r"^(?P<dim>.*?:(?:\d+:\d+:)? )(?P<red>error\[[\w-]+\]:)(?P<bold> .*)$",
    r"^(?P<dim>.*?:(?:\d+:\d+:)? )(?P<yellow>advice\[[\w-]+\]:)(?P<bold> .*)$",
    r"^(?P<dim>\S.*?:\d+:\d+: note:)",
    r"^(?P<dim> +\d+ \|)",
    r"^ +(?P<red>\^+)$",
    r"^  (?P<cyan>hint:|got:)",
    r"^  (?P<green>try:)",
    r"^\S.*: (?P<green>ok)\b",
    r"^[\d,]+ specs?: (?P<green>[\d,]+ ok)(?:, (?P<red>[\d,]+ with [^;\n]*))?",
)
"""What is coloured, each by the name of its group."""

CODES = {"bold": "1", "dim": "2", "red": "1;31", "green": "32", "yellow": "1;33", "cyan": "36"}
"""Their parameters of SGR, ECMA-48 8.3.117."""


def painted(text: str) -> str:
    """Diagnostics in colour: severity and caret, hints, edits to try, what is well; places and notes dim.

    The text is escaped before it gets here, so that the only codes in it are these.
    """
    for pattern in STYLES:
        text = re.sub(pattern, _styled, text, flags=re.MULTILINE)
    return text


def _styled(found: re.Match[str]) -> str:
    parts, end = [], found.start()
    for name, part in found.groupdict().items():
        if part:
            parts += [found.string[end : found.start(name)], f"\x1b[{CODES[name]}m{part}\x1b[0m"]
            end = found.end(name)
    return "".join((*parts, found.string[end : found.end()]))
