"""From a layer as other tools write it to the line that says the same here, for hints.

    - Conv2D: {filters: 8, kernel_size: (3, 3), activation: relu}
    hint: write `- conv: {filters: 8, kernel_size: [3, 3]}`, and below it `- relu`

A line is offered only where each of its settings is one that the kind has, with a value that it reads. Where
that cannot be, nothing is offered, or it is said that archcalc has no such layer. Only what is wrong has to
import this.
"""

from __future__ import annotations

import re

from archcalc.layers import LAYERS, layer_class
from archcalc.layers.aliases import KIND_ALIASES, SETTING_ALIASES
from archcalc.layers.dialects import spelt
from archcalc.layers.settings import required_settings
from archcalc.network import INPUT
from archcalc.quoting import shortened
from archcalc.spec.calls import COMMON
from archcalc.spec.document import Mapping, Value
from archcalc.spec.foreign_forms import layer_written
from archcalc.spec.foreign_settings import (
    ACTIVATION_KEYS,
    DATA,
    DROPPED,
    FILLED,
    NO_ACTIVATION,
    NO_NORM,
    NORM_KEYS,
    OWN_RENAMES,
    POSITIONAL,
    RENAMES,
    WHOLE_LISTS,
)
from archcalc.spec.foreign_structures import structure_hint
from archcalc.spec.foreign_values import forms, plain_word, resolved
from archcalc.spec.foreign_words import KINDS, NO_3D, UNSUPPORTED
from archcalc.spec.foreign_written import Written, in_python
from archcalc.spec.rewritten_line import UNKNOWN, Line, NoSuchLayerError
from archcalc.suggestions import nearest

_UNSPACED = re.compile(r"(\w+):[^\s:]")


def hint_for(item: Value, above: tuple[str, ...] = ()) -> str | None:
    """What to write in place of an item, with its own numbers; `above` are the layers in front of it."""
    try:
        structure = structure_hint(item, _items)
    except NoSuchLayerError as error:
        return str(error)
    if structure:
        return structure
    written = layer_written(item)
    hint = line_hint(written, above) if written else None
    return _missing_separator(item) + hint if hint and hint.startswith("write ") else hint


def line_hint(written: Written, above: tuple[str, ...] = ()) -> str | None:
    """What to write in place of a layer, or that there is none such; None where that is not known."""
    try:
        line = rewritten(written, above)
    except NoSuchLayerError as error:
        return str(error)
    return line.hint() if line else None


def _items(item: Value) -> list[str] | None:
    """The items of a list that say the same as a layer within a structure."""
    written = layer_written(item)
    line = rewritten(written) if written else None
    return line.items if line else None


def _missing_separator(item: Value) -> str:
    """What YAML read as one word, where a `:` or a space is missing; else nothing."""
    keys = item.entries if isinstance(item, Mapping) else {}
    for key, entry in keys.items():
        if found := re.match(r"([\w.]+)\s*(:?)\s*\{", key):
            return f"a {'space' if found[2] else '`:`'} is missing behind `{shortened(found[1])}{found[2]}`: "
        inner = entry.value.entries if isinstance(entry.value, Mapping) else {}
        if found := next((pair for pair in map(_UNSPACED.match, inner) if pair), None):
            return f"a space is missing behind `{shortened(found[1])}:`: "
    return ""


def is_foreign(key: str) -> bool:
    """Whether a setting is one that other tools have."""
    plain = plain_word(key)
    known = {name.rsplit(".", 1)[-1] for name in DROPPED}
    foreign = plain in RENAMES or plain in ACTIVATION_KEYS or plain in NORM_KEYS or plain in known
    return foreign or "=" in key or bool(_UNSPACED.match(key))


def no_such_layer(word: str) -> str | None:
    """What archcalc has in place of a kind that it has not, where that is known."""
    key = plain_word(word)
    return UNSUPPORTED.get(key) or (NO_3D if key.endswith("3d") else None)


