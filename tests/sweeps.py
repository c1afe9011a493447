"""Sweeps: the default run of the tests takes a part of each, the slow run takes the rest."""

from collections.abc import Iterable
from typing import Any

import pytest

from archcalc.spec.zoo import zoo_names

OF_THE_ZOO = {
    *("alexnet-grouped", "lenet5", "vgg16", "googlenet", "resnet18", "plain20", "resnet50-v1", "densenet121"),
    *("mobilenet_v3_small", "shufflenet_v2_x1_0", "unet", "vit_b_16", "convnext_tiny", "ds-cnn"),
}
"""Of every family: plain, grouped, branched, residual, dense, with attention, tiny."""


def thinned(cases: Iterable[object], every: int) -> list[Any]:
    """Cases for parametrize: the first of each `every` runs by default, the others are slow.

    A tuple has a value for each of several arguments.
    """
    return [_marked(case, number % every > 0) for number, case in enumerate(cases)]


def networks() -> list[Any]:
    """The built-in networks: those of `OF_THE_ZOO` run by default, the others are slow."""
    return [_marked(name, name not in OF_THE_ZOO) for name in zoo_names()]


def _marked(case: Any, slow: bool) -> Any:
    if not slow:
        return case
    if isinstance(case, type(pytest.param())):
        return pytest.param(*case.values, marks=[*case.marks, pytest.mark.slow], id=case.id)
    return pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.slow)
