"""Where files lie as code hosts name them: from the root of the repository, wherever archcalc is called."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from archcalc.report.problems import path_of
from archcalc.spec.root import repository_of

WORKSPACES = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""Where the runners of GitHub and GitLab say that the repository lies: a copy of it may have no `.git`."""


def hosted_path(source: str) -> str:
    """A source's path from the root of its repository on; as it is, where it is no file or in none."""
    if not os.path.lexists(source):
        return path_of(source)
    path = Path(os.path.normpath(Path.cwd() / source))  # links are kept: a repository has them as files
    root = _root(str(path.parent))
    return path.relative_to(root).as_posix() if root else path_of(source)


@cache
def _root(folder: str) -> str | None:
    """The repository that a folder belongs to, or else the workspace of a runner."""
    known = (os.environ[name] for name in WORKSPACES if os.environ.get(name))
    return repository_of(folder) or next((each for each in known if Path(folder).is_relative_to(each)), None)
