"""From the settings that a call gives to a layer, with what is unknown, missing or given twice noted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING

from archcalc.errors import Span
from archcalc.layers import Layer, layer_class
from archcalc.layers.aliases import SETTING_ALIASES
from archcalc.layers.settings import Setting, required_settings, settings_of
from archcalc.quoting import quoted
from archcalc.spec.calls import COMMON, Call
from archcalc.spec.decode import canonical, named, near, read
from archcalc.spec.document import Entry, Scalar
from archcalc.spec.expressions import Scope
from archcalc.spec.problems import Problems

if TYPE_CHECKING:
    from archcalc.layers.dialects import Dialect


@cache
def _settings(kind: str) -> dict[str, Setting]:
    return {name: field.setting for name, field in settings_of(layer_class(kind)).items()}


@cache
def _required(kind: str) -> tuple[str, ...]:
    return required_settings(layer_class(kind))


def as_written(call: Call) -> tuple[object, ...] | None:
    """The word and the settings of a call as text, which say what it means wherever it stands.

    None where that depends on the place, as expressions do, or the settings hold more than scalars.
    """
    written: list[object] = [call.word]
    for key, entry in call.entries.items():
        value = entry.value
        if not isinstance(value, Scalar) or "$" in value.text:
            return None
        written.append((key, value.text, value.quoted))
    return tuple(written)


def read_layer(call: Call, scope: Scope, problems: Problems, line: Callable[[], str | None]) -> Layer | None:
    """The layer that a call describes, or None with the problems noted; `line` is what it may have meant."""
    kind, settings = call.kind, _settings(call.kind)
    entries = call.entries
    if not all(canonical(key, settings) for key in entries):
        from archcalc.spec.foreign_forms import joined_tuples

        entries = joined_tuples(entries)
    values: dict[str, object] = {}
    before, unknown = problems.count, False
    for key, entry in entries.items():
        name = canonical(key, settings)
        if name is None:
            unknown = True
            _note_unknown(kind, entry, settings, problems, line)
        elif name in values:
            message = f"{quoted(key)} sets {name} of {kind} a second time"
            problems.add("duplicate-key", message, entry.span, "keep one of them")
        else:
            values[name] = read(settings[name], f"{name} of {kind}", entry.value, scope, problems, line)
    dialect = _dialect(call)
    preset = dialect.defaults if dialect else {}
    missing = [name for name in _required(kind) if name not in values and name not in preset]
    if missing and not unknown:
        _note_missing(kind, missing, call.span, problems, line)
    if problems.count > before or missing:
        return None
    return layer_class(kind)(**(dialect.meant(values) if dialect else values))


def _dialect(call: Call) -> Dialect | None:
    """What is set by the word that a kind is called by, where that is another framework's."""
    if call.word == call.kind:
        return None
    from archcalc.layers.dialects import DIALECTS

    return DIALECTS.get(call.word)


def _note_unknown(
    kind: str, entry: Entry, settings: Iterable[str], problems: Problems, line: Callable[[], str | None]
) -> None:
    message, names = f"{kind} has no setting {named(entry.key)}", [*settings, *COMMON]
    problems.add("unknown-setting", message, entry.span, lambda: _meant(kind, entry.key, names, line))


def _meant(kind: str, key: str, names: list[str], line: Callable[[], str | None]) -> str:
    """What an unknown setting may mean: another tool's line, a setting called nearly so, or any there is."""
    from archcalc.spec.rewriting import is_foreign

    like = near(key, [*names, *(alias for alias in SETTING_ALIASES if canonical(alias, names))])
    mended = line() if like is None or is_foreign(key) else None
    return mended or like or f"{kind} has {', '.join(names)}"


def _note_missing(
    kind: str, missing: list[str], span: Span, problems: Problems, line: Callable[[], str | None]
) -> None:
    example = ", ".join(f"{name}: …" for name in _required(kind))
    message = f"{kind} needs {' and '.join(missing)}"
    problems.add("missing-setting", message, span, lambda: line() or f"write `{kind}: {{{example}}}`")
