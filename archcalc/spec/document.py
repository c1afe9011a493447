"""Bytes to values that know their place: the only reader of YAML.

It reads the parser's events, never its objects, so that nothing in a spec can build anything, and
checks every limit as the events arrive. Scalars are resolved by the rules of YAML 1.2's core schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from archcalc.errors import Problem, Span, SpecError, quoted

BYTES = 1024 * 1024
DEPTH = 32
NODES = 100_000
SCALAR = 1024
GREATEST = 2**63 - 1

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
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, Plain] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_FEATURES = {
    "anchor": ("anchors and aliases are not read", "use `blocks:` or `variables:` to say a thing once"),
    "tag": ("tags are not read", "leave it out: a spec is plain data"),
    "merge": ("merge keys are not read", "use `blocks:` with settings and defaults"),
}


def parse(content: bytes, source: str, texts: dict[str, str]) -> Value:
    """The one document in `content`; raises SpecError with the place of the first fault.

    Its text is noted under `source` in `texts`, so that errors can show their lines.
    """
    texts[source] = decoded(content, source)
    return _Reader(texts[source], source).document()


def _fail(code: str, message: str, span: Span, hint: str | None = None) -> SpecError:
    return SpecError([Problem(code, message, span, hint)])


def decoded(content: bytes, source: str) -> str:
    """The text of a spec: UTF-8 of bounded size, without control characters."""
    if len(content) > BYTES:
        raise _fail(
            "too-large",
            f"a spec has at most 1 MiB, this one has {len(content)} bytes or more",
            Span(source, 1, 1),
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        byte = content[error.start]
        raise _fail(
            "encoding",
            f"byte 0x{byte:02x} is not UTF-8",
            _place(before, len(before), source),
            "save the file as UTF-8",
        ) from None
    control = _CONTROL.search(text)
    if control:
        character = ord(control.group())
        raise _fail(
            "encoding",
            f"control character U+{character:04X}",
            _place(text, control.start(), source),
            "remove it",
        )
    return text


def _place(text: str, index: int, source: str) -> Span:
    lines = text[:index].split("\n")
    return Span(source, len(lines), len(lines[-1]) + 1)


class _Reader:
    """One pass over the events of a document."""

    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.source = source
        self.nodes = 0
        self.depth = 0
        self.events = self._events()

    def _events(self) -> Iterator[Any]:
        try:
            yield from yaml.parse(self.text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            span = Span(self.source, mark.line + 1, mark.column + 1) if mark else Span(self.source, 1, 1)
            what = error.problem or error.context or "cannot be read"
            raise _fail("syntax", f"not valid YAML: {what}", span, _syntax_hint(self.text, span)) from None
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise _fail("syntax", f"not valid YAML: {quoted(str(error))}", Span(self.source, 1, 1)) from None

    def document(self) -> Value:
        """The value of the only document."""
        value: Value | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if value is not None:
                    raise _fail(
                        "syntax",
                        "a spec is one document, here a second one begins",
                        self.span(event),
                        "split the file",
                    )
                if event.tags or event.version:
                    raise _fail(
                        "yaml-feature",
                        "directives are not read",
                        self.span(event),
                        "leave out the line that begins with %",
                    )
                value = self.value(next(self.events))
        if value is None:
            raise _fail(
                "syntax", "the file is empty", Span(self.source, 1, 1), "a spec needs `input:` and `layers:`"
            )
        return value

    def span(self, event: Any) -> Span:
        """Where an event begins."""
        mark = event.start_mark
        return Span(self.source, mark.line + 1, mark.column + 1)

    def value(self, event: Any) -> Value:
        """The value that begins with `event`."""
        span = self.span(event)
        self.nodes += 1
        if self.nodes > NODES:
            raise _fail("too-large", f"a spec has at most {NODES:,} values", span, "use `repeat` or `blocks`")
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise self.feature("anchor", span)
        if event.tag:
            raise self.feature("tag", span)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, span)
        self.depth += 1
        if self.depth > DEPTH:
            raise _fail("too-deep", f"values are nested more than {DEPTH} deep", span, "use `blocks:`")
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
        if len(text) > SCALAR:
            raise _fail(
                "too-large", f"a value has at most {SCALAR:,} characters, this one has {len(text):,}", span
            )
        if not event.implicit[0]:
            return Scalar(text, text, span, quoted=True)
        return Scalar(self.resolved(text, span), text, span)

    def resolved(self, text: str, span: Span) -> Plain:
        """A plain scalar's value by YAML 1.2: `010` is ten, `yes` and `3:3` are text."""
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.match(text):
            value = int(text) if len(text) <= 20 else GREATEST + 1
            if abs(value) > GREATEST:
                raise _fail("too-large", f"integers go up to {GREATEST:,}, found {quoted(text, 24)}", span)
            return value
        if _FLOAT.match(text):
            return float(text)
        return text

    def sequence(self, span: Span) -> Sequence:
        """A list up to its end."""
        items = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self.value(event))
        return Sequence(tuple(items), span)

    def mapping(self, span: Span) -> Mapping:
        """A mapping up to its end; its keys are text and stand once."""
        entries: dict[str, Entry] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.value(event)
            if not isinstance(key, Scalar):
                raise _fail(
                    "syntax", "a key is a word, here stands a list or mapping", key.span, _key_hint(key)
                )
            if key.text == "<<":
                raise self.feature("merge", key.span)
            if key.text in entries:
                first = entries[key.text].span.line
                raise _fail(
                    "duplicate-key",
                    f"{quoted(key.text)} stands twice, first in line {first}",
                    key.span,
                    "keep one of them",
                )
            entries[key.text] = Entry(key.text, key.span, self.value(next(self.events)))
        return Mapping(entries, span)


def _key_hint(key: Value) -> str | None:
    if isinstance(key, Mapping):
        return 'inside { } and [ ], write an expression in quotes: "${2 * n}", or just $n'
    return None


def _syntax_hint(text: str, span: Span) -> str | None:
    lines = text.split("\n")
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    if "\t" in line[: span.column + 1]:
        return "indent with spaces: YAML allows no tabs"
    if "${" in line:
        return 'inside { } and [ ], write an expression in quotes: "${2 * n}", or just $n'
    if "%" in line or "@" in line or "`" in line:
        return "put text that begins with % @ or ` in quotes"
    return None
