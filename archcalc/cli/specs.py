"""Which specs are meant: files, folders, patterns, built-in networks, standard input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from glob import glob
from pathlib import Path

from archcalc.errors import RequestError, quoted
from archcalc.spec.zoo import STDIN, SUFFIXES


def found_specs(paths: Iterable[str]) -> list[str]:
    """The specs that the paths mean, each once, in a stable order.

    Raises RequestError where there is no path, or where one means no spec.
    """
    found = list(dict.fromkeys(spec for path in paths for spec in _found(path)))
    if not found:
        raise RequestError("nothing to check: name a spec, a folder, a pattern or a built-in network")
    return found


def _found(path: str) -> Iterator[str]:
    if path == STDIN or Path(path).is_file():
        yield path
    elif Path(path).is_dir():
        yield from _within(Path(path))
    elif any(c in path for c in "*?["):
        names = glob(path, recursive=True)  # noqa: PTH207  (Path.glob takes no absolute patterns)
        specs = sorted(name for name in names if Path(name).suffix in SUFFIXES)
        if not specs:
            raise RequestError(f"no spec matches {quoted(path)}")
        yield from specs
    else:
        yield path


def _within(folder: Path) -> Iterator[str]:
    """The specs of a folder and those below it; hidden folders are left out."""
    paths = (path for suffix in SUFFIXES for path in folder.rglob(f"*{suffix}"))
    hidden = len(folder.parts)
    specs = sorted(str(p) for p in paths if not any(part.startswith(".") for part in p.parts[hidden:]))
    if not specs:
        raise RequestError(f"no spec (*.yaml, *.yml) lies in {quoted(str(folder))}")
    yield from specs
