"""Changes of items as edits of the text: ranges, and what is to stand there instead.

Comments, the style of lists and all else that a change does not concern stay as they are. Where that cannot
be done, as for a text of several lines, no edit is made, and the change is offered in words alone.

For example `padding: 1`, written into the `conv` of `- conv: {filters: 8}`, is the text `, padding: 1`
between the 8 and the bracket; into a `conv` whose settings stand in lines of their own it is one more line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise, starmap

from archcalc.checks.repair.change import Action, Change
from archcalc.checks.repair.source_map import Item, SourceMap
from archcalc.errors import Edit, Span
from archcalc.layers.aliases import INPUT_ALIASES
from archcalc.spec.document import Entry, Scalar, Sequence, Value, parse
from archcalc.spec.document import Mapping as Settings
from archcalc.spec.items import settings_text
from archcalc.spec.text import Text

_COLON = re.compile(r"[ \t]*:")


class UnwritableError(Exception):
    """A change that cannot be made in the text without harm to something else."""


def edits(changes: tuple[Change, ...], source_map: SourceMap) -> tuple[Edit, ...]:
    """The edits that make all changes, in the order of their places; none where one cannot be made."""
    try:
        found = sorted(edit for change in _together(changes) for edit in _edits(change, source_map))
    except UnwritableError:
        return ()
    return tuple(found) if all(starmap(_are_apart, pairwise(found))) else ()


def _are_apart(first: Edit, second: Edit) -> bool:
    """Whether one edit ends before the next begins."""
    return first.span.source != second.span.source or first.span.end <= second.span[1:]


def _together(changes: tuple[Change, ...]) -> Iterator[Change]:
    """The changes, those that write settings into the same item as one."""
    writes: dict[Span | None, Change] = {}
    for change in changes:
        if change.action == "write":
            known = writes.get(change.place)
            settings = (*known.settings, *change.settings) if known else change.settings
            writes[change.place] = change._replace(settings=settings)
        else:
            yield change
    yield from writes.values()


def _edits(change: Change, source_map: SourceMap) -> Iterator[Edit]:
    item = source_map.items.get(change.place) if change.place else None
    if item is None:
        raise UnwritableError
    if source_map.is_fixed(change.place):
        raise UnwritableError
    text = Text(item.span.source, source_map.texts[item.span.source])
    return _MAKERS[change.action](text, item, change)


def _write(text: Text, item: Item, change: Change) -> Iterator[Edit]:
    """Set settings of an item, each where it stands, or behind those that are there."""
    if item.value is None:
        yield text.insertion(text.end(item.span), f": {{{settings_text(change.settings)}}}")
    elif not isinstance(item.value, Settings):
        yield from _in_place_of(text, item.span, item.value, f"{{{settings_text(change.settings)}}}")
    else:
        entries = item.value.entries
        for key, value in change.settings:
            if key in entries:
                yield from _in_place_of(text, entries[key].span, entries[key].value, value)
        new = [(key, value) for key, value in change.settings if key not in entries]
        if new:
            yield _appended(text, item.value, new)


def _in_place_of(text: Text, key: Span, value: Value, new: str) -> Iterator[Edit]:
    """The edits that write another value behind a key: of a list as long, those of its items that differ."""
    if isinstance(value, Scalar) and not value.text and not value.quoted:
        colon = text.match(_COLON, text.end(key))
        if colon is None:
            raise UnwritableError
        yield text.insertion(colon, f" {new}")
        return
    items = _items_of(new)
    if isinstance(value, Sequence) and len(value.items) == len(items):
        for old, item in zip(value.items, items, strict=True):
            if not isinstance(old, Scalar) or _is_block_text(text, old):
                raise UnwritableError
            if old.text != item:
                yield Edit(old.span, item)
    elif _is_block_text(text, value) or (not isinstance(value, Scalar) and "#" in text.of(value.span)):
        raise UnwritableError
    else:
        yield Edit(value.span, new)


def _items_of(new: str) -> list[str]:
    """The items of a list, as it is written in one line; nothing for other values."""
    value = parse(new.encode("utf-8"), "", {})
    line = Text("", new)
    return [line.of(item.span) for item in value.items] if isinstance(value, Sequence) else []


def _appended(text: Text, settings: Settings, new: list[tuple[str, str]]) -> Edit:
    """The edit that writes further settings behind the last; if that has no end, in front of the first."""
    entries: list[Entry] = list(settings.entries.values())
    in_brackets = text.at(settings.span) == "{"
    if not entries:
        return text.insertion(text.begin(settings.span) + 1, settings_text(new))
    ended = _has_end(text, entries[-1].value)
    if in_brackets:
        if ended:
            return text.insertion(text.end(entries[-1].value.span), f", {settings_text(new)}")
        return text.insertion(text.begin(entries[0].span), f"{settings_text(new)}, ")
    indent = " " * (settings.span.column - 1)
    if ended:
        lines = "".join(f"\n{indent}{key}: {value}" for key, value in new)
        return text.insertion(text.line_end(text.end(entries[-1].value.span)), lines)
    lines = "".join(f"{key}: {value}\n{indent}" for key, value in new)
    return text.insertion(text.begin(entries[0].span), lines)


def _has_end(text: Text, value: Value) -> bool:
    """Whether a value ends where its text does: not if it, or its last member, is empty or block text."""
    while text.at(value.span) not in ("[", "{"):
        if isinstance(value, Scalar):
            return (bool(value.text) or value.quoted) and not _is_block_text(text, value)
        members = value.items if isinstance(value, Sequence) else list(value.entries.values())
        last = members[-1]
        value = last.value if isinstance(last, Entry) else last
    return True


def _is_block_text(text: Text, value: Value) -> bool:
    return isinstance(value, Scalar) and value.quoted and text.at(value.span) in ("|", ">")


def _call(text: Text, item: Item, change: Change) -> Iterator[Edit]:
    """Another word in place of the one that stands there."""
    yield Edit(item.span, change.text)


def _replace(text: Text, item: Item, change: Change) -> Iterator[Edit]:
    """Another item of a list in place of the one that stands there."""
    if item.listed is None or "#" in text.of(item.whole):
        raise UnwritableError
    begin, end = text.begin(item.whole), text.end(item.whole)
    ending = text.of(item.whole)[len(text.of(item.whole).rstrip()) :]
    yield text.replacement(begin, end, change.text.removeprefix("- ") + ending)


def _insert(text: Text, item: Item, change: Change) -> Iterator[Edit]:
    """One more item in front of an item of a list."""
    if item.listed is None:
        raise UnwritableError
    new, begin = change.text.removeprefix("- "), text.begin(item.whole)
    if text.at(item.listed.items.span) == "[":
        yield text.insertion(begin, f"{new}, ")
        return
    dash = item.listed.items.span.column
    gap = item.whole.column - dash - 1
    if gap < 1:
        raise UnwritableError
    yield text.insertion(begin, f"{new}\n{' ' * (dash - 1)}-{' ' * gap}")


def _remove(text: Text, item: Item, change: Change) -> Iterator[Edit]:
    """An item the less, with its dash or comma."""
    if item.listed is None or len(item.listed.items.items) < 2:
        raise UnwritableError
    items, index = item.listed.items.items, item.listed.number
    begin, end = text.begin(item.whole), text.end(item.whole)
    if text.at(item.listed.items.span) == "[":
        if index + 1 < len(items):
            yield _without(text, begin, text.begin(items[index + 1].span))
        else:
            yield _without(text, text.end(items[index - 1].span), end)
        return
    dash = text.dash(begin, item.listed.items.span.column)
    if dash is None:
        following = items[index + 1].span if index + 1 < len(items) else None
        if index or following is None or following.column < item.whole.column:
            raise UnwritableError
        yield _without(text, begin, text.begin(following))
    else:
        yield text.replacement(dash, end if text.is_line_begin(end) else text.next_line(end), "")


def _without(text: Text, begin: int, end: int) -> Edit:
    """The edit that takes out a part of the text, unless that holds comments."""
    if "#" in text.content[begin:end]:
        raise UnwritableError
    return text.replacement(begin, end, "")


def _input(text: Text, item: Item, change: Change) -> Iterator[Edit]:
    """Other sizes of the input, each where it stands; all at once where it is an input of another kind."""
    if not isinstance(item.value, Settings):
        raise UnwritableError
    sizes = {INPUT_ALIASES.get(key, key): entry.value for key, entry in item.value.entries.items()}
    if sizes.keys() == dict(change.settings).keys():
        for key, size in change.settings:
            value = sizes[key]
            if isinstance(value, Scalar) and str(value.value) != size:
                yield Edit(value.span, size)
    elif "#" in text.of(item.value.span):
        raise UnwritableError
    else:
        yield Edit(item.value.span, change.text)


_MAKERS: Mapping[Action, Callable[[Text, Item, Change], Iterator[Edit]]] = {
    "write": _write,
    "call": _call,
    "replace": _replace,
    "insert": _insert,
    "remove": _remove,
    "input": _input,
}
