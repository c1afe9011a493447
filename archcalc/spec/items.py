"""Layers and their settings as a spec writes them, in one line: `conv: {filters: 8, kernel_size: 3}`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from archcalc.layers import Layer
from archcalc.layers.settings import changed_settings

_PLAIN = re.compile(r"(?!(?:true|false|null)\Z)[A-Za-z_$][\w./-]*\Z", re.ASCII | re.IGNORECASE)
_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"})


def setting_text(value: object) -> str:
    """A plain value as a spec has it: a setting's, a list's or mapping's, or text."""
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case tuple() | list():
            return f"[{', '.join(map(setting_text, value))}]"
        case dict():
            return f"{{{settings_text((key, setting_text(each)) for key, each in value.items())}}}"
        case str():
            return value if _PLAIN.match(value) else f'"{value.translate(_ESCAPES)}"'
    return str(value)


def settings_text(settings: Iterable[tuple[str, str]]) -> str:
    """Settings as a spec has them in one line: `padding: 1, stride: 2`."""
    return ", ".join(f"{name}: {text}" for name, text in settings)


def item_text(kind: str, layer: Layer, texts: Mapping[str, str] = MappingProxyType({})) -> str:
    """A layer as an item of a list, with the texts of what is not, or not so, among its settings."""
    settings = {name: setting_text(value) for name, value in changed_settings(layer).items()}
    inside = settings_text({**settings, **texts}.items())
    return f"{kind}: {{{inside}}}" if inside else kind
