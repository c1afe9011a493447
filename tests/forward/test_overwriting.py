"""Layers write over what nobody reads any more, and over nothing else: what is read is as it was written."""

import numpy as np
import pytest

from archcalc.analysis.facts import analyze
from archcalc.forward import verify as module
from archcalc.forward.verify import verify
from archcalc.spec.load import load


class Watched(dict):
    """Volumes that must not have changed when they are read."""

    def __init__(self):
        super().__init__()
        self.written = {}

    def __setitem__(self, volume, array):
        super().__setitem__(volume, array)
        self.written[volume] = array.copy()

    def __getitem__(self, volume):
        array = super().__getitem__(volume)
        assert np.array_equal(array, self.written[volume]), f"volume {volume} was written over"
        return array


@pytest.fixture
def checked(monkeypatch):
    """Verify an analysis and watch its volumes."""

    class Live(module.Live):
        def __init__(self):
            super().__init__()
            self.arrays = Watched()

    monkeypatch.setattr(module, "Live", Live)
    return lambda analysis: verify(analysis).agrees


VIEWED = """
input: {{channels: 6, height: 5, width: 7}}
layers:
  - conv: {{name: volume, filters: 4, kernel_size: 1}}
  - {view}
  - {kind}: {{name: over}}
  - relu: {{name: late, from: volume}}
outputs: [over, late]
"""


@pytest.mark.parametrize("view", ["flatten", "identity", "dropout", "tokens", "select: {start: 1}"])
@pytest.mark.parametrize("kind", ["relu", "tanh", "batchnorm", "softmax"])
def test_no_layer_writes_over_memory_that_another_volume_shares(analyzed, checked, view, kind):
    assert checked(analyzed(VIEWED.format(view=view, kind=kind)))


@pytest.mark.parametrize("kind", ["relu", "tanh", "batchnorm", "softmax"])
def test_no_layer_writes_over_what_is_read_later(analyzed, checked, kind):
    spec = """
        input: {channels: 6, height: 5, width: 7}
        layers:
          - relu: {name: early}
          - %s: {name: over}
          - add: {from: [over, early]}
    """
    assert checked(analyzed(spec % kind))


@pytest.mark.parametrize("name", ["lenet5", "resnet20", "plain20"])
def test_networks_read_what_was_written(checked, name):
    assert checked(analyze(load(name)))
