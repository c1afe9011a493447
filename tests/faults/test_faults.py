"""The table of faults fits the source: else planting them would show nothing."""

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("plant.py")
_SPEC = importlib.util.spec_from_file_location("plant", SCRIPT)
plant = importlib.util.module_from_spec(_SPEC)
sys.modules["plant"] = plant
_SPEC.loader.exec_module(plant)

FAULTS = list(plant.read_faults())
KERNELS = [fault for fault in FAULTS if fault.file.startswith("archcalc/forward/")]
ENOUGH = 100
"""Of those in kernels, and of all others."""


def named(fault):
    return f"{fault.file.removeprefix('archcalc/')}: {fault.breaks}"


def test_there_are_enough():
    assert len(KERNELS) >= ENOUGH
    assert len(FAULTS) - len(KERNELS) >= ENOUGH
    assert len(set(map(named, FAULTS))) == len(FAULTS)


@pytest.mark.parametrize("file", sorted({fault.file for fault in FAULTS}))
def test_each_can_be_planted(file):
    """Its old text stands in the source exactly once, and what is written instead is Python still."""
    source = (plant.ROOT / file).read_text(encoding="utf-8")
    tree = ast.dump(ast.parse(source))
    for fault in FAULTS:
        if fault.file == file:
            assert ast.dump(ast.parse(fault.planted(source))) != tree, named(fault)


@pytest.mark.parametrize("path", sorted({path for nearest in plant.NEAREST.values() for path in nearest}))
def test_the_nearest_tests_are_there(path):
    assert (plant.ROOT / path).exists()


@pytest.mark.parametrize("source", ["", "a b a"])
def test_a_fault_that_no_longer_fits_is_refused(source):
    with pytest.raises(ValueError, match="not once: a"):
        plant.Fault("file.py", "something", "a", "b").planted(source)
