"""Magnitudes stay level through the depth of a network: nothing overflows, and nothing is slow.

A product with a subnormal operand, one below 2^-126, takes a hundred times as long.
"""

import numpy as np
import pytest
from sweeps import thinned

from archcalc.analysis.facts import analyze
from archcalc.forward.kernels import conv, dense
from archcalc.forward.run import GREATEST_PEAK, LEAST_PEAK, Run
from archcalc.forward.verify import verify
from archcalc.spec.load import load
from archcalc.spec.zoo import zoo_names

FAST = ["lenet5", "alexnet", "vgg16", "resnet110", "mobilenet_v2", "densenet121", "vit_b_32"]

NORMAL = np.finfo(np.float32).tiny
LAST = "softmax"
"""The tail of its powers may be as small as it likes: no product reads it in these networks."""


def levels(analysis):
    """Of each layer's output the greatest magnitude, and whether any value is subnormal."""
    noted = []

    class Watched(Run):
        def checked(self, output):
            magnitudes = np.abs(output)
            subnormal = ((magnitudes > 0) & (magnitudes < NORMAL)).any()
            noted.append((float(magnitudes.max()), bool(subnormal)))
            return super().checked(output)

    assert verify(analysis, make_run=Watched).agrees
    return noted


def unlevel(analysis):
    """The layers whose output leaves the scale that its inputs were brought to, or is subnormal somewhere."""
    return [
        facts.node.name
        for facts, (peak, subnormal) in zip(analysis.facts, levels(analysis), strict=True)
        if not LEAST_PEAK <= peak <= 4 * GREATEST_PEAK or (subnormal and facts.node.kind != LAST)
    ]


@pytest.mark.parametrize("name", thinned(FAST, 4))
def test_levels_are_kept(name):
    assert unlevel(analyze(load(name))) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(zoo_names()) - set(FAST))[::3])
def test_levels_are_kept_in_the_zoo(name):
    assert unlevel(analyze(load(name))) == []


@pytest.mark.parametrize("name", thinned(["vgg16", "resnet110", "mobilenet_v2"], 3))
def test_levels_are_lost_without_fan_in(name, monkeypatch):
    for module in (conv, dense):
        monkeypatch.setattr(module, "he_std", lambda _: 1.0)
    assert unlevel(analyze(load(name)))


def test_what_leaves_the_scale_is_brought_back_by_a_power_of_two():
    run = Run(np.random.default_rng(0))
    for factor in (1e-30, 2.0**-13, 2.0**12, 1e30):
        values = np.array([3.0, -5.0, 0.0], np.float32) * np.float32(factor)
        brought, finite = run.checked(values.copy())
        scale = brought[0] / values[0]
        assert finite
        assert np.log2(scale) % 1 == 0
        assert 0.5 <= np.abs(brought).max() < 1
        assert np.array_equal(brought, values * scale)


def test_what_is_on_scale_is_left_alone():
    values = np.array([2.0**-10, 2.0**10, 0.0], np.float32)
    assert Run(np.random.default_rng(0)).checked(values)[0] is values


def test_a_view_is_not_written_over():
    whole = np.full(7, 1e9, np.float32)
    brought, _ = Run(np.random.default_rng(0)).checked(whole[2:])
    assert (whole == np.float32(1e9)).all()
    assert brought.max() < 1


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_found(value):
    assert not Run(np.random.default_rng(0)).checked(np.array([1, value, 2], np.float32))[1]
