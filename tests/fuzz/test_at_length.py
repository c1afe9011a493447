"""A short run of what fuzz.py does at length."""

import pytest
from fuzz import faults_of_commands, faults_of_mutations
from networks import SETTINGS
from patience import PATIENCE

from archcalc.layers import LAYERS, layer_class
from archcalc.layers.settings import settings_of


def test_every_setting_can_be_drawn():
    known = {name for kind in LAYERS for name in settings_of(layer_class(kind))}
    assert known - SETTINGS.keys() == set(), "give it a row in SETTINGS of networks.py"


def test_every_command_works_on_a_random_network():
    assert list(faults_of_commands(1, 1, PATIENCE)) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_every_command_works_on_random_networks(seed):
    assert list(faults_of_commands(seed, 40, PATIENCE)) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_raised_but_errors_of_specs(seed):
    assert list(faults_of_mutations(seed, 1500, PATIENCE)) == []
