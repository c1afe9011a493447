"""Specs as they were: `git:REV:path`, read from the repository without touching the working tree."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import NamedTuple

from archcalc.errors import Problem, ReadError, RequestError, Span, SpecError, escaped, quoted, shortened
from archcalc.network import Network
from archcalc.spec.base import BASES
from archcalc.spec.calls import is_name
from archcalc.spec.document import BYTES, Scalar, parse
from archcalc.spec.document import Mapping as SpecMapping
from archcalc.spec.load import loads
from archcalc.spec.zoo import SUFFIXES

PREFIX = "git:"
LONGEST = 1024
QUIET = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"}
"""What keeps git from asking, fetching, and speaking other languages."""
_REVISION = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9_@./{}^~+-]*", re.ASCII)


class Blob(NamedTuple):
    """A file at a revision."""

    revision: str
    path: str

    @property
    def name(self) -> str:
        """What reports call it."""
        return escaped(f"{PREFIX}{self.revision}:{self.path}")

    def beside(self, name: str) -> Blob:
        """Another file of the same folder."""
        folder, slash, _ = self.path.rpartition("/")
        return self._replace(path=f"{folder}{slash}{name}")


def load_revision(spec: str) -> Network:
    """The network of `git:REV:path`; raises ReadError where there is none, SpecError where it is wrong.

    Its `base:` is a built-in network or a spec of the same folder at the same revision.
    """
    blob = _blob(spec)
    content = content_at(blob)
    with TemporaryDirectory(prefix="archcalc") as folder:
        names = {escaped(str(path)): base.name for path, base in _laid_out(blob, content, Path(folder))}
        try:
            return _as_named(loads(content, blob.name, Path(folder)), names)
        except SpecError as error:
            problems = (_problem_as_named(problem, names) for problem in error.problems)
            raise SpecError(problems, _texts_as_named(error.texts, names)) from None


def _blob(spec: str) -> Blob:
    revision, colon, path = spec.removeprefix(PREFIX).partition(":")
    if not colon or not path or len(spec) > LONGEST:
        raise RequestError(f"{quoted(spec)} names no file of a revision; write git:REV:path")
    if not _REVISION.fullmatch(revision):
        raise RequestError(f"{quoted(revision)} is no revision; write a branch, a tag or a commit")
    if path.startswith("-") or not path.isprintable():
        raise RequestError(f"{quoted(path)} is no path in a repository")
    return Blob(revision, path)


def content_at(blob: Blob) -> bytes:
    """What a file held, up to one byte more than a spec may have; raises ReadError where there is none."""
    from subprocess import DEVNULL, PIPE, Popen

    command = ["git", "cat-file", "blob", f"{blob.revision}:{blob.path}"]
    try:
        with Popen(command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env={**os.environ, **QUIET}) as git:
            assert git.stdout
            assert git.stderr
            content = git.stdout.read(BYTES + 1)
            git.stdout.close()
            said = git.stderr.read(LONGEST).decode("utf-8", "replace")
    except OSError as error:
        raise ReadError(f"cannot read {blob.name}: cannot run git: {error.strerror or error}") from None
    if git.returncode and len(content) <= BYTES:
        raise ReadError(f"cannot read {blob.name}: {_reason(said)}")
    return content


def _reason(said: str) -> str:
    """What git said, in one line."""
    if said.rstrip().endswith("bad file"):
        return "not a file"
    lines = (line.removeprefix("fatal: ").removeprefix("hint: ") for line in said.splitlines())
    return shortened("; ".join(line.strip() for line in lines if line.strip()) or "git failed", 200)


def _laid_out(blob: Blob, content: bytes, folder: Path) -> list[tuple[Path, Blob]]:
    """The specs of its folder that a spec is based on, written into `folder`."""
    found: list[tuple[Path, Blob]] = []
    while len(found) < BASES and (base := _base(blob, content)):
        blob, content = base
        path = folder / PurePosixPath(blob.path).name
        path.write_bytes(content)
        found.append((path, blob))
    return found


def _base(blob: Blob, content: bytes) -> tuple[Blob, bytes] | None:
    """The spec that a `base:` names, where it lies in the same folder; whatever is wrong shows on reading."""
    try:
        spec = parse(content, "", {})
    except SpecError:
        return None
    entry = spec.entries.get("base") if isinstance(spec, SpecMapping) else None
    name = entry.value.text if entry and isinstance(entry.value, Scalar) else ""
    if not is_name(name) or "/" in name:
        return None
    stem = Path(name).stem if Path(name).suffix in SUFFIXES else name
    for suffix in SUFFIXES:
        base = blob.beside(f"{stem}{suffix}")
        try:
            return base, content_at(base)
        except ReadError:
            continue
    return None


def _as_named(network: Network, names: dict[str, str]) -> Network:
    """The network with its places in the repository instead of the folder it was read from."""
    from dataclasses import replace

    nodes = (node._replace(span=_span_as_named(node.span, names)) for node in network.nodes)
    return replace(network, nodes=tuple(nodes), texts=_texts_as_named(network.texts, names))


def _problem_as_named(problem: Problem, names: dict[str, str]) -> Problem:
    also = ((text, span._replace(source=names.get(span.source, span.source))) for text, span in problem.also)
    return problem._replace(span=_span_as_named(problem.span, names), also=tuple(also))


def _span_as_named(span: Span | None, names: dict[str, str]) -> Span | None:
    return span and span._replace(source=names.get(span.source, span.source))


def _texts_as_named(texts: Mapping[str, str], names: dict[str, str]) -> dict[str, str]:
    return {names.get(source, source): text for source, text in texts.items()}
