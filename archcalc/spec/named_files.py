"""Other files that a spec names: bases and libraries, by their paths from its own folder."""

from __future__ import annotations

from collections.abc import Iterator
from os import path as paths

from archcalc.errors import SpecError
from archcalc.spec.calls import is_name
from archcalc.spec.decode import described
from archcalc.spec.document import Scalar, Value
from archcalc.spec.problems import refused
from archcalc.spec.zoo import SUFFIXES


def file_stem(value: Value) -> str:
    """The path without its ending that names another file: `lib`, `blocks/lib`, `../lib`; else nothing."""
    name = value.text if isinstance(value, Scalar) and value.value is not None else ""
    down = name
    while down.startswith("../"):
        down = down[3:]
    if not is_name(down) or any(part in ("", ".", "..") for part in down.split("/")):
        return ""
    return paths.splitext(name)[0] if name.endswith(SUFFIXES) else name


def files_named(stem: str, folder: str, value: Value) -> Iterator[str]:
    """The files of that name, seen from a folder, which no link leads to; SpecError beyond the root."""
    real = paths.realpath(folder)
    for relative in (f"{stem}{suffix}" for suffix in SUFFIXES):
        target = paths.normpath(paths.join(real, relative))
        if stem.startswith("..") and (problem := _way_out(target, real, value)):
            raise problem
        if paths.isfile(target) and paths.realpath(target) == target:
            shown = paths.normpath(paths.join(folder, relative))
            yield shown if paths.realpath(shown) == target else paths.join(folder, relative)


def _way_out(target: str, folder: str, value: Value) -> SpecError | None:
    """That a path leads too far up, where it does."""
    from archcalc.spec.root import is_within, root_of

    if is_within(target, root_of(folder)):
        return None
    message = f"{described(value)} leads out of the folder in which bases and libraries may lie"
    hint = "that is the folder of the nearest config file or repository; without either, the spec's own"
    return refused("type", message, value.span, hint)
