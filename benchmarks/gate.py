"""From nothing to a verdict on a fresh machine: the gate of a course, in archcalc and in PyTorch.

    python benchmarks/gate.py                    # archcalc
    python benchmarks/gate.py torch==2.13.0      # and the same checks in PyTorch

Each side makes a virtual environment of its own, installs into it with pip (without its cache), and checks
one network: fewer than 20,000 parameters, input 28×28×1, 10 outputs, batch-norm and dropout used, global
average pooling or a fully connected layer, and each convolution but the last followed by batch-norm. How long
it takes to download what is installed depends on the network; its size does not.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = ("venv s", "install s", "check s", "total s", "again s", "again MiB", "MB on disk")
OURS = ["-m", "archcalc", "check", str(ROOT / "examples" / "passing.yaml")]
THEIRS = """
import torch
from torch import nn

def block(inputs, filters, stride):
    conv = nn.Conv2d(inputs, filters, 3, stride, 1, bias=False)
    return [conv, nn.BatchNorm2d(filters), nn.ReLU(), nn.Dropout(0.05)]

sizes = [(1, 8, 1), (8, 16, 2), (16, 32, 2), (32, 32, 1)]
net = nn.Sequential(
    *[layer for size in sizes for layer in block(*size)],
    nn.Conv2d(32, 10, 1),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
)
layers = list(net)
kinds = {type(layer) for layer in layers}
convs = [i for i, layer in enumerate(layers) if isinstance(layer, nn.Conv2d)]
assert sum(p.numel() for p in net.parameters()) < 20_000
assert net.eval()(torch.zeros(1, 1, 28, 28)).shape == (1, 10)
assert {nn.BatchNorm2d, nn.Dropout} <= kinds
assert kinds & {nn.AdaptiveAvgPool2d, nn.Linear}
assert all(isinstance(layers[i + 1], nn.BatchNorm2d) for i in convs[:-1])
print("ok")
"""


def ran(*command: str) -> tuple[float, float]:
    """Seconds that a command takes, and the MiB that it needs; it must succeed."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - begin, usage.ru_maxrss / 1024


def measured(requirements: list[str], check: list[str], folder: Path) -> list[float]:
    """The figures of one side, in the order of COLUMNS."""
    begin = time.perf_counter()
    venv.create(folder, with_pip=True)
    made = time.perf_counter() - begin
    python = str(folder / "bin" / "python")
    before = size(folder)
    pip = [python, "-m", "pip", "install", "--no-cache-dir", "--disable-pip-version-check"]
    installed, _ = ran(*pip, *requirements)
    first, _ = ran(python, *check)
    again, memory = ran(python, *check)
    return [made, installed, first, made + installed + first, again, memory, (size(folder) - before) / 1e6]


def size(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("torch", nargs="*", help="what pip installs for the side of PyTorch")
    torch = parser.parse_args().torch
    sides = [("archcalc", [str(ROOT)], OURS)]
    if torch:
        sides.append((" ".join(torch), torch, ["-c", THEIRS]))
    print(f"{'':<16}" + "".join(f"{title:>12}" for title in COLUMNS))
    for title, requirements, check in sides:
        with tempfile.TemporaryDirectory() as folder:
            figures = measured(requirements, check, Path(folder))
        print(f"{title:<16}" + "".join(f"{figure:>12,.2f}" for figure in figures))


if __name__ == "__main__":
    main()
