"""Specs written to take long: CPU seconds and characters of messages for each, and the most memory of all.

    python benchmarks/hostile.py             # the cases of tests/spec/test_hostile.py, the slowest first
    python benchmarks/hostile.py --specs 1000    # and what it costs to check so many small specs

What is promised is 2 s and 300 MiB on a machine that does nothing else. Tests only see that nothing hangs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
REPORT = """
import json, sys
sys.path[:0] = sys.argv[1:3]
import test_hostile
json.dump(test_hostile.report(list(test_hostile.CASES)), sys.stdout)
"""
SMALL = """\
input: {channels: 1, height: 8, width: 8}
layers: [conv: {filters: 2, kernel_size: 3}, relu, maxpool: {kernel_size: 2}, flatten, fc: {units: 10}]
expect: {output: [10], parameters: < 20k, uses: [conv, fc]}
"""


def hostile(most: int = 15) -> None:
    """Print the slowest cases and the memory that all of them, one after the other, needed."""
    command = [sys.executable, "-c", REPORT, str(TESTS), str(TESTS / "spec")]
    found = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    slowest = sorted(found["cases"].items(), key=lambda case: -case[1][0])[:most]
    print(f"{'case':40}  {'CPU s':>6}  {'characters':>10}")
    for name, (seconds, said) in slowest:
        print(f"{name!r:40}  {seconds:6.2f}  {said:10,}")
    print(f"{len(found['cases'])} cases, at most {found['memory']:,} MiB")


def small(count: int) -> None:
    """Print what checking a folder of small specs costs, start-up included."""
    with TemporaryDirectory() as folder:
        for number in range(count):
            (Path(folder) / f"net{number:05}.yaml").write_text(SMALL, encoding="utf-8")
        begin = time.perf_counter()
        command = [sys.executable, "-m", "archcalc", "check", folder, "--quiet", "--jobs", "1"]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        print(f"{count:,} specs: {(time.perf_counter() - begin) / count * 1000:.2f} ms each")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--specs", type=int, default=0, help="small specs to check")
    chosen = parser.parse_args()
    hostile()
    if chosen.specs:
        small(chosen.specs)
