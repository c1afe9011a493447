"""The settings of layers, in full and as tables abbreviate them."""

from __future__ import annotations

from collections.abc import Iterable

from archcalc.layers import Layer
from archcalc.layers.settings import changed_settings, settings_of


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
    """Those among them that have a symbol: `F11 S4`; `P=same`, `F1,3` and with two sides `P0+1,0+1`."""
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
    return {name: field.setting.symbol for name, field in settings_of(cls).items()}


def abbreviations(texts: Iterable[tuple[type[Layer], str]]) -> str:
    """What the symbols in abbreviated settings of layers stand for: `F kernel_size, S stride`."""
    words = [(cls, word) for cls, text in texts for word in text.split()]
    names: dict[str, dict[str, None]] = {}
    for cls, word in words:
        for name, symbol in symbols_of(cls).items():
            if symbol and word.startswith(symbol) and not word[len(symbol) : len(symbol) + 1].islower():
                names.setdefault(symbol, {})[name] = None
    if not names:
        return ""
    legend = ", ".join(f"{symbol} {' or '.join(meanings)}" for symbol, meanings in names.items())
    pairs = "; two numbers are height,width" if any("," in word for _, word in words) else ""
    sides = "; a+b is in front and behind" if any("+" in word for _, word in words) else ""
    return f"{legend}{pairs}{sides}; defaults are left out"
