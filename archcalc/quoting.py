"""Text of strangers, made fit to print: cut, escaped and quoted.

Every name, note or path that a message or a report repeats goes through here, so that nothing in a spec can
move a terminal, give a CI system a command, or fill a log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

ECHO_LIMIT = 60
"""So many characters of a text are repeated."""

WORD_LIMIT = 12
"""So many words of a list are named; the rest is counted."""

_COMMAND = r":(?=:)|#(?=#\w*\[)"


def quoted(text: str, limit: int = ECHO_LIMIT) -> str:
    """`text` in quotes, cut to `limit` characters, with nothing in it that a terminal or CI obeys.

    Nor does anything in it end the quotation: text with one kind of quotes stands in the other, text with
    both has a backslash before each that would end it.
    """
    inside = shortened(text, limit)
    if "'" not in inside:
        return f"'{inside}'"
    if '"' in inside:
        inside = inside.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inside}"'


def shortened(text: str, limit: int = ECHO_LIMIT) -> str:
    """`text`, cut to `limit` characters and escaped."""
    return escaped(text if len(text) <= limit else text[: limit - 1] + "…")


def escaped(text: str) -> str:
    """`text` with each unprintable character, and each beginning of a CI system's command, escaped.

    GitHub obeys `::` at the beginning of a line and `##[` anywhere in it, Azure `##vso[`.
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    if "::" in text or "##" in text:
        return re.sub(_COMMAND, lambda found: f"\\x{ord(found.group()):02x}", text)
    return text


def listed(words: Iterable[str], most: int = WORD_LIMIT) -> str:
    """The first `most` of the words, and how many more there are."""
    known = list(words)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(map(shortened, known[:most])) + more
