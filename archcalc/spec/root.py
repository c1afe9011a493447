"""How far up a spec may name other files: to the folder of the nearest config file, or of the repository.

Both are marks that whoever calls archcalc has set, and none that a spec can. Where there is neither, a spec
names files of its own folder and below alone.
"""

from __future__ import annotations

import re
from os import path as paths

OWN, SHARED = "archcalc.toml", "pyproject.toml"
"""The config file, and the one of the whole project that may have a table for archcalc."""

CONFIG_LIMIT = 256 * 1024
"""So many bytes may a config file have."""

OURS = re.compile(rb"""^[ \t]*+\[++[ \t]*+tool[ \t]*+\.[ \t]*+["']?archcalc\b""", re.MULTILINE)
"""How the table for archcalc begins."""

REPOSITORY = ".git"


def repository_of(folder: str) -> str | None:
    """The repository of git that a folder, which is absolute, belongs to."""
    above = folder
    while not paths.lexists(paths.join(above, REPOSITORY)):
        if above == paths.dirname(above):
            return None
        above = paths.dirname(above)
    return above


def root_of(folder: str) -> str:
    """The folder that no file which a spec in `folder` names may lie outside of; both without links."""
    above = folder
    while not _is_root(above):
        if above == paths.dirname(above):
            return folder
        above = paths.dirname(above)
    return above


def _is_root(folder: str) -> bool:
    if paths.lexists(paths.join(folder, REPOSITORY)) or paths.isfile(paths.join(folder, OWN)):
        return True
    shared = paths.join(folder, SHARED)
    if not paths.isfile(shared):
        return False
    try:
        with open(shared, "rb") as file:
            return OURS.search(file.read(CONFIG_LIMIT)) is not None
    except OSError:
        return False


def is_within(path: str, folder: str) -> bool:
    """Whether a path lies in a folder or below; both are absolute, and without links."""
    return paths.commonpath((path, folder)) == folder
