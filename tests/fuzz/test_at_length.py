"""A short run of what fuzz.py does at length."""

import pytest
from fuzz import faults_of_commands, faults_of_mutations


def test_every_command_works_on_a_random_network():
    assert list(faults_of_commands(seed=1, count=1)) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_every_command_works_on_random_networks(seed):
    assert list(faults_of_commands(seed, 40)) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_raised_but_errors_of_specs(seed):
    assert list(faults_of_mutations(seed, 1500)) == []
