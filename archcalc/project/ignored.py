"""Which files of a folder are left out, by patterns of `.gitignore` files and of `exclude`.

The rules: https://git-scm.com/docs/gitignore. The last pattern that matches decides, `!` takes a file in
again, and nothing below a folder that is left out is looked at. git is not run: a repository can make
it run programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from os import path as paths

from archcalc.records import NamedTuple
from archcalc.spec.root import CONFIG_LIMIT, repository_of

IGNORE_FILE = ".gitignore"
ANY_FOLDERS = "**"

_ESCAPED = re.compile(r"\\([*?\[ ])")


class Rule(NamedTuple):
    """One pattern, the segments of its path, and the folder that it starts from."""

    folder: str
    segments: tuple[str, ...]
    folders_only: bool
    takes_in: bool

    def matches(self, path: str, is_folder: bool) -> bool:
        """Whether it speaks of a path, which is absolute."""
        if self.folders_only and not is_folder:
            return False
        own = self.folder.rstrip(paths.sep) + paths.sep
        return path.startswith(own) and _match(self.segments, tuple(path[len(own) :].split(paths.sep)))


def rules_of(patterns: Iterable[str], folder: str) -> tuple[Rule, ...]:
    """The rules that lines state about the files of a folder and those below it."""
    found = (_rule(line, paths.abspath(folder)) for line in patterns)
    return tuple(rule for rule in found if rule)


def _rule(line: str, folder: str) -> Rule | None:
    text = re.sub(r"(?<!\\) +$", "", line)
    if not text or text.startswith("#"):
        return None
    takes_in = text.startswith("!")
    text = text[1:] if takes_in or text.startswith(("\\#", "\\!")) else text
    folders_only = text.endswith("/")
    anchored = "/" in text.removesuffix("/")
    inner = text.removesuffix("/").removeprefix("/").replace("[^", "[!")
    segments = _ESCAPED.sub(r"[\1]", inner).split("/")
    return Rule(folder, tuple(segments if anchored else [ANY_FOLDERS, *segments]), folders_only, takes_in)


@lru_cache(4096)
def _match(segments: tuple[str, ...], names: tuple[str, ...]) -> bool:
    """Whether segments of a pattern match those of a path, each `**` any number of folders.

    After each segment, `reached` holds how many names may have been used up: no way is taken twice.
    """
    reached = {0}
    for number, segment in enumerate(segments):
        if segment == ANY_FOLDERS:
            least = min(reached) + (number == len(segments) - 1)  # behind the last `/`, there is something
            reached = set(range(least, len(names) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(names) and fnmatchcase(names[at], segment)}
        if not reached:
            return False
    return len(names) in reached


def is_ignored(rules: tuple[Rule, ...], path: str, is_folder: bool) -> bool:
    """Whether rules, those of folders further up first, leave out a path, which is absolute."""
    for rule in reversed(rules):
        if rule.matches(path, is_folder):
            return not rule.takes_in
    return False


def rules_above(folder: str) -> tuple[Rule, ...]:
    """The rules of the `.gitignore` files above a folder, from the repository's on; none outside of one."""
    above, folders = paths.abspath(folder), []
    repository = repository_of(above)
    while repository is not None and above != repository:
        above = paths.dirname(above)
        folders.append(above)
    return tuple(rule for place in reversed(folders) for rule in rules_in(place))


def is_in_repository(folder: str) -> bool:
    """Whether a folder, or one above it, is a repository of git."""
    return repository_of(paths.abspath(folder)) is not None


def rules_in(folder: str) -> tuple[Rule, ...]:
    """The rules of one folder's `.gitignore`; one that cannot be read, or is huge, has none."""
    place = paths.join(folder, IGNORE_FILE)
    try:
        if not paths.isfile(place) or paths.getsize(place) > CONFIG_LIMIT:
            return ()
        with open(place, encoding="utf-8", errors="surrogateescape") as file:
            return rules_of(file.read(CONFIG_LIMIT).splitlines(), folder)
    except OSError:
        return ()
