"""Explanations: each number of a layer as formula, numbers put in, and result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from archcalc.analysis.errata import errata_of
from archcalc.analysis.explanation import connectivity_formulas, layer_formulas
from archcalc.analysis.facts import Analysis, Facts
from archcalc.layers import Formula
from archcalc.report.auxiliary import layer_notes
from archcalc.report.errata import erratum_note
from archcalc.report.escaping import quoted_text
from archcalc.report.heading import heading_lines, network_data, title
from archcalc.report.page import SCHEMA_VERSION, Column, Options, Page, Section, Table
from archcalc.report.settings import in_full
from archcalc.report.summary_data import layer_data
from archcalc.report.symbols import WORD, symbol_note
from archcalc.report.values import sequences_note, volume

if TYPE_CHECKING:
    from archcalc.report.documents.network import LayerDocument
    from archcalc.report.documents.parts import FormulaData

CONNECTED = "parameters when connected in three ways"
COLUMNS = (
    Column("symbol", "number"),
    Column("expression", "formula"),
    Column("worked_out", "worked out"),
    Column("result", "result", "count"),
)


def explanation(analysis: Analysis, facts: Facts, options: Options) -> Page:
    """The page of `archcalc explain SPEC LAYER`."""
    node = facts.node
    sections = [layer_section(facts, analysis)]
    if node.layer.convolves:
        sections.append((CONNECTED, tuple(formula_lines(connectivity_formulas(facts, analysis)))))
    note = (f"note: {quoted_text(node.note)}",) if node.note else ()
    told = (each for each in errata_of(analysis.network, node.name) if each.printed not in node.note)
    errata = map(erratum_note, told)
    return Page(
        title=f"{node.name} of {title(analysis.network)}",
        lines=heading_lines(analysis, f"batch {analysis.batch}", analysis.dtype),
        sections=tuple(sections),
        notes=(*symbol_notes(sections), *_order(facts), *layer_notes(facts, analysis), *note, *errata),
        data=lambda: _data(analysis, facts),
        records=lambda: _records(analysis, facts),
    )


def layer_section(facts: Facts, analysis: Analysis) -> Section:
    """A heading with the layer's volumes, and its numbers."""
    node = facts.node
    seen = " and ".join(volume(shape) for shape in facts.input_shapes)
    what = ", ".join(part for part in (node.kind, in_full(node.layer)) if part)
    heading = f"{node.name} ({what}): {seen} → {volume(facts.output_shape)}"
    return heading, tuple(formula_lines(layer_formulas(facts, analysis)))


def symbol_notes(sections: Iterable[Section]) -> tuple[str, ...]:
    """What the symbols in the sections stand for, as a note."""
    note = symbol_note(chain.from_iterable(lines for _, lines in sections))
    return (f"symbols: {note}",) if note else ()


def _order(facts: Facts) -> tuple[str, ...]:
    note = sequences_note((*facts.input_shapes, facts.output_shape))
    return (f"volumes: {note}",) if note else ()


def formula_lines(formulas: Iterable[Formula]) -> Iterator[str]:
    """Two lines each: the formula, and with the numbers put in."""
    for formula in formulas:
        if formula.values:
            yield f"{formula.symbol} = {formula.expression}"
        yield f"{formula.symbol} = {worked_out(formula)}"


def worked_out(formula: Formula) -> str:
    """`⌊(227 − 11 + 2·0)/4⌋ + 1 = 55`, or the result alone where nothing is computed."""
    result = f"{formula.result:,}"
    numbers = WORD.sub(lambda name: f"{formula.values[name.group()]:,}", formula.expression)
    return result if numbers == result else f"{numbers} = {result}"


def _formulas(analysis: Analysis, facts: Facts) -> tuple[list[Formula], list[Formula]]:
    """Those of the layer, and those of its connectivities."""
    ways = list(connectivity_formulas(facts, analysis)) if facts.node.layer.convolves else []
    return list(layer_formulas(facts, analysis)), ways


def _records(analysis: Analysis, facts: Facts) -> Table:
    own, ways = _formulas(analysis, facts)
    return Table(COLUMNS, tuple((f.symbol, f.expression, worked_out(f), f.result) for f in own + ways))


def _data(analysis: Analysis, facts: Facts) -> LayerDocument:
    network = analysis.network
    own, ways = _formulas(analysis, facts)
    return {
        "schema_version": SCHEMA_VERSION,
        "network": network_data(network),
        "batch": analysis.batch,
        "dtype": analysis.dtype,
        "layer": layer_data(facts, analysis),
        "formulas": [_formula_data(formula) for formula in own],
        "connectivity": [_formula_data(formula) for formula in ways],
        "note": facts.node.note,
    }


def _formula_data(formula: Formula) -> FormulaData:
    symbol, expression, values, result = formula
    return {
        "symbol": symbol,
        "expression": expression,
        "values": values,
        "result": result,
        "worked_out": worked_out(formula),
    }
