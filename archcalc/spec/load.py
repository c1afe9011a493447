"""From a whole spec to a network: the top level of the language."""

from __future__ import annotations

from os import PathLike, fspath
from os import path as paths

from archcalc.analysis.dtypes import DTYPES, SHORT_DTYPES, dtype_of
from archcalc.errors import Problem, SpecError
from archcalc.expectations.model import Expectation
from archcalc.layers.settings import Setting
from archcalc.network import INPUT, Network
from archcalc.records import NamedTuple
from archcalc.spec.base import BASE_LIMIT as BASE_LIMIT
from archcalc.spec.base import parsed, top_level, with_base
from archcalc.spec.calls import INVALID_TENSOR, NAME_SETTING, TEXT_SETTING, Frame
from archcalc.spec.decode import described, known_keys, read
from archcalc.spec.document import Entry, Mapping, Scalar, Sequence
from archcalc.spec.expand import Expansion
from archcalc.spec.expressions import Scope
from archcalc.spec.leaving import Leaving
from archcalc.spec.model import Silenced, Spec
from archcalc.spec.preamble import FORMS, blocks, input_shape, variables
from archcalc.spec.preamble import INPUTS as INPUTS
from archcalc.spec.problems import LibraryError, Problems
from archcalc.spec.unused import note_unused
from archcalc.spec.zoo import content_of, source_of
from archcalc.suggestions import nearest

TOP = (
    *("name", "source", "base", "include", "input", "variables", "blocks", "layers", "outputs", "auxiliary"),
    *("dtype", "expect", "silence"),
)
NEEDED = ("input", "layers")
DTYPE = Setting("one of " + ", ".join(DTYPES), dtype_of, {"enum": [*DTYPES, *SHORT_DTYPES]})
CODE = Setting("the code of an advice, or a list of codes", NAME_SETTING.read)


class Parts(NamedTuple):
    """A spec, and what it was read from: its own top level, and that with its base and its libraries."""

    spec: Spec
    own: Mapping
    whole: Mapping


def load(spec: str | PathLike[str]) -> Network:
    """The network of a spec: a path, the name of a built-in network, or `-` for standard input.

    Raises ReadError when there is no such source, SpecError when what it says is wrong.
    """
    return read_spec(spec).network


def read_spec(spec: str | PathLike[str]) -> Spec:
    """As `load`, with what the spec says about its network."""
    return read_parts(spec).spec


def read_parts(spec: str | PathLike[str], assignments: tuple[str, ...] = ()) -> Parts:
    """As `read_spec`, with the mappings that it was read from; `assignments` set variables: `width=8`."""
    name, path = source_of(fspath(spec))
    folder = None if path is None else paths.dirname(path)
    return parse_parts(content_of(name, path), name, folder, assignments)


def loads(
    content: str | bytes, source: str = "<string>", folder: str | PathLike[str] | None = None
) -> Network:
    """The network of a spec held in memory; `source` is what errors call it.

    `folder` is where its `base:` may lie; without one only built-in networks can be a base.
    Raises SpecError when what it says is wrong.
    """
    return parse_spec(content, source, folder).network


def parse_spec(
    content: str | bytes, source: str = "<string>", folder: str | PathLike[str] | None = None
) -> Spec:
    """As `loads`, with what the spec says about its network."""
    return parse_parts(content, source, folder).spec


def parse_parts(
    content: str | bytes,
    source: str = "<string>",
    folder: str | PathLike[str] | None = None,
    assignments: tuple[str, ...] = (),
) -> Parts:
    """As `read_parts`, of a spec held in memory."""
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    texts: dict[str, str] = {}
    try:
        own = top_level(parsed(data, source, texts))
        whole = with_base(own, None if folder is None else fspath(folder), texts)
        spec, whole = _read(whole, source, assignments, texts)
        return Parts(spec._replace(texts=texts), own, whole)
    except SpecError as error:
        raise type(error)(error.problems, texts, error.truncated) from None


def _read(
    top: Mapping, source: str, assignments: tuple[str, ...], texts: dict[str, str]
) -> tuple[Spec, Mapping]:
    """What a spec says, with the variables that a call sets, and its top level with these."""
    if not assignments:
        return _TopLevel(top, texts).spec(source), top
    from archcalc.spec.assignments import varied

    return varied(top, assignments, texts, lambda whole: _TopLevel(whole, texts).spec(source))


def _meant_input(entry: Entry) -> str | None:
    """What a key of other tools means that stands for `input:`."""
    from archcalc.spec import foreign_input

    return foreign_input.top_hint(entry) if entry.key in foreign_input.TOP else None


