"""From a whole spec to a network: the top level of the language."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path
from typing import Any

from archcalc.errors import Problem, Span, SpecError, escaped, quoted, suggestion
from archcalc.layers import LAYERS, Shape
from archcalc.layers.settings import COUNT, POSITIVE, Setting
from archcalc.network import Expectation, Network
from archcalc.spec.aliases import INPUT_ALIASES, KIND_ALIASES
from archcalc.spec.calls import MISSING, NAME, NAME_OR_INPUT, NAME_SETTING, RESERVED, Block, Frame
from archcalc.spec.decode import Problems, described, known_keys, plain, read
from archcalc.spec.document import Entry, Mapping, Scalar, Sequence, Value, parse
from archcalc.spec.expand import Expansion
from archcalc.spec.expressions import ExpressionError, Scope, substituted
from archcalc.spec.structures import STRUCTURES
from archcalc.spec.zoo import SUFFIXES, content_of, source_of, zoo_folder, zoo_names

TOP = ("name", "source", "base", "input", "variables", "blocks", "layers", "outputs", "expect", "silence")
INPUTS = (("channels", "height", "width"), ("channels", "length"), ("features",))
EXPECTED = (
    "output",
    "parameters",
    "weights",
    "biases",
    "buffers",
    "macs",
    "activations",
    "activation_bytes",
    "parameter_bytes",
)
CODE = Setting("the code of an advice, or a list of codes", NAME_SETTING.read)
BASES = 4
OWN = ("base", "name", "source", "expect")
"""What a spec does not take over from its base."""


def load(spec: str | PathLike[str]) -> Network:
    """The network of a spec: a path, the name of a built-in network, or `-` for standard input.

    Raises ReadError when there is no such source, SpecError when what it says is wrong.
    """
    name, path = source_of(fspath(spec))
    return loads(content_of(name, path), name, path.parent if path else None)


def loads(content: str | bytes, source: str = "<string>", folder: Path | None = None) -> Network:
    """The network of a spec held in memory; `source` is what errors call it.

    `folder` is where its `base:` may lie; without one only built-in networks can be a base.
    Raises SpecError when what it says is wrong.
    """
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    texts: dict[str, str] = {}
    try:
        spec = _top(parse(data, source, texts))
        return _Spec(_with_base(spec, folder, texts)).network(source)
    except SpecError as error:
        raise SpecError(error.problems, texts) from None


def _top(document: Value) -> Mapping:
    if isinstance(document, Mapping):
        return document
    found = described(document)
    problem = Problem(
        "type", f"a spec is a mapping with `input:` and `layers:`, found {found}", document.span
    )
    raise SpecError([problem])


def _with_base(spec: Mapping, folder: Path | None, texts: dict[str, str], depth: int = 0) -> Mapping:
    """The spec laid over the one that its `base:` names, whose variables and blocks it may replace."""
    entry = spec.entries.get("base")
    if entry is None:
        return spec
    if depth >= BASES:
        raise SpecError(
            [Problem("too-deep", f"specs are based on each other more than {BASES} deep", entry.span)]
        )
    name, path = _base_source(entry, folder)
    base = _with_base(_top(parse(content_of(name, path), name, texts)), path.parent, texts, depth + 1)
    entries = {key: value for key, value in base.entries.items() if key not in OWN}
    for key, own in spec.entries.items():
        entries[key] = (
            _laid_over(own, entries[key]) if key in ("variables", "blocks") and key in entries else own
        )
    return Mapping(entries, spec.span)


def _laid_over(own: Entry, base: Entry) -> Entry:
    """The variables or blocks of a spec and of its base, its own first where both have one."""
    if not isinstance(own.value, Mapping) or not isinstance(base.value, Mapping):
        return own
    return own._replace(value=Mapping({**base.value.entries, **own.value.entries}, own.value.span))


def _base_source(entry: Entry, folder: Path | None) -> tuple[str, Path]:
    """(name to report, file) of a base: in the spec's own folder, or among the built-in networks."""
    value = entry.value
    name = value.text if isinstance(value, Scalar) else ""
    if not NAME.match(name) or "/" in name:
        needs = "the name of a spec in the same folder or of a built-in network"
        message = f"base needs {needs}, found {described(value)}"
        raise SpecError([Problem("type", message, value.span)])
    stem = Path(name).stem if Path(name).suffix in SUFFIXES else name
    if folder:
        for suffix in SUFFIXES:
            if (path := folder / f"{stem}{suffix}").is_file() and not path.is_symlink():
                return escaped(str(path)), path
    if stem in zoo_names():
        return f"{stem}.yaml", zoo_folder() / f"{stem}.yaml"
    message = f"no spec called {quoted(name)} lies in the same folder or is built in"
    raise SpecError([Problem("unknown-base", message, value.span, suggestion(stem, zoo_names()))])


