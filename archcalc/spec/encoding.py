"""Bytes to text: the encoding of a spec, its size, and what no spec may hold."""

from __future__ import annotations

import re

from archcalc.errors import Span, SpecError
from archcalc.spec.problems import refused

BYTE_LIMIT = 1024 * 1024
"""So many bytes may a spec have."""

_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\n\r"
"""What is in most specs alone; then they need not be searched for control characters."""

_CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]"
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BREAK = "\r\n?"


def decoded(content: bytes, source: str) -> str:
    """The text of a spec: UTF-8 of bounded size, without control characters, its lines ended by one each."""
    if len(content) > BYTE_LIMIT:
        raise refused(
            "too-large",
            f"a spec has at most {BYTE_LIMIT:,} bytes, this one has more",
            Span(source, 1, 1),
            "say repeated layers once, with `repeat` or `blocks`",
        )
    try:
        text = _with_newlines(content.removeprefix(_BOM).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _not_utf8(error, source) from None
    control = re.search(_CONTROL, text) if content.translate(None, _PRINTABLE) else None
    if control:
        found = f"found the control character U+{ord(control.group()):04X}, which a spec cannot hold"
        raise refused("encoding", found, place_behind(text[: control.start()], source), "remove it")
    return text


def _not_utf8(error: UnicodeDecodeError, source: str) -> SpecError:
    content, start = error.object, error.start
    found = f"the byte 0x{content[start]:02x} is not UTF-8"
    if content.startswith(_UTF16):
        found = "the file is in UTF-16, and a spec is in UTF-8"
    before = _with_newlines(content[:start].decode("utf-8"))
    return refused("encoding", found, place_behind(before, source), "save the file as UTF-8")


def _with_newlines(text: str) -> str:
    """The text with each of its line breaks as one newline."""
    return re.sub(_BREAK, "\n", text) if "\r" in text else text


def place_behind(before: str, source: str) -> Span:
    """The place behind the text `before`."""
    return Span(source, before.count("\n") + 1, len(before) - before.rfind("\n"))
