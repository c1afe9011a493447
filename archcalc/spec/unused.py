"""Which names that a spec gives have no effect: variables, blocks, their settings, and columns of tables.

A name is used where `$name` or `${…}` speaks of it, in a part of the spec that is in use itself. That is
found by marking, as a garbage collector does: from the roots (layers, input, expectations) on, and from each
variable and block that is reached. No condition is worked out, so that what only another width would need
is used as well.

    variables: {width: 8, wdith: 16, unit: 4, base: "${2 * unit}"}
    layers: [conv: {filters: $width, kernel_size: 1, name: unit}]   # reaches width; the word `unit` nothing
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Iterator
from functools import cache

from archcalc.errors import Span
from archcalc.quoting import listed, quoted, shortened
from archcalc.spec.document import Entry, Mapping, Scalar, Value
from archcalc.spec.expressions import names_in
from archcalc.spec.problems import Problems
from archcalc.suggestions import suggestion

_Scope = ChainMap[str, Entry]
"""Which entry a name stands for at a place."""

Said = Callable[[str, list[str]], str | None]
"""Which of some names may be meant by a word."""

_DEFINITIONS = ("variables", "blocks")
_WORDS = ("variable", "block")


def note_unused(spec: Mapping, problems: Problems, texts: dict[str, str]) -> None:
    """Note what the spec itself defines and nothing uses; what its base and libraries define is theirs."""
    marking = _Marking(*(_members(spec.entries.get(key)) for key in _DEFINITIONS))
    marking.reach_all(spec)
    said = cache(lambda: _said(texts))
    for what, entry in marking.unused():
        if entry.span.source == spec.span.source:
            message, hint = f"nothing uses {what} {quoted(entry.key)}", f"remove it, or {_use(what, entry)}"
            if what in _WORDS and "base" in spec.entries:
                inherited = [
                    key
                    for key, each in marking.defined(what).items()
                    if each.span.source != entry.span.source
                ]
                message = f"the base has no {what} {quoted(entry.key)}, and nothing uses it"
                hint = _meant(entry.key, inherited, said) or _inherited(what, inherited)
            problems.add("unused", message, entry.span, hint)


def used_definitions(spec: Mapping) -> dict[str, set[Span]]:
    """Where the variables and the blocks are given that something uses, by the keys they stand under."""
    marking = _Marking(*(_members(spec.entries.get(key)) for key in _DEFINITIONS))
    marking.reach_all(spec)
    blocks = {entry.span for key, entry in marking.blocks.items() if key in marking.blocks_reached}
    return {"variables": marking.used, "blocks": blocks}


def _use(what: str, entry: Entry) -> str:
    """How a name would be used."""
    name = shortened(entry.key)
    return f"write `- {name}` among the layers" if what == "block" else f"write `${name}` where it is meant"


def _said(texts: dict[str, str]) -> Said:
    """How to find the name that a comment speaks of, all comments having been looked for once."""
    from archcalc.spec.meanings import meanings, meant

    said = meanings(texts)
    return lambda word, names: meant(word, names, said)


def _meant(word: str, inherited: list[str], said: Callable[[], Said]) -> str | None:
    """Which name of the base may be meant: a similar one, or one whose comment has the word."""
    return suggestion(word, inherited) or said()(word, inherited)


def _inherited(what: str, names: list[str]) -> str:
    """What a variant can lay its own over."""
    return f"{what}s of the base are {listed(names)}" if names else f"the base has no {what}s"


class _Marking:
    """What is reached so far, and what is still to be looked into."""

    def __init__(self, variables: dict[str, Entry], blocks: dict[str, Entry]) -> None:
        self.variables = variables
        self.blocks = blocks
        self.top: _Scope = ChainMap(variables)
        self.used: set[Span] = set()
        self.blocks_reached: set[str] = set()
        self.interfaces: set[str] = set()
        self.settings: list[tuple[str, Entry]] = []
        self.columns: list[Entry] = []
        self.pending: list[tuple[Value, _Scope, bool]] = []

    def defined(self, what: str) -> dict[str, Entry]:
        """The variables or the blocks."""
        return self.blocks if what == "block" else self.variables

    def reach_all(self, spec: Mapping) -> None:
        """Mark all that is reached from the roots, and in a library from every block.

        What is pending is looked into here: chains of blocks are longer than a stack is deep.
        """
        roots = [entry for key, entry in spec.entries.items() if key not in _DEFINITIONS]
        for entry in roots:
            self.reach(entry.value, self.top)
        for key, entry in () if "layers" in spec.entries else self.blocks.items():
            self.word(key, entry.span, self.top, literal=True)
        while self.pending:
            self.reach(*self.pending.pop())

    def unused(self) -> Iterator[tuple[str, Entry]]:
        """What nothing that is reached speaks of: what it is, and where it is defined."""
        yield from (("block", entry) for key, entry in self.blocks.items() if key not in self.blocks_reached)
        settings = (entry for block, entry in self.settings if block not in self.interfaces)
        defined = {"variable": self.variables.values(), "setting": settings, "column": self.columns}
        for what, entries in defined.items():
            yield from ((what, entry) for entry in entries if entry.span not in self.used)

    def reach(self, value: Value, scope: _Scope, literal: bool = True) -> None:
        """Mark what a value speaks of, and what stands in it; `literal` where it may be a list of layers."""
        if isinstance(value, Scalar):
            self.word(value.text, value.span, scope, literal=False)
        elif isinstance(value, Mapping):
            for entry in value.entries.values():
                self.entry(entry, scope, literal)
        else:
            for item in value.items:
                if isinstance(item, Scalar):
                    self.word(item.text, item.span, scope, literal)
                else:
                    self.reach(item, scope, literal)

    def entry(self, entry: Entry, scope: _Scope, literal: bool) -> None:
        """Mark what stands under a key: that of a repeat has a scope of its own."""
        self.word(entry.key, entry.span, scope, literal)
        if entry.key == "repeat" and isinstance(entry.value, Mapping):
            self.repeat(entry.value, scope)
        else:
            self.reach(entry.value, scope, literal)

    def word(self, text: str, span: Span, scope: _Scope, literal: bool) -> None:
        """Mark what a text names: names in its expressions, or a block that it is the kind of.

        A block whose kind is computed, or that another file calls, takes the settings that it is given.
        """
        for name in names_in(text) if "$" in text else ():
            if name in scope:
                self.use(scope[name])
        if text not in self.blocks:
            return
        if not literal or span.source != self.blocks[text].span.source:
            self.interfaces.add(text)
        if text not in self.blocks_reached:
            self.blocks_reached.add(text)
            self.block(self.blocks[text])

    def use(self, entry: Entry) -> None:
        """Mark a name; a variable's value is then in use too."""
        if entry.span not in self.used:
            self.used.add(entry.span)
            if self.variables.get(entry.key) is entry:
                self.pending.append((entry.value, self.top, False))

    def block(self, entry: Entry) -> None:
        """Look into a block, where its settings stand in front of the variables."""
        parts = entry.value.entries if isinstance(entry.value, Mapping) else {}
        settings = _members(parts.get("settings"))
        self.settings += [(entry.key, each) for each in settings.values()]
        scope = self.top.new_child(settings)
        self.pending += [(part.value, scope, key == "layers") for key, part in parts.items()]

    def repeat(self, value: Mapping, scope: _Scope) -> None:
        """Look into a repeat: its layers see its index and the columns of its table."""
        layers, index = value.entries.get("layers"), value.entries.get("index")
        for entry in value.entries.values():
            if entry is not layers:
                self.reach(entry.value, scope, literal=False)
        names = dict(_columns(value.entries.get("each"), scope))
        self.columns += names.values()
        if index is not None and isinstance(index.value, Scalar):
            names[index.value.text] = index
        if layers is not None:
            self.reach(layers.value, scope.new_child(names))


def _columns(each: Entry | None, scope: _Scope) -> dict[str, Entry]:
    """The columns of a table, also where a variable holds it."""
    if each is not None and isinstance(each.value, Scalar):
        named = re.fullmatch(r"\$\{?\s*(\w+)\s*\}?", each.value.text)
        return _members(scope.get(named[1])) if named else {}
    return _members(each)


def _members(entry: Entry | None) -> dict[str, Entry]:
    """The entries under a key whose value is a mapping."""
    return entry.value.entries if entry is not None and isinstance(entry.value, Mapping) else {}
