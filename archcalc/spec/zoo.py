"""Where specs come from: files, standard input, and the networks that ship with archcalc."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from archcalc.errors import ReadError, escaped, quoted, suggestion
from archcalc.spec.document import BYTES

SUFFIXES = (".yaml", ".yml")
STDIN = "-"


def zoo_folder() -> Path:
    """The folder of built-in specs: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "specs"
    return inside if inside.is_dir() else package.parent / "specs"


def zoo_names() -> list[str]:
    """The names of the built-in networks, in the order people count: resnet20 before resnet110."""
    names = [path.stem for path in zoo_folder().glob("*.yaml")]
    return sorted(names, key=_natural)


def _natural(name: str) -> tuple[tuple[int, int | str], ...]:
    import re

    parts = re.findall(r"\d+|\D+", name)
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in parts)


def source_of(spec: str) -> tuple[str, Path | None]:
    """(the name to report, the file) of a path, a zoo name, or `-` for standard input."""
    if spec == STDIN:
        return "<stdin>", None
    path = Path(spec)
    if path.suffix in SUFFIXES or os.sep in spec or path.is_file():
        return escaped(spec), path
    built_in = zoo_folder() / f"{spec}.yaml"
    if spec in zoo_names():
        return f"{spec}.yaml", built_in
    hint = suggestion(spec, zoo_names()) or "`archcalc zoo` lists the built-in networks; a path ends in .yaml"
    raise ReadError(f"no file and no built-in network is called {quoted(spec)}; {hint}")


def content_of(name: str, path: Path | None) -> bytes:
    """What a source holds, up to one byte more than a spec may have."""
    try:
        if path is None:
            return sys.stdin.buffer.read(BYTES + 1)
        if path.exists() and not path.is_file():
            raise ReadError(f"cannot read {name}: not a regular file")
        with path.open("rb") as file:
            return file.read(BYTES + 1)
    except OSError as error:
        raise ReadError(f"cannot read {name}: {error.strerror or type(error).__name__}") from None
    except ValueError:
        raise ReadError(f"cannot read {quoted(name)}: not a file name") from None
