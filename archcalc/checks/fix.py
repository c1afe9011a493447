"""What mends a spec, made in its files: the first repair of each problem, as a patch of each file.

Nothing is written but files that were read as specs, in the folder of the spec or below. A file is replaced
as a whole, so that nobody ever reads half of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import unified_diff
from os import path as paths

from archcalc.checks.findings import Checked
from archcalc.errors import Edit, RequestError
from archcalc.files import write_whole
from archcalc.quoting import escaped, quoted
from archcalc.records import NamedTuple
from archcalc.spec.encoding import decoded
from archcalc.spec.text import edited
from archcalc.spec.zoo import STDIN, content_of, source_of, zoo_folder

_BOM = b"\xef\xbb\xbf"


class Patch(NamedTuple):
    """One file as it is and as it is to be."""

    path: str
    before: bytes
    after: bytes

    @property
    def diff(self) -> str:
        """The difference as a unified diff, escaped for terminals and logs."""
        name = escaped(self.path)
        before, after = (decoded(text, name).splitlines() for text in (self.before, self.after))
        lines = unified_diff(before, after, name, name, lineterm="")
        return "".join(f"{escaped(line)}\n" for line in lines)


def refuse_unwritable(spec: str) -> None:
    """Raise RequestError for a spec that is no file of the user's own; ReadError where there is none."""
    if spec == STDIN:
        raise RequestError("--fix changes files, and standard input is none: name the file")
    _, path = source_of(spec)
    if path is not None and paths.dirname(path) == zoo_folder():
        raise RequestError(f"--fix changes your own files, and {quoted(spec)} is built in")


def patches(spec: str, checked: Checked) -> Iterator[Patch]:
    """What the first repair of each problem makes of the files; RequestError where one may not be written."""
    edits: dict[str, list[Edit]] = {}
    for problem in checked.errors:
        for edit in problem.repairs[0].edits if problem.repairs else ():
            edits.setdefault(edit.span.source, []).append(edit)
    for source, own in edits.items():
        path = spec if source == checked.source else source
        _refuse_foreign(path, paths.dirname(spec))
        before = content_of(source, path)
        if decoded(before, source) != checked.texts[source]:
            raise RequestError(f"{source} has changed since it was checked: nothing was written to it")
        bom = _BOM if before.startswith(_BOM) else b""
        text = edited(before.removeprefix(_BOM).decode("utf-8"), own)
        yield Patch(path, before, bom + text.encode("utf-8"))


def _refuse_foreign(path: str, folder: str) -> None:
    """Refuse links, and whatever lies outside the folder of the spec."""
    root = paths.realpath(folder or os.curdir)
    if paths.islink(path):
        raise RequestError(f"--fix follows no link, and {quoted(path)} is one")
    if paths.commonpath([root, paths.realpath(path)]) != root:
        raise RequestError(f"--fix changes nothing outside the spec's folder, where {quoted(path)} is")


def write(patch: Patch) -> None:
    """Put the new content in place of the old; raises ReadError where that fails."""
    write_whole(patch.path, patch.after)
