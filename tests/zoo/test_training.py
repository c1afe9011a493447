"""Training steps of networks of the zoo, whole and with their blocks checkpointed, beside PyTorch's."""

import json
from pathlib import Path

import pytest

from archcalc.analysis.memory.passes import Passes
from archcalc.analysis.memory.training import training
from archcalc.frozen import replace

DATA = Path(__file__).parents[1] / "data" / "zoo_training.json"
STEPS = [
    (name, checkpoint, row)
    for name, rows in json.loads(DATA.read_text(encoding="utf-8")).items()
    for checkpoint, row in rows.items()
]
BATCH = 2


@pytest.mark.parametrize(("name", "checkpoint", "row"), STEPS)
def test_peaks(analyzed, monkeypatch, name, checkpoint, row):
    """To the byte. While PyTorch is watched, gradients that meet are added into new memory."""
    monkeypatch.setattr(Passes, "adds_over", lambda *_: False)
    analysis = replace(analyzed(name), batch=BATCH)
    step = training(analysis, "sgd", device="cpu", checkpoint=checkpoint)
    forward = max(moment.size.of(BATCH) for moment in step.moments if moment.phase == "forward")
    assert (forward, step.peak.size.of(BATCH)) == (row["forward_peak"], row["peak"])
