"""Where the config file lies: in the folder or one above. What is read here is read at many starts."""

from __future__ import annotations

from os import path as paths
from typing import Any

from archcalc.errors import ReadError
from archcalc.quoting import escaped
from archcalc.spec.root import CONFIG_LIMIT, OURS, OWN, SHARED

DOT_LIMIT = 1_000
"""So many dots may a line have: the time that tomllib takes for a dotted key grows with their square."""


def found_config(start: str) -> str | None:
    """The nearest config file, in `start` or a folder above it."""
    folder, above = start, paths.dirname(start)
    while True:
        if paths.isfile(own := paths.join(folder, OWN)):
            return _shown(own, start)
        if paths.isfile(shared := paths.join(folder, SHARED)) and _has_table(config_text(shared)):
            return _shown(shared, start)
        if folder == above:
            return None
        folder, above = above, paths.dirname(above)


def _shown(path: str, start: str) -> str:
    """A path from the folder at hand, so that no report names the folders above it."""
    return paths.relpath(path, start)


def _has_table(text: str) -> bool:
    """Whether a `pyproject.toml` speaks of archcalc; one that is no TOML does when its lines look so."""
    if "archcalc" not in text:
        return False
    try:
        return "archcalc" in parsed(text).get("tool", ())
    except (ValueError, RecursionError, TypeError):
        return OURS.search(text.encode()) is not None


def parsed(text: str) -> dict[str, Any]:
    """A config file as TOML; raises ValueError for what is none."""
    import tomllib

    for number, line in enumerate(text.splitlines(), 1):
        if line.count(".") > DOT_LIMIT:
            raise ValueError(f"more than {DOT_LIMIT:,} dots (at line {number}, column 1)")
    return tomllib.loads(text)


def config_text(path: str) -> str:
    """The text of a config file, which is read whole or not at all."""
    shown = escaped(path)
    try:
        if not paths.isfile(path) and paths.lexists(path):
            raise ReadError(f"cannot read {shown}: not a regular file")
        with open(path, "rb") as file:
            content = file.read(CONFIG_LIMIT + 1)
    except OSError as error:
        raise ReadError(f"cannot read {shown}: {error.strerror or error}") from None
    if len(content) > CONFIG_LIMIT:
        raise ReadError(
            f"cannot read {shown}: a config file has at most {CONFIG_LIMIT:,} bytes, this one has more"
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise ReadError(f"cannot read {shown}: it is not UTF-8") from None
