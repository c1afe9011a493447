"""A spec as one file that needs no other: with what it takes over from its base, and the blocks that it uses.

The lines are those of the files they come from, with their comments; only indentation changes. What nothing
uses stays behind, since in one file it would be an error. For example of the base
`variables: {width: 8}  # filters`, laid over with `{width: 16}`, stays `width: 16`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archcalc.errors import RequestError, SpecError
from archcalc.network import Network
from archcalc.spec.document import Entry, Mapping, Scalar, Sequence, Value
from archcalc.spec.load import Parts, parse_spec
from archcalc.spec.meanings import comment_behind, comment_of, meanings
from archcalc.spec.text import Text
from archcalc.spec.unused import used_definitions

SCHEMA = "archcalc.schema.json"
"""What the schema of specs is called that lies beside them."""

MODELINE = f"# yaml-language-server: $schema={SCHEMA}\n"
"""What makes editors complete and check a spec, with the schema that lies beside it."""

KEYS = (
    "name",
    "source",
    "input",
    "variables",
    "blocks",
    "layers",
    "outputs",
    "auxiliary",
    "dtype",
    "silence",
    "expect",
)

_MODELINE = re.compile(r"#\s*yaml-language-server:.*\n?", re.ASCII)


def standalone(parts: Parts) -> str:
    """The text of a spec that can be read anywhere; its own where that is all there is."""
    if parts.own == parts.whole:
        return MODELINE + _MODELINE.sub("", parts.spec.texts[parts.own.span.source], count=1)
    return faithful("".join((MODELINE, *_lines(parts))), parts.spec.network)


def faithful(text: str, network: Network) -> str:
    """A text that was made of a spec, after reading it; raises RequestError where it says another network.

    A key that is written as few write it, such as `? key`, does not survive being moved.
    """
    try:
        if parse_spec(text, "copy").network.has_layers_of(network):
            return text
        why = "its layers would differ"
    except SpecError as error:
        why = error.problems[0].message
    raise RequestError(f"the spec cannot be put into one file: {why}")


def _lines(parts: Parts) -> Iterator[str]:
    """The parts of the spec, those that are made of members member by member."""
    used = used_definitions(parts.whole)
    texts = {source: Text(source, text) for source, text in parts.spec.texts.items()}
    for key in KEYS:
        entry = parts.whole.entries.get(key)
        if entry is None:
            continue
        if key in used and isinstance(entry.value, Mapping):
            members = [each for each in entry.value.entries.values() if each.span in used[key]]
            if members:
                yield f"{key}:\n"
                said = meanings(parts.spec.texts) if key == "variables" else {}
                for each in members:
                    yield _member(each, texts[each.span.source], said.get(each.key, ""))
        else:
            yield written(entry, texts[entry.span.source], 0)


def _member(entry: Entry, text: Text, meaning: str) -> str:
    """A variable or a block as it is written, or as a call gives it, which is no line of a spec."""
    if not entry.span.source.startswith("--"):
        return written(entry, text, 2, meaning)
    value = text.content[text.begin(entry.value.span) : text.end(entry.value.span)]
    if isinstance(entry.value, Sequence) and not value.startswith("["):  # `blocks=2,2`: at the = it begins
        value = f"[{value[1:]}]"
    return f"  {entry.key}: {value}" + (f"  # {meaning}" if meaning else "") + "\n"


def written(entry: Entry, text: Text, indent: int, meaning: str = "") -> str:
    """A key and its value as they stand in their file, with the comments above and behind, indented anew.

    Where it has no comment of its own, a variable that is laid over another gets the `meaning` of that.
    """
    begin, end = text.begin(entry.span), text.end(entry.value.span)
    said = text.content[begin:end].rstrip()
    behind = comment_behind(text, end)
    lines = (f"{said}  {behind}" if behind else said).split("\n")
    if meaning and not comment_of(entry, text):
        lines[0] += f"  # {meaning}"
    column, least = entry.span.column - 1, indent if _is_in_lines(entry.value, text) else indent + 2
    moved = [lines[0]]
    for line in lines[1:]:
        bare = line.lstrip(" ")
        moved.append(" " * max(least, len(line) - len(bare) - column + indent) + bare if bare else "")
    return "".join((*_above(entry, text, indent), " " * indent, "\n".join(moved), "\n"))


def _is_in_lines(value: Value, text: Text) -> bool:
    """Whether a value's lines mean something by how far they are indented."""
    return text.at(value.span) in ("|", ">") if isinstance(value, Scalar) else text.at(value.span) not in "[{"


def _above(entry: Entry, text: Text, indent: int) -> Iterator[str]:
    """The comments right above a key that begins its line, as far in as the key."""
    margin = " " * (entry.span.column - 1)
    found: list[str] = []
    begin = text.starts[entry.span.line - 1]
    if text.content.startswith(margin, begin):
        for above in reversed(text.starts[: entry.span.line - 1]):
            line = text.content[above : text.line_end(above)]
            if not line.startswith(f"{margin}#") or _MODELINE.match(line):
                break
            found.append(f"{' ' * indent}{line.lstrip()}\n")
    return reversed(found)
