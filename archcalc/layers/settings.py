"""How the settings of layers are read: each kind of value says what it needs and reads it, or refuses.

Values arrive as plain Python: int, float, bool, str, None, list, dict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, dataclass_transform

from archcalc.frozen import REQUIRED, Class, FrozenField, read_fields
from archcalc.records import NamedTuple

Pairs = tuple[tuple[int, int], ...]
Sizes = int | tuple[int, ...]
Sides = int | tuple[int | tuple[int, int], ...] | str
GREATEST_INTEGER = 2**31 - 1


class AlongWidth(tuple[tuple[int, int], ...]):
    """The sides of two axes where only left and right were named: of one axis, in front and behind."""

    __slots__ = ()


class Setting(NamedTuple):
    """One kind of value: what it needs, in words, and its reader, which raises ValueError.

    The error's message, if any, is a hint for the writer of the spec. `schema` is the same in JSON Schema.
    """

    needs: str
    read: Callable[[object], Any]
    schema: Mapping[str, Any] = {}
    symbol: str = ""


class SettingField(FrozenField):
    """A field of a layer that is a setting in the spec."""

    __slots__ = ("setting",)

    def __init__(self, setting: Setting, default: object) -> None:
        super().__init__(default)
        self.setting = setting


def setting(kind: Setting, *, default: object = REQUIRED, symbol: str = "") -> Any:
    """A field that is a setting in the spec; `symbol` names it in the summary's table."""
    return SettingField(kind._replace(symbol=symbol) if symbol else kind, default)


@dataclass_transform(frozen_default=True, field_specifiers=(setting,))
def layer_kind(cls: Class) -> Class:
    """Make a subclass of `Layer` a frozen dataclass whose fields are settings."""
    return read_fields(cls)


def settings_of(layer: type[Any]) -> dict[str, SettingField]:
    """The settings of a layer class by their canonical names."""
    known: dict[str, SettingField] = layer.FIELDS
    return known


def required_settings(layer: type[Any]) -> tuple[str, ...]:
    """The names of the settings that have no default."""
    return tuple(name for name, f in settings_of(layer).items() if f.default is REQUIRED)


def changed_settings(layer: object) -> dict[str, object]:
    """The settings of a layer that differ from their defaults."""
    settings = settings_of(type(layer)).items()
    return {name: value for name, f in settings if (value := getattr(layer, name)) != f.default}


def is_integer(value: object) -> bool:
    """Whether a value is an integer and not true or false."""
    return isinstance(value, int) and not isinstance(value, bool)


def _integer(least: int, greatest: int = GREATEST_INTEGER) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, str) and value.replace("_", "").isdecimal():
            raise ValueError(f"write it as a number: {int(value.replace('_', ''))}")
        if isinstance(value, float) and value == int(value) >= least:
            raise ValueError(f"write {int(value)}")
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise ValueError
        if value > greatest:
            raise ValueError(f"at most {greatest:,}")
        return value

    return read


def _flag(value: object) -> bool:
    if isinstance(value, str) and value.lower() in ("yes", "on", "y", "no", "off", "n"):
        word = "true" if value.lower() in ("yes", "on", "y") else "false"
        raise ValueError(f"write `{word}`: in YAML 1.2 {value} is a string")
    if value in (0, 1) and isinstance(value, int):
        return bool(value)
    raise ValueError


def number(low: float, high: float, needs: str) -> Setting:
    """A real number in [low, high]."""

    def read(value: object) -> float:
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError
        return value

    return Setting(needs, read, {"type": "number", "minimum": low, "maximum": high})


def choice(*words: str) -> Setting:
    """One of the words."""

    def read(value: object) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    return Setting("one of " + ", ".join(words), read, {"enum": list(words)})


def per_axis(one: Setting) -> Setting:
    """A value for all spatial axes, or a list with one for each: [height, width] or [length]."""

    def read(value: object) -> object:
        if isinstance(value, list):
            if not 1 <= len(value) <= 3:
                raise ValueError
            return tuple(one.read(item) for item in value)
        return one.read(value)

    needs = f"{one.needs}, or a list of them, one for each axis ([height, width])"
    return Setting(needs, read, {"anyOf": [one.schema, listed(one.schema, 3)]})


def optional(one: Setting) -> Setting:
    """`one`, or null for the default."""
    schema = {"anyOf": [one.schema, {"type": "null"}]}
    return Setting(one.needs, lambda value: None if value is None else one.read(value), schema)


def listed(schema: Mapping[str, Any], most: int, least: int = 1) -> dict[str, Any]:
    """The JSON Schema of a list."""
    return {"type": "array", "items": schema, "minItems": least, "maxItems": most}


def _sides(least: int, words: tuple[str, ...]) -> Callable[[object], Sides]:
    one = _integer(least)

    def pair(value: object) -> int | tuple[int, int]:
        if isinstance(value, list):
            if len(value) != 2:
                raise ValueError
            return one(value[0]), one(value[1])
        return one(value)

    def read(value: object) -> Sides:
        if isinstance(value, str) and value.lower() in words:
            return value.lower()
        if isinstance(value, dict):
            return _sides_by_name(value, one)
        if isinstance(value, list):
            if len(value) == 4 and all(map(is_integer, value)):
                raise ValueError(
                    "tools disagree on the order of four numbers: write "
                    "{top: …, bottom: …, left: …, right: …}"
                )
            if not 1 <= len(value) <= 3:
                raise ValueError
            return tuple(pair(item) for item in value)
        return one(value)

    return read


def _sides_by_name(value: dict[str, object], one: Callable[[object], int]) -> Pairs:
    unknown = set(value) - {"top", "bottom", "left", "right"}
    if unknown:
        raise ValueError("sides are top, bottom, left and right; those not named are 0")
    sides = {name: one(size) for name, size in value.items()}
    across = (sides.get("left", 0), sides.get("right", 0))
    both = ((sides.get("top", 0), sides.get("bottom", 0)), across)
    return AlongWidth(both) if sides.keys() <= {"left", "right"} else both


def _sides_schema(least: int, words: tuple[str, ...]) -> dict[str, Any]:
    one = {"type": "integer", "minimum": least}
    sides = dict.fromkeys(("top", "bottom", "left", "right"), one)
    by_name = {"type": "object", "properties": sides, "additionalProperties": False}
    in_words = [{"enum": list(words)}] if words else []
    return {"anyOf": [one, listed({"anyOf": [one, listed(one, 2, 2)]}, 3), by_name, *in_words]}


POSITIVE = Setting("a positive integer", _integer(1), {"type": "integer", "minimum": 1})
NATURAL = Setting("an integer of 0 or more", _integer(0), {"type": "integer", "minimum": 0})
FLAG = Setting("true or false", _flag, {"type": "boolean"})
SIZES = per_axis(POSITIVE)
PADDING_WORDS = ("valid", "same", "same_upper", "same_lower", "causal")
PADDING = Setting(
    "an integer of 0 or more, one for each axis ([vertical, horizontal]), {top:, bottom:, left:, right:}, "
    "`valid`, `same`, `same_upper`, `same_lower` or, of one axis, `causal`",
    _sides(0, PADDING_WORDS),
    _sides_schema(0, PADDING_WORDS),
)
SIDES = Setting(
    "an integer, one for each axis ([vertical, horizontal]), or {top:, bottom:, left:, right:}",
    _sides(-GREATEST_INTEGER, ()),
    _sides_schema(-GREATEST_INTEGER, ()),
)
PADDING_MODE = choice("zeros", "reflect", "replicate", "circular")
