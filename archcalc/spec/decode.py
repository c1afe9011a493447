"""From the values of a document to the settings of layers, with each problem at its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

from archcalc.errors import Span
from archcalc.layers.aliases import KIND_ALIASES, SETTING_ALIASES
from archcalc.layers.settings import Setting
from archcalc.quoting import listed, quoted, shortened
from archcalc.spec.document import Entry, Mapping, Scalar, Value
from archcalc.spec.expressions import (
    ExpressionError,
    InvalidValueError,
    Scope,
    UnknownNameError,
    substituted,
)
from archcalc.spec.problems import PROBLEM_LIMIT as PROBLEM_LIMIT
from archcalc.spec.problems import Also
from archcalc.spec.problems import Problems as Problems
from archcalc.suggestions import suggestion

INLINE_LIMIT = 40
MEMBER_LIMIT = 6
"""How long a list or mapping may be to be repeated in a message, in characters and in members."""

_OTHER_BASE = r"(?i)0(x[0-9a-f]+|o[0-7]+|b[01]+)\Z"
_PAIR = r"([0-9]{1,9})\s*[:x×,]\s*([0-9]{1,9})\Z"
_WORDS = r"`(\w+)`|(?<=one of )\w+(?:, \w+)*"


def described(value: Value) -> str:
    """What was found, in words for an error."""
    if isinstance(value, Scalar):
        if value.value is None:
            return "nothing"
        as_text = value.quoted or isinstance(value.value, str)
        return quoted(value.text) if as_text else shortened(value.text, INLINE_LIMIT)
    what, size = _size(value)
    if not size:
        return f"an empty {what}"
    inline = _inline(value)
    return f"the {what} {inline}" if len(inline) <= INLINE_LIMIT else f"a {what} of {size}"


def _size(value: Value) -> tuple[str, int]:
    members = _members(value)
    return ("mapping" if isinstance(value, Mapping) else "list"), len(members)


def _members(value: Value) -> Collection[Value]:
    if isinstance(value, Scalar):
        return ()
    return [entry.value for entry in value.entries.values()] if isinstance(value, Mapping) else value.items


def _inline(value: Value, levels: int = 2) -> str:
    """A short value as it would be written in one line."""
    if isinstance(value, Scalar):
        return quoted(value.text) if value.quoted else shortened(value.text) or "null"
    if len(_members(value)) > MEMBER_LIMIT or not levels:
        return "…" * (INLINE_LIMIT + 1)
    if isinstance(value, Mapping):
        entries = value.entries.values()
        return f"{{{', '.join(f'{shortened(e.key)}: {_inline(e.value, levels - 1)}' for e in entries)}}}"
    return f"[{', '.join(_inline(item, levels - 1) for item in value.items)}]"


def is_computed(value: Value) -> bool:
    """Whether a value holds expressions, and has to be worked out."""
    return isinstance(value, Scalar) and isinstance(value.value, str) and "$" in value.text


def plain(value: Value, scope: Scope, problems: Problems) -> object:
    """The value as plain Python, its expressions worked out."""
    if isinstance(value, Scalar):
        return _evaluated(value, scope, problems) if is_computed(value) else value.value
    problems.charge(1 + len(_members(value)), value.span)
    if isinstance(value, Mapping):
        return {key: plain(entry.value, scope, problems) for key, entry in value.entries.items()}
    return [plain(item, scope, problems) for item in value.items]


def _evaluated(value: Scalar, scope: Scope, problems: Problems) -> object:
    problems.charge(3 * len(value.text), value.span)
    try:
        return substituted(value.text, scope)
    except ExpressionError as error:
        error.span = error.span or value.span
        raise


def computed(value: Value, scope: Scope, problems: Problems) -> tuple[object, bool]:
    """(the plain value, True), or (None, False) with the problem noted."""
    try:
        return plain(value, scope, problems), True
    except InvalidValueError:
        problems.mark_invalid()
    except ExpressionError as error:
        span = error.span or value.span
        message, hint = error.message + expanded_for(problems, span), error.hint
        if isinstance(error, UnknownNameError) and problems.expansion_stack and not error.near:
            hint = f"{hint}; a block sees its settings and the top-level variables, so pass on what it needs"
        problems.add("expression", message, span, hint, problems.expanded_from())
    return None, False


def expanded_for(problems: Problems, span: Span) -> str:
    """Where the block that is expanded, and holds `span`, is used, in words."""
    if not problems.expansion_stack:
        return ""
    user = problems.expansion_stack[-1]
    file = "" if user.source == span.source else f" of {user.source}"
    return f", for the block used in line {user.line}{file}"


def read(
    setting: Setting,
    what: str,
    value: Value,
    scope: Scope,
    problems: Problems,
    line: Callable[[], str | None] = lambda: None,
) -> Any:
    """The value of one setting, or None with its problem noted; `line` is a hint where there is no better."""
    found, known = computed(value, scope, problems)
    if not known:
        return None
    try:
        return setting.read(found)
    except (ValueError, OverflowError) as error:
        culprit, found = _culprit(setting, value, found)
        message = f"{what} needs {setting.needs}, found {described(culprit)}"
        also: Also = ()
        if is_computed(culprit):
            message += worth(found) + expanded_for(problems, culprit.span)
            also = problems.expanded_from()
        hint = error.args[0] if error.args and isinstance(error, ValueError) else None
        notation = _notation_hint(setting, found)
        meant = (lambda: None) if is_computed(culprit) else line
        problems.add("type", message, culprit.span, hint or notation or meant, also)
        return None


def worth(found: object) -> str:
    """What an expression came to, in words behind it."""
    if isinstance(found, (list, dict)):
        return f", which is a {'list' if isinstance(found, list) else 'mapping'}"
    if found is None or isinstance(found, bool):
        return f", which is {'nothing' if found is None else str(found).lower()}"
    return f", which is {quoted(found) if isinstance(found, str) else found}"


def _culprit(setting: Setting, value: Value, found: object) -> tuple[Value, object]:
    """The one member without which the value would be read, or the value as a whole; and what it comes to."""
    if not isinstance(found, (list, dict)) or len(found) > MEMBER_LIMIT or isinstance(value, Scalar):
        return value, found
    parts = (
        dict(zip(found, found.values(), strict=True)) if isinstance(found, dict) else dict(enumerate(found))
    )
    refused = [key for key, part in parts.items() if not _is_read(setting, part)]
    if len(refused) != 1 or len(parts) < 2:
        return value, found
    (culprit,) = refused
    other = next(part for key, part in parts.items() if key != culprit)
    mended = {**parts, culprit: other}
    if not _is_read(setting, mended if isinstance(found, dict) else list(mended.values())):
        return value, found
    return list(_members(value))[list(parts).index(culprit)], parts[culprit]


def _is_read(setting: Setting, found: object) -> bool:
    try:
        setting.read(found)
    except (ValueError, OverflowError):
        return False
    return True


def _notation_hint(setting: Setting, found: object) -> str | None:
    """What to write in place of a text that looks like a number, a pair or one of the words."""
    if not isinstance(found, str):
        return None
    if re.match(_OTHER_BASE, found) and len(found) <= 10:
        return f"write it in decimal: {int(found, 0)}"
    pair = re.match(_PAIR, found)
    if pair and "axis" in setting.needs:
        return f"write [{pair[1]}, {pair[2]}]"
    words = [word for each in re.finditer(_WORDS, setting.needs) for word in (each[1] or each[0]).split(", ")]
    return suggestion(KIND_ALIASES.get(found, found), words)


def known_keys(
    mapping: Mapping,
    known: Collection[str],
    what: str,
    problems: Problems,
    also: Also = (),
    meant: Callable[[Entry], str | None] = lambda _: None,
) -> bool:
    """Whether each key is known; those that are not are noted, with what they are `meant` for."""
    unknown = [entry for key, entry in mapping.entries.items() if key not in known]
    for entry in unknown:
        problems.add(
            "unknown-key",
            f"unknown key {named(entry.key)} in {what}",
            entry.span,
            partial(_key_hint, entry, known, meant),
            also,
        )
    return not unknown


def named(word: str) -> str:
    """An unknown word in quotes, in which no letter of another script looks like a Latin one."""
    if word.isascii():
        return quoted(word)
    from archcalc.spec.lookalikes import revealed

    return quoted(revealed(word))


def near(word: str, known: Iterable[str]) -> str | None:
    """The hint which of the known words an unknown one may mean."""
    if not word.isascii():
        from archcalc.spec.lookalikes import meant

        known = tuple(known)
        if hint := meant(word, known):
            return hint
    return suggestion(word, known)


def _key_hint(entry: Entry, known: Collection[str], meant: Callable[[Entry], str | None]) -> str:
    key = entry.key
    before = key.split(":")[0]
    if ":" in key and before in known:
        return f"put a space behind the `:` of `{before}:`"
    before = key.split("{")[0].split("[")[0].strip()
    if before != key and before in known:
        return f"put a `:` behind `{before}`"
    return meant(entry) or near(key, known) or f"known are {listed(known)}"


def canonical(key: str, names: Collection[str]) -> str | None:
    """The canonical name that a key stands for among `names`."""
    if key in names:
        return key
    return next((name for name in SETTING_ALIASES.get(key, ()) if name in names), None)
