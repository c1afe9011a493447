"""The summary as a course writes its listing: one line a layer, with the products worked out.

    conv1_1  conv  F3 P1  224×224×64   224·224·64 = 3,211,264   (3·3·3)·64 = 1,728

After the listing of VGGNet in the CS231n notes, Convolutional Networks.
"""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.analysis.explanation import layer_formulas
from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import QUANTITIES, totals
from archcalc.frozen import replace
from archcalc.layers.base import outputs_formula
from archcalc.report.explanation import worked_out
from archcalc.report.heading import heading_lines, title, titled_volumes
from archcalc.report.page import Column, Page, Row, Table
from archcalc.report.settings import abbreviated
from archcalc.report.summary_data import summary_data
from archcalc.report.values import count_text

FORMULAS = {"activations": "outputs", "weights": "weights", "biases": "biases", "macs": "MACs"}
"""By quantity the formula that it is worked out by."""

COLUMNS = (
    Column("name", "layer"),
    Column("kind", "kind", rank=2),
    Column("settings", "settings", rank=3),
    Column("output", "output", "shape", rank=1),
    *(Column(name, QUANTITIES[name].title, prose=True) for name in FORMULAS),
)
LEGEND = (
    "activations: of one example; a layer that works in place, or is a view, adds none",
    "MACs: for one example; padding zeros counted, bias adds not",
)


def worked(analysis: Analysis) -> Page:
    """The page of `archcalc summarize --worked`, whose products are those of one example."""
    sums = totals(replace(analysis, batch=1)) if analysis.complete else {}
    total = ("total", "", "", None, *(count_text(sums[name]) for name in FORMULAS)) if sums else None
    return Page(
        title=title(analysis.network),
        lines=heading_lines(analysis, f"batch {analysis.batch}", analysis.dtype),
        table=Table(titled_volumes(COLUMNS, analysis), tuple(_rows(analysis)), total),
        notes=LEGEND,
        data=lambda: summary_data(analysis),
    )


def _rows(analysis: Analysis) -> Iterator[Row]:
    """A row for each input, and one for each layer."""
    for name, shape in analysis.network.inputs.items():
        (volume,) = outputs_formula(shape)
        yield name, "", "", shape, worked_out(volume), "", "", ""
    for facts in analysis.facts:
        yield _row(facts, analysis)


def _row(facts: Facts, analysis: Analysis) -> Row:
    """What a layer adds, worked out; nothing where it adds nothing."""
    formulas = {formula.symbol: worked_out(formula) for formula in layer_formulas(facts, analysis)}
    node, amounts = facts.node, {name: QUANTITIES[name].of(facts, analysis) for name in FORMULAS}
    cells = (formulas.get(symbol, "") if amounts[name] else "" for name, symbol in FORMULAS.items())
    return node.name, node.kind, abbreviated(node.layer), facts.output_shape, *cells
