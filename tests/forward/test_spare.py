"""Writing over an input that nobody reads later: it happens, it changes no value, and never too early."""

import numpy as np
import pytest
from test_independence import CLASSES, PRIMITIVES, example

from archcalc.forward.kernels import KERNELS
from archcalc.forward.run import Run

IN_PLACE = sorted(kind for kind in PRIMITIVES if CLASSES[kind].in_place)


def run_kernel(kind, spare):
    """The first input, and the output, of a kernel with the same numbers each time."""
    settings, shapes = example(kind)
    random = np.random.default_rng(0)
    inputs = [Run(random).drawn(shape) for shape in shapes]
    return inputs[0], KERNELS[kind](CLASSES[kind](**settings), inputs, Run(random, spare=spare))


@pytest.mark.parametrize("kind", IN_PLACE)
def test_what_is_in_place_writes_over_a_spare_input(kind):
    assert np.shares_memory(*run_kernel(kind, spare=True))


@pytest.mark.parametrize("kind", sorted(PRIMITIVES))
def test_the_values_are_the_same(kind):
    (x, output), (spare, over) = run_kernel(kind, spare=False), run_kernel(kind, spare=True)
    assert np.array_equal(output, over)
    assert np.array_equal(x, spare) or np.shares_memory(spare, over)


SHARED = {
    "two readers": "[relu, gelu: {from: input}, add: {from: [relu1, gelu1]}]",
    "a later reader": "[sigmoid, tanh, add: {from: [tanh1, sigmoid1]}, add: {from: [add1, input]}]",
    "views": "[dropout, identity, relu, add: {from: [relu1, dropout1]}]",
    "a view of the input": "[dropout, softplus, multiply: {from: [input, softplus1]}]",
    "read twice": "[silu, add: {from: [silu1, silu1]}, relu]",
}


@pytest.mark.parametrize("layers", SHARED.values(), ids=SHARED)
def test_nothing_is_written_over_too_early(layers, analyzed, outputs, monkeypatch):
    """All values are those of runs that never write over anything."""
    analysis = analyzed(f"input: {{channels: 3, height: 5, width: 7}}\nlayers: {layers}")
    values = outputs(analysis)
    monkeypatch.setattr(Run, "over", lambda self, x: self.empty(x.shape))
    from archcalc.forward.verification import Verification

    monkeypatch.setattr(Verification, "live_difference", lambda _: "")
    assert all(map(np.array_equal, values, outputs(analysis)))
