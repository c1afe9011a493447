"""Words of strangers in errors."""

import pytest

from archcalc.errors import Problem, Span, SpecError
from archcalc.quoting import escaped, listed, quoted, shortened


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        *(("relu", "relu"), ("größe 漢字 😀", "größe 漢字 😀"), ("a\nb", r"a\nb"), ("\x1b[31m", r"\x1b[31m")),
        *(("\u202e", r"\u202e"), ("\u200b", r"\u200b"), ("\ud800", r"\ud800"), ("\U000e0001", r"\U000e0001")),
        *(("\x9b", r"\x9b"), ("\u2028", r"\u2028"), ("\ufeff", r"\ufeff"), ("a\tb", r"a\tb")),
        *(("::error::x", r"\x3a:error\x3a:x"), ("a:b", "a:b"), ("a: :", "a: :"), (":::", r"\x3a\x3a:")),
        *(("##[x]", r"\x23#[x]"), ("##vso[x]", r"\x23#vso[x]"), ("## x", "## x"), ("#[", "#[")),
        *(("\n::x", r"\n\x3a:x"), ("[red]", "[red]"), ("=1+1", "=1+1"), ("", "")),
    ],
)
def test_nothing_moves_a_terminal_or_commands_a_ci_system(text, shown):
    assert escaped(text) == shown
    assert escaped(text).isprintable()


def test_escaping_twice_changes_nothing():
    for text in ("::a", "##[x]", "\x1b", "a\\b"):
        assert escaped(escaped(text)) == escaped(text)


def test_texts_are_cut_and_quoted():
    assert quoted("x" * 60) == f"'{'x' * 60}'"
    assert quoted("x" * 61) == f"'{'x' * 59}…'"
    assert quoted("\n" * 61, 3) == r"'\n\n…'"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a'b", '"a\'b"'),
        ('a"b', "'a\"b'"),
        ("' \" c", r'''"' \" c"'''),
        ("' \\\" c", r'''"' \\\" c"'''),
        ("\\", r"'\'"),
    ],
)
def test_nothing_in_a_quotation_ends_it(text, shown):
    assert quoted(text) == shown
    assert shortened("abc", 2) == "a…"


def test_lists_are_cut():
    assert listed("abc") == "a, b, c"
    assert listed("abc", 2) == "a, b and 1 more"
    assert listed([]) == ""
    assert listed(["x" * 100], 1) == f"{'x' * 59}…"


def test_a_problem_in_words():
    span = Span("s.yaml", 3, 7)
    assert str(Problem("type", "needs an integer", span, "write 3")) == (
        "s.yaml:3:7: error[type]: needs an integer\n  hint: write 3"
    )
    assert str(Problem("type", "needs an integer")) == "error[type]: needs an integer"
    assert (
        str(SpecError([Problem("a", "x", span), Problem("b", "y")])) == "s.yaml:3:7: error[a]: x\nerror[b]: y"
    )
