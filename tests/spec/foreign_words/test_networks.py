"""Whole networks as users of other tools write them first: hint by hint they become what is meant."""

import re
from pathlib import Path

import pytest
from pasting import nodes, pasted

from archcalc import analyze
from archcalc.errors import SpecError
from archcalc.spec.load import loads

TEXT = (Path(__file__).parent / "networks.txt").read_text(encoding="utf-8")
CASES = [tuple(case.split("\n=>\n")) for case in TEXT.split("\n", 1)[1].split("\n=====\n")]
MOST_HINTS = 30


def mended(text, problem):
    """The text with what the hint of a problem says to write in place of what it is about."""
    lines = text.split("\n")
    first = problem.span.line - 1
    if new := pasted(problem.hint or ""):
        while not lines[first].lstrip().startswith("- "):
            first -= 1
        indent = len(lines[first]) - len(lines[first].lstrip())
        end = first + 1
        while end < len(lines) and lines[end].startswith(" " * (indent + 1)):
            end += 1
        lines[first:end] = [" " * indent + line for line in new.split("\n")]
        return "\n".join(lines)
    if found := re.match(r"put `(\w+)` in front of it", problem.hint or ""):
        lines.insert(first, f"  - {found[1]}")
        return "\n".join(lines)
    if found := re.search(r"(\{channels: [^}]*\})", problem.hint or ""):
        lines[first] = f"input: {found[1]}"
        return "\n".join(lines)
    raise AssertionError(f"{problem}\n{text}")


def understood(text):
    """The text behind as many hints as it takes."""
    for _ in range(MOST_HINTS):
        try:
            analyze(loads(text))
        except SpecError as error:
            text = mended(text, error.problems[0])
        else:
            return text
    raise AssertionError(text)


@pytest.mark.parametrize(("written", "meant"), CASES, ids=lambda text: " ".join(text.split())[:40])
def test_hints_lead_to_what_was_meant(written, meant):
    found = understood(written)
    assert plain(found) == plain(meant), found


def plain(text):
    """A network without names that differ by what they are given for, and without checks of what is read."""
    kept = [(kind, settings(layer), inputs) for _, kind, layer, inputs in nodes(text)]
    return loads(text).input_shape, kept


def settings(layer):
    """The values that a layer works with, equal ones along all axes as one; not those that only check."""
    checks = ("in_channels", "in_features", "num_parameters")
    return {name: value(getattr(layer, name)) for name in type(layer).FIELDS if name not in checks}


def value(given):
    """A value in the one form of those that mean the same."""
    if isinstance(given, tuple) and len(set(given)) == 1:
        return given[0]
    return 0 if given == "valid" else given
