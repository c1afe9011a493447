"""Drawing tensors and counting products."""

import math

import numpy as np
import pytest

from archcalc.forward import run as module
from archcalc.forward.run import NO_RANDOM, Run


def drawn_from(seed, shape, **level):
    return Run(np.random.default_rng(seed)).drawn(shape, **level)


def test_the_seed_decides_the_numbers():
    assert np.array_equal(drawn_from(3, (5, 7)), drawn_from(3, (5, 7)))
    assert not np.array_equal(drawn_from(3, (5, 7)), drawn_from(4, (5, 7)))


def test_tensors_of_one_run_differ():
    random = np.random.default_rng(0)
    assert not np.array_equal(Run(random).drawn((64,)), Run(random).drawn((64,)))


def test_values_are_centred_and_spread_as_asked():
    values = drawn_from(0, (1000, 701), spread=0.5, centre=2.0).astype(float)
    assert values.mean() == pytest.approx(2.0, abs=0.003)
    assert values.std() == pytest.approx(0.5, rel=0.003)
    assert np.abs(values - 2.0).max() < 0.5 * math.sqrt(3)
    assert len(np.unique(values)) == 128


def test_chunks_leave_nothing_undrawn(monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 16)
    for size in (1, 7, 8, 15, 16, 17, 33):
        assert (drawn_from(0, (size,)) != 0).all()


def test_a_run_records_what_it_draws():
    run = Run(np.random.default_rng(0))
    run.draw("weight", (2, 3))
    run.buffer("running_mean", (5,))
    assert run.parameters == {"weight": (2, 3)}
    assert run.buffers == {"running_mean": (5,)}


@pytest.mark.parametrize(
    ("left", "right", "products"),
    [
        ((2, 3), (3, 5), 2 * 3 * 5),
        ((7, 2, 3), (7, 3, 5), 7 * 2 * 3 * 5),
        ((1, 11), (11, 1), 11),
        ((7, 1, 1), (7, 1, 5), 35),
    ],
)
def test_products_are_counted_from_what_is_multiplied(left, right, products):
    run = Run(np.random.default_rng(0))
    a, b = np.ones(left, np.float32), np.ones(right, np.float32)
    assert np.array_equal(run.matmul(a, b), a @ b)
    run.matmul(a, b)
    assert run.products == 2 * products


def test_no_array_takes_all_memory():
    assert Run(NO_RANDOM).room((2**15, 2**15)) == (2**15, 2**15)
    with pytest.raises(MemoryError, match=r"\[32768, 32769\] takes 4,295,098,368 bytes, 4,294,967,296 are"):
        Run(NO_RANDOM).room((2**15, 2**15 + 1))
