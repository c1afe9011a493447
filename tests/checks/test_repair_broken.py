"""Broken networks of real kinds: the first edit that is offered, made in the text, mends each of them.

The edits are made here by a small editor of its own, which knows YAML only as far as these specs go.
"""

import re
from functools import cache
from pathlib import Path

import pytest

from archcalc.analysis.facts import BrokenNetworkError, analyze
from archcalc.checks.repair import repairs
from archcalc.errors import SpecError
from archcalc.expectations import failures
from archcalc.spec.load import loads, parse_spec
from archcalc.spec.zoo import content_of, source_of

BROKEN = {path.stem: path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("broken/*.yaml")}
MEND = re.compile(r"^# The mend: (.*)$", re.MULTILINE)
OPENING, CLOSING = "[{", "]}"


def error_of(text, name="net.yaml"):
    """What is wrong with a broken network, with its text as the command line has it."""
    with pytest.raises(BrokenNetworkError) as caught:
        parse_spec(text, name).analyze()
    return caught.value


def holds(text):
    """Whether a spec describes a network that works and is what it expects."""
    try:
        spec = parse_spec(text)
        return not failures(spec.analyze(), spec.expectations)
    except SpecError:
        return False


def mended(text, repair):
    """The text with all edits of a repair made, the last places first."""
    order = {"insert": 1}
    for edit in sorted(repair.edits, key=lambda e: ((e.place or ("", 0, 0))[1:], -order.get(e.action, 0)))[
        ::-1
    ]:
        text = MAKE[edit.action](text, edit, index_of(text, edit.place))
    return text


def index_of(text, place):
    """Where a place is in the text."""
    if place is None:
        return None
    return sum(len(line) + 1 for line in text.split("\n")[: place.line - 1]) + place.column - 1


def end_of(text, start):
    """Behind the value in brackets that begins at `start`."""
    depth, quoted = 0, False
    for index in range(start, len(text)):
        quoted ^= text[index] == '"'
        if not quoted:
            depth += (text[index] in OPENING) - (text[index] in CLOSING)
        if not depth:
            return index + 1
    raise AssertionError("brackets do not close")


def entries(text):
    """The parts of a text that commas outside of brackets and quotes divide."""
    parts, depth, quoted = [""], 0, False
    for letter in text:
        quoted ^= letter == '"'
        depth += not quoted and (letter in OPENING) - (letter in CLOSING)
        if letter == "," and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def word_end(text, start):
    """Behind the word that begins at `start`."""
    return re.compile(r"\w+").match(text, start).end()


def write(text, edit, start):
    """Set settings of the item at `start`."""
    end = word_end(text, start)
    new = dict(part.split(": ", 1) for part in entries(edit.text))
    if text[end : end + 1] != ":":
        return f"{text[:end]}: {{{edit.text}}}{text[end:]}"
    brace = end + 2
    if text[brace - 1 : brace + 1] == " {":
        close = end_of(text, brace)
        old = dict(re.split(r":\s*", part, maxsplit=1) for part in entries(text[brace + 1 : close - 1]))
        inside = ", ".join(f"{key}: {value}" for key, value in {**old, **new}.items())
        return f"{text[:brace]}{{{inside}}}{text[close:]}"
    for key, value in new.items():
        text = write_line(text, end + 1, key, value)
    return text


def write_line(text, start, key, value):
    """Set one key of a mapping whose keys stand in lines of their own behind `start`."""
    indent = re.compile(r"(?:\s*#.*)*\n( +)(?=\w)").match(text, start).group(1)
    after = re.compile(rf"(?:\n(?:{indent}.*| *))*").match(text, start).end()
    line = re.compile(rf"\n{indent}{key}:.*").search(text, start, after)
    if line:
        return f"{text[: line.start()]}\n{indent}{key}: {value}{text[line.end() :]}"
    return f"{text[:start]}\n{indent}{key}: {value}{text[start:]}"


