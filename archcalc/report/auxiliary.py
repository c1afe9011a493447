"""What reports say of auxiliary outputs, whose layers run in training only."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.analysis.facts import Analysis, Facts
from archcalc.analysis.quantities import outputs, parameters, runs
from archcalc.report.values import count_text


def training_layers(analysis: Analysis) -> list[Facts]:
    """The layers that run in training only."""
    return [facts for facts in analysis.facts if not runs(facts, analysis)]


def auxiliary_notes(analysis: Analysis) -> Iterator[str]:
    """What these layers add to the totals, and what they do not."""
    members = training_layers(analysis)
    learned = count_text(sum(parameters(facts, analysis) for facts in members))
    values = count_text(sum(outputs(facts) for facts in members if facts.node.layer.makes_volume()))
    macs = count_text(sum(facts.macs for facts in members))
    yield from _note(
        analysis,
        f"their {learned} parameters count, the {values} values and {macs} MACs of an example do not",
    )


def memory_notes(analysis: Analysis) -> Iterator[str]:
    """That these layers are left out."""
    yield from _note(analysis, "they are left out")


def verified_notes(analysis: Analysis) -> Iterator[str]:
    """That these layers ran too, whose MACs no total counts."""
    macs = count_text(sum(facts.macs for facts in training_layers(analysis)))
    yield from _note(analysis, f"they ran too, and {macs} of the products are theirs")


def layer_notes(facts: Facts, analysis: Analysis) -> Iterator[str]:
    """That a layer is one of these."""
    if not runs(facts, analysis):
        towards = " and ".join(analysis.network.auxiliary)
        yield f"in training only: it serves {towards}, and totals count neither its MACs nor its memory"


def _note(analysis: Analysis, what: str) -> Iterator[str]:
    members = training_layers(analysis)
    if members:
        many = f"{count_text(len(members))} layer{'s' * (len(members) > 1)}"
        yield f"in training only: {many}, towards {' and '.join(analysis.network.auxiliary)}; {what}"
