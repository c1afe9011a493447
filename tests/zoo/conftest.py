"""What the tests of the zoo share: each built-in network, analyzed once."""

import pytest


@pytest.fixture(scope="session")
def analyzed(built_in):
    """The analysis of a built-in network by its name."""
    return built_in