class _Spec:
    """The top level of one spec, read part by part with the problems collected."""

    def __init__(self, top: Mapping) -> None:
        self.top = top
        self.entries = top.entries
        self.problems = Problems()
        known_keys(top, TOP, "a spec", self.problems)

    def network(self, source: str) -> Network:
        """The network, or SpecError with all that is wrong."""
        variables = self.variables()
        shape = self.input_shape(variables)
        expansion = Expansion(self.blocks(), variables, self.problems)
        last = self.laid_out(expansion, variables)
        outputs = self.outputs(expansion, last)
        expectations = self.expectations(variables)
        silenced = self.silenced()
        self.problems.stop()
        assert shape is not None
        name = self.text("name", variables) or Path(source).stem
        return Network(
            name,
            shape,
            tuple(expansion.nodes),
            outputs,
            self.text("source", variables),
            expectations,
            silenced,
        )

    def mapping(self, key: str) -> dict[str, Entry]:
        """A part of the spec that is a mapping; empty where it is not given."""
        entry = self.entries.get(key)
        if entry is None:
            return {}
        if isinstance(entry.value, Mapping):
            return entry.value.entries
        self.problems.add(
            "type", f"`{key}` needs a mapping, found {described(entry.value)}", entry.value.span
        )
        return {}

    def text(self, key: str, variables: Scope) -> str:
        """A part of the spec that is text."""
        entry = self.entries.get(key)
        if entry is None:
            return ""
        if not isinstance(entry.value, Scalar) or entry.value.value is None:
            self.problems.add("type", f"`{key}` needs text, found {described(entry.value)}", entry.value.span)
            self.problems.stop()
            return ""
        text = entry.value.text
        return str(substituted(text, variables)) if "${" in text else text

    def identifier(self, entry: Entry, what: str) -> bool:
        """Whether a key can be a name in expressions."""
        if entry.key.isidentifier() and entry.key.isascii() and entry.key not in RESERVED:
            return True
        hint = (
            "that word is taken"
            if entry.key in RESERVED
            else "letters, digits and _, not beginning with a digit"
        )
        self.problems.add("name", f"{quoted(entry.key)} cannot be the name of a {what}", entry.span, hint)
        return False

    def variables(self) -> Scope:
        """The top-level variables, each seeing those above it."""
        scope: dict[str, Any] = {}
        for entry in self.mapping("variables").values():
            try:
                if self.identifier(entry, "variable"):
                    scope[entry.key] = plain(entry.value, scope)
            except ExpressionError as error:
                self.problems.add("expression", error.args[0], entry.value.span, *error.args[1:])
                scope[entry.key] = 1
        return scope

    def input_shape(self, variables: Scope) -> Shape | None:
        """The shape of the input volume, channels first."""
        forms = " or ".join("{" + ", ".join(form) + "}" for form in INPUTS)
        entry = self.entries.get("input")
        if entry is None:
            self.problems.add(
                "missing-key", "the spec has no `input:`", self.top.span, f"write `input:` with {forms}"
            )
            return None
        given = self.mapping("input")
        by_name = {INPUT_ALIASES.get(key, key): value for key, value in given.items()}
        form = next((form for form in INPUTS if set(form) == set(by_name)), None)
        if form is None:
            unknown = next(
                (e for key, e in given.items() if INPUT_ALIASES.get(key, key) not in sum(INPUTS, ())), None
            )
            found = (
                f"unknown key {quoted(unknown.key)}"
                if unknown
                else ", ".join(given) or described(entry.value)
            )
            hint = suggestion(unknown.key, sum(INPUTS, ())) if unknown else None
            self.problems.add("input", f"input needs {forms}, found {found}", (unknown or entry).span, hint)
            return None
        sizes = [
            read(POSITIVE, f"{key} of input", by_name[key].value, variables, self.problems) for key in form
        ]
        return None if None in sizes else tuple(sizes)

    def blocks(self) -> dict[str, Block]:
        """The blocks that the spec defines."""
        blocks = {}
        for entry in self.mapping("blocks").values():
            block = self.block(entry)
            if block:
                blocks[block.name] = block
        return blocks

    def block(self, entry: Entry) -> Block | None:
        """One block: `settings` with their defaults, and `layers`."""
        name = entry.key
        taken = name in LAYERS or name in STRUCTURES or name in KIND_ALIASES
        if taken or not NAME.match(name) or "/" in name:
            hint = "that kind is built in" if taken else None
            self.problems.add("name", f"{quoted(name)} cannot be the name of a block", entry.span, hint)
            return None
        if not isinstance(entry.value, Mapping) or not isinstance(
            layers := self._layers_of(entry.value), Sequence
        ):
            self.problems.add(
                "type", f"block {quoted(name)} needs `layers:`, a list, and may have `settings:`", entry.span
            )
            return None
        known_keys(entry.value, ("settings", "layers"), f"block {quoted(name)}", self.problems)
        settings = entry.value.entries.get("settings")
        if settings is None:
            return Block(name, {}, layers)
        if not isinstance(settings.value, Mapping):
            hint = "write `settings: {width: required, stride: 1}`"
            self.problems.add(
                "type",
                f"settings of block {quoted(name)} need a mapping of names to defaults",
                settings.value.span,
                hint,
            )
            return None
        named = {
            key: value for key, value in settings.value.entries.items() if self.identifier(value, "setting")
        }
        return Block(name, named, layers)

    @staticmethod
    def _layers_of(block: Mapping) -> Value | None:
        entry = block.entries.get("layers")
        return entry.value if entry else None

    def laid_out(self, expansion: Expansion, variables: Scope) -> int:
        """Lay out the layers; returns the volume they end on."""
        entry = self.entries.get("layers")
        if entry is None:
            self.problems.add(
                "missing-key",
                "the spec has no `layers:`",
                self.top.span,
                "write `layers:` and a list below it",
            )
            return MISSING
        last = expansion.layers(entry.value, Frame("", variables), 0)
        if not expansion.nodes and not self.problems.noted:
            self.problems.add(
                "missing-key", "the network has no layers", entry.value.span, "write a list below `layers:`"
            )
        return last

    def outputs(self, expansion: Expansion, last: int) -> dict[str, int]:
        """The volumes that leave the network, under `outputs:` or the last; all others must be read."""
        entry = self.entries.get("outputs")
        if self.problems.noted or last == MISSING:
            return {}
        outputs = {expansion.nodes[last - 1].name: last}
        if entry is not None:
            items = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
            names = {item.span: read(NAME_OR_INPUT, "outputs", item, {}, self.problems) for item in items}
            outputs = {
                name: expansion.named(name, Frame("", {}), span) for span, name in names.items() if name
            }
        used = {volume for node in expansion.nodes for volume in node.inputs} | set(outputs.values())
        for number, node in enumerate(expansion.nodes, 1):
            if number not in used and node.span:
                self.problems.add(
                    "unread-output", f"no layer reads the output of {node.name}", node.span,
                    "read it with `from:`, name it under `outputs:`, or remove the layer",
                )  # fmt: skip
        return outputs

    def expectations(self, variables: Scope) -> tuple[Expectation, ...]:
        """What must hold, with its place."""
        found = []
        known_keys(Mapping(self.mapping("expect"), self.top.span), EXPECTED, "`expect`", self.problems)
        for key, entry in self.mapping("expect").items():
            value = self.expected(key, entry, variables)
            if value is not None and key in EXPECTED:
                found.append(Expectation(key, value, entry.span))
        return tuple(found)

    def expected(self, key: str, entry: Entry, variables: Scope) -> int | Shape | None:
        """One expected value: an integer, or for `output` a shape."""
        value = entry.value
        items = value.items if isinstance(value, Sequence) else (value,)
        sizes = [read(COUNT, key, item, variables, self.problems) for item in items]
        if None in sizes:
            return None
        if key == "output":
            return tuple(sizes)
        if isinstance(value, Sequence):
            self.problems.add("type", f"{key} in `expect` needs an integer, found a list", value.span)
            return None
        return int(sizes[0])

    def silenced(self) -> tuple[tuple[str, Span], ...]:
        """The codes under `silence:` with their places; only who gives the advice knows which there are."""
        entry = self.entries.get("silence")
        if entry is None:
            return ()
        items = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
        codes = [(read(CODE, "silence", item, {}, self.problems), item.span) for item in items]
        return tuple((code, span) for code, span in codes if code is not None)
