"""Writes docs/zoo.md: every built-in network with its figures, worked out from its spec."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from archcalc.analysis.facts import Analysis, analyze
from archcalc.analysis.memory import inference
from archcalc.analysis.quantities import totals
from archcalc.report.summary import field
from archcalc.report.values import bytes_text, count_text, volume
from archcalc.spec.items import setting_text
from archcalc.spec.load import load, read_parts
from archcalc.spec.outline import outline
from archcalc.spec.zoo import zoo_names

TOP1 = Path(__file__).with_name("top1.csv")
HEADS = ("network", "year", "input W×H×D", "parameters", "MACs", "activations", "peak memory", "field")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")

HEAD = """\
<!-- Written by docs/generate.py from the specs: edit those. -->

# The built-in networks

Each is a short spec in [specs/](../specs), which every command takes by its name: `archcalc summarize
resnet50`. `archcalc zoo` lists them; `archcalc zoo --check --verify` holds each to its `expect:` and runs it.
[How to write one](write-a-network.md) goes from a paper's table to a verified spec, and
[Errata](errata.md) lists published figures that are wrong or count otherwise.

* **parameters**, **MACs**: weights and biases, and multiply-accumulates for one example, exactly.
* **activations**: bytes of all volumes in float32, each once. **peak memory**: the most of them live at once
  at inference, in the order of the spec ([Memory](memory.md)).
* **field**: the receptive field of an output value, as `summarize` shows it.
* **top-1**: accuracy on ImageNet-1K in percent, of the first weights that torchvision publishes with this
  input ([top1.csv](top1.csv) names them); empty where there are none.
"""

VARIED = """
## Variables

What a variant can change: `base: mobilenet_v2` with `variables: {width: 140}`. Networks that are variants
themselves have the variables of their bases. `archcalc show NAME --variables` lists them, and
[Start](start.md) shows how they are used.

| network | variable | value | meaning |
| --- | --- | --- | --- |"""


def zoo_page() -> str:
    """docs/zoo.md."""
    with TOP1.open(encoding="utf-8", newline="") as file:
        top1 = {row["network"]: row["top1"] for row in csv.DictReader(file)}
    rows = [_row(name, analyze(load(name)), top1.get(name, "")) for name in zoo_names()]
    rules = ("---", "---", "---", "---:", "---:", "---:", "---:", "---", "---:", "---")
    lines = [f"| {' | '.join(cells)} |" for cells in ((*HEADS, "top-1", "source"), rules, *rows)]
    return "\n".join((HEAD, f"{len(rows)} networks:\n", *lines, VARIED, *_variables())) + "\n"


def _variables() -> list[str]:
    """What can be varied in each network that is no variant of another, as rows of a table."""
    outlines = {name: outline(read_parts(name)) for name in zoo_names()}
    return [
        f"| {name} | `{each.name}` | {_value(each.value)} | {each.meaning} |"
        for name, found in outlines.items()
        if not found.base
        for each in found.variables
        if not each.computed
    ]


def _value(value: object) -> str:
    return "a table" if isinstance(value, dict) else f"`{setting_text(value)}`"


def _row(name: str, analysis: Analysis, top1: str) -> tuple[str, ...]:
    network, sums = analysis.network, totals(analysis)
    year = YEAR.findall(network.source)
    return (
        f"[{name}](../specs/{name}.yaml)",
        year[0] if year else "",
        volume(network.input_shape),
        count_text(sums["parameters"]),
        count_text(sums["macs"]),
        bytes_text(sums["activation_bytes"], "binary"),
        bytes_text(inference(analysis).peak, "binary"),
        field(analysis.facts[next(iter(network.outputs.values())) - 1]),
        top1,
        network.source.partition(";")[0].replace("|", r"\|"),
    )
