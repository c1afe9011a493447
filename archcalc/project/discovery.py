"""Which specs are meant: files, folders, patterns, built-in networks, standard input."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from glob import glob, has_magic
from os import path as paths
from typing import NoReturn

from archcalc.errors import ReadError, RequestError
from archcalc.quoting import escaped, quoted
from archcalc.spec.zoo import STDIN, SUFFIXES


def found_specs(names: Iterable[str]) -> list[str]:
    """The specs that paths mean, each once, in a stable order.

    Raises RequestError where there is no path, or where a folder or pattern holds no spec; a path that
    does not exist is found to be so when it is read.
    """
    found: dict[str, str] = {}
    for name in names:
        for spec in _found(name):
            found.setdefault(_identity(spec), spec)
    if not found:
        raise RequestError("nothing to check: name a spec, a folder, a pattern or a built-in network")
    return list(found.values())


def _identity(spec: str) -> str:
    """What two spellings of a path have in common."""
    return paths.abspath(spec) if paths.lexists(spec) else spec


def _found(name: str) -> Iterable[str]:
    if name == STDIN or paths.isfile(name):
        return [name]
    if paths.isdir(name):
        return _some(_within(name), f"no spec (*.yaml, *.yml) lies in {quoted(name)}")
    if has_magic(name):
        return _some(glob(name, recursive=True), f"no spec matches {quoted(name)}")
    return [name]


def _some(names: Iterable[str], otherwise: str) -> list[str]:
    """The specs among the names of files, in order; raises RequestError where there is none."""
    specs = sorted(name for name in names if name.endswith(SUFFIXES) and not paths.isdir(name))
    if not specs:
        raise RequestError(otherwise)
    return specs


def specs_within(folder: str) -> list[str]:
    """The specs of a folder and those below it."""
    return [name for name in _within(folder) if name.endswith(SUFFIXES)]


def _within(folder: str) -> Iterator[str]:
    """The files of a folder and those below it; hidden ones, and those in hidden folders, are left out."""
    for place, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        place = place.removeprefix(paths.join(paths.curdir, ""))
        shown = "" if place == paths.curdir else place
        yield from (paths.join(shown, name) for name in files if not name.startswith("."))


def _refuse(error: OSError) -> NoReturn:
    """A folder that cannot be read may hold specs: to leave them out would pass what was never checked."""
    raise ReadError(f"cannot read {escaped(str(error.filename))}: {error.strerror or error}")
