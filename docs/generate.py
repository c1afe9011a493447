"""Writes what the pages of docs/ take from the code, so that neither is written twice.

    python docs/generate.py            kinds.md from the docstrings of the layer classes, codes.md from
                                       the table of codes, zoo.md from the specs, and in other pages what
                                       stands between the comments
                                       `<!-- generated: NAME -->` and `<!-- end -->`
    python docs/generate.py --console  the output below each `$ archcalc …` in README.md and docs/*.md, by
                                       running it (see console.py for what such blocks may hold)

A test fails when what is committed is not what this writes: run both when reports, kinds or settings change,
and read the difference.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from inspect import cleandoc, getdoc
from itertools import groupby
from pathlib import Path

from codes_page import codes_page
from console import pages, refreshed
from conventions_page import builds_list, conventions_table, figures_list, unexamined_kinds
from training_page import not_counted_list, optimizer_rows, precision_rows, saved_list
from zoo_page import zoo_page

from archcalc.analysis.quantities import QUANTITIES
from archcalc.expectations.keys import network_forms
from archcalc.frozen import REQUIRED
from archcalc.layers import LAYERS, Layer, layer_class
from archcalc.layers.aliases import INPUT_ALIASES, KIND_ALIASES, SETTING_ALIASES
from archcalc.layers.dialects import DIALECTS
from archcalc.layers.settings import GREATEST_INTEGER, settings_of
from archcalc.spec import decode, document, encoding, expand
from archcalc.spec.include import LIBRARY_LIMIT
from archcalc.spec.load import BASE_LIMIT

DOCS = Path(__file__).resolve().parent
ANSWERS = ("output", "weights", "biases", "buffers", "MACs", "backward", "source")
"""What a docstring says of a kind, one in a line."""
ITEM = re.compile(r"(\w+): (.*)", re.DOTALL)
PART = re.compile(r"(<!-- generated: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)

HEAD = """\
<!-- Written by docs/generate.py from the docstrings of the layer classes: edit those. -->

# The kinds of layers

Each kind with its formulas, where they come from, its settings and an example; `archcalc explain --kind KIND`
prints the same. [The spec language](spec.md) says how kinds are put together.

In the formulas W1, H1 and D1 are the input's width, height and depth, and W2, H2 and D2 the output's. A
sequence has a length L. K is the number of filters, F the kernel size, S the stride, P the padding, D the
dilation, G the number of groups, and O the output padding. What a layer keeps for its backward pass is the
memory that training takes. Every layer also takes `name`, `from`, `when` and `note`.
"""


def kinds_page() -> str:
    """docs/kinds.md: a section for each kind, by family."""
    families = groupby(LAYERS, key=lambda kind: LAYERS[kind].partition(".")[0])
    return "\n".join((HEAD, *(section for module, kinds in families for section in _family(module, kinds))))


def _family(module: str, kinds: Iterable[str]) -> Iterator[str]:
    """A family's heading and what its module says of it, then its kinds."""
    title, _, rest = cleandoc(import_module(f"archcalc.layers.{module}").__doc__ or "").partition(":")
    yield f"## {title.rstrip('.')}\n"
    if rest:
        said = rest.strip()
        yield f"{said[0].upper()}{said[1:]}\n"
    yield from map(kind_section, kinds)


def kind_section(kind: str) -> str:
    """The section of one kind: its docstring, its settings and its other spellings."""
    text, _, example = (getdoc(layer_class(kind)) or "").partition("\nexample:\n")
    sentence, *paragraphs = text.strip().split("\n\n")
    parts = [f"### {kind}", sentence, *map(_paragraph, paragraphs)]
    if settings_of(layer_class(kind)):
        parts.append(
            _table(("setting", "default", "needs", "also written"), _setting_rows(layer_class(kind)))
        )
    if others := _others(KIND_ALIASES, kind):
        parts.append(f"Also written {others}.")
    parts.append(f"```yaml\n{cleandoc(example)}\n```")
    return "\n\n".join(parts) + "\n"


def _paragraph(paragraph: str) -> str:
    """A paragraph of a docstring: a list where it gives answers, else as it is."""
    item = ITEM.match(paragraph)
    if item is None:
        return paragraph
    if item[1] not in ANSWERS:
        return f"`{item[1]}`: {item[2]}"
    return "\n".join(_answer(line) for line in paragraph.split("\n"))


def _answer(line: str) -> str:
    """An item of the list, or a further line of the one above."""
    item = ITEM.match(line)
    return f"* **{item[1]}**: {item[2]}" if item and item[1] in ANSWERS else f"  {line.strip()}"


def _setting_rows(cls: type[Layer]) -> Iterator[tuple[str, ...]]:
    for name, field in settings_of(cls).items():
        default = "required" if field.default is REQUIRED else f"`{written(field.default)}`"
        yield f"`{name}`", default, field.setting.needs, _setting_others(name, cls)


def _setting_others(name: str, cls: type[Layer]) -> str:
    """What a setting of a kind may also be called."""
    fields = settings_of(cls)
    others = (alias for alias in SETTING_ALIASES if alias not in fields)
    return _words(alias for alias in others if decode.canonical(alias, fields) == name)


def written(value: object) -> str:
    """A default as a spec writes it."""
    if value is None:
        return "null"
    if isinstance(value, tuple):
        return f"[{', '.join(map(written, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def kinds_table() -> str:
    """Every kind with its settings and its one sentence."""
    rows = ((f"[`{kind}`](kinds.md#{kind})", _signature(kind), _sentence(kind)) for kind in LAYERS)
    return _table(("kind", "settings and their defaults", "what it is"), rows)


