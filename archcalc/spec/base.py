"""Specs that are variants of others: what `base:` names, and how a spec is an overlay of it.

What both have is the spec's own, but for `variables:` and `blocks:`, which are merged member by member.
"""

from __future__ import annotations

from os import path as paths
from typing import TypeGuard

from archcalc.errors import SpecError
from archcalc.quoting import escaped, quoted
from archcalc.spec.decode import described
from archcalc.spec.document import Entry, Mapping, Scalar, Sequence, Value, parse
from archcalc.spec.expressions import names_in
from archcalc.spec.named_files import file_stem, files_named
from archcalc.spec.problems import refused
from archcalc.spec.zoo import built_in, content_of, zoo_folder, zoo_names
from archcalc.suggestions import suggestion

BASE_LIMIT = 4
"""So many specs may be based on each other."""

OWN = ("base", "name", "source", "expect")
"""What a spec does not take over from its base."""


def parsed(data: bytes, source: str, texts: dict[str, str]) -> Value:
    """The document of a spec; of a line that cannot be read it is told which layer it may have been."""
    try:
        return parse(data, source, texts)
    except SpecError as error:
        from archcalc.spec.foreign_lines import with_line_hint

        raise SpecError([with_line_hint(each, texts) for each in error.problems]) from None


def top_level(document: Value) -> Mapping:
    """The mapping that a spec is."""
    if isinstance(document, Mapping):
        if not document.entries.keys() & {"input", "base", "blocks"}:
            _refuse_foreign(document)
        return document
    found = described(document)
    message = f"a spec is a mapping with `input:` and `layers:`, found {found}"
    raise refused("type", message, document.span)


def _refuse_foreign(document: Mapping) -> None:
    from archcalc.spec.foreign import foreign_mapping

    problem = foreign_mapping(document.entries, document.span.source)
    if problem:
        raise SpecError([problem])


def with_base(
    spec: Mapping, folder: str | None, texts: dict[str, str], users: tuple[str, ...] = ()
) -> Mapping:
    """The spec laid over the one that its `base:` names, whose variables and blocks it may replace.

    The blocks of the libraries that they include count as their own.
    """
    if "include" in spec.entries:
        from archcalc.spec.include import with_included

        spec = with_included(spec, folder, texts)
    entry = spec.entries.get("base")
    if entry is None:
        return spec
    if len(users) >= BASE_LIMIT:
        message = f"specs are based on each other more than {BASE_LIMIT} deep"
        raise refused("too-deep", message, entry.span, "take over what is needed from the first")
    name, path = _base_source(entry, folder)
    if path in users:
        message = f"{quoted(_stem(path))} is based on itself{_through(users[users.index(path) + 1 :])}"
        raise refused("cycle", message, entry.value.span, "one of them must have no `base:`")
    found = top_level(parse(content_of(name, path), name, texts))
    _refuse_library(found, entry.value)
    base = with_base(found, paths.dirname(path), texts, (*users, path))
    entries = {key: value for key, value in base.entries.items() if key not in OWN}
    for key, own in spec.entries.items():
        over = key in ("variables", "blocks") and key in entries
        if over and key == "variables":
            _refuse_fractions(own, base, texts)
        entries[key] = _laid_over(own, entries[key]) if over else own
    return Mapping(entries, spec.span)


def _refuse_fractions(variables: Entry, base: Mapping, texts: dict[str, str]) -> None:
    """Refuse what is no integer where the base has one, and computes with it: its own lines are not wrong."""
    if isinstance(variables.value, Mapping):
        integers_kept(variables.value.entries, base, texts)


def integers_kept(variables: dict[str, Entry], base: Mapping, texts: dict[str, str]) -> None:
    """The same, of single variables."""
    theirs = base.entries["variables"].value
    if not isinstance(theirs, Mapping):
        return
    suspect = {
        name: was.value
        for name, own in variables.items()
        if (was := theirs.entries.get(name)) and _is_integer(was.value) and not _may_be_integer(own.value)
    }
    computed = _computed_with(base) if suspect else set()
    for name, theirs_value in suspect.items():
        if name in computed:
            from archcalc.spec.meanings import no_integer

            raise no_integer(name, variables[name].value, theirs_value, texts)


def _is_integer(value: Value) -> TypeGuard[Scalar]:
    return isinstance(value, Scalar) and isinstance(value.value, int) and not isinstance(value.value, bool)


def _may_be_integer(value: Value) -> bool:
    """Whether a value is an integer, or an expression, of which nobody knows yet."""
    return isinstance(value, Scalar) and (isinstance(value.value, int) or "$" in value.text)


def _computed_with(value: Value) -> set[str]:
    """The names with which expressions do more than to pass them on."""
    if isinstance(value, Scalar):
        passed_on = value.text.removeprefix("$").strip("{}").isidentifier()
        return set(names_in(value.text)) if "$" in value.text and not passed_on else set()
    items = value.items if isinstance(value, Sequence) else [each.value for each in value.entries.values()]
    return set().union(*map(_computed_with, items))


def _refuse_library(found: Mapping, item: Value) -> None:
    if "blocks" in found.entries:
        from archcalc.spec.include import is_library

        if is_library(found):
            message = f"{described(item)} is a library of blocks, and no network"
            hint = "a spec uses its blocks by naming it under `include:`"
            raise refused("type", message, item.span, hint)


def _stem(path: str) -> str:
    return paths.splitext(paths.basename(path))[0]


def _through(users: tuple[str, ...]) -> str:
    return ", through " + " and ".join(quoted(_stem(path)) for path in users) if users else ""


def _laid_over(own: Entry, base: Entry) -> Entry:
    """The variables or blocks of a spec and of its base, its own first where both have one."""
    if not isinstance(own.value, Mapping) or not isinstance(base.value, Mapping):
        return own
    return own._replace(value=Mapping({**base.value.entries, **own.value.entries}, own.value.span))


def _base_source(entry: Entry, folder: str | None) -> tuple[str, str]:
    """(name to report, file) of a base: where its name leads from the spec's own folder, or built in."""
    value = entry.value
    stem = file_stem(value)
    if not stem:
        message = f"base needs the name of a spec or of a built-in network, found {described(value)}"
        hint = "write the path from the spec's folder, such as common/net or ../net"
        raise refused("type", message, value.span, hint)
    if folder is not None and paths.realpath(folder) != zoo_folder():
        for path in files_named(stem, folder, value):
            return escaped(path), path
    if file := built_in(stem):
        return f"{stem}.yaml", file
    message = f"no spec called {quoted(stem)} lies in the same folder or is built in"
    if "/" in stem:
        message = f"no spec lies at {quoted(stem)}, seen from the folder of this one"
    raise refused("unknown-base", message, value.span, suggestion(stem, zoo_names()))
