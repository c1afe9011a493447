"""The forms that the value of an expectation takes, beside bounds: shapes, lists of kinds, rules about kinds.

Each is a `Setting`, as those of layers are: what it needs in words, its reader, and its JSON Schema.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archcalc.expectations.bounds import COUNT_BOUND
from archcalc.layers import LAYERS, Composite, layer_class
from archcalc.layers.aliases import KIND_ALIASES
from archcalc.layers.settings import NATURAL, POSITIVE, Setting, listed
from archcalc.quoting import quoted
from archcalc.suggestions import suggestion

MOST_KINDS = 100
"""How many kinds a list may name."""


def _shape(value: object) -> tuple[int, ...]:
    items = value if isinstance(value, list) else [value]
    if not 1 <= len(items) <= 4:
        raise ValueError
    return tuple(POSITIVE.read(item) for item in items)


def _kind(word: object) -> str:
    """The kind that a word names; one that stands for several layers is never in a network itself."""
    kind = KIND_ALIASES.get(word, word) if isinstance(word, str) else ""
    if kind not in LAYERS:
        near = suggestion(str(word), [*LAYERS, *KIND_ALIASES])
        raise ValueError(f"no kind of layer is called {quoted(str(word))}; {near or 'see docs/kinds.md'}")
    if issubclass(layer_class(kind), Composite):
        raise ValueError(f"a {kind} is laid out as several layers: name their kinds, as summarize shows them")
    return kind


def _choice(value: object) -> tuple[str, ...]:
    """`a | b`: kinds of which one will do."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("write kinds of which one will do as `a | b`" if isinstance(value, list) else None)
    return tuple(_kind(word.strip()) for word in value.split("|"))


def _choices(value: object) -> tuple[tuple[str, ...], ...]:
    items = value if isinstance(value, list) else [value]
    if not items:
        raise ValueError("an empty list would hold of everything")
    if len(items) > MOST_KINDS:
        raise ValueError(f"at most {MOST_KINDS} kinds")
    return tuple(_choice(item) for item in items)


def _by_kind(value: object, one: Setting) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        raise ValueError
    _each_once(value)
    return {_kind(key): one.read(item) for key, item in value.items()}


def _each_once(words: Iterable[str]) -> None:
    """Refuse two spellings of a kind, of which one would be forgotten."""
    seen: dict[str, str] = {}
    for word in words:
        first = seen.setdefault(_kind(word), word)
        if first != word:
            raise ValueError(f"{first} and {word} are the same kind: keep one of them")


def _followed_by(value: object) -> tuple[tuple[str, tuple[str, ...], int], ...]:
    if not isinstance(value, dict):
        raise ValueError
    left = NATURAL.read(value.get("except_last", 0))
    rules = {key: item for key, item in value.items() if key != "except_last"}
    if not rules:
        raise ValueError("an empty rule would hold of everything")
    _each_once(rules)
    return tuple((_kind(key), _choice(item), left) for key, item in rules.items())


_WORD = {"type": "string", "minLength": 1}
_MAPPING = {"type": "object", "minProperties": 1}
SHAPE = Setting(
    "a shape, channels first, such as [96, 55, 55] or [10]",
    _shape,
    {"anyOf": [POSITIVE.schema, listed(POSITIVE.schema, 4)]},
)
KINDS = Setting(
    "a list of kinds, such as [batchnorm, global_avgpool | fc]",
    _choices,
    {"anyOf": [_WORD, listed(_WORD, MOST_KINDS)]},
)
FOLLOWED_BY = Setting(
    "kinds and what must follow, such as {conv: batchnorm, except_last: 1}", _followed_by, _MAPPING
)
COUNTED = Setting("kinds and how many, such as {conv: <= 5}", lambda v: _by_kind(v, COUNT_BOUND), _MAPPING)
LAST = Setting(
    "kinds and a number of layers, such as {maxpool: 3}", lambda v: _by_kind(v, POSITIVE), _MAPPING
)
