"""What the tests of the forward pass share: a kernel, run by itself, with all that it read and drew."""

import sys
import textwrap
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from archcalc.analysis.facts import analyze
from archcalc.forward import verify as module
from archcalc.forward.kernels import KERNELS
from archcalc.forward.run import Run
from archcalc.layers import layer_class
from archcalc.spec.load import loads

sys.path.insert(0, str(Path(__file__).parent))
"""So that tests may share random configurations and examples."""


class KeptRun(Run):
    """A run that keeps the tensors that it hands out."""

    def __init__(self, seed):
        super().__init__(np.random.default_rng(seed))
        self.tensors = {}

    def draw(self, name, shape, **level):
        self.tensors[name] = super().draw(name, shape, **level)
        return self.tensors[name]

    def blocks(self, name, shape, **level):
        self.tensors[name] = np.zeros(shape, np.float32)
        for rows, block in super().blocks(name, shape, **level):
            self.tensors[name][rows] = block
            yield rows, block

    def buffer(self, name, shape, **level):
        self.tensors[name] = super().buffer(name, shape, **level)
        return self.tensors[name]


class Ran(NamedTuple):
    """A kernel's inputs, its output, and the run."""

    inputs: list
    output: np.ndarray
    run: KeptRun

    @property
    def x(self):
        """The first input, in float64."""
        return self.inputs[0].astype(np.float64)

    def tensor(self, name):
        """A tensor that was drawn, in float64, or None."""
        tensor = self.run.tensors.get(name)
        return tensor if tensor is None else tensor.astype(np.float64)


@pytest.fixture
def ran():
    """Run the kernel of a kind with settings on arrays, or on arrays drawn in given shapes."""

    def run_kernel(kind, settings, *inputs, seed=0):
        random = np.random.default_rng(seed + 1)
        arrays = [x if isinstance(x, np.ndarray) else Run(random).drawn(x) for x in inputs]
        run = KeptRun(seed)
        output = KERNELS[kind](layer_class(kind)(**settings), arrays, run)
        assert output.dtype == np.float32
        return Ran(arrays, output, run)

    return run_kernel


@pytest.fixture
def analyzed():
    """The analysis of a spec."""
    return lambda spec: analyze(loads(textwrap.dedent(spec)))


@pytest.fixture
def outputs(monkeypatch):
    """Every array that a network computes, from an analysis with which it must agree."""

    def run_network(analysis, seed=0):
        kept = []
        monkeypatch.setattr(module, "KERNELS", {kind: keeping(KERNELS[kind], kept) for kind in KERNELS})
        assert module.verify(analysis, seed=seed).agrees
        return kept

    return run_network


def keeping(kernel, kept):
    """A kernel that also leaves copies of its outputs in a list: a later layer may write over them."""

    def kept_kernel(layer, inputs, run):
        output = kernel(layer, inputs, run)
        kept.append(output.copy())
        return output

    return kept_kernel
