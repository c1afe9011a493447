"""Problems as terminals and logs show them."""

import pytest

from archcalc.cli.diagnostics import problems_text
from archcalc.errors import Problem, Span, SpecError
from archcalc.report.problems import headline, path_of, problem_data, problem_lines, source_line

TEXT = "input: {features: 3}\nlayers: [fd]\n"
PROBLEM = Problem(
    "unknown-kind",
    "unknown layer kind 'fd'",
    Span("net.yaml", 2, 10),
    "did you mean 'fc'?",
    (("the input", Span("net.yaml", 1, 8)), ("a base", Span("base.yaml", 4, 1))),
)


def test_a_problem_is_place_message_line_hint_and_other_places():
    assert list(problem_lines(PROBLEM, {"net.yaml": TEXT})) == [
        "net.yaml:2:10: error[unknown-kind]: unknown layer kind 'fd'",
        "    2 | layers: [fd]",
        "                 ^",
        "  hint: did you mean 'fc'?",
        "net.yaml:1:8: note: the input",
        "base.yaml:4:1: note: a base",
    ]


@pytest.mark.parametrize("texts", [{}, {"other.yaml": TEXT}, {"net.yaml": "one line"}, {"net.yaml": ""}])
def test_without_its_text_the_line_is_left_out(texts):
    lines = list(problem_lines(PROBLEM._replace(also=()), texts))
    assert lines == [
        "net.yaml:2:10: error[unknown-kind]: unknown layer kind 'fd'",
        "  hint: did you mean 'fc'?",
    ]


@pytest.mark.parametrize(
    ("span", "source", "line"),
    [
        (None, "", "advice[heavy-fc]: heavy"),
        (None, "net.yaml", "net.yaml: advice[heavy-fc]: heavy"),
        (Span("base.yaml", 1, 2), "net.yaml", "base.yaml:1:2: advice[heavy-fc]: heavy"),
    ],
)
def test_a_headline_names_the_place_or_at_least_the_source(span, source, line):
    problem = Problem("heavy-fc", "heavy", span)
    assert headline(problem, "advice", source) == line
    assert list(problem_lines(problem, {}, "advice", source)) == [line]


def test_nothing_is_obeyed_and_every_line_stays_one():
    words = "::error::\x1b[2J\n::error::"
    problem = Problem(words, words, Span(words, 1, 3), words, ((words, Span(words, 1, 1)),))
    found = list(problem_lines(problem, {words: words}))
    assert len(found) == 5
    assert all(line.isprintable() and "::" not in line for line in found)


@pytest.mark.parametrize(
    ("text", "column", "behind"),
    [("a: \x07\x1b x", 7, "x"), ("a:: b", 3, ": b"), ("a ##[b", 4, "#[b"), ("::", 2, ":"), ("a", 2, "")],
)
def test_the_caret_stands_below_its_character_behind_escapes(text, column, behind):
    _, line, caret = problem_lines(Problem("c", "m", Span("net.yaml", 1, column)), {"net.yaml": text})
    assert line[caret.index("^") :] == behind


@pytest.mark.parametrize(
    ("text", "begin", "end", "marked"),
    [
        ("layers: [fd]", 10, (1, 12), "fd"),
        ("layers: [fd]", 10, (1, 10), "f"),  # nobody said where it ends
        ("  - conv:", 5, (3, 9), "c"),  # it goes on in further lines
        ("a: \x07\x1bb c", 4, (1, 7), "\\x07\\x1bb"),
        ("a: \u0435b c", 4, (1, 6), "\u0435b"),
        ("x" * 300 + "HERE" * 50, 301, (1, 501), "HERE" * 12 + "HE"),  # no wider than what is shown
        ("a", 2, (1, 2), "^"),  # behind the end of the line
    ],
)
def test_all_that_is_meant_is_underlined(text, begin, end, marked):
    problem = Problem("c", "m", Span("net.yaml", 1, begin, end))
    _, line, carets = problem_lines(problem, {"net.yaml": text})
    assert carets.lstrip() == "^" * len(marked)
    assert marked in (line[len(carets.rstrip("^")) : len(carets)], "^")


@pytest.mark.parametrize(("line", "found"), [(1, "input: {features: 3}"), (2, "layers: [fd]"), (3, None)])
def test_the_line_of_a_place(line, found):
    assert source_line(Span("net.yaml", line, 1), {"net.yaml": TEXT}) == found
    assert source_line(Span("other.yaml", line, 1), {"net.yaml": TEXT}) is None


def test_a_problem_without_place_in_json():
    assert problem_data(Problem("shape", "wrong")) == {
        "file": None, "line": None, "column": None, "code": "shape", "message": "wrong", "hint": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("a.yaml", "a.yaml"), ("./a.yaml", "a.yaml"), ("a//b/./c.yaml", "a/b/c.yaml"),
        ("../a.yaml", "../a.yaml"), ("/a.yaml", "/a.yaml"),
    ],
)  # fmt: skip
def test_paths_are_as_code_hosts_name_them(source, path):
    assert path_of(source) == path


def test_the_command_line_shows_them_so():
    error = SpecError([PROBLEM, PROBLEM], {"net.yaml": TEXT})
    assert problems_text(error).splitlines() == [*problem_lines(PROBLEM, {"net.yaml": TEXT})] * 2
