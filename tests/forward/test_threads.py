"""The number of BLAS threads is set before NumPy is imported, or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from archcalc.forward.threads import VARIABLES, set_threads

STATUS = Path("/proc/self/status")
COUNTED = """
from archcalc.forward.threads import set_threads
import os, sys
assert set_threads({count})
assert "numpy" not in sys.modules
import numpy as np
np.ones((512, 512), np.float32) @ np.ones((512, 512), np.float32)
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("Threads:")][0])
print(os.environ["OMP_NUM_THREADS"])
"""

needs_proc = pytest.mark.skipif(
    not STATUS.exists() or (os.cpu_count() or 1) < 2,
    reason="counts threads in /proc, of two processors or more",
)


def counted(count, **environment):
    """The threads of a process that multiplied, and what it tells OpenMP."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    process = subprocess.run(
        [sys.executable, "-c", COUNTED.format(count=count)],
        env=kept | environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return tuple(map(int, process.stdout.split()))


@needs_proc
def test_there_is_one_thread_by_default():
    assert counted(None) == (1, 1)


@needs_proc
def test_a_count_is_kept_and_wins_over_the_environment():
    assert counted(2) == (2, 2)
    assert counted(2, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1") == (2, 2)


@needs_proc
def test_what_the_user_set_is_left_alone():
    assert counted(None, OMP_NUM_THREADS="2") == (2, 2)


def test_behind_the_import_of_numpy_nothing_changes(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", sys)
    before = dict(os.environ)
    assert not set_threads(3)
    assert dict(os.environ) == before
