"""From the values of a document to the settings of layers, with each fault at its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from archcalc.errors import Problem, Span, SpecError, escaped, quoted, suggestion
from archcalc.layers import Layer
from archcalc.layers.settings import Setting, required_settings, settings_of
from archcalc.spec import document
from archcalc.spec.aliases import SETTING_ALIASES
from archcalc.spec.document import Entry, Mapping, Scalar, Value
from archcalc.spec.expressions import ExpressionError, Scope, substituted

PROBLEMS_SHOWN = 20


class Problems:
    """The independent faults of one spec, collected up to a limit."""

    def __init__(self) -> None:
        self.found: dict[tuple[Span | None, str], Problem] = {}
        self.noted = 0

    def add(self, code: str, message: str, span: Span | None, hint: str | None = None) -> None:
        """Note a fault once, however often the block that holds it is used."""
        self.noted += 1
        problem = Problem(code, message, span, hint)
        self.found.setdefault((span, code), problem)
        if len(self.found) >= PROBLEMS_SHOWN:
            self.stop()

    def stop(self) -> None:
        """Raise what was found, if anything was."""
        if self.found:
            raise SpecError(sorted(self.found.values(), key=lambda problem: (problem.span or ("", 0, 0))[1:]))


def described(value: Value) -> str:
    """What was found, in words for an error."""
    if isinstance(value, Scalar):
        if value.value is None:
            return "nothing"
        return (
            quoted(value.text) if value.quoted or isinstance(value.value, str) else escaped(value.text[:40])
        )
    return "a list" if isinstance(value, document.Sequence) else "a mapping"


def plain(value: Value, scope: Scope) -> Any:
    """The value as plain Python, its expressions worked out."""
    if isinstance(value, Scalar):
        return (
            substituted(value.text, scope)
            if isinstance(value.value, str) and "$" in value.text
            else value.value
        )
    if isinstance(value, Mapping):
        return {key: plain(entry.value, scope) for key, entry in value.entries.items()}
    return [plain(item, scope) for item in value.items]


def known_keys(mapping: Mapping, known: Iterable[str], what: str, problems: Problems) -> None:
    """Note each key that is not known."""
    names = tuple(known)
    for key, entry in mapping.entries.items():
        if key not in names:
            hint = suggestion(key, names) or "known are " + ", ".join(names)
            problems.add("unknown-key", f"unknown key {quoted(key)} in {what}", entry.span, hint)


def read(setting: Setting, what: str, value: Value, scope: Scope, problems: Problems) -> Any:
    """The value of one setting, or None with its problem noted."""
    try:
        found = plain(value, scope)
    except ExpressionError as error:
        problems.add("expression", error.args[0], value.span, error.args[1] if len(error.args) > 1 else None)
        return None
    try:
        return setting.read(found)
    except (ValueError, OverflowError) as error:
        computed = isinstance(value, Scalar) and isinstance(value.value, str) and "$" in value.text
        worth = f", which is {quoted(str(found))}" if computed else ""
        hint = error.args[0] if error.args and isinstance(error, ValueError) else None
        problems.add(
            "type", f"{what} needs {setting.needs}, found {described(value)}{worth}", value.span, hint
        )
        return None


def canonical(key: str, names: Sequence[str] | dict[str, Any]) -> str | None:
    """The canonical name that a key stands for among `names`."""
    if key in names:
        return key
    return next((name for name in SETTING_ALIASES.get(key, ()) if name in names), None)


def read_layer(
    kind: str, cls: type[Layer], entries: dict[str, Entry], span: Span, scope: Scope, problems: Problems
) -> Layer | None:
    """A layer of class `cls` from its settings, or None with the problems noted."""
    fields = settings_of(cls)
    values: dict[str, Any] = {}
    before = problems.noted
    for key, entry in entries.items():
        name = canonical(key, fields)
        if name is None:
            problems.add(
                "unknown-setting",
                f"{kind} has no setting {quoted(key)}",
                entry.span,
                _known(key, fields, kind),
            )
        elif name in values:
            problems.add(
                "duplicate-key", f"{quoted(key)} sets {name} a second time", entry.span, "keep one of them"
            )
        else:
            values[name] = read(
                fields[name].metadata["setting"], f"{name} of {kind}", entry.value, scope, problems
            )
    missing = [name for name in required_settings(cls) if name not in values]
    if missing and problems.noted == before:
        example = ", ".join(f"{name}: …" for name in required_settings(cls))
        problems.add(
            "missing-setting", f"{kind} needs {' and '.join(missing)}", span, f"write `{kind}: {{{example}}}`"
        )
    return cls(**values) if problems.noted == before and not missing else None


def _known(key: str, fields: Iterable[str], kind: str) -> str:
    names = [*fields, "name", "from", "when", "note"]
    aliases = [alias for alias in SETTING_ALIASES if canonical(alias, names)]
    return suggestion(key, [*names, *aliases]) or f"{kind} has " + ", ".join(names)
