"""The forms in which layers are written elsewhere, and the word and the settings that each holds.

    - type: maxpool                  a key for the kind
      kernel_size: 2
    - nn.MaxPool2d(2)                a call in Python
    - (pool): MaxPool2d(kernel_size=2)   as PyTorch prints it
    - maxpool {kernel_size: 2}       no colon
    - conv: 64                       a value in place of settings
    - conv 3x3, 64                   sizes and counts in words, see `foreign_notation`

Only what is wrong has to import this.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Names

from archcalc.errors import SpecError
from archcalc.spec.calls import COMMON
from archcalc.spec.document import Entry, Mapping, Scalar, Sequence, Value, parse
from archcalc.spec.foreign_notation import notation, pairs
from archcalc.spec.foreign_written import Written, arguments, scalar

KIND_KEYS = ("type", "kind", "class_name", "op_type", "layer_type", "layer", "op", "module")
WRAPPERS = ("layer", "layers", "node")
CONFIG_KEYS = ("config", "params", "settings", "kwargs", "attrs", "attributes", "options", "with")

TUPLE_LENGTH = 60
"""So many characters may a tuple have that is put together."""

MOST_SETTINGS = 40
"""So many keys may a layer have that is understood."""

_CALL = r"\s*(?:(?:self\.)?(\w+)\s*=\s*)?([A-Za-z_][\w.]*)\s*\((.*)\)\s*,?\s*\Z"
_ADDED = r"\s*\w+\.(?:add|append)\((.*)\)\s*\Z"
_APPLIED = r"\s*(?:\w+\s*=)?\s*([^=\s].*\))\s*\(\s*(\[[\w\s,]*\]|\w+)\s*\)\s*\Z"
_FUNCTIONAL = ("F.", "torch.", "nn.functional.", "torch.nn.functional.", "tf.nn.")
_BRACED = r"\s*([A-Za-z_][\w.]*)\s*:?\s*(\{.*\})\s*\Z"
_REPEATED = r"(\d{1,3}) ?[x×*] ?([A-Za-z]\w*)|([A-Za-z]\w*[A-Za-z]) ?[x×*] ?(\d{1,3})"
_PAIR = r"(\w+)\s*[:=]\s*([^\s:=].*)\Z"
_WORD = r"[A-Za-z_][\w.-]*\Z"
_IN_WORDS = r"[A-Za-z]+(?: [A-Za-z]+){1,3}\Z"


def layer_written(item: Value) -> Written | None:
    """What an item of a list of layers says, in whatever form."""
    if isinstance(item, Scalar):
        return in_text(item.text)
    if isinstance(item, Sequence):
        return _of_list([plain(each) for each in item.items[:MOST_SETTINGS]])
    if not isinstance(item, Mapping) or not _is_short(item):
        return None
    entries = with_tuples(item.entries)
    if typed := next((key for key in KIND_KEYS if _is_word(entries.get(key))), None):
        return _typed(typed, entries)
    own = {key: plain(entry.value) for key, entry in entries.items() if key in COMMON}
    others = [entry for key, entry in entries.items() if key not in COMMON]
    if not others:
        return None
    found = _of_key(others[0])
    rest = {entry.key: plain(entry.value) for entry in others[1:]}
    return found and found._replace(settings={**own, **found.settings, **rest})


def _of_list(row: list[object]) -> Written | None:
    """A kind and its values, or a row of Ultralytics: from where, how often, the kind, its values."""
    match row:
        case [str(section)]:
            return Written(f"darknet.{section}", {})
        case [str(word), *values]:
            return Written(word, {}, tuple(values))
        case [source, int(times), str(word), list(values)]:
            return _of_ultralytics(word, source, values, times)
    return None


def _of_ultralytics(word: str, source: object, values: list[object], times: object) -> Written:
    """A kind, the layers that it reads (−1: the one in front; others by their numbers), and its values."""
    word = word if "." in word else f"ultralytics.{word}"
    read = source if isinstance(source, list) else [source]
    settings: dict[str, object] = {} if read == [-1] else {"from": read}
    positional = (values,) if values and len(read) == 1 else ()
    return Written(word, settings, positional, times if isinstance(times, int) else 1)


def _is_short(item: Mapping) -> bool:
    """Whether an item has keys, and no more than any layer has, in it and below it."""
    inner = [entry.value for entry in item.entries.values() if isinstance(entry.value, Mapping)]
    return bool(item.entries) and all(len(each.entries) <= MOST_SETTINGS for each in (item, *inner))


def in_text(text: str) -> Written | None:
    """A call as in Python, a word with settings in braces, or a word alone."""
    if added := re.match(_ADDED, text, re.DOTALL):
        return in_text(added[1])
    if applied := re.match(_APPLIED, text, re.DOTALL):
        return _applied(*applied.groups())
    if call := re.match(_CALL, text, re.DOTALL):
        name, word, inside = call.groups()
        positional, settings = arguments(inside)
        if word.startswith(_FUNCTIONAL) and positional:
            read = positional[0] if isinstance(positional[0], list) else ()
            return Written(word, settings, (*positional[1:], *read))
        return Written(word, {"name": name, **settings} if name else settings, positional)
    if braced := re.match(_BRACED, text, re.DOTALL):
        try:
            found = parse(braced[2].encode("utf-8", "surrogatepass"), "", {})
        except SpecError:
            return None
        if isinstance(found, Mapping):
            entries = with_tuples(found.entries)
            return Written(braced[1], {key: plain(entry.value) for key, entry in entries.items()})
    word = text.strip()
    alone = re.match(_WORD, word) and not re.search(r"-\d", word)
    return Written(word, {}) if alone or re.match(_IN_WORDS, word) else notation(word)


def _applied(layer: str, tensors: str) -> Written | None:
    """A layer of Keras that is called on what it reads: `Add()([a, b])`, `Conv2D(8, 3)(x)`."""
    found = in_text(layer)
    if found is None or not tensors.startswith("["):
        return found
    return found._replace(positional=(*found.positional, *re.findall(r"\w+", tensors)))


def with_tuples(entries: Names[str, Entry]) -> dict[str, Entry]:
    """The entries, with what YAML takes apart put together, and `stride:2` and `stride=2` taken apart."""
    split: dict[str, Entry] = {}
    for key, entry in entries.items():
        pair = re.match(_PAIR, key) if _is_bare(entry) else None
        if pair:
            value = Scalar(scalar(pair[2]), pair[2], entry.value.span)
            split[pair[1]] = Entry(pair[1], entry.span, value)
        else:
            split[key] = entry
    return joined_tuples(split)


def joined_tuples(entries: Names[str, Entry]) -> dict[str, Entry]:
    """The entries, with `kernel_size: (5, 5)` as one: in braces YAML reads the value `(5` and a key `5)`."""
    found: dict[str, Entry] = {}
    unclosed = ""
    for key, entry in entries.items():
        if unclosed and _is_bare(entry):
            _extend(found, unclosed, entry)
        else:
            found[key] = entry
            unclosed = key
        last = found[unclosed].value
        if (
            not isinstance(last, Scalar)
            or last.quoted
            or "(" not in last.text
            or last.text.count("(") <= last.text.count(")")
            or len(last.text) > TUPLE_LENGTH
        ):
            unclosed = ""
    return found


def _is_bare(entry: Entry) -> bool:
    """Whether an entry is a key without a value."""
    return isinstance(entry.value, Scalar) and entry.value.value is None


def _extend(found: dict[str, Entry], key: str, entry: Entry) -> None:
    last = found[key].value
    assert isinstance(last, Scalar)
    text = f"{last.text}, {entry.key}"
    found[key] = found[key]._replace(value=Scalar(text, text, last.span.up_to(entry.span)))


def plain(value: Value) -> object:
    """A value as plain Python; expressions stay text."""
    if isinstance(value, Scalar):
        return value.value
    if isinstance(value, Sequence):
        return [plain(item) for item in value.items]
    return {key: plain(entry.value) for key, entry in with_tuples(value.entries).items()}


def _typed(typed: str, entries: dict[str, Entry]) -> Written:
    """A layer with a key for its kind; what stands under `config:` and the like are settings too."""
    settings: dict[str, object] = {}
    values = plain(entries["args"].value) if "args" in entries else None
    if isinstance(values, list) and "from" in entries:
        number = next((plain(entries[key].value) for key in ("number", "repeats") if key in entries), 1)
        return _of_ultralytics(str(plain(entries[typed].value)), plain(entries["from"].value), values, number)
    for key, entry in entries.items():
        nested = key in CONFIG_KEYS or key.endswith("_param")
        if nested and isinstance(entry.value, Mapping):
            inner = plain(entry.value)
            settings.update(inner if isinstance(inner, dict) else {})
        elif key != typed:
            settings[key] = plain(entry.value)
    return Written(str(plain(entries[typed].value)), settings)


def _is_word(entry: Entry | None) -> bool:
    return entry is not None and isinstance(entry.value, Scalar) and isinstance(entry.value.value, str)


def _of_key(entry: Entry) -> Written | None:
    """What `key: value` says."""
    value = entry.value
    if isinstance(value, Mapping) and entry.key in WRAPPERS:
        return layer_written(value)
    if repeated := re.fullmatch(_REPEATED, entry.key):
        times, word = int(repeated[1] or repeated[4]), repeated[2] or repeated[3]
        found = _of_key(entry._replace(key=word))
        return found and found._replace(times=times)
    if isinstance(value, Mapping):
        inner = plain(value)
        return Written(entry.key, inner if isinstance(inner, dict) else {})
    if isinstance(value, Scalar) and value.value is None:
        return in_text(entry.key)
    if "{" in entry.key and isinstance(value, Scalar):
        return in_text(f"{entry.key}: {value.text}")
    if isinstance(value, Scalar) and re.match(_CALL, value.text, re.DOTALL):
        call = in_text(value.text)
        return call and call._replace(settings={"name": entry.key.strip("()"), **call.settings})
    if isinstance(value, Scalar) and (found := _in_words(entry.key, value.text)):
        return found
    values = plain(value)
    if isinstance(values, list) and values and all(isinstance(each, dict) for each in values):
        return Written(entry.key, {key: each[key] for each in values for key in each})
    return Written(entry.key, {}, (values,))


def _in_words(key: str, text: str) -> Written | None:
    """`conv: filters=32, size=3`, `conv: 32, 3`, `conv: 32 filters 3x3` and `conv3x3: 32`."""
    if settings := pairs(text):
        return Written(key, settings)
    sizes = re.search(r"[ ,@]|\dx\d", text) or re.search(r"\d[x-]\d", key)
    return notation(f"{key} {text}") if sizes and text[:1] not in ("(", "[") else None
