"""Bytes to values that know their place: the only reader of YAML.

It reads the parser's events, never its objects, so that nothing in a spec can build anything, and
checks every limit as the events arrive. Scalars are resolved by the rules of YAML 1.2's core schema.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from archcalc.errors import Problem, Span, SpecError
from archcalc.quoting import quoted, shortened

if TYPE_CHECKING:
    from archcalc.codes import Code

BYTE_LIMIT = 1024 * 1024
DEPTH_LIMIT = 32
VALUE_LIMIT = 100_000
SCALAR_LIMIT = 1024
INTEGER_LIMIT = 2**63 - 1

Plain = int | float | bool | str | None


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

_LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)
_CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]"
_NUMERIC = frozenset("+-.0123456789")
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BREAK = "\r\n?"
_PROLOGUE = r"(?:[ \t]*(?:#[^\n]*)?\n)*+%"
_BLANK = r"(?:\.\.\.)?[ \t]*(?:#[^\n]*)?(?:\n[ \t]*(?:#[^\n]*)?)*+"
_INTEGER = r"[-+]?[0-9]+\Z"
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
    """The one document in `content`; raises SpecError with the place of the first fault.

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


def _fail(
    code: Code, message: str, span: Span, hint: str | None = None, also: tuple[tuple[str, Span], ...] = ()
) -> SpecError:
    return SpecError([Problem(code, message, span, hint, also)])


