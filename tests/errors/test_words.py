"""Words of strangers in errors, and which known word is meant by an unknown one."""

import random

import pytest

from archcalc.errors import (
    LOOKED_AT,
    Problem,
    Span,
    SpecError,
    escaped,
    listed,
    nearest,
    quoted,
    shortened,
    slips,
    suggestion,
)


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
    assert shortened("abc", 2) == "a…"


def test_lists_are_cut():
    assert listed("abc") == "a, b, c"
    assert listed("abc", 2) == "a, b and 1 more"
    assert listed([]) == ""
    assert listed(["x" * 100], 1) == f"{'x' * 59}…"


@pytest.mark.parametrize(
    ("word", "other", "count"),
    [
        *(("", "", 0), ("a", "a", 0), ("a", "b", 1), ("ab", "ba", 1), ("abc", "acb", 1), ("abc", "ab", 1)),
        *(("conv", "convv", 1), ("relu", "rleu", 1), ("padding", "pading", 1), ("kitten", "sitting", 3)),
        *(("abcd", "badc", 2), ("ca", "abc", 3), ("stride", "strides", 1), ("a", "", 1)),
    ],
)
def test_slips(word, other, count):
    assert slips(word, other, 9) == slips(other, word, 9) == count


def test_slips_beyond_the_most_are_not_told_apart():
    assert slips("aaaaaaaa", "bbbbbbbb", 3) == 4


def test_slips_are_found_again():
    """A word with so many letters changed is at most so many slips away."""
    draw = random.Random(5)
    for _ in range(500):
        word = "".join(draw.choices("abcde", k=draw.randrange(1, 9)))
        changed, changes = list(word), draw.randrange(4)
        for _ in range(changes):
            at = draw.randrange(len(changed) + 1)
            changed[at : at + draw.randrange(2)] = draw.choices("abcde", k=draw.randrange(2))
        found = slips(word, "".join(changed), 9)
        assert abs(len(word) - len(changed)) <= found <= changes


KNOWN = (
    "filters",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "groups",
    "bias",
    "avgpool",
    "maxpool",
    "fc",
    "K",
)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        *(("filter", "filters"), ("fliters", "filters"), ("Filters", "filters"), ("FILTERS", "filters")),
        *(("kernelsize", "kernel_size"), ("kernel-size", "kernel_size"), ("kernal_szie", "kernel_size")),
        *(
            ("num_filters", "filters"),
            ("averagepool", "avgpool"),
            ("max_pooling", "maxpool"),
            ("pool", "avgpool"),
        ),
        *(("fd", "fc"), ("k", "K"), ("bais", "bias"), ("strid", "stride"), ("paddings", "padding")),
        *(("activation", None), ("x", None), ("", None), ("momentum", None), ("units", None), ("gc", "fc")),
        *(("filters" * 20, None), ("\x1b[31m", None), ("ss", None)),
    ],
)
def test_the_nearest_word(word, meant):
    assert nearest(word, KNOWN) == meant


def test_of_equally_near_words_the_first_is_meant():
    assert nearest("conv3d", ["conv1d", "conv2d"]) == "conv1d"
    assert nearest("relu", ["ReLU", "relu"]) == "ReLU"


def test_a_suggestion_is_quoted_and_escaped():
    assert suggestion("reluu", ["relu"]) == "did you mean 'relu'?"
    assert suggestion("a\n\nb", ["a\n\n\nb"]) == r"did you mean 'a\n\n\nb'?"
    assert suggestion("lstm", ["relu"]) is None


def test_only_so_many_words_are_looked_at():
    assert nearest("abcd", ["zzzz"] * LOOKED_AT + ["abcd"]) is None


def test_a_problem_in_words():
    span = Span("s.yaml", 3, 7)
    assert str(Problem("type", "needs an integer", span, "write 3")) == (
        "s.yaml:3:7: error[type]: needs an integer\n  hint: write 3"
    )
    assert str(Problem("type", "needs an integer")) == "error[type]: needs an integer"
    assert (
        str(SpecError([Problem("a", "x", span), Problem("b", "y")])) == "s.yaml:3:7: error[a]: x\nerror[b]: y"
    )
