"""Inputs as other tools write them, and what to write here: `3x64x64`, `[28, 28, 1]`, `size: 64`.

Only what is wrong has to import this.
"""

from __future__ import annotations

import re

from archcalc.layers.aliases import INPUT_ALIASES
from archcalc.layers.settings import is_integer
from archcalc.spec.document import Entry, Mapping, Value
from archcalc.spec.foreign_forms import plain
from archcalc.spec.foreign_written import in_python

IMAGE_CHANNELS = (1, 2, 3, 4)
"""So many channels have images, by which a shape with its channels last is told."""

NO_BATCH = " (a spec holds no batch: `--batch` gives it)"
ONE_INPUT = "archcalc reads networks with one input"
SIZES = ("size", "image_size", "img_size", "imgsz", "resolution")
BATCHES = ("batch", "batch_size", "n", "N", "B")
SHAPES = ("shape", "input_shape", "input_size", "dims", "dim")
TOP = ("inputs", "input_shape", "input_size", "shape", "image_size", "Input")


def input_hint(value: Value) -> str | None:
    """What a number, a text or a list of sizes means as an input."""
    return shape_hint(plain(value))


def shape_hint(found: object) -> str | None:
    """What sizes mean as an input, both readings where two are likely."""
    sizes = _sizes(found)
    batch = ""
    if len(sizes) == 4:
        sizes, batch = sizes[1:], NO_BATCH
    if not 1 <= len(sizes) <= 3 or not all(is_integer(size) for size in sizes):
        return None
    texts = [str(size) for size in sizes]
    if len(texts) == 1:
        return f"write {{features: {texts[0]}}}"
    if len(texts) == 2:
        sequence = f"{{channels: {texts[0]}, length: {texts[1]}}}"
        if texts[0] != texts[1]:
            return f"write {sequence}{batch}"
        return f"write {_volume('1', *texts)} for an image, or {sequence} for a sequence"
    first, last = _volume(*texts), _volume(texts[2], texts[0], texts[1])
    if sizes[0] in IMAGE_CHANNELS or not (sizes[2] in IMAGE_CHANNELS or sizes[0] == sizes[1] != sizes[2]):
        return f"write {first}{batch}"
    if sizes[2] in IMAGE_CHANNELS:
        return f"write {last}{batch}"
    return f"write {last}, or {first} if the channels stand first{batch}"


def mapping_hint(entries: dict[str, Entry]) -> str | None:
    """What an input with sizes of other names means: `size: 64`, `batch: 8`, `shape: [3, 64, 64]`."""
    given: dict[str, object] = {}
    batch = ""
    if len(entries) > MOST_KEYS:
        return None
    for key, entry in entries.items():
        value = plain(entry.value)
        if key in SHAPES:
            return shape_hint(value)
        if key in BATCHES:
            batch = NO_BATCH
        elif key in SIZES:
            sides = _sizes(value)
            given.update(zip(("height", "width"), sides * 2 if len(sides) == 1 else sides, strict=False))
        else:
            given[INPUT_ALIASES.get(key, key)] = value
    form = next((form for form in _FORMS if set(form) == set(given)), None)
    if form is None:
        return None
    return f"write {{{', '.join(f'{key}: {given[key]}' for key in form)}}}{batch}"


MOST_KEYS = 8
"""So many keys may an input have that is understood."""

_FORMS = (("channels", "height", "width"), ("channels", "length"), ("features",))


def top_hint(entry: Entry) -> str | None:
    """What a key of a spec means that stands where `input:` is needed."""
    value = entry.value
    inner = list(value.entries.values()) if isinstance(value, Mapping) else []
    if inner and all(isinstance(each.value, Mapping) for each in inner):
        if len(inner) > 1:
            return ONE_INPUT
        value = inner[0].value
    hint = mapping_hint(value.entries) if isinstance(value, Mapping) else input_hint(value)
    return hint and re.sub(r"(\{[^}]*\})", r"`input: \1`", hint)


def _volume(channels: str, height: str, width: str) -> str:
    return f"{{channels: {channels}, height: {height}, width: {width}}}"


def _sizes(found: object) -> list[object]:
    """The sizes in a number, a list, or a text such as `3x64x64` or `(3, 64, 64)`."""
    if isinstance(found, str):
        if re.fullmatch(r"\d{1,10}(\s*[x×*]\s*\d{1,10})+", found.strip()):
            return [int(part) for part in re.split(r"[x×*]", found)]
        found = in_python(found if found.startswith(("(", "[")) else f"[{found}]")
        return found if isinstance(found, list) else []
    return found if isinstance(found, list) else [found]