def call(text, edit, start):
    """Exchange the word at `start`."""
    return text[:start] + edit.text + text[word_end(text, start) :]


def dash_of(text, start):
    """Where the dash of an item is that stands in a line of its own; -1 for items in brackets."""
    begin = text.rfind("\n", 0, start) + 1
    return begin + text[begin:start].rfind("-") if re.fullmatch(r"[ -]*- ", text[begin:start]) else -1


def insert(text, edit, start):
    """Put an item in front of the one at `start`."""
    dash = dash_of(text, start)
    if dash < 0:
        return f"{text[:start]}{edit.text.removeprefix('- ')}, {text[start:]}"
    column = dash - text.rfind("\n", 0, dash) - 1
    return f"{text[:dash]}{edit.text}\n{' ' * column}{text[dash:]}"


def remove(text, edit, start):
    """Take out the item at `start`, which is one line or stands in brackets."""
    dash = dash_of(text, start)
    if dash >= 0:
        return text[: text.rfind("\n", 0, dash)] + text[text.index("\n", start) :]
    end = word_end(text, start)
    if text[end : end + 3] == ": {":
        end = end_of(text, end + 2)
    return text[:start] + re.sub(r"\A, *", "", text[end:])


def other_input(text, edit, start):
    """Exchange the whole input."""
    return re.sub(r"^input:.*(\n .*)*", f"input: {edit.text}", text, flags=re.MULTILINE)


MAKE = {"write": write, "call": call, "insert": insert, "remove": remove, "input": other_input}


@cache
def repairs_of(name):
    """The repairs of one of the broken networks."""
    return repairs(error_of(BROKEN[name]))


def said(name):
    """What is offered for one of the broken networks, without what it leads to."""
    return [str(repair).partition(" (then ")[0] for repair in repairs_of(name)]


@pytest.mark.parametrize("name", BROKEN)
def test_every_repair_mends_the_text(name):
    assert 1 <= len(repairs_of(name)) <= 3
    assert [str(repair) for repair in repairs_of(name) if not holds(mended(BROKEN[name], repair))] == []


def test_the_first_repair_is_most_often_what_the_author_means():
    assert len(BROKEN) >= 40
    meant = {name: MEND.search(text).group(1) for name, text in BROKEN.items()}
    assert {name for name in BROKEN if meant[name] not in said(name)} == set()
    assert {name for name in BROKEN if meant[name] != said(name)[0]} == {"stride-overshoots"}


SLIPS = {
    "a padding forgotten": (r", padding: \d+", ""),
    "a padding too large": (r"padding: 1\b", "padding: 2"),
    "a stride forgotten": (r"(?<=kernel_size: [13]), stride: \$?\w+", ""),
    "a flatten forgotten": (r"\n *- flatten *(?=\n)", ""),
    "a larger kernel": (r"kernel_size: 3", "kernel_size: 5"),
    "other filters": (r"filters: \$width", 'filters: "${2 * width}"'),
    "a kind of sequences": (r"- maxpool:", "- maxpool1d:"),
}
KNOWN = ("lenet5", "alexnet-torchvision", "zfnet", "resnet18", "resnet50")


def slipped(text, pattern, slip):
    """The texts with one slip each that break the network."""
    for place in re.finditer(pattern, text):
        wrong = text[: place.start()] + slip + text[place.end() :]
        try:
            analyze(loads(wrong))
        except BrokenNetworkError:
            yield wrong


@pytest.mark.parametrize("name", KNOWN)
def test_every_slip_that_breaks_a_known_network_is_mended(name):
    text = content_of(*source_of(name)).decode()
    wrong = [wrong for slip in SLIPS.values() for wrong in slipped(text, *slip)]
    assert wrong
    for slip in wrong:
        found = repairs(error_of(slip))
        assert found, slip
        for repair in found:
            analyze(loads(mended(slip, repair)))
