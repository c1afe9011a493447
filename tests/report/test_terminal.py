"""Text as terminals show it: whatever the width, no digit is lost, and colour changes no word."""

import re

import pytest

from archcalc import analyze, loads
from archcalc.forward.verify import verify
from archcalc.report import written
from archcalc.report.catalogue import catalogue
from archcalc.report.comparison import comparison
from archcalc.report.explanation import explanation
from archcalc.report.kind import kind_page
from archcalc.report.page import Options
from archcalc.report.summary import summary
from archcalc.report.verification import verification

WIDTHS = (40, 60, 79, 80, 100, 120, 200, 1000)
PAGES = ("alexnet", "resnet50", "compare-fc", "verify", "explain", "explained", "kind", "zoo")


@pytest.fixture(scope="module", params=PAGES)
def page(request, analyzed):
    match request.param:
        case "compare-fc":
            return comparison(analyzed("alexnet"), None, Options())
        case "verify":
            return verification(verify(analyzed("lenet5")))
        case "explain":
            return explanation(analyzed("alexnet"), analyzed("alexnet").of("conv1"), Options())
        case "explained":
            return summary(analyzed("lenet5"), Options(explain=True))
        case "kind":
            return kind_page("conv")
        case "zoo":
            return catalogue((name, analyzed(name)) for name in ("lenet5", "alexnet", "resnet152"))
        case name:
            return summary(analyzed(name), Options())


def without_colour(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def blocks(text):
    """The words of a report's parts, which empty lines divide; rules are left out."""
    lines = [line for line in text.splitlines() if not re.fullmatch(r"[ ─-]*[─-]", line)]
    return [part.split() for part in re.split(r"\n\s*\n", "\n".join(lines))]


def table_lines(text):
    """The lines of the part with a rule in it, each cut into cells."""
    part = next(part for part in re.split(r"\n\s*\n", text) if re.search("^(───|---)", part, re.MULTILINE))
    return [re.split("  +", line.strip()) for line in part.splitlines() if not re.match("[─-]{3}", line)]


@pytest.mark.parametrize("width", WIDTHS)
def test_colour_changes_no_word(page, width):
    plain = written(page, "text", Options(width=width))
    dressed = written(page, "text", Options(width=width, color=True))
    assert "\x1b[" in dressed
    assert "\x1b" not in plain
    assert blocks(without_colour(dressed)) == blocks(plain)


def all_said(text):
    """A text without what it says last: which columns it left out."""
    return re.sub(r"\n+left out at \d+ columns: .*\Z", "\n", text, flags=re.DOTALL)


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_sentences_and_formulas_lose_nothing_to_the_width(page, width, color):
    whole = blocks(written(page, "text", Options()))
    shown = blocks(all_said(without_colour(written(page, "text", Options(width=width, color=color)))))
    tables = 1 if page.table else 0
    legends = sum(bool(column.note) for column in page.table.columns) if page.table else 0
    assert len(shown) == len(whole)
    assert shown[0] == whole[0]
    if not legends:
        assert shown[1 + tables :] == whole[1 + tables :]
    for line in page.notes:
        assert " ".join(line.split()) in " ".join(shown[-1])


@pytest.mark.parametrize("width", WIDTHS)
def test_narrow_tables_leave_columns_out_and_cut_no_cell(page, width):
    if not page.table:
        return
    plain = without_colour(written(page, "text", Options(width=width, color=True)))
    heads, *rows = table_lines(plain)
    titles = [column.title for column in page.table.columns]
    whole = written(page, "text", Options())
    cells = {cell for line in whole.splitlines() for cell in re.split("  +", line.strip())}
    assert set(heads) <= set(titles)
    assert heads[0] == titles[0]
    assert len(rows) == len(page.table.rows) + bool(page.table.total)
    assert {cell for row in rows for cell in row} <= cells


@pytest.mark.parametrize("width", [40, 60, 79, 80, 100, 120, 200])
@pytest.mark.parametrize("name", ["lenet5", "alexnet", "vgg16", "resnet50", "resnet110"])
def test_summaries_fit(analyzed, name, width):
    lines = written(summary(analyzed(name), Options()), "text", Options(width=width)).splitlines()
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize(
    ("width", "heads"),
    [
        (40, ["layer", "parameters", "MACs"]),
        (60, ["layer", "output W×H×D", "parameters", "MACs"]),
        (80, ["layer", "output W×H×D", "memory", "parameters", "MACs", "rec. field"]),
        (
            100,
            ["layer", "kind", "settings", "output W×H×D", "memory", "parameters", "MACs", "rec. field"],
        ),
        (
            120,
            [
                "layer", "kind", "settings", "output W×H×D", "memory", "memory %",
                "parameters", "parameters %", "MACs", "rec. field",
            ],
        ),
    ],
)  # fmt: skip
def test_the_least_important_columns_go_first(analyzed, width, heads):
    assert (
        table_lines(written(summary(analyzed("alexnet"), Options()), "text", Options(width=width)))[0]
        == heads
    )


def test_only_columns_that_are_shown_are_explained(analyzed):
    narrow = written(summary(analyzed("alexnet"), Options()), "text", Options(width=60))
    assert "settings: " not in narrow
    assert "field: " not in narrow
    assert "field: " in written(summary(analyzed("alexnet"), Options()), "text", Options(width=80))


def test_long_tables_are_written_without_colour():
    layers = "\n".join("  - relu" for _ in range(2100))
    analysis = analyze(loads(f"input: {{features: 3}}\nlayers:\n{layers}"))
    text = written(summary(analysis, Options()), "text", Options(width=80, color=True))
    assert "\x1b" not in text
    assert text.count("\n") > 2100