def meaning(word: str) -> str | None:
    """The kind that a word of another tool stands for."""
    key = plain_word(word)
    if key in KINDS:
        return KINDS[key]
    own = {plain_word(name): name for name in (*LAYERS, *KIND_ALIASES)}
    name = own.get(key)
    return KIND_ALIASES.get(name, name) if name else None


def rewritten(written: Written, above: tuple[str, ...] = ()) -> Line | None:
    """The line that says the same as a layer as it is written, or None where that is not known."""
    written = resolved(_unnumbered(written))
    if written.word.startswith("self."):
        raise NoSuchLayerError(
            f"`{shortened(written.word)}` stands for a layer of `__init__`: write that one, with its settings"
        )
    if missing := no_such_layer(written.word):
        raise NoSuchLayerError(missing)
    kind = meaning(written.word)
    if kind is None:
        return None
    line = Line(kind)
    given = {**_named(line, written), **written.settings}
    for key, value in given.items():
        if not _set(line, written, key, value, above):
            return None
    _fill(line, written)
    line.word = spelt(written.word, line.kind, line.settings)
    line.times = written.times
    row = written.word == "Conv" and bool(written.positional) and isinstance(written.positional[0], list)
    if row or written.word == "ultralytics.Conv":
        line.build_as_ultralytics()
    return line


def _unnumbered(written: Written) -> Written:
    """A layer whose name stands where its kind should: `conv2d_1` of Keras, `conv1` and `fc6` of papers."""
    numbered = re.fullmatch(r"([A-Za-z]\w*?)_?\d{1,4}", written.word)
    if numbered is None or meaning(written.word) or no_such_layer(written.word):
        return written
    return written._replace(word=numbered[1], settings={"name": written.word, **written.settings})


def _named(line: Line, written: Written) -> dict[str, object]:
    """The values without a name, by the names that they have."""
    values = written.positional
    if not values:
        return {}
    key = plain_word(written.word)
    if layer_class(line.kind).merges:
        flat = values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)
        return {"from": flat}
    of_keras = re.search(r"Conv[0-9]?D?(Transpose)?\Z|[0-9]D(Transpose)?\Z", written.word)
    names = POSITIONAL.get(key, ())
    if of_keras and "kernel_size" in line.known and "filters" in line.known:
        names = POSITIONAL["keras.conv"]
    if written.word in ("upsample", "interpolate"):
        names = ("scale_factor", "mode")
    if len(values) == 1 and isinstance(values[0], list) and names and key not in WHOLE_LISTS:
        values = tuple(values[0])
    required = required_settings(layer_class(line.kind))
    if len(values) == 1 and required:
        names = required
    elif len(values) == 1 and not names:
        types = {name: setting.schema.get("type") for name, setting in line.known.items()}
        names = tuple(name for name, type_ in types.items() if isinstance(type_, str) and type_ != "boolean")
    names = names or tuple(dict.fromkeys((*required, *line.known)))
    if names == ("inplace",) and not isinstance(values[0], bool):
        return {"": values[0]}
    if len(values) > len(names):
        known = f"say what each value is: {line.kind} has {', '.join(line.known)}"
        raise NoSuchLayerError(known if line.known else f"{line.kind} has no settings")
    return dict(zip(names, values, strict=False))


def _set(line: Line, written: Written, key: str, value: object, above: tuple[str, ...]) -> bool:
    """Give the line a setting, or what stands for it here; False where that is not known."""
    plain = plain_word(key)
    if plain_word(written.word) in ("route", "shortcut") and plain in ("layers", "from"):
        _route(line, written, value, above)
        return True
    if key in COMMON:
        line.settings[key] = _counted_all(value, above) if key == "from" else value
        return True
    if plain in ACTIVATION_KEYS and "activation" not in line.known:
        _activate(line, value)
        return True
    if plain in NORM_KEYS and "bias" in line.known:
        if value not in NO_NORM:
            line.settings |= {"bias": False} if plain == "batchnormalize" else {}
            line.below.insert(0, "- batchnorm")
        return True
    if _dropped(line, key, plain, value):
        return True
    name = OWN_RENAMES.get(plain_word(written.word), {}).get(plain) or _setting_name(line, key)
    if name is None:
        return False
    if name in COMMON:
        line.settings[name] = _counted_all(value, above) if name == "from" else value
        return isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value))
    return _set_value(line, written, name, plain, value)


