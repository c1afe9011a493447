"""Bytes to values that know their place: an event-driven reader of YAML, and the only one.

It reads the parser's events, never its objects, so that nothing in a spec can construct anything. An event
costs a little; what it stands for may cost much, so every limit is checked as the events arrive and before
they are acted on:

    a: [1, {b: 2}]   # MappingStart, Scalar a, SequenceStart, Scalar 1, MappingStart, Scalar b, Scalar 2, …
    a: &x [1]        # refused at SequenceStart, whose anchor is set: what an alias repeats is never built
    [[[[[[…          # refused at the 33rd SequenceStart; the reader's own recursion is never deeper
    x: 10000000…0    # refused before `int()`, which takes quadratic time

Scalars are resolved by the rules of YAML 1.2's core schema: `010` is ten, `yes` and `3:3` are text.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from archcalc.errors import Span, SpecError
from archcalc.quoting import quoted, shortened
from archcalc.records import NamedTuple
from archcalc.spec.encoding import decoded, place_behind
from archcalc.spec.problems import refused

DEPTH_LIMIT = 32
"""So deep may lists and mappings be nested."""

VALUE_LIMIT = 100_000
"""So many keys, scalars, lists and mappings may a document have."""

SCALAR_LIMIT = 1024
"""So many characters may a scalar have."""

INTEGER_LIMIT = 2**63 - 1
"""The greatest integer, and without its sign the least."""

Plain = int | float | bool | str | None
"""What a scalar may resolve to."""


class Scalar(NamedTuple):
    """One value; `text` is as written, `quoted` says whether in quotes (and then `value` is text)."""

    value: Plain
    text: str
    span: Span
    quoted: bool = False


class Sequence(NamedTuple):
    """A list."""

    items: tuple[Value, ...]
    span: Span


class Entry(NamedTuple):
    """One key of a mapping, where it stands, and its value."""

    key: str
    span: Span
    value: Value


class Mapping(NamedTuple):
    """Keys and values, in their order; no key stands twice."""

    entries: dict[str, Entry]
    span: Span


Value = Scalar | Sequence | Mapping

Event = Any
"""An event of the parser: the classes of events share no typed base with what is read of them."""

_LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)
_NUMERIC = frozenset("+-.0123456789")
_PROLOGUE = r"(?:[ \t]*(?:#[^\n]*)?\n)*+%"
_BLANK = r"(?:\.\.\.)?[ \t]*(?:#[^\n]*)?(?:\n[ \t]*(?:#[^\n]*)?)*+"
_FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z"
_WORDS: dict[str, Plain] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_FEATURES = {
    "anchor": ("anchors and aliases are not read", "use `blocks:` or `variables:` to say a thing once"),
    "tag": ("tags are not read", "leave it out: a spec is plain data"),
    "directive": ("directives are not read", "leave out the line that begins with %"),
    "merge": ("merge keys are not read", "use `blocks:` with settings and defaults"),
}


def parse(content: bytes, source: str, texts: dict[str, str]) -> Value:
    """The one document in `content`; raises SpecError with the place of the first problem.

    Its text is noted under `source` in `texts`, so that errors can show their lines.
    """
    try:
        texts[source] = decoded(content, source)
        document = _Reader(texts[source], source).document()
    except SpecError as error:
        raise _foreign(content, source) or error from None
    if not isinstance(document, Mapping) and (foreign := _foreign(content, source)):
        raise foreign
    return document


def _foreign(content: bytes, source: str) -> SpecError | None:
    """That a file which cannot be read is one of another tool, where it is."""
    from archcalc.spec.foreign import foreign_file

    problem = foreign_file(content, source)
    return SpecError([problem]) if problem else None


class _Reader:
    """One pass over the events of a document."""

    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.source = source
        self.nodes = 0
        self.depth = 0
        self.event = _LOADER(text).get_event

    def document(self) -> Value:
        """The value of the only document."""
        try:
            return self.only_value()
        except yaml.MarkedYAMLError as error:
            from archcalc.spec.syntax import syntax_problem

            raise SpecError([syntax_problem(error, self.text, self.source)]) from None
        except yaml.YAMLError as error:
            place = Span(self.source, 1, 1)
            raise refused("syntax", f"not valid YAML: {shortened(str(error))}", place) from None

    def only_value(self) -> Value:
        """The value of the document, when nothing comes before or behind it."""
        directive = re.match(_PROLOGUE, self.text) if "%" in self.text else None
        if directive:
            raise self.feature("directive", place_behind(directive.group()[:-1], self.source))
        self.event()
        empty = isinstance(self.event(), yaml.StreamEndEvent)
        value = None if empty else self.value(self.event())
        if value is None or value == Scalar(None, "", value.span):
            needs = "a spec needs `input:` and `layers:`"
            raise refused("syntax", "the file is empty", Span(self.source, 1, 1), needs)
        self.nothing_behind(self.event().start_mark.index)
        return value

    def nothing_behind(self, end: int) -> None:
        """Refuse whatever else stands behind the document's end."""
        if not self.text[end:].strip(" \t\n"):
            return
        rest = re.compile(_BLANK).match(self.text, end)
        begin = rest.end() if rest else end
        if begin == len(self.text):
            return
        place = place_behind(self.text[:begin], self.source)
        if self.text.startswith("---", begin):
            raise refused(
                "syntax", "a second document begins here", place, "a spec is one document: split the file"
            )
        found = "the spec is complete in front of this, and something follows it"
        raise refused("syntax", found, place, "indent it like what it belongs to, or remove it")

    def span(self, event: Event) -> Span:
        """Where an event begins and ends."""
        mark, end = event.start_mark, event.end_mark
        return Span(self.source, mark.line + 1, mark.column + 1, (end.line + 1, end.column + 1))

    def value(self, event: Event) -> Value:
        """The value that begins with `event`."""
        span = self.span(event)
        self.nodes += 1
        if self.nodes > VALUE_LIMIT:
            hint = "say repeated layers once, with `repeat` or `blocks`"
            raise refused("too-large", f"a spec has at most {VALUE_LIMIT:,} values", span, hint)
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise self.feature("anchor", span)
        if event.tag:
            raise self.feature("tag", span)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, span)
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise refused(
                "too-deep", f"values are nested more than {DEPTH_LIMIT} deep", span, "use `blocks:`"
            )
        value = self.sequence(span) if isinstance(event, yaml.SequenceStartEvent) else self.mapping(span)
        self.depth -= 1
        return value

    def feature(self, name: str, span: Span) -> SpecError:
        """The refusal of a feature of YAML."""
        message, hint = _FEATURES[name]
        return refused("yaml-feature", message, span, hint)

    def scalar(self, event: Event, span: Span) -> Scalar:
        """A scalar, resolved when it is plain."""
        text: str = event.value
        if len(text) > SCALAR_LIMIT:
            found = f"a value has at most {SCALAR_LIMIT:,} characters, this one has {len(text):,}"
            raise refused("too-large", found, span)
        if not event.implicit[0]:
            return Scalar(text, text, span, quoted=True)
        return Scalar(self.resolved(text, span), text, span)

    def resolved(self, text: str, span: Span) -> Plain:
        """A plain scalar's value by YAML 1.2: `010` is ten, `yes` and `3:3` are text."""
        if text in _WORDS:
            return _WORDS[text]
        if text[0] not in _NUMERIC:
            return text
        if (text[1:] if text[0] in "+-" else text).isdecimal() and text.isascii():
            value = int(text) if len(text.lstrip("+-0")) < 20 else INTEGER_LIMIT + 1
            if abs(value) > INTEGER_LIMIT:
                found = shortened(text, 24)
                raise refused("too-large", f"integers go up to {INTEGER_LIMIT:,}, found {found}", span)
            return value
        if re.match(_FLOAT, text):
            return float(text)
        return text

    def sequence(self, span: Span) -> Sequence:
        """A list up to its end."""
        items = []
        while not isinstance(event := self.event(), yaml.SequenceEndEvent):
            items.append(self.value(event))
        return Sequence(tuple(items), self.whole(span, event, items[-1].span if items else span))

    def mapping(self, span: Span) -> Mapping:
        """A mapping up to its end; its keys are text and stand once."""
        entries: dict[str, Entry] = {}
        last: Value = Scalar(None, "", span)
        while not isinstance(event := self.event(), yaml.MappingEndEvent):
            key = self.key(event, entries)
            last = self.value(self.event())
            entries[key.text] = Entry(key.text, key.span, last)
        return Mapping(entries, self.whole(span, event, last.span))

    def whole(self, span: Span, event: Event, last: Span) -> Span:
        """From the beginning of a list or mapping to its end.

        One in brackets ends behind the bracket. One in lines ends with its last value: the parser finds its
        end only where the next line begins.
        """
        mark = event.end_mark
        bracket = mark.index > event.start_mark.index
        return Span(
            span.source, span.line, span.column, (mark.line + 1, mark.column + 1) if bracket else last.end
        )

    def key(self, event: Event, entries: dict[str, Entry]) -> Scalar:
        """A key that begins with `event` and is not among the entries."""
        key = self.value(event)
        if not isinstance(key, Scalar):
            from archcalc.spec.syntax import EXPRESSION_HINT

            hint = EXPRESSION_HINT if isinstance(key, Mapping) else "write `key: value`"
            what = "mapping" if isinstance(key, Mapping) else "list"
            raise refused("syntax", f"a key is a word, here stands a {what}", key.span, hint)
        if key.text == "<<" and not key.quoted:
            raise self.feature("merge", key.span)
        if key.text in entries:
            first = entries[key.text].span
            found = f"the key {quoted(key.text)} stands twice, first in line {first.line}"
            raise refused(
                "duplicate-key", found, key.span, "keep one of them", (("it stands here first", first),)
            )
        return key
