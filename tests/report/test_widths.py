"""No line is wider than its terminal, no head stands twice, and what is left out is named."""

import re

import pytest

import archcalc as api
from archcalc.report.folded_cells import folded, narrower
from archcalc.report.layout import laid_out
from archcalc.report.page import Column, Options, Table
from archcalc.spec.zoo import zoo_names

WIDTHS = (80, 100, 120, 200)
SOME = ("lenet5", "mobilenet_v3_small")
MORE = [name for name in zoo_names() if name not in SOME][::6]


def reports(name):
    """A report of each command about a network."""
    analysis = api.analyze(name)
    first = analysis.facts[0].node.name
    yield "summarize", api.summarize(name)
    yield "memory", api.memory(name, flash=2**20, sram=2**20)
    yield "memory --train", api.memory(name, train="adam")
    yield "fit", api.fit(name, memory="24GiB", train="adam")
    yield "fit --batch", api.fit(name, sram="24MiB", flash=2**20, batch=1)
    yield "compare-fc", api.compare_fc(name)
    yield "explain", api.explain(name)
    yield "explain LAYER", api.explain(name, first)
    yield "diff", api.diff("resnet34", name)
    yield "diff back", api.diff(name, "resnet34")
    yield "reconcile", api.reconcile(name)
    yield "reconcile --with", api.reconcile(name, tool="torchinfo")
    yield "reconcile NUMBER", api.reconcile(name, "4.1G")
    yield "zoo", api.zoo(name)


@pytest.mark.parametrize("name", [*SOME, *(pytest.param(name, marks=pytest.mark.slow) for name in MORE)])
def test_no_line_is_wider_than_its_terminal(name):
    for command, report in reports(name):
        for width in WIDTHS if name not in SOME else WIDTHS[:1]:
            for explain in (False, True) if command == "summarize" else (False,):
                lines = report.render(width=width, explain=explain).splitlines()
                assert not [line for line in lines if len(line) > width], (command, width)


def test_no_head_stands_twice():
    for _, report in reports("lenet5"):
        for width in WIDTHS:
            page = report._pages(Options(width))
            heads = (
                [head.strip() for head in laid_out(page.table, Options(width)).heads] if page.table else []
            )
            assert len(set(heads)) == len(heads)


def test_what_is_left_out_is_named():
    text = api.summarize("alexnet").render(width=80)
    (note,) = re.findall(r"left out at 80 columns: (.*?);", " ".join(text.split()))
    shown = text.partition("\nlayer ")[2].partition("\n")[0]
    assert note.split(", ") == [
        "kind", "settings", "activations", "memory %", "weights", "biases", "parameters %",
    ]  # fmt: skip
    assert not [title for title in ("kind", "settings", "weights") if title in shown]
    assert "left out at" not in api.summarize("alexnet").render()
    assert "left out at" not in api.summarize("lenet5").render(width=300)


def test_a_column_without_a_title_has_no_name_to_be_left_out_by():
    text = " ".join(api.memory("unet").render(width=60).split())
    assert "left out at 60 columns: kind, output W×H×D; a wider terminal" in text


COLUMNS = (
    Column("name", "name"),
    Column("said", "what is said", prose=True),
    Column("count", "count", "count", rank=1),
)


def test_sentences_are_folded_before_numbers_are_left_out():
    words = "one two three four five six seven eight nine ten"
    table = Table(COLUMNS, (("a/b", words, 1_234_567), ("c", "short", 8)), ("total", "", 1_234_575))
    layout = laid_out(table, Options(46))
    assert [[cell.strip() for cell in row] for row in layout.rows] == [
        ["a/b", "one two three four five six", "1,234,567"],
        ["", "seven eight nine ten", ""],
        ["c", "short", "8"],
    ]
    assert layout.left_out == ()
    assert [column.key for column in laid_out(table, Options(40)).left_out] == ["count"]
    assert laid_out(table, Options(None)).rows[0][1].strip() == words


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 4, [""]),
        ("ab cd", 5, ["ab cd"]),
        ("ab cd", 4, ["ab", "cd"]),
        ("stage/block/conv1", 12, ["stage/block/", "conv1"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("a bcdefghij k", 4, ["a", "bcde", "fghi", "j k"]),
    ],
)
def test_cells_are_broken_between_words(text, width, lines):
    assert folded(text, width) == lines


def test_the_widest_gives_first_and_none_below_what_it_needs():
    assert sorted(narrower([30, 20, 9], [8, 8, None], 15)) == [9, 17, 18]
    assert narrower([10, 10], [9, None], 5) == [9, 10]
