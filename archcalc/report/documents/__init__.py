"""The JSON documents that archcalc writes, as types; schemas/ publishes a JSON Schema of each.

A module holds the documents of one question, and `parts` what several share. They are types only: whoever
writes JSON imports them for type checkers alone, so that they cost nothing when archcalc starts.
`python docs/schemas.py` writes the schemas anew.
"""

from __future__ import annotations

DOCUMENTS: dict[str, str] = {
    "summarize": "archcalc.report.documents.network:SummaryDocument",
    "compare": "archcalc.report.documents.variants:VariantsDocument",
    "compare-fc": "archcalc.report.documents.network:ComparisonDocument",
    "show": "archcalc.report.documents.network:OutlineDocument",
    "zoo": "archcalc.report.documents.network:CatalogueDocument",
    "explain-network": "archcalc.report.documents.network:MadeOfDocument",
    "explain-block": "archcalc.report.documents.network:BlockDocument",
    "explain-layer": "archcalc.report.documents.network:LayerDocument",
    "explain-impact": "archcalc.report.documents.impact:ImpactDocument",
    "explain-kind": "archcalc.report.documents.network:KindDocument",
    "memory": "archcalc.report.documents.memory:MemoryDocument",
    "memory-train": "archcalc.report.documents.memory:TrainingDocument",
    "fit": "archcalc.report.documents.memory:BatchDocument",
    "fit-input": "archcalc.report.documents.memory:InputDocument",
    "verify": "archcalc.report.documents.run:VerificationDocument",
    "prove": "archcalc.report.documents.run:ProofDocument",
    "reconcile": "archcalc.report.documents.reconciliation:FiguresDocument",
    "reconcile-number": "archcalc.report.documents.reconciliation:NumberDocument",
    "explain-codes": "archcalc.report.codes:CodesDocument",
    "explain-code": "archcalc.report.codes:CodeDocument",
    "explain-word": "archcalc.report.words:WordDocument",
    "diff": "archcalc.report.difference_data:DifferenceDocument",
    "check": "archcalc.report.documents.check:CheckDocument",
    "errors": "archcalc.report.documents.parts:ErrorsDocument",
}
"""The name of each document's schema, and where its type is: `module:class`."""