class _TopLevel:
    """The top level of one spec, read part by part with the problems collected."""

    def __init__(self, top: Mapping, texts: dict[str, str]) -> None:
        self.top = top
        self.texts = texts
        self.entries = top.entries
        self.problems = Problems()

    def spec(self, source: str) -> Spec:
        """What the spec says, or SpecError with all that is wrong."""
        self.refuse_library()
        self.keys()
        if "base" in self.entries:  # whatever else is wrong may follow from a misspelt name
            note_unused(self.top, self.problems, self.texts)
            self.problems.stop()
        scope = variables(self.mapping("variables"), self.problems)
        name, origin = self.text("name", scope), self.text("source", scope)
        dtype = self.dtype(scope)
        given = self.entries.get("input")
        shape = input_shape(given, scope, self.problems) if given else None
        expansion = Expansion(blocks(self.mapping("blocks"), self.problems), scope, self.problems)
        last = self.expanded(expansion, scope)
        leaving = Leaving(self.entries, expansion, self.problems)
        auxiliary = leaving.auxiliary()
        outputs = leaving.outputs(last, auxiliary)
        expectations = self.expectations(scope)
        silenced = self.silenced()
        self.note_unused()
        self.problems.stop()
        assert shape is not None
        nodes = tuple(expansion.graph.nodes)
        name = name or paths.splitext(paths.basename(source))[0]
        network = Network(name, {INPUT: shape}, nodes, outputs, origin, tuple(auxiliary), dtype)
        return Spec(network, expectations, silenced)

    def refuse_library(self) -> None:
        """Refuse a file that holds blocks alone, after a look at these."""
        if "blocks" in self.entries and self.entries.keys() <= {"name", "source", "blocks"}:
            blocks(self.mapping("blocks"), self.problems)
            self.note_unused()
            self.problems.stop()
            message = "this is a library of blocks, and no network"
            hint = "a spec uses its blocks by naming it under `include:`"
            raise LibraryError([Problem("missing-key", message, self.top.span, hint)])

    def note_unused(self) -> None:
        """Note names that nothing uses, unless something is wrong that may be the cause."""
        if not self.problems.count:
            note_unused(self.top, self.problems, self.texts)

    def keys(self) -> None:
        """Note unknown keys, and needed ones that are missing and not just misspelt."""
        known_keys(self.top, TOP, "a spec", self.problems, meant=_meant_input)
        unknown = [key for key in self.entries if key not in TOP]
        missing = [
            key
            for key in NEEDED
            if key not in self.entries
            and not any(key in word.lower() or nearest(word, TOP) == key for word in unknown)
        ]
        if missing:
            message = f"the spec has no {' and no '.join(f'`{key}:`' for key in missing)}"
            forms = f"`input:` with {FORMS}" if "input" in missing else "`layers:` and a list below it"
            self.problems.add("missing-key", message, self.top.span, f"write {forms}")

    def mapping(self, key: str) -> dict[str, Entry]:
        """A part of the spec that is a mapping; empty where it is not given."""
        entry = self.entries.get(key)
        if entry is None:
            return {}
        if isinstance(entry.value, Mapping):
            return entry.value.entries
        message = f"`{key}` needs a mapping, found {described(entry.value)}"
        self.problems.add("type", message, entry.value.span, f"write keys and values below `{key}:`")
        return {}

    def text(self, key: str, scope: Scope) -> str:
        """A part of the spec that is text."""
        entry = self.entries.get(key)
        if entry is None:
            return ""
        value = entry.value
        if isinstance(value, Scalar) and value.value is not None and "${" not in value.text:
            return value.text
        return read(TEXT_SETTING, f"`{key}`", value, scope, self.problems) or ""

    def dtype(self, scope: Scope) -> str:
        """The type of the values that the spec declares; nothing where it declares none."""
        entry = self.entries.get("dtype")
        return (read(DTYPE, "`dtype`", entry.value, scope, self.problems) or "") if entry else ""

    def expanded(self, expansion: Expansion, scope: Scope) -> int:
        """Expand the layers; returns the tensor they end on."""
        entry = self.entries.get("layers")
        if entry is None:
            return INVALID_TENSOR
        last = expansion.expand_list(entry.value, Frame("", scope), 0)
        expansion.references.report()
        if not expansion.graph.nodes and not self.problems.count:
            message, hint = "the network has no layers", "write a list below `layers:`"
            self.problems.add("missing-key", message, entry.value.span, hint)
        return last

    def expectations(self, scope: Scope) -> tuple[Expectation, ...]:
        """What must hold of the network, under `expect:`."""
        given, entries = self.entries.get("expect"), self.mapping("expect")
        if not entries:
            if given and isinstance(given.value, Mapping):
                message, hint = "an empty `expect` would hold of everything", "expect something, or remove it"
                self.problems.add("type", message, given.value.span, hint)
            return ()
        from archcalc.spec.expectations import read_expectations

        return read_expectations(entries, self.top.span, scope, self.problems)

    def silenced(self) -> Silenced:
        """The codes under `silence:` with their places; only who gives the advice knows which there are."""
        entry = self.entries.get("silence")
        if entry is None:
            return ()
        items = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
        codes = [(read(CODE, "silence", item, Scope(), self.problems), item.span) for item in items]
        return tuple((code, span) for code, span in codes if code is not None)
