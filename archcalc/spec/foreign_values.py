"""The values of settings as other tools write them, in the forms that a setting here may read.

Only what is wrong has to import this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archcalc.spec.foreign_settings import POOLS
from archcalc.spec.foreign_written import Written, in_python


def plain_word(word: str) -> str:
    """A word without case, `_`, `-` and the module in front of its last dot."""
    return re.sub("[_ -]", "", word.rsplit(".", 1)[-1][:100].lower())


def forms(written: Written, name: str, key: str, value: object) -> Iterator[object]:
    """A value of the setting `name`, written as `key`, as it is and as it may have been meant.

    What means something else in its tool comes first: darknet's `pad: 1` is half the kernel, Keras's `same`
    with a stride is `same_upper`, and cropping is padding below zero.
    """
    yield from _by_origin(written, name, key, value)
    yield value
    if isinstance(value, list) and len(value) == 1:
        yield value[0]
    if isinstance(value, float) and value.is_integer():
        yield int(value)
    if isinstance(value, (int, float)) and 5 <= value <= 100 and name == "p":
        yield value / 100
    if isinstance(value, str):
        yield from _readings(value)


def _by_origin(written: Written, name: str, key: str, value: object) -> Iterator[object]:
    word, kernel = plain_word(written.word), _kernel(written)
    if word == "convolutional" and key == "pad" and isinstance(kernel, int):
        yield kernel // 2 if value else 0
    if word.startswith("cropping") and name == "padding":
        yield _negative(value)
    if key == "pads" and isinstance(value, list) and len(value) == 4:
        sides = dict(zip(("top", "left", "bottom", "right"), value, strict=True))
        yield value[0] if value.count(value[0]) == len(value) else sides
    if isinstance(value, str) and value.lower() == "same" and _steps(written) and name == "padding":
        yield "same_upper"


def _kernel(written: Written) -> object:
    return next((written.settings[key] for key in ("size", "kernel_size") if key in written.settings), None)


def _steps(written: Written) -> bool:
    """Whether a layer of Keras or TensorFlow has a stride, whose `same` is `same_upper`."""
    return written.settings.get("strides", 1) not in (1, [1, 1], [1])


def _negative(value: object) -> object:
    if isinstance(value, list):
        return [_negative(item) for item in value]
    return -value if isinstance(value, int) else value


def _readings(text: str) -> Iterator[object]:
    """What a text may have been meant as: a number, a tuple, 20 %, 3x3."""
    yield in_python(text)
    yield text.lower()
    if re.fullmatch(r"\d{1,3}(\.\d+)?\s*%", text):
        yield float(text.rstrip(" %")) / 100
    if re.fullmatch(r"\d{1,9}(\s*[x×]\s*\d{1,9})+", text):
        yield [int(part) for part in re.split("[x×]", text)]


def in_yaml(value: object) -> str:
    """A plain value, as it is written within braces."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(in_yaml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {in_yaml(each)}' for key, each in value.items())}}}"
    if isinstance(value, str) and not re.fullmatch(r"\$?[A-Za-z_…][\w./-]*", value):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


def resolved(written: Written) -> Written:
    """`Activation` and `Pooling`, which say by a setting what they are."""
    key = plain_word(written.word)
    if key in ("activation", "nonlinearity"):
        rest = dict(written.settings)
        word = next((rest.pop(name) for name in ("activation", "function") if name in rest), None)
        if written.positional:
            word = written.positional[0]
        return Written(str(word), rest)
    if key in ("pooling", "pool"):
        rest = dict(written.settings)
        which = str(rest.pop("pool", rest.pop("mode", "max"))).lower()
        whole = rest.pop("global_pooling", False)
        word = POOLS.get(("global " if whole else "") + which, written.word)
        rest |= {"ceil_mode": True} if written.word == "Pooling" and not whole else {}  # as Caffe rounds
        return Written(word, rest, written.positional)
    if written.word == "darknet.avgpool":
        return Written("global_avgpool", written.settings, written.positional)
    if key == "eltwise" and str(written.settings.get("operation", "sum")).lower() in ("prod", "0"):
        rest = {name: value for name, value in written.settings.items() if name != "operation"}
        return Written("multiply", rest, written.positional)
    if key in ("concat", "concatenate", "cat"):
        return Written(written.word, dict(_along_last(written.settings)), written.positional)
    if key in ("clip", "clamp") and _between(written.settings, 0, 6):
        return Written("relu6", {})
    if key == "relu" and written.settings.get("max_value") in (6, 6.0):
        return Written(
            "relu6", {name: value for name, value in written.settings.items() if name != "max_value"}
        )
    return written


def _along_last(settings: dict[str, object]) -> Iterator[tuple[str, object]]:
    """The settings of a concatenation, where the last axis is that of the features, or else the channels."""
    for name, value in settings.items():
        yield ("over", "channels_last") if name in ("axis", "dim") and value == -1 else (name, value)


def _between(settings: dict[str, object], low: int, high: int) -> bool:
    return (
        settings.get("min", settings.get("min_val")) == low
        and settings.get("max", settings.get("max_val")) == high
    )