def _signature(kind: str) -> str:
    fields = settings_of(layer_class(kind)).items()
    return ", ".join(
        f"**`{name}`**" if field.default is REQUIRED else f"`{name}: {written(field.default)}`"
        for name, field in fields
    )


def _sentence(kind: str) -> str:
    return (getdoc(layer_class(kind)) or "").partition("\n\n")[0].replace("\n", " ")


def in_place_kinds() -> str:
    """The kinds that add no volume."""
    return _words(kind for kind in LAYERS if layer_class(kind).in_place)


def kind_spellings() -> str:
    """The other spellings of kinds."""
    rows = ((f"`{kind}`", others) for kind in LAYERS if (others := _others(KIND_ALIASES, kind)))
    return _table(("kind", "also written"), rows)


def dialects() -> str:
    """The words that do not only rename, and what each sets; words that set the same share a row."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for word, (tool, meaning, *_) in DIALECTS.items():
        rows.setdefault((KIND_ALIASES[word], tool, meaning), []).append(word)
    return _table(
        ("word", "whose", "kind", "what it sets"),
        ((_words(words), tool, f"`{kind}`", meaning) for (kind, tool, meaning), words in rows.items()),
    )


def setting_spellings() -> str:
    """The other spellings of settings, and of what an input has."""
    pairs = [(alias, name) for alias, names in SETTING_ALIASES.items() for name in names if name != alias]
    rows = [(f"`{name}`", _words(alias for alias, meant in pairs if meant == name)) for _, name in pairs]
    keys = dict.fromkeys(INPUT_ALIASES.values())
    rows += [(f"`{key}` of `input`", _others(INPUT_ALIASES, key)) for key in keys]
    return _table(("setting", "also written"), dict.fromkeys(rows))


def quantities() -> str:
    """What is counted; each can be expected by its name."""
    rows = ((f"`{each.name}`", each.meaning) for each in QUANTITIES.values())
    return _table(("quantity", "what it counts"), rows)


def expectations() -> str:
    """What a spec can expect, and what each needs."""
    rows = ((f"`{key}`", f"{each.needs}") for key, each in network_forms().items())
    return _table(
        ("key", "needs"), [*rows, ("`layers`", "names of layers, each with what is expected of it")]
    )


def limits() -> str:
    """What bounds a spec."""
    rows = (
        ("a file", f"{encoding.BYTE_LIMIT // 1024:,} KiB, UTF-8"),
        ("values in it", f"{document.VALUE_LIMIT:,}, nested {document.DEPTH_LIMIT} deep"),
        ("one value", f"{document.SCALAR_LIMIT:,} characters"),
        ("layers, when all is expanded", f"{expand.LAYER_LIMIT:,}"),
        ("blocks and structures in each other", f"{expand.NESTING_LIMIT}"),
        ("specs based on each other", f"{BASE_LIMIT}"),
        ("libraries that a spec includes", f"{LIBRARY_LIMIT}"),
        ("an integer setting", f"{GREATEST_INTEGER:,}"),
        ("a side of a volume, a receptive field", "below 2^63"),
        ("problems shown at once", f"{decode.PROBLEM_LIMIT}"),
    )
    return _table(("what", "at most"), rows)


PAGES = ("spec.md", "conventions.md", "memory.md")
PARTS: dict[str, Callable[[], str]] = {
    "kinds": kinds_table,
    "in-place": in_place_kinds,
    "kind-spellings": kind_spellings,
    "dialects": dialects,
    "setting-spellings": setting_spellings,
    "quantities": quantities,
    "expectations": expectations,
    "limits": limits,
    "conventions": conventions_table,
    "figures": figures_list,
    "builds": builds_list,
    "unexamined": unexamined_kinds,
    "saved": saved_list,
    "optimizers": lambda: _table(("optimizer", "remembers", "values", "source"), optimizer_rows()),
    "precisions": lambda: _table(("precision", "what is how wide", "source"), precision_rows()),
    "not-counted": not_counted_list,
}


def with_parts(text: str) -> str:
    """A page with what stands between its marks as it is now."""
    return PART.sub(lambda part: f"{part[1]}{PARTS[part[2]]()}\n{part[3]}", text)


def generated() -> dict[Path, str]:
    """The pages that hold something generated, as they must be."""
    parts = {DOCS / name: (DOCS / name).read_text(encoding="utf-8") for name in PAGES}
    written_whole = {"kinds.md": kinds_page(), "zoo.md": zoo_page(), "codes.md": codes_page()}
    pages = {DOCS / name: text for name, text in written_whole.items()}
    return {**pages, **{path: with_parts(text) for path, text in parts.items()}}


def _others(aliases: Mapping[str, str], name: str) -> str:
    return _words(alias for alias, meant in aliases.items() if meant == name)


def _words(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def with_output() -> dict[Path, str]:
    """The pages with the output below their commands as it is now."""
    found = {}
    for path in pages():
        with tempfile.TemporaryDirectory() as folder:
            found[path] = refreshed(path.read_text(encoding="utf-8"), Path(folder))
    return found


def main(arguments: list[str]) -> str | None:
    """Write the pages; returns what is wrong with the call, or nothing."""
    if arguments not in ([], ["--console"]):
        return "usage: python docs/generate.py [--console]"
    for path, text in (with_output() if arguments else generated()).items():
        path.write_text(text, encoding="utf-8")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
