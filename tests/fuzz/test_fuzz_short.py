"""A short run of what `fuzz.py` does at length."""

import fuzz
import pytest


def test_every_command_reads_a_few_random_networks():
    assert list(fuzz.faults_of_commands(seed=1, count=1)) == []


@pytest.mark.slow
def test_every_command_reads_random_networks():
    assert list(fuzz.faults_of_commands(seed=2, count=20)) == []


@pytest.mark.slow
def test_mutated_specs_end_in_errors_alone():
    assert list(fuzz.faults_of_mutations(seed=1, count=400)) == []
