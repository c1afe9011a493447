"""From the entries of an `expect:`, wherever it stands, to expectations: by the form of each key alone."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.errors import Span
from archcalc.expectations.keys import layer_forms, network_forms
from archcalc.expectations.model import Expectation
from archcalc.layers.settings import Setting
from archcalc.quoting import quoted
from archcalc.spec.decode import Problems, described, known_keys, read
from archcalc.spec.document import Entry, Mapping
from archcalc.spec.expressions import Scope


def read_expectations(
    entries: dict[str, Entry], span: Span, scope: Scope, problems: Problems
) -> tuple[Expectation, ...]:
    """The expectations in an `expect:`, with the faults noted in `problems`."""
    forms = network_forms()
    known_keys(Mapping(entries, span), (*forms, "layers"), "`expect`", problems)
    return tuple(_read(entries, forms, scope, problems))


def _read(
    entries: dict[str, Entry], forms: dict[str, Setting], scope: Scope, problems: Problems
) -> Iterator[Expectation]:
    for key, entry in entries.items():
        if key == "layers":
            yield from _of_layers(entry, scope, problems)
        elif key in forms:
            yield from _one(forms[key], entry, "", scope, problems)


def _of_layers(entry: Entry, scope: Scope, problems: Problems) -> Iterator[Expectation]:
    if not isinstance(entry.value, Mapping) or not entry.value.entries:
        needs = "names of layers with what is expected of them"
        problems.add(
            "type", f"layers in `expect` needs {needs}, found {described(entry.value)}", entry.value.span
        )
        return
    forms = layer_forms()
    for name, layer in entry.value.entries.items():
        if not isinstance(layer.value, Mapping) or not layer.value.entries:
            needs = "such as {output: [10]}"
            problems.add(
                "type",
                f"{quoted(name)} in `expect` needs a mapping {needs}, found {described(layer.value)}",
                layer.value.span,
            )
            continue
        known_keys(layer.value, forms, f"what is expected of {quoted(name)}", problems)
        for key, each in layer.value.entries.items():
            if key in forms:
                yield from _one(forms[key], each, name, scope, problems)


def _one(form: Setting, entry: Entry, layer: str, scope: Scope, problems: Problems) -> Iterator[Expectation]:
    before = problems.count
    value = read(form, f"{entry.key} in `expect`", entry.value, scope, problems)
    if problems.count == before:
        yield Expectation(entry.key, value, entry.span, layer)
