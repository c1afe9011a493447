"""Where specs come from: files, standard input, and the networks that ship with archcalc.

Paths are text and `os.path` here: importing pathlib would take as long as reading a spec.
"""

from __future__ import annotations

import os
import re
import sys
from os import path as paths

from archcalc.errors import ReadError
from archcalc.quoting import escaped, quoted
from archcalc.spec.encoding import BYTE_LIMIT
from archcalc.suggestions import suggestion

SUFFIXES = (".yaml", ".yml")
STDIN = "-"


def zoo_folder() -> str:
    """The folder of built-in specs: inside an installed package, beside it in a checkout."""
    package = paths.dirname(paths.dirname(paths.realpath(__file__)))
    inside = paths.join(package, "specs")
    return inside if paths.isdir(inside) else paths.join(paths.dirname(package), "specs")


def zoo_names() -> list[str]:
    """The names of the built-in networks, in the order people count: resnet20 before resnet110."""
    names = [paths.splitext(name) for name in os.listdir(zoo_folder())]
    return sorted((stem for stem, suffix in names if suffix == ".yaml"), key=_natural)


def library_names() -> list[str]:
    """The names of the built-in libraries of blocks, which lie in folders below the networks'."""
    from glob import escape, glob

    root = zoo_folder()
    found = (
        paths.splitext(paths.relpath(name, root)) for name in glob(paths.join(escape(root), "*", "*.yaml"))
    )
    return sorted(stem.replace(os.sep, "/") for stem, _ in found)


def _natural(name: str) -> tuple[tuple[int, int | str], ...]:
    parts = re.findall(r"\d+|\D+", name)
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in parts)


def built_in(name: str) -> str | None:
    """The file of a built-in network, or None where there is none of that name."""
    file = paths.join(zoo_folder(), f"{name}.yaml")
    return file if paths.basename(file) == f"{name}.yaml" and paths.isfile(file) else None


def is_built_in(source: str, text: str) -> bool:
    """Whether a source, by what errors call it, ships with archcalc, or is a copy of one that does."""
    parts = source.split("/")
    path = paths.join(zoo_folder(), *parts)
    if paths.isabs(source) or ".." in parts or len(parts) > 2 or not paths.isfile(path):
        return False
    with open(path, encoding="utf-8") as file:
        return file.read() == text


def source_of(spec: str) -> tuple[str, str | None]:
    """(the name to report, the file) of a path, a zoo name, or `-` for standard input."""
    if spec == STDIN:
        return "<stdin>", None
    if spec.endswith(SUFFIXES) or os.sep in spec or _is_there(spec):
        return escaped(spec), spec
    if file := built_in(spec):
        return f"{spec}.yaml", file
    if paths.isdir(spec):
        return escaped(spec), spec
    hint = suggestion(spec, zoo_names()) or "`archcalc zoo` lists the built-in networks; a path ends in .yaml"
    raise ReadError(f"no file and no built-in network is called {quoted(spec)}; {hint}")


def _is_there(path: str) -> bool:
    """Whether something but a folder is called so: a folder takes no built-in network's name."""
    try:
        return paths.exists(path) and not paths.isdir(path)
    except ValueError:
        return False


def content_of(name: str, path: str | os.PathLike[str] | None) -> bytes:
    """What a source holds, up to one byte more than a spec may have."""
    try:
        if path is None:
            if sys.stdin is None:
                raise ReadError("cannot read standard input: it is closed")
            return sys.stdin.buffer.read(BYTE_LIMIT + 1)
        if paths.isdir(path):
            raise ReadError(f"cannot read {name}: it is a folder, which only `archcalc check` takes")
        if paths.exists(path) and not paths.isfile(path):
            hint = f"redirect it into `-`, as in `archcalc summarize - < {name}`"
            raise ReadError(f"cannot read {name}: it is a pipe or a device, and no regular file; {hint}")
        with open(path, "rb") as file:
            return file.read(BYTE_LIMIT + 1)
    except OSError as error:
        raise ReadError(f"cannot read {name}: {error.strerror or type(error).__name__}") from None
    except ValueError:
        raise ReadError(f"cannot read {quoted(name)}: not a file name") from None
