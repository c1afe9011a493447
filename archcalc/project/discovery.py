"""Which specs are meant: files, folders, patterns, built-in networks, standard input."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from glob import glob, has_magic
from os import path as paths
from typing import NoReturn

from archcalc.errors import ReadError, RequestError
from archcalc.project.ignored import Rule, is_ignored, is_in_repository, rules_above, rules_in
from archcalc.quoting import escaped, quoted
from archcalc.records import NamedTuple
from archcalc.spec.zoo import STDIN, SUFFIXES

HEAD = 1 << 20
"""So many bytes at the beginning of a file are looked through for the keys of a spec."""

_TOP_KEY = re.compile(
    rb"""^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?:\{[ \t\r\n]*+)?["']?(?:input|layers|base)["']?[ \t]*+:""",
    re.MULTILINE,
)


class FoundSpecs(NamedTuple):
    """Specs, each once, and how many YAML files of folders were passed over since they are none."""

    specs: list[str]
    passed_over: int


def found_specs(names: Iterable[str], exclude: tuple[Rule, ...] = ()) -> FoundSpecs:
    """The specs that paths mean, in a stable order; `exclude` leaves out files of folders and patterns.

    Of a folder only specs are taken; a file that is named is taken, whatever it holds. Raises RequestError
    where there is no path, or where a folder or pattern holds no spec; a path that does not exist is found
    to be so when it is read.
    """
    found: dict[str, str] = {}
    passed_over: set[str] = set()
    for name in names:
        for spec in _found(name, exclude, passed_over):
            found.setdefault(_identity(spec), spec)
    if not found:
        raise RequestError("nothing to check: name a spec, a folder, a pattern or a built-in network")
    return FoundSpecs(list(found.values()), len(passed_over - found.keys()))


def _identity(spec: str) -> str:
    """What two spellings of a path have in common."""
    return paths.abspath(spec) if paths.lexists(spec) else spec


def _found(name: str, exclude: tuple[Rule, ...], passed_over: set[str]) -> Iterable[str]:
    if name == STDIN or paths.isfile(name):
        return [name]
    if paths.isdir(name):
        files = _yaml_files(_within(name, exclude))
        specs = [file for file in files if is_spec(file)]
        passed_over.update(map(_identity, set(files).difference(specs)))
        others = f"; {_counted(len(files))} there {'is' if len(files) == 1 else 'are'} none" if files else ""
        return _some(specs, f"no spec (*.yaml, *.yml) lies in {quoted(name)}{others}")
    if has_magic(name):
        matching = (file for file in glob(name, recursive=True) if not _is_excluded(exclude, file))
        return _some(_yaml_files(matching), f"no spec matches {quoted(name)}")
    return [name]


def _counted(files: int) -> str:
    return f"{files:,} YAML file{'' if files == 1 else 's'}"


def _some(specs: list[str], otherwise: str) -> list[str]:
    """Specs; raises RequestError where there is none."""
    if not specs:
        raise RequestError(otherwise)
    return specs


def _yaml_files(names: Iterable[str]) -> list[str]:
    """The files that may be specs by their names, in order."""
    return sorted(name for name in names if name.endswith(SUFFIXES) and not paths.isdir(name))


def is_spec(file: str) -> bool:
    """Whether a file has a key of specs at its top; also one whose YAML is broken may have.

    What cannot be read may be a spec: to leave it out would pass what was never checked.
    """
    try:
        if not paths.isfile(file):
            return True
        with open(file, "rb") as stream:
            content = stream.read(HEAD)
    except OSError:
        return True
    return _TOP_KEY.search(content.replace(b"\0", b"")) is not None  # of UTF-16, every other byte is 0


def specs_within(folder: str) -> list[str]:
    """The specs of a folder and those below it."""
    return [name for name in _yaml_files(_within(folder, ())) if is_spec(name)]


def _within(folder: str, exclude: tuple[Rule, ...]) -> Iterator[str]:
    """The files of a folder and those below it, but none that is hidden or ignored, or in such a folder."""
    tracked = is_in_repository(folder)
    rules = {paths.abspath(folder): rules_above(folder)}
    for place, folders, files in os.walk(folder, onerror=_refuse):
        here = paths.abspath(place)
        own = rules.pop(here) + (rules_in(here) if tracked else ())

        def is_taken(name: str, is_folder: bool, here: str = here, own: tuple[Rule, ...] = own) -> bool:
            path = paths.join(here, name)
            return not (name.startswith(".") or any(is_ignored(r, path, is_folder) for r in (own, exclude)))

        folders[:] = [name for name in folders if is_taken(name, True)]
        rules |= dict.fromkeys((paths.join(here, name) for name in folders), own)
        place = place.removeprefix(paths.join(paths.curdir, ""))
        shown = "" if place == paths.curdir else place
        yield from (paths.join(shown, name) for name in files if is_taken(name, False))


def _is_excluded(exclude: tuple[Rule, ...], file: str) -> bool:
    """Whether patterns leave out a file, or a folder that it lies in."""
    path, is_folder = paths.abspath(file), False
    while exclude and path != paths.dirname(path):
        if is_ignored(exclude, path, is_folder):
            return True
        path, is_folder = paths.dirname(path), True
    return False


def _refuse(error: OSError) -> NoReturn:
    """A folder that cannot be read may hold specs: to leave them out would pass what was never checked."""
    raise ReadError(f"cannot read {escaped(str(error.filename))}: {error.strerror or error}")
