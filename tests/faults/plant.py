"""Plant the faults of faults.txt in copies of the checkout, one at a time, and see which the tests notice.

    python tests/faults/plant.py [--jobs N] [--only WORDS]

Each copy runs the default tests, those nearest to the fault first, until one fails. A fault that no
test notices is missed; the exit code is 1 when more than one fault in twenty is. To add a fault, write
it into faults.txt; when a change of the source moves the text of one, test_faults.py says so.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("faults.txt")
MOST_MISSED = 0.05
LONGEST = 900
"""Seconds that the tests of one copy may take: a fault may make them loop."""

SKIPPED = shutil.ignore_patterns(".*", "__pycache__", "dist", "build", "*.egg-info")
RULES = ("tests/test_window.py", "tests/layers", "tests/analysis")
VALUES = ("torch", "other", "conv", "pool", "norm", "sequence")
RUNS = ("sweep", "sharing", "run", "verify", "overwriting", "live", "unit_scale", "padding", "meta", "fields")
KERNELS = tuple(
    f"tests/forward/test_{name}.py" for name in (*(f"{kinds}_values" for kinds in VALUES), *RUNS, "agreement")
)
NEAREST = {
    "archcalc/spec/": ("tests/spec",),
    "archcalc/expectations/": ("tests/expectations", "tests/cli/test_expectations.py"),
    "archcalc/forward/": KERNELS,
    "archcalc/checks/": ("tests/checks",),
    "archcalc/report/": ("tests/report",),
    "archcalc/cli/": ("tests/cli",),
    "archcalc/project/": ("tests/project", "tests/cli"),
    "": RULES,
}
"""The tests of a file whose path begins so."""

PYTEST = (sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--ignore=tests/faults")
PASSED, FAILED = 0, 1
FIRST_FAILURE = re.compile(r"^FAILED ([^\s\[]+)", re.MULTILINE)


class Fault(NamedTuple):
    """`new` in place of `old` in a file, and what that breaks."""

    file: str
    breaks: str
    old: str
    new: str

    def planted(self, source: str) -> str:
        """The source with the fault; ValueError unless the old text stands in it exactly once."""
        if source.count(self.old) != 1:
            raise ValueError(f"{self.file} holds this {source.count(self.old)} times, not once: {self.old}")
        return source.replace(self.old, self.new)


class Result(NamedTuple):
    """Whether a fault was noticed, and by what."""

    fault: Fault
    noticed: bool
    by: str


def read_faults(table: Path = TABLE) -> Iterator[Fault]:
    """The faults of a table, whose first lines explain its form."""
    file = ""
    for paragraph in table.read_text(encoding="utf-8").split("\n\n"):
        lines = paragraph.strip("\n").splitlines()
        parts = {mark: "\n".join(line[2:] for line in lines if line[:1] == mark) for mark in "@*-+"}
        file = parts["@"] or file
        if parts["*"]:
            yield Fault(file, parts["*"], parts["-"], parts["+"])


def tested(checkout: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    """Run some tests of a checkout, or all, on the package that lies in it."""
    environment = {**os.environ, "PYTHONPATH": str(checkout), "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(
        [*PYTEST, *tests],
        cwd=checkout,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=LONGEST,
    )


def noticed(checkout: Path, nearest: tuple[str, ...] = RULES) -> tuple[bool, str]:
    """Whether the tests of a checkout fail, the nearest first; RuntimeError when they cannot run."""
    for tests in (nearest, ()):
        try:
            run = tested(checkout, *tests)
        except subprocess.TimeoutExpired:
            return True, "the tests did not end"
        if run.returncode == FAILED:
            first = FIRST_FAILURE.search(run.stdout)
            return True, first.group(1) if first else "a test that is not named"
        if run.returncode != PASSED:
            raise RuntimeError(f"the tests cannot run:\n{run.stdout}{run.stderr}")
    return False, ""


def copied(folder: str) -> Path:
    """A copy of the checkout without what is hidden or built."""
    return Path(shutil.copytree(ROOT, Path(folder) / "checkout", ignore=SKIPPED))


def result(fault: Fault) -> Result:
    """Plant one fault in a copy and run the tests there."""
    with TemporaryDirectory() as folder:
        checkout = copied(folder)
        path = checkout / fault.file
        path.write_text(fault.planted(path.read_text(encoding="utf-8")), encoding="utf-8")
        nearest = next(tests for begin, tests in NEAREST.items() if fault.file.startswith(begin))
        return Result(fault, *noticed(checkout, nearest))


def check_copy() -> None:
    """Make sure that a copy without a fault imports its own package and passes: else nothing is shown."""
    with TemporaryDirectory() as folder:
        checkout = copied(folder)
        command = [sys.executable, "-c", "import archcalc; print(archcalc.__file__)"]
        environment = {**os.environ, "PYTHONPATH": str(checkout)}
        found = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8")
        if checkout not in Path(found.stdout.strip()).resolve().parents:
            raise SystemExit(f"the copy would test another package: {found.stdout}{found.stderr}")
        failed, by = noticed(checkout)
        if failed:
            raise SystemExit(f"the tests fail without any fault: {by}")


def say(line: str) -> None:
    """Write a line at once: the next one may be a minute away."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Plant the faults, print what became of each, and return 1 when too many were missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="copies tested at a time")
    parser.add_argument("--only", default="", help="plant only faults whose file or text holds these words")
    options = parser.parse_args()
    faults = [fault for fault in read_faults() if options.only in f"{fault.file} {fault.breaks}"]
    if not faults:
        parser.error(f"no fault has {options.only!r} in its file or text")
    check_copy()
    width = max(len(f"{fault.file}: {fault.breaks}") for fault in faults)
    missed = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for fault, found, by in pool.map(result, faults):
            missed += not found
            what = f"{fault.file}: {fault.breaks}"
            say(f"{what:{width}}  {f'noticed by {by}' if found else 'MISSED'}")
    say(f"{len(faults) - missed} of {len(faults)} faults noticed")
    return int(missed > MOST_MISSED * len(faults))


if __name__ == "__main__":
    raise SystemExit(main())
