"""A layer as somebody wrote it in another tool, and the literals of Python and YAML in it.

Only what is wrong has to import this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archcalc.records import NamedTuple

_NUMBER = r"[-+]?(\d+|\d+\.\d*|\.\d+)([eE][-+]?\d+)?\Z"
_WORDS = {"true": True, "false": False, "none": None, "null": None}


class Written(NamedTuple):
    """A layer as somebody wrote it: a word for its kind, settings by name, and values without a name.

    times: how often it stands behind itself.
    """

    word: str
    settings: dict[str, object]
    positional: tuple[object, ...] = ()
    times: int = 1


def in_python(text: str, levels: int = 4) -> object:
    """A literal of Python or YAML, at most so many levels deep: `(5, 5)`, `'same'`, `True`, `0.5`, `20%`."""
    text = text.strip()
    if levels and text[:1] in ("(", "[") and text[-1:] in (")", "]"):
        return [in_python(part, levels - 1) for part in _parts(text[1:-1])]
    return scalar(text)


def scalar(text: str) -> int | float | bool | str | None:
    text = text.strip()
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if len(text) < 30 and re.match(_NUMBER, text):
        return int(text) if text.lstrip("+-").isdecimal() else float(text)
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text


def arguments(text: str) -> tuple[tuple[object, ...], dict[str, object]]:
    """The arguments of a call in Python, without and with names."""
    positional: list[object] = []
    named: dict[str, object] = {}
    for part in _parts(text):
        name, equals, value = part.partition("=")
        if equals and re.match(r"\s*\w+\s*\Z", name):
            named[name.strip()] = in_python(value)
        else:
            positional.append(in_python(part))
    return tuple(positional), named


def _parts(text: str) -> Iterator[str]:
    """What stands between the commas that are in no brackets."""
    depth, part = 0, ""
    for letter in text:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth <= 0:
            yield part
            part = ""
        else:
            part += letter
    if part.strip():
        yield part
