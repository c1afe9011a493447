"""What all tests share: the built-in networks, analyzed once a process, and how garbage is collected."""

import gc
from functools import cache

import pytest
from hypothesis import settings

from archcalc.analysis.facts import analyze
from archcalc.cli import MANY
from archcalc.spec.load import load

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
"""How long an example takes says how busy the machine is; tests of time count CPU seconds or calls."""

gc.set_threshold(MANY, *gc.get_threshold()[1:])
"""As the program itself sets it."""


def pytest_collection_finish():
    """Take the tests out of what is searched for garbage: they are many, and stay."""
    gc.freeze()


@pytest.fixture(scope="session")
def built_in():
    """The analysis of a built-in network by its name."""
    return cache(lambda name: analyze(load(name)))