def _setting_name(line: Line, key: str) -> str | None:
    """The setting that a word stands for among those of the kind."""
    known = line.known
    plain = plain_word(key)
    if key in known:
        return key
    for name in (*SETTING_ALIASES.get(key, ()), *RENAMES.get(plain, ())):
        if name in known or name in COMMON:
            return name
    exact = {plain_word(name): name for name in known}
    if plain in exact:
        return exact[plain]
    return nearest(key, known)


def _dropped(line: Line, key: str, plain: str, value: object) -> bool:
    """Whether a setting says what is so anyway."""
    row = DROPPED.get(f"{line.kind}.{plain}") or DROPPED.get(plain)
    if row is None or plain in {plain_word(name) for name in line.known}:
        return False
    if any(name in line.known for name in (*SETTING_ALIASES.get(key, ()), *RENAMES.get(plain, ()))):
        return False
    values, why = row
    if values and value not in values:
        raise NoSuchLayerError(f"{line.kind} has no `{shortened(plain)}`: {why}")
    if why and why not in line.notes:
        line.notes.append(why)
    return True


def _activate(line: Line, value: object) -> None:
    """An activation that is given with a layer stands below it, as a layer of its own."""
    word = str(value).lower()
    if word in NO_ACTIVATION:
        return
    kind = meaning(word)
    if kind is None or not (layer_class(kind).activates or kind in LAYERS):
        raise NoSuchLayerError(
            f"write `- {line.kind}: …` without its activation, and that as a layer below it"
        )
    line.below.append("- leaky_relu: {negative_slope: 0.1}" if word == "leaky" else f"- {kind}")


def _route(line: Line, written: Written, value: object, above: tuple[str, ...]) -> None:
    """The layers that darknet counts backwards from the one at hand, by their names."""
    numbers = value if isinstance(value, list) else [value]
    numbers = [in_python(part) for text in numbers for part in str(text).split(",")]
    names = [_counted(number, above) for number in numbers]
    if plain_word(written.word) == "shortcut":
        names = [_counted(-1, above), *names]
    if len(names) == 1:
        line.kind = "identity"
        line.settings["from"] = names[0]
    else:
        line.settings["from"] = names


def _counted_all(value: object, above: tuple[str, ...]) -> object:
    """The layers that numbers count, by their names, and the network's input by its own."""
    if isinstance(value, list):
        return [_counted_all(each, above) for each in value]
    return INPUT if value in DATA and value not in above else _counted(value, above)


def _counted(number: object, above: tuple[str, ...]) -> object:
    if not isinstance(number, int):
        return number
    return above[number] if -len(above) <= number < len(above) else UNKNOWN


def _set_value(line: Line, written: Written, name: str, plain: str, value: object) -> bool:
    """Give the line a setting with its value in a form that can be read; False where there is none."""
    setting = line.known[name]
    for each in forms(written, name, plain, value):
        try:
            setting.read(each)
        except (ValueError, OverflowError, TypeError):
            if not (isinstance(each, str) and "$" in each):
                continue
        line.settings[name] = each
        return True
    return False


def _fill(line: Line, written: Written) -> None:
    """Give the line what its kind needs: the other tool's default, or a mark where nobody has said it."""
    for name, value in FILLED.get(plain_word(written.word), {}).items():
        if name in line.known:
            line.settings.setdefault(name, value)
    for name in required_settings(layer_class(line.kind)):
        line.settings.setdefault(name, UNKNOWN)
    if layer_class(line.kind).merges:
        line.settings.setdefault("from", [UNKNOWN, UNKNOWN])
