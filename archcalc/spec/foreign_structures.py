"""Structures as people write them first, with a list where settings stand here, for hints.

    - repeat 3: [conv: 8@3, relu]
    hint: write `- repeat: {times: 3, layers: [conv: {filters: 8, kernel_size: 3}, relu]}`

Only what is wrong has to import this.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from archcalc.layers import LAYERS
from archcalc.layers.aliases import KIND_ALIASES
from archcalc.spec.document import Mapping, Scalar, Sequence, Value
from archcalc.spec.foreign_forms import plain
from archcalc.spec.foreign_values import in_yaml
from archcalc.spec.rewritten_line import LINE_LIMIT, UNKNOWN

_REPEATS = (
    r"(?:repeat|loop|stack|times)?\W*(?:(\d{1,4}) ?(?:[x×*]|times)?|[x×*] ?(\d{1,4}))\W*(?:repeat|layers)?",
    r"(?:repeat|loop|stack)",
)
_RESIDUAL = r"(?:residual|res|skip|shortcut)(?:[ _-]?(?:block|connection|unit|add))?[ _-]?\d*"
_BRANCHES = r"(?:branches|branch|parallel|inception|split|fork)(?:[ _-]?(?:block|module|paths))?[ _-]?\d*"


def structure_hint(item: Value, rewritten: Callable[[Value], list[str] | None]) -> str | None:
    """What to write for a structure whose layers are its value, each of them as `rewritten` says it."""
    if not isinstance(item, Mapping) or len(item.entries) != 1:
        return None
    (entry,) = item.entries.values()
    if not isinstance(entry.value, Sequence) or not entry.value.items:
        return None
    word, settings = entry.key.strip().lower(), ""
    if repeated := next((found for each in _REPEATS if (found := re.fullmatch(each, word))), None):
        number = next(filter(None, repeated.groups()), UNKNOWN)
        kind, settings, part = "repeat", f"times: {number}, ", "layers"
    elif re.fullmatch(_RESIDUAL, word):
        kind, part = "residual", "body"
    elif re.fullmatch(_BRANCHES, word) and all(isinstance(each, Sequence) for each in entry.value.items):
        kind, part = "branches", "paths"
    else:
        return None
    text = f"- {kind}: {{{settings}{part}: {_listed(entry.value, rewritten)}}}"
    if len(text) <= LINE_LIMIT:
        return f"write `{text}`"
    return f"write `{kind}:`, and within it {settings and f'`{settings[:-2]}` and '}the list under `{part}:`"


def _listed(value: Sequence, rewritten: Callable[[Value], list[str] | None]) -> str:
    """A list of layers in one line."""
    texts = (
        [_listed(each, rewritten)] if isinstance(each, Sequence) else _layers(each, rewritten)
        for each in value.items[:LINE_LIMIT]
    )
    return f"[{', '.join(text for each in texts for text in each)}]"


def _layers(item: Value, rewritten: Callable[[Value], list[str] | None]) -> list[str]:
    """A layer as it is written, where that can be read, or else as the lines that say the same."""
    if isinstance(item, Scalar) and _is_kind(item.text):
        return [item.text]
    if isinstance(item, Mapping) and len(item.entries) == 1:
        (entry,) = item.entries.values()
        if _is_kind(entry.key) and isinstance(entry.value, Mapping):
            return [f"{entry.key}: {in_yaml(plain(entry.value))}"]
        if _is_kind(entry.key) and isinstance(entry.value, Scalar) and entry.value.value is None:
            return [entry.key]
    return rewritten(item) or [in_yaml(plain(item))]


def _is_kind(word: str) -> bool:
    return word in LAYERS or word in KIND_ALIASES