def decoded(content: bytes, source: str) -> str:
    """The text of a spec: UTF-8 of bounded size, without control characters, its lines ended by one each."""
    if len(content) > BYTE_LIMIT:
        raise _fail(
            "too-large",
            f"a spec has at most {BYTE_LIMIT:,} bytes, this one has more",
            Span(source, 1, 1),
            "say repeated layers once, with `repeat` or `blocks`",
        )
    try:
        text = _with_newlines(content.removeprefix(_BOM).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _not_utf8(error, source) from None
    control = re.search(_CONTROL, text)
    if control:
        found = f"found the control character U+{ord(control.group()):04X}, which a spec cannot hold"
        raise _fail("encoding", found, _place(text[: control.start()], source), "remove it")
    return text


def _not_utf8(error: UnicodeDecodeError, source: str) -> SpecError:
    content, start = error.object, error.start
    found = f"the byte 0x{content[start]:02x} is not UTF-8"
    if content.startswith(_UTF16):
        found = "the file is in UTF-16, and a spec is in UTF-8"
    before = _with_newlines(content[:start].decode("utf-8"))
    return _fail("encoding", found, _place(before, source), "save the file as UTF-8")


def _with_newlines(text: str) -> str:
    """The text with each of its line breaks as one newline."""
    return re.sub(_BREAK, "\n", text) if "\r" in text else text


def _place(before: str, source: str) -> Span:
    """The place behind the text `before`."""
    return Span(source, before.count("\n") + 1, len(before) - before.rfind("\n"))


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
            raise _fail("syntax", f"not valid YAML: {shortened(str(error))}", place) from None

    def only_value(self) -> Value:
        """The value of the document, when nothing comes before or behind it."""
        directive = re.match(_PROLOGUE, self.text) if "%" in self.text else None
        if directive:
            raise self.feature("directive", _place(directive.group()[:-1], self.source))
        self.event()
        empty = isinstance(self.event(), yaml.StreamEndEvent)
        value = None if empty else self.value(self.event())
        if value is None or value == Scalar(None, "", value.span):
            needs = "a spec needs `input:` and `layers:`"
            raise _fail("syntax", "the file is empty", Span(self.source, 1, 1), needs)
        self.nothing_behind(self.event().start_mark.index)
        return value

    def nothing_behind(self, end: int) -> None:
        """Refuse whatever else stands behind the document's end."""
        rest = re.compile(_BLANK).match(self.text, end)
        begin = rest.end() if rest else end
        if begin == len(self.text):
            return
        place = _place(self.text[:begin], self.source)
        if self.text.startswith("---", begin):
            raise _fail(
                "syntax", "a second document begins here", place, "a spec is one document: split the file"
            )
        found = "the spec is complete in front of this, and something follows it"
        raise _fail("syntax", found, place, "indent it like what it belongs to, or remove it")

    def span(self, event: Any) -> Span:
        """Where an event begins and ends."""
        mark, end = event.start_mark, event.end_mark
        return Span(self.source, mark.line + 1, mark.column + 1, (end.line + 1, end.column + 1))

    def value(self, event: Any) -> Value:
        """The value that begins with `event`."""
        span = self.span(event)
        self.nodes += 1
        if self.nodes > VALUE_LIMIT:
            hint = "say repeated layers once, with `repeat` or `blocks`"
            raise _fail("too-large", f"a spec has at most {VALUE_LIMIT:,} values", span, hint)
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise self.feature("anchor", span)
        if event.tag:
            raise self.feature("tag", span)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, span)
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise _fail("too-deep", f"values are nested more than {DEPTH_LIMIT} deep", span, "use `blocks:`")
        value = self.sequence(span) if isinstance(event, yaml.SequenceStartEvent) else self.mapping(span)
        self.depth -= 1
        return value

    def feature(self, name: str, span: Span) -> SpecError:
        """The refusal of a feature of YAML."""
        message, hint = _FEATURES[name]
        return _fail("yaml-feature", message, span, hint)

    def scalar(self, event: Any, span: Span) -> Scalar:
        """A scalar, resolved when it is plain."""
        text: str = event.value
        if len(text) > SCALAR_LIMIT:
            found = f"a value has at most {SCALAR_LIMIT:,} characters, this one has {len(text):,}"
            raise _fail("too-large", found, span)
        if not event.implicit[0]:
            return Scalar(text, text, span, quoted=True)
        return Scalar(self.resolved(text, span), text, span)

    def resolved(self, text: str, span: Span) -> Plain:
        """A plain scalar's value by YAML 1.2: `010` is ten, `yes` and `3:3` are text."""
        if text in _WORDS:
            return _WORDS[text]
        if text[0] not in _NUMERIC:
            return text
        if re.match(_INTEGER, text):
            value = int(text) if len(text.lstrip("+-0")) < 20 else INTEGER_LIMIT + 1
            if abs(value) > INTEGER_LIMIT:
                found = shortened(text, 24)
                raise _fail("too-large", f"integers go up to {INTEGER_LIMIT:,}, found {found}", span)
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

    def whole(self, span: Span, event: Any, last: Span) -> Span:
        """From the beginning of a list or mapping to its end.

        One in brackets ends behind the bracket. One in lines ends with its last value: the parser finds its
        end only where the next line begins.
        """
        mark = event.end_mark
        bracket = mark.index > event.start_mark.index
        return Span(
            span.source, span.line, span.column, (mark.line + 1, mark.column + 1) if bracket else last.end
        )

    def key(self, event: Any, entries: dict[str, Entry]) -> Scalar:
        """A key that begins with `event` and is not among the entries."""
        key = self.value(event)
        if not isinstance(key, Scalar):
            from archcalc.spec.syntax import EXPRESSION_HINT

            hint = EXPRESSION_HINT if isinstance(key, Mapping) else "write `key: value`"
            what = "mapping" if isinstance(key, Mapping) else "list"
            raise _fail("syntax", f"a key is a word, here stands a {what}", key.span, hint)
        if key.text == "<<" and not key.quoted:
            raise self.feature("merge", key.span)
        if key.text in entries:
            first = entries[key.text].span
            found = f"the key {quoted(key.text)} stands twice, first in line {first.line}"
            raise _fail(
                "duplicate-key", found, key.span, "keep one of them", (("it stands here first", first),)
            )
        return key
