"""What a spec, a config file or a command line can expect of a network: each key and how it is read.

`archcalc.checks.expectations` says for each of these keys when it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from archcalc.errors import Span
from archcalc.layers import LAYERS, Composite, layer_class
from archcalc.layers.settings import NATURAL, POSITIVE, Setting, listed
from archcalc.network import Expectation
from archcalc.quoting import quoted
from archcalc.spec.aliases import KIND_ALIASES
from archcalc.spec.bounds import BYTES_BOUND, COUNT_BOUND
from archcalc.spec.decode import Problems, described, known_keys, read
from archcalc.spec.document import Entry, Mapping
from archcalc.spec.expressions import Scope
from archcalc.suggestions import suggestion

MOST = 100
"""How many kinds a list may name."""


def _shape(value: object) -> tuple[int, ...]:
    items = value if isinstance(value, list) else [value]
    if not 1 <= len(items) <= 4:
        raise ValueError
    return tuple(POSITIVE.read(item) for item in items)


def _kind(word: object) -> str:
    """The kind that a word names; one that stands for several layers is never in a network itself."""
    kind = KIND_ALIASES.get(word, word) if isinstance(word, str) else ""
    if kind not in LAYERS:
        near = suggestion(str(word), [*LAYERS, *KIND_ALIASES])
        raise ValueError(f"no kind of layer is called {quoted(str(word))}; {near or 'see docs/kinds.md'}")
    if issubclass(layer_class(kind), Composite):
        raise ValueError(f"a {kind} is laid out as several layers: name their kinds, as summarize shows them")
    return kind


def _choice(value: object) -> tuple[str, ...]:
    """`a | b`: kinds of which one will do."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("write kinds of which one will do as `a | b`" if isinstance(value, list) else None)
    return tuple(_kind(word.strip()) for word in value.split("|"))


def _choices(value: object) -> tuple[tuple[str, ...], ...]:
    items = value if isinstance(value, list) else [value]
    if not items:
        raise ValueError("an empty list would hold of everything")
    if len(items) > MOST:
        raise ValueError(f"at most {MOST} kinds")
    return tuple(_choice(item) for item in items)


def _by_kind(value: object, one: Setting) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        raise ValueError
    _each_once(value)
    return {_kind(key): one.read(item) for key, item in value.items()}


def _each_once(words: Iterable[str]) -> None:
    """Refuse two spellings of a kind, of which one would be forgotten."""
    seen: dict[str, str] = {}
    for word in words:
        first = seen.setdefault(_kind(word), word)
        if first != word:
            raise ValueError(f"{first} and {word} are the same kind: keep one of them")


def _followed_by(value: object) -> tuple[tuple[str, tuple[str, ...], int], ...]:
    if not isinstance(value, dict):
        raise ValueError
    left = NATURAL.read(value.get("except_last", 0))
    rules = {key: item for key, item in value.items() if key != "except_last"}
    if not rules:
        raise ValueError("an empty rule would hold of everything")
    _each_once(rules)
    return tuple((_kind(key), _choice(item), left) for key, item in rules.items())


_WORD = {"type": "string", "minLength": 1}
_MAPPING = {"type": "object", "minProperties": 1}
SHAPE = Setting(
    "a shape, channels first, such as [96, 55, 55] or [10]",
    _shape,
    {"anyOf": [POSITIVE.schema, listed(POSITIVE.schema, 4)]},
)
KINDS = Setting(
    "a list of kinds, such as [batchnorm, global_avgpool | fc]",
    _choices,
    {"anyOf": [_WORD, listed(_WORD, MOST)]},
)
FOLLOWED_BY = Setting(
    "kinds and what must follow, such as {conv: batchnorm, except_last: 1}", _followed_by, _MAPPING
)
COUNTED = Setting("kinds and how many, such as {conv: <= 5}", lambda v: _by_kind(v, COUNT_BOUND), _MAPPING)
LAST = Setting(
    "kinds and a number of layers, such as {maxpool: 3}", lambda v: _by_kind(v, POSITIVE), _MAPPING
)

AMOUNTS: dict[str, Setting] = {
    **dict.fromkeys(("weights", "biases", "parameters", "buffers"), COUNT_BOUND),
    **dict.fromkeys(("macs", "bias_adds", "activations"), COUNT_BOUND),
    **dict.fromkeys(("parameter_bytes", "activation_bytes"), BYTES_BOUND),
    "receptive_field": COUNT_BOUND,
}
"""What can be expected of a network and of a single layer."""

EXPECTATIONS: dict[str, Setting] = {
    "input": SHAPE,
    "output": SHAPE,
    **AMOUNTS,
    "depth": COUNT_BOUND,
    "peak_bytes": BYTES_BOUND,
    "count": COUNTED,
    "uses": KINDS,
    "forbids": KINDS,
    "followed_by": FOLLOWED_BY,
    "no_bias_before": KINDS,
    "not_in_last": LAST,
}
"""What can be expected of a network; `layers` holds expectations of single layers by their names."""

LAYER_EXPECTATIONS: dict[str, Setting] = {"input": SHAPE, "output": SHAPE, "kind": KINDS, **AMOUNTS}
"""What can be expected of one layer."""


def read_expectations(
    entries: dict[str, Entry], span: Span, scope: Scope, problems: Problems
) -> tuple[Expectation, ...]:
    """The expectations in an `expect:`, with the faults noted in `problems`."""
    known_keys(Mapping(entries, span), (*EXPECTATIONS, "layers"), "`expect`", problems)
    return tuple(_read(entries, scope, problems))


def _read(entries: dict[str, Entry], scope: Scope, problems: Problems) -> Iterator[Expectation]:
    for key, entry in entries.items():
        if key == "layers":
            yield from _of_layers(entry, scope, problems)
        elif key in EXPECTATIONS:
            yield from _one(EXPECTATIONS, entry, "", scope, problems)


def _of_layers(entry: Entry, scope: Scope, problems: Problems) -> Iterator[Expectation]:
    if not isinstance(entry.value, Mapping) or not entry.value.entries:
        needs = "names of layers with what is expected of them"
        problems.add(
            "type", f"layers in `expect` needs {needs}, found {described(entry.value)}", entry.value.span
        )
        return
    for name, layer in entry.value.entries.items():
        if not isinstance(layer.value, Mapping) or not layer.value.entries:
            needs = "such as {output: [10]}"
            problems.add(
                "type",
                f"{quoted(name)} in `expect` needs a mapping {needs}, found {described(layer.value)}",
                layer.value.span,
            )
            continue
        known_keys(layer.value, LAYER_EXPECTATIONS, f"what is expected of {quoted(name)}", problems)
        for key, each in layer.value.entries.items():
            if key in LAYER_EXPECTATIONS:
                yield from _one(LAYER_EXPECTATIONS, each, name, scope, problems)


def _one(
    table: dict[str, Setting], entry: Entry, layer: str, scope: Scope, problems: Problems
) -> Iterator[Expectation]:
    before = problems.count
    value = read(table[entry.key], f"{entry.key} in `expect`", entry.value, scope, problems)
    if problems.count == before:
        yield Expectation(entry.key, value, entry.span, layer)
