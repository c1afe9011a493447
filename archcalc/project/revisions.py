"""Specs as they were: `git:REV:path`, read from the repository without touching the working tree."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from posixpath import dirname, join, normpath
from tempfile import TemporaryDirectory

from archcalc.errors import Problem, ReadError, RequestError, Span, SpecError
from archcalc.frozen import replace
from archcalc.project import REVISION
from archcalc.quoting import escaped, quoted, shortened
from archcalc.records import NamedTuple
from archcalc.spec.base import BASE_LIMIT
from archcalc.spec.document import Mapping as SpecMapping
from archcalc.spec.document import parse
from archcalc.spec.encoding import BYTE_LIMIT
from archcalc.spec.include import LIBRARY_LIMIT, included
from archcalc.spec.load import parse_parts
from archcalc.spec.model import Spec
from archcalc.spec.named_files import file_stem
from archcalc.spec.root import REPOSITORY
from archcalc.spec.zoo import SUFFIXES

LONGEST = 1024
FILES = (BASE_LIMIT + 1) * (LIBRARY_LIMIT + 1)
"""How many files a spec may be made of."""
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
        return escaped(f"{REVISION}{self.revision}:{self.path}")

    @property
    def above(self) -> int:
        """How many folders a path leads up from where git is called, as `./../net.yaml` does."""
        return normpath(self.path).split("/").count("..")

    def named(self, name: str, above: int) -> Blob | None:
        """Another file, by its path from this one's folder; None where that leads too far up."""
        found = self._replace(path=normpath(join(dirname(self.path), name)))
        if found.above > above:
            return None
        relative = self.path.startswith(("./", "../")) and not found.above
        return found._replace(path=f"./{found.path}") if relative else found


def load_revision(spec: str, assignments: tuple[str, ...] = ()) -> Spec:
    """The spec `git:REV:path`; raises ReadError where there is none, SpecError where it is wrong.

    Its `base:` and its libraries are built in, or lie where their names lead at the same revision.
    """
    blob = _blob(spec)
    content = content_at(blob)
    with TemporaryDirectory(prefix="archcalc") as root:
        (Path(root) / REPOSITORY).mkdir()
        place = Path(root, *["above"] * blob.above)
        names = {escaped(path): base.name for path, base in _laid_out(blob, content, place).items()}
        try:
            read = parse_parts(content, blob.name, dirname(join(place, blob.path)), assignments)
            return _as_named(read.spec, names)
        except SpecError as error:
            problems = (_problem_as_named(problem, names) for problem in error.problems)
            texts = _texts_as_named(error.texts, names)
            raise SpecError(problems, texts, error.truncated) from None


def _blob(spec: str) -> Blob:
    revision, colon, path = spec.removeprefix(REVISION).partition(":")
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
            content = git.stdout.read(BYTE_LIMIT + 1)
            git.stdout.close()
            said = git.stderr.read(LONGEST).decode("utf-8", "replace")
    except OSError as error:
        raise ReadError(f"cannot read {blob.name}: cannot run git: {error.strerror or error}") from None
    if git.returncode and len(content) <= BYTE_LIMIT:
        raise ReadError(f"cannot read {blob.name}: {_reason(said)}")
    return content


def _reason(said: str) -> str:
    """What git said, in one line."""
    if said.rstrip().endswith("bad file"):
        return "not a file"
    lines = (line.removeprefix("fatal: ").removeprefix("hint: ") for line in said.splitlines())
    return shortened("; ".join(line.strip() for line in lines if line.strip()) or "git failed", 200)


def _laid_out(blob: Blob, content: bytes, place: Path) -> dict[str, Blob]:
    """The files that a spec is based on or includes, written where they lie, seen from `place`."""
    found: dict[str, Blob] = {}
    todo = [(blob, content)]
    Path(place, blob.path).parent.mkdir(parents=True, exist_ok=True)
    while todo and len(found) < FILES:
        for used, text in _used(*todo.pop(), blob.above):
            path = normpath(join(place, used.path))
            if path not in found:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                Path(path).write_bytes(text)
                found[path] = used
                todo.append((used, text))
    return found


def _used(blob: Blob, content: bytes, above: int) -> Iterator[tuple[Blob, bytes]]:
    """The base and the libraries that a spec names, where they lie in the repository.

    Whatever is wrong with them shows on reading.
    """
    try:
        spec = parse(content, "", {})
    except SpecError:
        return
    if not isinstance(spec, SpecMapping):
        return
    base = spec.entries.get("base")
    stems = [file_stem(item) for item in included(spec.entries.get("include"))[: LIBRARY_LIMIT + 1]]
    for stem in filter(None, (file_stem(base.value) if base else "", *stems)):
        for used in filter(None, (blob.named(f"{stem}{suffix}", above) for suffix in SUFFIXES)):
            with suppress(ReadError):
                yield used, content_at(used)
                break


def _as_named(spec: Spec, names: dict[str, str]) -> Spec:
    """The spec with its places in the repository instead of the folder it was read from."""
    nodes = (node._replace(span=_span_as_named(node.span, names)) for node in spec.network.nodes)
    network = replace(spec.network, nodes=tuple(nodes))
    return spec._replace(network=network, texts=_texts_as_named(spec.texts, names))


def _problem_as_named(problem: Problem, names: dict[str, str]) -> Problem:
    also = ((text, span.called(names.get(span.source, span.source))) for text, span in problem.also)
    return problem._replace(span=_span_as_named(problem.span, names), also=tuple(also))


def _span_as_named(span: Span | None, names: dict[str, str]) -> Span | None:
    return span and span.called(names.get(span.source, span.source))


def _texts_as_named(texts: Mapping[str, str], names: dict[str, str]) -> dict[str, str]:
    return {names.get(source, source): text for source, text in texts.items()}
