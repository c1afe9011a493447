"""Variables that a call gives and no spec: `--set width=8`, laid over a spec as a variant lays its own.

What is given is read as YAML, and its places lie in a text of its own, one line for each option:

    width=8
    blocks=[2, 2, 2]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from archcalc.errors import Problem, RequestError, Span, SpecError
from archcalc.frozen import replace
from archcalc.quoting import listed, quoted, shortened
from archcalc.spec.base import integers_kept
from archcalc.spec.decode import described
from archcalc.spec.document import Entry, Mapping, Scalar, Value, parse
from archcalc.spec.document import Sequence as List
from archcalc.spec.meanings import meanings, meant
from archcalc.spec.model import Spec
from archcalc.spec.problems import refused
from archcalc.spec.unused import used_definitions
from archcalc.suggestions import suggestion

OPTION = "--set"
"""The option, and what errors call the text of all that it gives."""

DROPPED = ("source", "expect")
"""What no longer holds of a spec whose variables are changed, as a variant does not take it over."""

_FORM = re.compile(r"\s*(\w+)\s*=(.*)", re.DOTALL)


def assigned(spec: Mapping, given: Sequence[str], texts: dict[str, str]) -> Mapping:
    """The spec with the variables that are given; SpecError for what it has not, or cannot compute with.

    Raises RequestError where one is no `name=value`.
    """
    variables = spec.entries.get("variables")
    has = variables.value.entries if variables and isinstance(variables.value, Mapping) else {}
    known = dict(has)
    entries: dict[str, Entry] = {}
    texts[OPTION] = "\n".join(given)
    for line, text in enumerate(given, 1):
        name, rest = _divided(text)
        place = Span(OPTION, line, text.index(name) + 1)
        entry = Entry(
            name, place.up_to(Span(OPTION, line, place.column + len(name))), _value(text, rest, line)
        )
        if name in entries:
            raise RequestError(f"{OPTION} gives {quoted(name)} twice: {listed(given)}")
        if name not in known:
            raise refused(
                "unused", f"there is no variable {quoted(name)}", entry.span, _known(name, has, texts)
            )
        entries[name] = _as_list(entry, known[name].value)
    laid = Entry("variables", Span(OPTION, 1, 1), Mapping({**known, **entries}, Span(OPTION, 1, 1)))
    kept = {key: entry for key, entry in spec.entries.items() if key not in DROPPED}
    whole = spec._replace(entries={**kept, "variables": laid})
    _refuse(entries, spec, whole, texts)
    return whole


def _divided(text: str) -> tuple[str, str]:
    """The name and the value in `name=value`."""
    form = _FORM.fullmatch(text)
    if form is None or not form[2].strip() or not text.isprintable():
        raise RequestError(f"{OPTION} takes NAME=VALUE, such as width=8, got {quoted(text)}")
    return form[1], form[2]


def _value(text: str, rest: str, line: int) -> Value:
    """The value, as if it stood in a spec in that line and column."""
    ahead = "\n" * (line - 1) + " " * (len(text) - len(rest))
    return parse((ahead + rest).encode("utf-8", "surrogatepass"), OPTION, {})


def _as_list(entry: Entry, was: Value) -> Entry:
    """A value with commas, as a list where the variable has one: `blocks=2,2,2` is `blocks=[2,2,2]`."""
    value = entry.value
    if not isinstance(value, Scalar) or value.quoted or "," not in value.text:
        return entry
    if isinstance(was, List):
        ahead = "\n" * (value.span.line - 1) + " " * (value.span.column - 2)
        return entry._replace(value=parse(f"{ahead}[{value.text}]".encode(), OPTION, {}))
    if isinstance(was, Scalar) and not isinstance(was.value, str):
        message = f"{quoted(entry.key)} needs one value, found {quoted(value.text)}"
        hint = f"give one, such as {entry.key}={value.text.split(',')[0]}; `archcalc compare` takes several"
        raise refused("type", message, value.span, hint)
    return entry


def _known(name: str, has: dict[str, Entry], texts: dict[str, str]) -> str:
    """Which variables there are, and which of them may be meant."""
    if not has:
        return "the spec has no variables; name what is to vary under `variables:`, and use it as `$name`"
    near = suggestion(name, has) or meant(name, has, meanings(texts))
    return f"{near} Variables are {listed(has)}" if near else f"variables are {listed(has)}"


def _refuse(entries: dict[str, Entry], spec: Mapping, whole: Mapping, texts: dict[str, str]) -> None:
    """Refuse values of another kind than the spec computes with, and variables without effect."""
    integers_kept(entries, spec, texts)
    used = used_definitions(whole)["variables"]
    for name, entry in entries.items():
        was = spec.entries["variables"].value
        assert isinstance(was, Mapping)
        _refuse_kind(entry, was.entries[name].value)
        if entry.span not in used:
            message = f"nothing uses variable {quoted(name)}, so that setting it changes nothing"
            raise refused("unused", message, entry.span, "leave it out")


def _refuse_kind(entry: Entry, was: Value) -> None:
    """Refuse words in place of numbers or truth values, and values in place of lists or the other way."""
    value, needed = entry.value, _kind(was)
    if needed is None or _kind(value) in (None, needed):
        return
    if needed == "a list" and isinstance(value, Scalar) and isinstance(value.value, (int, float)):
        needed = f"a list, such as {entry.key}=[{value.text}]"
    elif isinstance(was, Scalar):
        needed += f", such as {entry.key}={shortened(was.text)}"
    message = f"{quoted(entry.key)} needs {needed}, found {described(value)}"
    raise refused("type", message, value.span, f"the spec has {described(was)}")


def _kind(value: Value) -> str | None:
    """What a value is, where another kind cannot stand in its place; None for words and expressions."""
    if isinstance(value, List):
        return "a list"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value.value, bool):
        return "true or false"
    if isinstance(value.value, (int, float)):
        return "a number"
    return None if "$" in value.text else "a word"


def varied(
    spec: Mapping, given: Sequence[str], texts: dict[str, str], read: Callable[[Mapping], Spec]
) -> tuple[Spec, Mapping]:
    """The spec with the variables that are given, read, and as a mapping; it is called by them too.

    Errors also say where what they complain of is set. Raises as `assigned` does.
    """
    whole = assigned(spec, given, texts)
    try:
        found = read(whole)
    except SpecError as error:
        raise type(error)(_with_origins(error.problems, texts, given), texts, error.truncated) from None
    about = ", ".join(shortened(text.replace(" ", "")) for text in given)
    network = replace(found.network, name=f"{found.network.name} ({about})")
    return found._replace(network=network, with_origin=partial(_with_origin, texts, given)), whole


def _with_origins(
    problems: Sequence[Problem], texts: dict[str, str], given: Sequence[str]
) -> Iterator[Problem]:
    """Problems in lines that use what is set also say where that is; if none does, the first says all."""
    found = [tuple(_origins(problem.span, texts, given)) for problem in problems]
    if not any(found) and problems[0].span and problems[0].span.source != OPTION:
        found[0] = tuple(_told(number, text) for number, text in enumerate(given, 1))
    for problem, origins in zip(problems, found, strict=True):
        yield problem._replace(also=(*problem.also, *origins))


def _with_origin(texts: dict[str, str], given: Sequence[str], problem: Problem) -> Problem:
    """The same for the problem of a layer that cannot work."""
    return next(_with_origins([problem], texts, given))


def _origins(span: Span | None, texts: dict[str, str], given: Sequence[str]) -> Iterator[tuple[str, Span]]:
    lines = texts.get(span.source, "").split("\n") if span and span.source != OPTION else []
    if span is None or span.line > len(lines):
        return
    for number, text in enumerate(given, 1):
        name = _divided(text)[0]
        if re.search(rf"\${name}\b|\$\{{[^}}]*\b{name}\b", lines[span.line - 1]):
            yield _told(number, text)


def _told(number: int, text: str) -> tuple[str, Span]:
    return f"{shortened(text)} is set here", Span(OPTION, number, 1)
