"""The list of built-in networks."""

import pytest

from archcalc.analysis.facts import analyze
from archcalc.report import written
from archcalc.report.catalogue import FEWER, MANY, catalogue
from archcalc.report.page import Options
from archcalc.spec.load import load

LENET = analyze(load("lenet5"))


@pytest.mark.parametrize(("count", "notes"), [(1, ()), (MANY, ()), (MANY + 1, (FEWER,))])
def test_a_long_list_says_how_to_shorten_it(count, notes):
    page = catalogue((f"net{number}", LENET) for number in range(count))
    assert page.notes == notes
    assert page.title.startswith(f"{count} built-in network")


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_a_narrow_terminal_shows_each_network_on_one_line(width):
    page = catalogue((name, analyze(load(name))) for name in ("alexnet-torchvision", "regnet_y_128gf"))
    lines = written(page, "text", Options(width=width)).splitlines()
    rows = [line for line in lines if line.startswith(("alexnet", "regnet"))]
    assert len(rows) == 2
    assert max(map(len, rows)) <= width
