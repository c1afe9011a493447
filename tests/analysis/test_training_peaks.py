"""Training steps of 150 networks, followed layer by layer, against PyTorch, which took every one of them."""

import json
from pathlib import Path

import pytest

from archcalc.analysis.facts import analyze
from archcalc.analysis.memory.passes import Passes
from archcalc.analysis.memory.training import training
from archcalc.layers import layer_class
from archcalc.network import Network, Node

DATA = Path(__file__).parent.parent / "data" / "training_peaks.jsonl"
ROWS = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
BATCH = 2
INPUT = (6, 16, 16)


def network_of(row):
    numbers = {"input": 0} | {name: number for number, (_, name, _, _) in enumerate(row["layers"], 1)}
    nodes = tuple(
        Node(name, kind, layer_class(kind)(**settings), tuple(numbers[source] for source in sources))
        for kind, name, sources, settings in row["layers"]
    )
    return Network("drawn", {"input": INPUT}, nodes, {"output": len(nodes)})


@pytest.fixture
def watched(monkeypatch):
    """PyTorch as it was watched: gradients that meet are added into new memory."""
    monkeypatch.setattr(Passes, "adds_over", lambda *_: False)


def test_rows_are_of_both_sorts():
    assert len([row for row in ROWS if row["checkpoint"]]) == len(ROWS) / 3
    assert len({row["peak"] for row in ROWS}) > len(ROWS) * 0.9


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize("part", range(10))
def test_peaks(part):
    """Of the forward pass and of the whole step, to the byte."""
    for row in ROWS[part::10]:
        analysis = analyze(network_of(row), batch=BATCH)
        step = training(analysis, "sgd", device="cpu", checkpoint=",".join(row["checkpoint"]))
        forward = max(moment.size.of(BATCH) for moment in step.moments if moment.phase == "forward")
        assert (forward, step.peak.size.of(BATCH)) == (row["forward_peak"], row["peak"]), row


def test_adding_over_a_gradient_needs_no_more():
    for row in ROWS:
        step = training(analyze(network_of(row), batch=BATCH), "sgd", device="cpu")
        assert step.peak.size.of(BATCH) <= row["peak"] or row["checkpoint"]
