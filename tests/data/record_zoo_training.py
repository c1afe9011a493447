"""Writes zoo_training.json: the memory that networks of the zoo took in a training step of PyTorch.

    for name in …; do archcalc summarize $name --format json > $name.json; done
    python record_zoo_training.py *.json > zoo_training.json             (PyTorch 2.13.0 on a CPU)

Of archcalc's reports only the layers, their settings and what they read are used. What is counted, and how,
is said in record_training.py. Where a network has blocks, second figures have each of those at the top
checkpointed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from record_training import Running, measured


def network_of(report: dict[str, Any]) -> Running:
    layers = [
        {"kind": each["kind"], "name": each["name"], "from": each["inputs"], "settings": each["settings"]}
        for each in report["layers"]
    ]
    read = {name for layer in layers for name in layer["from"]}
    leaving = [layer["name"] for layer in layers if layer["name"] not in read]
    return Running(layers, tuple(report["network"]["input_shape"]), leaving)


def row(report: dict[str, Any]) -> dict[str, dict[str, int]]:
    names = (layer["name"] for layer in report["layers"])
    blocks = sorted({name.partition("/")[0] for name in names if "/" in name})
    found = {"": measured(network_of(report), [])}
    return found | ({"every=1": measured(network_of(report), blocks)} if blocks else {})


if __name__ == "__main__":
    reports = {Path(path).stem: json.loads(Path(path).read_text(encoding="utf-8")) for path in sys.argv[1:]}
    json.dump({name: row(report) for name, report in reports.items()}, sys.stdout, indent=1)
