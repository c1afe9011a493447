"""Explanations: each number of a layer as formula, numbers put in, and result; and a kind's documentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from inspect import cleandoc
from typing import Any

from archcalc.analysis.explanation import connectivity_formulas, layer_formulas
from archcalc.analysis.facts import Analysis, Facts
from archcalc.layers import Formula, layer_class
from archcalc.layers.settings import required_settings, settings_of
from archcalc.report.page import Options, Page
from archcalc.report.summary import SCHEMA_VERSION, heading_lines, layer_data, settings
from archcalc.report.values import volume

SYMBOL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def explanation(analysis: Analysis, facts: Facts, options: Options) -> Page:
    """The page of `archcalc explain SPEC LAYER`."""
    sections = [layer_section(facts, analysis)]
    if facts.node.layer.convolves:
        lines = tuple(formula_lines(connectivity_formulas(facts, analysis)))
        sections.append(("parameters when connected in three ways", lines))
    return Page(
        title=f"{facts.node.name} of {analysis.network.name}",
        lines=heading_lines(analysis),
        sections=tuple(sections),
        notes=(facts.node.note,) if facts.node.note else (),
        data=lambda: _data(analysis, facts),
    )


def layer_section(facts: Facts, analysis: Analysis) -> tuple[str, tuple[str, ...]]:
    """A heading with the layer's volumes, and its numbers."""
    seen = " and ".join(volume(shape) for shape in facts.input_shapes)
    what = " ".join(part for part in (facts.node.kind, settings(facts)) if part)
    heading = f"{facts.node.name} ({what}): {seen} → {volume(facts.output_shape)}"
    return heading, tuple(formula_lines(layer_formulas(facts, analysis)))


def formula_lines(formulas: Iterable[Formula]) -> Iterator[str]:
    """Two lines each: the formula, and with the numbers put in."""
    for formula in formulas:
        if formula.values:
            yield f"{formula.symbol} = {formula.expression}"
        yield f"{formula.symbol} = {worked_out(formula)}"


def worked_out(formula: Formula) -> str:
    """`⌊(227 − 11 + 2·0)/4⌋ + 1 = 55`, or the result alone where nothing is computed."""
    result = f"{formula.result:,}"
    numbers = SYMBOL.sub(lambda name: f"{formula.values[name.group()]:,}", formula.expression)
    return result if numbers == result else f"{numbers} = {result}"


def _data(analysis: Analysis, facts: Facts) -> dict[str, Any]:
    own = list(layer_formulas(facts, analysis))
    ways = list(connectivity_formulas(facts, analysis)) if facts.node.layer.convolves else []
    return {
        "schema_version": SCHEMA_VERSION,
        "network": {"name": analysis.network.name, "input_shape": list(analysis.network.input_shape)},
        "layer": layer_data(facts, analysis),
        "formulas": [_formula_data(formula) for formula in own],
        "connectivity": [_formula_data(formula) for formula in ways],
        "note": facts.node.note,
    }


def _formula_data(formula: Formula) -> dict[str, Any]:
    return {**formula._asdict(), "worked_out": worked_out(formula)}


def kind_page(kind: str) -> Page:
    """The page of `archcalc explain --kind KIND`: the documentation of its class, and its settings."""
    cls = layer_class(kind)
    text = cleandoc(cls.__doc__ or "")
    sentence, _, rest = text.partition("\n\n")
    return Page(
        title=f"{kind}: {sentence}",
        sections=(("documentation", tuple(rest.splitlines())), ("settings", tuple(setting_lines(kind)))),
        data=lambda: {"schema_version": SCHEMA_VERSION, "kind": kind, "documentation": text},
    )


def setting_lines(kind: str) -> Iterator[str]:
    """Each setting with its default and what it needs."""
    cls = layer_class(kind)
    required = required_settings(cls)
    for name, setting in settings_of(cls).items():
        default = "required" if name in required else f"default {_default_text(setting.default)}"
        yield f"{name} ({default}): {setting.metadata['setting'].needs}"
    yield "name, from, when, note: on every layer"


def _default_text(value: object) -> str:
    """A default as a spec writes it."""
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
