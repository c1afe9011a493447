"""Repairs of what is read in parts, and of volumes of another kind: the first edit that is offered."""

import pytest

from archcalc.analysis.facts import BrokenNetworkError
from archcalc.checks.repair import repairs
from archcalc.spec.load import parse_spec

IMAGE = "input: {channels: 3, height: 16, width: 16}\nlayers:\n"
SEQUENCES = "input: {channels: 8, height: 4, width: 4}\nlayers:\n  - tokens\n"
PARTS = (
    (
        IMAGE + "  - attention: {heads: 3}\n",
        "line 3: put '- tokens' in front of it",
    ),
    (
        SEQUENCES + "  - attention: {heads: 3}\n",
        "line 4: write heads: 2",
    ),
    (
        SEQUENCES + "  - conv: {filters: 3, kernel_size: 3}\n",
        "line 4: put '- volume: {height: 4, width: 4}' in front of it",
    ),
    (
        SEQUENCES + "  - volume: {height: 2}\n",
        "line 4: write width: 8",
    ),
    (
        SEQUENCES + "  - class_token\n  - volume: {height: 4, width: 4}\n",
        "line 5: put '- select: {start: 1}' in front of it",
    ),
    (
        SEQUENCES + "  - groupnorm: {groups: 2}\n",
        "line 4: write '- layernorm' instead",
    ),
    (
        SEQUENCES + "  - select: {start: 3, position: 0}\n",
        "line 4: write '- select: {start: 3}' instead",
    ),
    (
        SEQUENCES + "  - select: {position: 16}\n",
        "line 4: write position: 15",
    ),
    (
        IMAGE + "  - select: {stop: 5}\n",
        "line 3: write stop: 3",
    ),
    (
        IMAGE + "  - interpolate\n",
        "line 3: write scale_factor: 2",
    ),
    (
        IMAGE + "  - interpolate: {name: up, size: 8, scale_factor: 2}\n",
        "line 3: write '- interpolate: {scale_factor: 2, name: up}' instead",
    ),
    (
        IMAGE + "  - interpolate: {size: 8, align_corners: true}\n",
        "line 3: write mode: bilinear",
    ),
    (
        "input: {channels: 4, length: 9}\nlayers: [depthwise: {kernel_size: 3}]\n",
        "line 2: write '- conv1d: {filters: 4, kernel_size: 3, groups: 4}' instead",
    ),
    (
        "input: {features: 100}\nlayers: [conv_transpose: {filters: 8, kernel_size: 4}]\n",
        "line 1: write input: {channels: 100, height: 1, width: 1}",
    ),
    (
        "input: {features: 9}\nlayers:\n  - fc: {units: 4}\n  - maxpool: {kernel_size: 2}\n",
        "line 4: remove this maxpool",
    ),
    (
        IMAGE + "  - flatten\n  - attention: {heads: 1}\n",
        "line 3: write tokens instead of flatten",
    ),
    (
        IMAGE + "  - relu\n  - tokens\n  - add: {from: [relu1, tokens1]}\n",
        "line 5: put '- tokens: {name: positions, from: relu1}' in front of it"
        ", and line 5: write from: [positions, tokens1]",
    ),
)


@pytest.mark.parametrize(("text", "first"), PARTS)
def test_what_is_read_in_parts(text, first):
    with pytest.raises(BrokenNetworkError) as caught:
        parse_spec(text, "net.yaml").analyze()
    assert str(repairs(caught.value)[0]).partition(" (then ")[0] == first
