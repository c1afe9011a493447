"""Whole-process times of archcalc beside the imports it cannot do without, as ratios in one run.

    python -m venv /tmp/bench && /tmp/bench/bin/pip install . && /tmp/bench/bin/python benchmarks/startup.py

It measures what is installed, wherever it is started: the commands run in another folder and without their
own on the path (`-P`). It compiles what is installed first, as an installer does.

Each pair of commands runs in turn, A B A B …, so that a machine that slows down slows both. The
commands run with the interpreter that runs this file.
"""

from __future__ import annotations

import argparse
import compileall
import os
import pty
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

ELSEWHERE = tempfile.gettempdir()
PIPED = ["-P", "-c", "import click, yaml"]
TERMINAL = ["-P", "-c", "import click, yaml, rich.console, rich.table"]
ARCHCALC = ["-P", "-c", "from archcalc.cli import main; main()"]


def piped(arguments: list[str]) -> float:
    """Seconds of one process that writes into a pipe."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.PIPE, cwd=ELSEWHERE)
    return time.perf_counter() - begin


def in_terminal(arguments: list[str]) -> float:
    """Seconds of one process that writes to a terminal, read as fast as it writes."""
    begin = time.perf_counter()
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120"}
    process = subprocess.Popen([sys.executable, *arguments], stdout=follower, env=environment, cwd=ELSEWHERE)
    os.close(follower)
    while True:
        try:
            if not os.read(leader, 1 << 16):
                break
        except OSError:
            break
    process.wait()
    os.close(leader)
    return time.perf_counter() - begin


def paired(a: list[str], b: list[str], timed, runs: int) -> tuple[float, float, float]:
    """Medians of A and B in milliseconds, and the median of their ratios pair by pair."""
    timed(a), timed(b)
    pairs = [(timed(a), timed(b)) for _ in range(runs)]
    medians = [statistics.median(times) * 1000 for times in zip(*pairs, strict=True)]
    return medians[0], medians[1], statistics.median(one / other for one, other in pairs)


def sequential(layers: int, folder: Path) -> str:
    """A spec of `layers` layers, one behind the other, each written out."""
    path = folder / f"sequential{layers}.yaml"
    conv = "  - conv: {filters: 8, kernel_size: 3, padding: 1}\n"
    rows = "".join(conv if i % 2 else "  - relu\n" for i in range(layers))
    path.write_text(f"input: {{channels: 8, height: 64, width: 64}}\nlayers:\n{rows}")
    return str(path)


def compiled() -> str:
    """The folder of the installed package, after compiling what is not yet compiled."""
    spec = find_spec("archcalc")
    if spec is None or spec.origin is None:
        raise SystemExit("archcalc is not installed: pip install .")
    folder = Path(spec.origin).parent
    compileall.compile_dir(str(folder), quiet=1)
    return str(folder)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=21)
    runs = parser.parse_args().runs
    print(f"measured: {compiled()}")
    rows = [
        ("summarize vgg16, piped / import click, yaml", [*ARCHCALC, "summarize", "vgg16"], PIPED, piped),
        ("the same in a terminal / with rich", [*ARCHCALC, "summarize", "vgg16"], TERMINAL, in_terminal),
        ("--help / import click", [*ARCHCALC, "--help"], ["-P", "-c", "import click"], piped),
    ]
    print(f"{'pair':<46}{'A ms':>8}{'B ms':>8}{'A/B':>7}   ({runs} pairs, medians)")
    for title, a, b, timed in rows:
        first, second, ratio = paired(a, b, timed, runs)
        print(f"{title:<46}{first:>8.0f}{second:>8.0f}{ratio:>7.2f}")
    with tempfile.TemporaryDirectory() as folder:
        small, large = (sequential(n, Path(folder)) for n in (1000, 10000))
        a, b = [*ARCHCALC, "summarize", large], [*ARCHCALC, "summarize", small]
        first, second, ratio = paired(a, b, piped, max(runs // 4, 3))
        print(f"{'10,000 layers / 1,000 layers':<46}{first:>8.0f}{second:>8.0f}{ratio:>7.2f}")


if __name__ == "__main__":
    main()
