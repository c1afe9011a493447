"""The document of `explain --impact`."""

from __future__ import annotations

from typing import TypedDict

from archcalc.report.documents.parts import NetworkData, ProblemData, ShapeData


class ShapeChange(TypedDict):
    """A shape before and after."""

    old: ShapeData
    new: ShapeData


class AffectedLayer(TypedDict):
    """A layer that is not as before: its output, and those of its parameters whose shapes are others.

    output: null where it breaks, which `breaks` tells.
    """

    name: str
    kind: str
    output: ShapeChange | None
    parameter_shapes: dict[str, ShapeChange]
    breaks: ProblemData | None


class ImpactData(TypedDict):
    """What one change leads to.

    layers: those that are not as before, in order. unknown: how many read what a broken layer would write.
    come, gone: layers that only one of both has. expectations: those of the spec that no longer hold.
    checked: whether expectations could be checked, which needs a network that works.
    """

    change: str
    layers: list[AffectedLayer]
    unknown: int
    come: list[str]
    gone: list[str]
    expectations: list[ProblemData]
    checked: bool


class ImpactDocument(TypedDict):
    """What `archcalc explain SPEC LAYER --impact` writes; layer is null where all of --set is asked for."""

    schema_version: int
    network: NetworkData
    layer: str | None
    impacts: list[ImpactData]
