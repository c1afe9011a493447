"""The program in a real terminal, through a pseudo-terminal of its own: width, colour, tracebacks."""

import re
from functools import cache

import pytest
from sweeps import thinned

WIDTHS = (40, 60, 80, 100, 200)
COMMANDS = {
    "summarize": ["summarize", "alexnet"],
    "folded": ["summarize", "resnet50"],
    "compare-fc": ["compare-fc", "alexnet"],
    "explain": ["explain", "alexnet", "conv1"],
    "kind": ["explain", "--kind", "Conv2D"],
    "verify": ["verify", "lenet5"],
    "zoo": ["zoo", "alexnet"],
}


@pytest.fixture(scope="module")
def piped(process):
    """What each command writes into a pipe, run once."""
    return cache(lambda *arguments: process(*arguments).out)


@pytest.fixture(scope="module")
def shown(terminal):
    """What each command shows in a terminal of 80 columns, without its colours, run once."""
    return cache(lambda name: without_colour(terminal(80, *COMMANDS[name]).out))


def without_colour(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def cells(text):
    return {cell for line in text.splitlines() for cell in re.split("  +", line.strip())}


def table(text):
    """The lines of the part with a rule in it, but for the rules."""
    parts = [part for part in re.split(r"\n\n", text) if re.search("^(───|---)", part, re.MULTILINE)]
    return [line for line in "".join(parts[:1]).splitlines() if not re.match("[─-]{3}", line)]


SHOWN = [
    *((name, width) for name in ("summarize", "compare-fc") for width in WIDTHS),
    *((name, width) for name in ("folded", "explain", "kind", "verify", "zoo") for width in (40, 80)),
]


@pytest.mark.parametrize(("name", "width"), thinned(SHOWN, 5))
def test_no_digit_is_lost_or_cut(terminal, piped, name, width):
    shown = terminal(width, *COMMANDS[name])
    whole = piped(*COMMANDS[name])
    text = without_colour(shown.out)
    assert shown.code == 0
    assert "\x1b[" in shown.out
    assert "\x1b" not in text
    assert "Traceback" not in text
    assert {cell for line in table(text) for cell in re.split("  +", line.strip())} <= cells(whole)
    legends = {"settings:", "rec."}
    last = [] if name == "zoo" else whole.rpartition("\n\n")[2].splitlines()
    notes = [line for line in last if line.split()[0] not in legends]
    words = " ".join(text.split())
    assert all(" ".join(note.split()) in words for note in notes)
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": "unknown"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}],
    ids=str,
)
@pytest.mark.parametrize("name", thinned(["summarize", "explain"], 2))
def test_no_colour_where_none_is_wanted(terminal, shown, changes, name):
    plain = terminal(80, *COMMANDS[name], **changes)
    assert plain.code == 0
    assert "\x1b" not in plain.out
    assert without_rules(plain.out) == without_rules(shown(name))


def without_rules(text):
    return [line for line in text.splitlines() if not re.match("[─-]{3}", line)]


@pytest.mark.slow
def test_columns_outrank_the_terminal(terminal):
    wide = terminal(40, *COMMANDS["summarize"], COLUMNS="200")
    assert without_colour(wide.out) == without_colour(terminal(200, *COMMANDS["summarize"]).out)


@pytest.mark.slow
@pytest.mark.parametrize("columns", thinned(["0", "-3", "wide", "1", "99999999999999999999"], 4))
def test_columns_that_make_no_sense_do_no_harm(terminal, columns):
    shown = terminal(80, *COMMANDS["summarize"], COLUMNS=columns)
    assert shown.code == 0
    assert "62,378,344" in shown.out


def test_a_terminal_of_unknown_size_has_80_columns(terminal, shown):
    assert without_colour(terminal(0, *COMMANDS["summarize"]).out) == shown("summarize")


@pytest.mark.parametrize("term", thinned([None, "", "vt100", "xterm", "linux", "tmux-256color"], 3))
def test_every_kind_of_terminal_gets_the_same_words(terminal, shown, term):
    found = terminal(80, *COMMANDS["compare-fc"], TERM=term)
    assert found.code == 0
    assert without_colour(found.out) == shown("compare-fc")


@pytest.mark.parametrize("format_", thinned(["json", "csv", "markdown"], 3))
def test_other_formats_are_the_same_in_a_terminal(terminal, piped, format_):
    arguments = [*COMMANDS["folded"], "-f", format_]
    assert terminal(40, *arguments).out == piped(*arguments)


def test_errors_stand_below_what_could_be_worked_out(terminal, broken_at_seven):
    shown = terminal(80, "summarize", broken_at_seven)
    assert shown.code == 1
    assert (
        shown.out.index("maxpool2") < shown.out.index("too_large could not") < shown.out.index("error[shape]")
    )
    assert "Traceback" not in shown.out


def test_a_file_gets_no_colour_from_a_terminal(terminal, piped, tmp_path):
    path = tmp_path / "report.txt"
    assert terminal(40, *COMMANDS["summarize"], "-o", path).out == ""
    assert path.read_text(encoding="utf-8") == piped(*COMMANDS["summarize"])
