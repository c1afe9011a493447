"""Chains of layers whose sizes grow without end are refused before their numbers do."""

import pytest

from archcalc import analyze, loads
from archcalc.analysis.facts import BrokenNetworkError

LARGEST = 2**31 - 1
HEAD = "input: {channels: 1, height: 9, width: 9}\nlayers:\n"
CHAINS = {
    "channels": f"  - depthwise: {{kernel_size: 1, multiplier: {LARGEST}}}\n",
    "sides": f"  - conv_transpose: {{filters: 1, kernel_size: {LARGEST}, stride: {LARGEST}}}\n",
    "jumps": f"  - conv: {{filters: 1, kernel_size: 1, stride: {LARGEST}}}\n",
}


@pytest.mark.parametrize("chain", CHAINS)
def test_a_chain_is_refused_where_it_grows_too_large(chain):
    with pytest.raises(BrokenNetworkError) as caught:
        analyze(loads(HEAD + CHAINS[chain] * 900))
    (problem,) = caught.value.problems
    assert problem.code == "too-large"
    assert "2^63" in problem.message
    assert len(caught.value.partial.facts) in (1, 2)


def test_fractions_are_bounded_too():
    pair = "  - conv_transpose: {filters: 1, kernel_size: 3, stride: 3}\n  - maxpool: {kernel_size: 2}\n"
    with pytest.raises(BrokenNetworkError) as caught:
        analyze(loads(HEAD + pair * 900))
    assert caught.value.problems[0].code == "too-large"


def test_what_is_large_but_has_an_end_is_exact():
    network = loads(HEAD + CHAINS["channels"] * 2)
    assert analyze(network).facts[-1].output_shape == (LARGEST**2, 9, 9)
