"""What the tests of the zoo share: each built-in network, analyzed once."""

from functools import cache

import pytest

from archcalc.analysis.facts import analyze
from archcalc.spec.load import load


@pytest.fixture(scope="session")
def analyzed():
    """The analysis of a built-in network by its name."""
    return cache(lambda name: analyze(load(name)))
