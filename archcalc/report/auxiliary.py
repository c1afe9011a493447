"""What a report says of auxiliary outputs, whose layers run in training only."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.analysis.facts import Analysis
from archcalc.analysis.quantities import outputs, parameters
from archcalc.report.values import count_text


def auxiliary_notes(analysis: Analysis) -> Iterator[str]:
    """That layers run in training only: what they add to the totals, and what they do not."""
    names = analysis.network.training_only
    members = [facts for facts in analysis.facts if facts.node.name in names]
    if not members:
        return
    learned = count_text(sum(parameters(facts, analysis) for facts in members))
    values = count_text(sum(outputs(facts) for facts in members if facts.node.layer.makes_volume()))
    macs = count_text(sum(facts.macs for facts in members))
    yield (
        f"in training only: {len(members)} layers, towards {' and '.join(analysis.network.auxiliary)}; their"
        f" {learned} parameters count, the {values} values and {macs} MACs of an example do not"
    )
