"""Tables in a terminal of 80 columns: what matters least is left out, and no row is broken."""

import pytest
from sweeps import thinned

from archcalc.analysis.facts import analyze
from archcalc.analysis.memory.fit import Room, Use
from archcalc.analysis.memory.schedule import planned
from archcalc.analysis.memory.training import training
from archcalc.forward.verify import verify
from archcalc.report import written
from archcalc.report.fit import batch_page
from archcalc.report.memory import memory
from archcalc.report.page import Options
from archcalc.report.summary import summary
from archcalc.report.training import training as training_page
from archcalc.report.verification import verification
from archcalc.spec.load import load

NARROW = Options(width=80)
PAGES = {
    "summary": lambda analysis: summary(analysis, NARROW),
    "memory": lambda analysis: memory(analysis, planned(analysis), (), NARROW),
    "training": lambda analysis: training_page(training(analysis, "adam"), NARROW),
    "fit": lambda analysis: batch_page(analysis, Room(24 * 2**30), Use(), NARROW),
    "fit training": lambda analysis: batch_page(analysis, Room(24 * 2**30), Use("adam"), NARROW),
    "verify": lambda analysis: verification(verify(analysis, shapes_only=True), options=NARROW),
    "profile": lambda analysis: verification(
        verify(analysis, shapes_only=True, profile=True), options=NARROW
    ),
}


@pytest.mark.parametrize(
    "name", thinned(["googlenet", "densenet121", "efficientnet_b7", "regnet_y_128gf"], 4)
)
@pytest.mark.parametrize("page", PAGES)
def test_no_row_is_broken(page, name):
    lines = written(PAGES[page](analyze(load(name))), "text", NARROW).splitlines()
    assert [line for line in lines if len(line) > 80] == []


def test_what_a_batch_needs_is_shown_whatever_is_left_out():
    text = written(PAGES["fit training"](analyze(load("se-resnet50"))), "text", NARROW)
    (head,) = (line for line in text.splitlines() if line.startswith("from batch"))
    assert head.endswith("  bytes for a batch of N")
