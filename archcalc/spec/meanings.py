"""What the authors of specs say of their variables, in the comments behind them, and hints that repeat it.

YAML's events have no comments, so that the text is asked: for words to people, and for nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as Texts

from archcalc.errors import SpecError
from archcalc.quoting import quoted
from archcalc.spec.decode import described
from archcalc.spec.document import Entry, Mapping, Scalar, Value, parse
from archcalc.spec.problems import refused
from archcalc.spec.text import Text

_MULTIPLIER = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)\s*(%?)")


def comment_of(entry: Entry, text: Text) -> str:
    """What the comment behind a value says, or behind the key of a value that stands in lines below it."""
    end = text.end(entry.span if entry.value.span.line > entry.span.line else entry.value.span)
    return comment_behind(text, end).lstrip("#").strip()


def comment_behind(text: Text, end: int) -> str:
    """The comment behind a key or a value in its line, where nothing but brackets stands between."""
    between, mark, said = text.content[end : text.line_end(end)].partition("#")
    alone = between[-1:] in (" ", "\t") and not between.strip(" \t:,}]") and not text.is_line_begin(end)
    return mark + said.rstrip() if alone else ""


def meanings(texts: Texts[str, str]) -> dict[str, str]:
    """What each variable means: as a spec says, or else its base; `texts` has the spec's own first."""
    found: dict[str, str] = {}
    for source, content in texts.items():
        if source.startswith("--"):  # what an option says is no spec
            continue
        top, text = parse(content.encode("utf-8", "surrogatepass"), source, {}), Text(source, content)
        variables = top.entries.get("variables") if isinstance(top, Mapping) else None
        if variables is not None and isinstance(variables.value, Mapping):
            for name, entry in variables.value.entries.items():
                found[name] = found.get(name) or comment_of(entry, text)
    return found


def meant(word: str, names: Iterable[str], said: Texts[str, str]) -> str | None:
    """Which of the names may be meant by a word: one of which that is said."""
    name = next(
        (name for name in names if word.lower() in re.findall(r"\w+", said.get(name, "").lower())), None
    )
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
