"""Expectations that stand in no spec: in a config file, or on the command line."""

from __future__ import annotations

import re
from collections.abc import Callable

from archcalc.errors import Span, SpecError
from archcalc.expectations.model import Expectation
from archcalc.spec.document import Entry, Mapping, Scalar, Sequence, Value, parse
from archcalc.spec.expectations import read_expectations
from archcalc.spec.expressions import Scope
from archcalc.spec.problems import Problems

OPTION = "--expect"
_REQUEST = re.compile(r"\s*([A-Za-z_]\w*)\s*(?::\s*|(?=[<>=!]))(\S.*)\Z", re.DOTALL)


def requested(text: str) -> tuple[Expectation, ...]:
    """What `--expect TEXT` asks for: `parameters <= 20k`, or any key of `expect:` with its value.

    Raises SpecError where that says nothing that can be expected.
    """
    place, texts = Span(OPTION, 1, 1), {OPTION: text}
    try:
        match = _REQUEST.match(text)
        if not match:
            problems = Problems()
            hint = "write `parameters <= 20k`, `output: [10]` or `uses: [batchnorm]`"
            problems.add("expectation", "an expectation is a key and what it must be", place, hint)
            problems.stop()
        assert match
        key, rest = match.groups()
        return _expectations({key: Entry(key, place, _value(rest, place))}, place)
    except SpecError as error:
        raise SpecError(error.problems, texts, error.truncated) from None


def _value(text: str, place: Span) -> Value:
    """A bound as it stands, since YAML reads `>` as the begin of a folded text; or a value as in a spec."""
    if text.startswith(("<", ">", "=", "!")):
        return Scalar(text, text, place)
    return parse(text.encode("utf-8", "surrogatepass"), OPTION, {})


def configured(expected: dict[str, object], place: Callable[[str], Span]) -> tuple[Expectation, ...]:
    """The expectations in a table of a config file; `place` finds the line of a key.

    Raises SpecError with all that is wrong.
    """
    entries = {key: Entry(key, place(key), valued(value, place(key))) for key, value in expected.items()}
    return _expectations(entries, place("expect"))


def _expectations(entries: dict[str, Entry], place: Span) -> tuple[Expectation, ...]:
    problems = Problems()
    found = read_expectations(entries, place, Scope(), problems)
    problems.stop()
    return found


def valued(plain: object, span: Span) -> Value:
    """A plain value, as if it stood in a spec at `span`."""
    if isinstance(plain, dict):
        return Mapping({str(k): Entry(str(k), span, valued(v, span)) for k, v in plain.items()}, span)
    if isinstance(plain, list):
        return Sequence(tuple(valued(item, span) for item in plain), span)
    if isinstance(plain, (int, float, str)):
        return Scalar(plain, str(plain).lower() if isinstance(plain, bool) else str(plain), span)
    return Scalar(str(plain), str(plain), span)
