"""First specs: a small network to start from, and a variant of one that exists."""

from __future__ import annotations

from archcalc.analysis.facts import Analysis
from archcalc.analysis.quantities import totals
from archcalc.spec.items import setting_text
from archcalc.spec.outline import Outline

FIRST = """\
name: My network
input: {channels: 3, height: 32, width: 32}
variables:
  classes: 10  # outputs of the classifier
  width: 16  # filters of the first stage; each stage has twice as many as the one in front
blocks:
  conv_unit:
    settings: {filters: required, stride: 1}
    layers:
      - conv: {filters: $filters, kernel_size: 3, stride: $stride, padding: 1, bias: false}
      - batchnorm
      - relu
layers:
  - conv_unit: {name: stem, filters: $width}
  - repeat:
      index: stage
      each: {filters: ["${2 * width}", "${4 * width}"]}
      layers:
        - conv_unit: {name: "stage${stage}/down", filters: $filters, stride: 2}
        - conv_unit: {name: "stage${stage}/conv", filters: $filters}
  - global_avgpool
  - flatten
  - fc: {name: classifier, units: $classes}
"""
"""A network of the kind that most begin with, every part of which is there to be changed."""

EXPECT = "expect:  # what the network is today: `archcalc check` says when a change moves it\n"


def variant(base: str, name: str, found: Outline) -> str:
    """A spec that is a variant of another: its variables with their values, to be changed."""
    lines = [f"name: {setting_text(f'{name}, my variant')}", f"base: {setting_text(base)}"]
    variables = [each for each in found.variables if not each.computed]
    if variables:
        lines.append("variables:")
    for each in variables:
        behind = f"  # {each.meaning}" if each.meaning else ""
        lines.append(f"  {each.name}: {setting_text(each.value)}{behind}")
    return "\n".join(lines) + "\n"


def expected_today(analysis: Analysis) -> str:
    """An `expect:` that holds: the shape of the output, parameters and MACs."""
    amounts = {
        "output": setting_text(list(analysis.shape(next(iter(analysis.network.outputs.values()))))),
        **{key: str(totals(analysis)[key]) for key in ("parameters", "macs")},
    }
    return "".join((EXPECT, *(f"  {key}: {amount}\n" for key, amount in amounts.items())))
