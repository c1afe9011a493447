"""The gate on many specs: what each costs, and when processes are started."""

import concurrent.futures
import os
import time

import pytest
from patience import PATIENCE

from archcalc.cli.check import PARALLEL

SPEC = """\
input: {channels: 1, height: 8, width: 8}
layers:
  - conv: {filters: 2, kernel_size: 3}
  - relu
  - maxpool: {kernel_size: 2}
  - flatten
  - fc: {units: 10}
expect:
  output: [10]
  parameters: < 20k
  uses: [conv, fc]
"""
SPECS = 200

PROGRAM = """\
import sys, time
from archcalc.cli.app import exit_code
assert exit_code(["check", "lenet5", "--quiet"]) == 0
begin = time.process_time()
assert exit_code(["check", sys.argv[1], "--jobs", "1", "--quiet"]) == 0
print(time.process_time() - begin)
"""


@pytest.fixture
def specs(tmp_path):
    """Write so many specs into a folder."""

    def write(number):
        for each in range(number):
            (tmp_path / f"net{each:04}.yaml").write_text(SPEC, encoding="utf-8")
        return tmp_path

    return write


def test_many_specs_in_one_process(process, specs):
    """After the start-up; benchmarks/hostile.py says what each costs."""
    assert float(process(specs(SPECS), code=PROGRAM).out) < PATIENCE


def test_many_specs_are_spread_over_processes(archcalc, specs, monkeypatch):
    started = []

    class Pool(concurrent.futures.ThreadPoolExecutor):
        def __init__(self, processes):
            started.append(processes)
            super().__init__(processes)

    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(concurrent.futures, "ProcessPoolExecutor", Pool)
    folder = specs(PARALLEL - 1)
    alone = archcalc("check", folder)
    assert (alone.code, started) == (0, [])
    folder = specs(PARALLEL)
    together = archcalc("check", folder)
    assert (together.code, started) == (0, [2])
    assert together.out.splitlines()[:-2] == alone.out.splitlines()[:-1]


def test_a_huge_spec_does_not_hold_up_the_rest(archcalc, specs):
    folder = specs(1)
    (folder / "huge.yaml").write_bytes(b"input: " + b"x" * 3_000_000)
    begin = time.process_time()
    code, out, _ = archcalc("check", folder)
    assert time.process_time() - begin < PATIENCE
    assert code == 1
    assert "huge.yaml:1:1: error[too-large]: " in out
    assert "2 specs: 1 ok" in out
