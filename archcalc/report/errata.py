"""Known slips of published figures, as notes of reports."""

from __future__ import annotations

from archcalc.analysis.errata import Erratum


def erratum_note(erratum: Erratum) -> str:
    """What is said of a published figure: `253,440 in print: the paper prints it …`."""
    return f"{erratum.printed} in print: {erratum.says} (docs/errata.md: {erratum.section})"
