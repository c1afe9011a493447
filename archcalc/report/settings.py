"""The settings of layers, in full and as tables abbreviate them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archcalc.analysis.facts import Analysis
from archcalc.layers import Layer
from archcalc.layers.settings import changed_settings, settings_of

_SYMBOL = re.compile(r"[a-z]+")


def in_full(layer: Layer) -> str:
    """The settings that differ from their defaults, as a spec writes them: `filters 96, stride 4`."""
    return ", ".join(f"{name} {_written(value)}" for name, value in changed_settings(layer).items())


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    return setting_text(value)


def setting_text(value: object) -> str:
    """A single value of a setting as a spec writes it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def abbreviated(layer: Layer) -> str:
    """Those among them that have a symbol: `k11 s4`; `p=same`, `k1,3` and with two sides `p0+1,0+1`."""
    symbols = symbols_of(type(layer))
    changed = changed_settings(layer).items()
    return " ".join(f"{symbols[name]}{_short(value)}" for name, value in changed if symbols[name])


def _short(value: object) -> str:
    if isinstance(value, str):
        return f"={value}"
    if not isinstance(value, tuple):
        return setting_text(value)
    return ",".join("+".join(map(str, side)) if isinstance(side, tuple) else str(side) for side in value)


def symbols_of(cls: type[Layer]) -> dict[str, str]:
    """The symbol of each setting, or ''."""
    return {name: field.metadata["setting"].symbol for name, field in settings_of(cls).items()}


def abbreviations(analysis: Analysis, texts: Iterable[str]) -> str:
    """What the symbols in abbreviated settings stand for: `k kernel_size, s stride`."""
    words = [word for text in sorted(texts) for word in text.split()]
    used = {found.group() for word in words if (found := _SYMBOL.match(word))}
    known: dict[str, str] = {}
    for cls in dict.fromkeys(type(facts.node.layer) for facts in analysis.facts):
        known |= {symbol: name for name, symbol in symbols_of(cls).items() if symbol in used}
    if not known:
        return ""
    legend = ", ".join(f"{symbol} {name}" for symbol, name in known.items())
    pairs = "; two numbers are height,width" if any("," in word for word in words) else ""
    sides = "; a+b is in front and behind" if any("+" in word for word in words) else ""
    return f"{legend}{pairs}{sides}; defaults are left out"
