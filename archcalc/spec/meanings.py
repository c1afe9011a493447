"""What the authors of specs say of their variables, in the comments behind them, and hints that repeat it.

YAML's events have no comments, so that the text is asked: for words to people, and for nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Texts

from archcalc.errors import SpecError
from archcalc.quoting import quoted
from archcalc.spec.decode import described
from archcalc.spec.document import Entry, Mapping, Scalar, Value, parse
from archcalc.spec.problems import refused

_COMMENT = re.compile(r"[:,}\]\s]*\s#+\s*(\S.*)")
_MULTIPLIER = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)\s*(%?)")
_WORD = re.compile(r"\w+")


def comment_of(entry: Entry, texts: Texts[str, str]) -> str:
    """What the comment behind a value says, or behind the key of a value that stands in lines below it."""
    key, value = entry.span, entry.value.span
    line, column = key.end if value.line > key.line else value.end
    lines = texts.get(key.source, "").split("\n")
    found = _COMMENT.match(lines[line - 1][column - 1 :]) if line <= len(lines) else None
    return found[1].rstrip() if found else ""


def meanings(texts: Texts[str, str]) -> dict[str, str]:
    """What each variable means: as a spec says, or else its base; `texts` has the spec's own first."""
    found: dict[str, str] = {}
    for source, text in texts.items():
        if source.startswith("--"):  # what an option says is no spec
            continue
        top = parse(text.encode("utf-8", "surrogatepass"), source, {})
        variables = top.entries.get("variables") if isinstance(top, Mapping) else None
        if variables is not None and isinstance(variables.value, Mapping):
            for name, entry in variables.value.entries.items():
                found[name] = found.get(name) or comment_of(entry, texts)
    return found


def meant(word: str, names: list[str], texts: Texts[str, str]) -> str | None:
    """Which of the names may be meant by a word: one whose comment has it."""
    said = meanings(texts)
    name = next((name for name in names if word.lower() in _WORD.findall(said.get(name, "").lower())), None)
    return name and f"did you mean {quoted(name)}? The base says of it {quoted(said[name])}"


def no_integer(name: str, own: Value, was: Scalar, texts: Texts[str, str]) -> SpecError:
    """That a variant gives no integer where its base has one and computes with it."""
    said = meanings(texts).get(name, "")
    message = f"{quoted(name)} needs an integer, as the base computes with it, found {described(own)}"
    about = f"the base has {was.text}" + (f": {quoted(said)}" if said else "")
    return refused("type", message, own.span, _percent(own, said) or about)


def _percent(value: Value, said: str) -> str | None:
    """What a multiplier such as 1.4 or 140% is where percent are meant."""
    found = _MULTIPLIER.fullmatch(value.text) if isinstance(value, Scalar) else None
    if found is None or "percent" not in said:
        return None
    percent = round(float(found[1]) * (1 if found[2] else 100), 4)
    return f"it is in percent: write {percent:.0f}" if percent == round(percent) else None
