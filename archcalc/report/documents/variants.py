"""The document of `compare`."""

from __future__ import annotations

from typing import TypedDict

from archcalc.report.documents.parts import ProblemData, ShapeData


class GoalData(TypedDict):
    """A column, and whether less or more of it is better: `min` or `max`."""

    column: str
    best: str


class VariantData(TypedDict):
    """One variant: its spec, the variables that were set as texts, its input, and the values of the columns.

    network, dtype, input_shapes: null where it is wrong; errors say why.
    best: columns in which no other is better.
    """

    spec: str
    set: dict[str, str]
    network: str | None
    dtype: str | None
    input_shapes: list[ShapeData] | None
    values: dict[str, int | ShapeData | None]
    best: list[str]
    pareto: bool
    errors: list[ProblemData]


class VariantsDocument(TypedDict):
    """What `archcalc compare` writes: the variants in the order of the table.

    dtype: null where the variants have types of their own.
    """

    schema_version: int
    batch: int
    dtype: str | None
    columns: list[str]
    sort: GoalData | None
    pareto: list[GoalData]
    variants: list[VariantData]
