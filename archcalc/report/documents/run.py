"""Documents of `verify` and `compare-fc --prove`, which run a network."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from archcalc.report.documents.parts import FieldData, NetworkData, ShapeData


class PeakData(TypedDict):
    """The most bytes at once, and the first layer at which there were so many."""

    bytes: int
    layer: str


class PeaksData(TypedDict):
    """The peak that was predicted, and that of the run."""

    predicted: PeakData
    actual: PeakData


class MeasuredData(TypedDict):
    """The sizes of one layer for one example; a layer that could not run has no output shape."""

    output_shape: ShapeData
    parameter_shapes: dict[str, ShapeData]
    buffer_shapes: dict[str, ShapeData]
    parameters: int
    macs: int


class FieldCheckData(TypedDict):
    """A receptive field, predicted and found; null is what no output within the input shows."""

    agrees: bool
    predicted: FieldData
    found: FieldData
    whole_input: list[bool]
    upper_bound: bool
    aligned: bool
    differences: list[str]


class CheckData(TypedDict):
    """One layer, predicted and run; seconds and bytes are there where they were measured."""

    name: str
    kind: str
    agrees: bool
    predicted: MeasuredData
    actual: MeasuredData
    finite: bool | None
    differences: list[str]
    seconds: NotRequired[float]
    bytes: NotRequired[int]
    receptive_field: NotRequired[FieldCheckData | None]


class VerificationDocument(TypedDict):
    """What `archcalc verify` writes; what a run on shapes cannot know is null."""

    schema_version: int
    network: NetworkData
    seed: int
    computed: bool
    agrees: bool
    needed: PeakData | None
    live: PeaksData
    layers: list[CheckData]
    not_run: list[str]


class CountsData(TypedDict):
    """Weights and biases, counted in the arrays that hold them."""

    weights: int
    biases: int


class UnsharedData(CountsData):
    """The unshared layer, and whether it computes the same."""

    agrees: bool


class MatrixData(TypedDict):
    """A layer as a matrix of outputs × inputs, and whether it computes the same."""

    dense: Annotated[bool, "Whether it was written out, or else kept as index arrays."]
    cells: Annotated[int, "How many values it has, zeros included."]
    non_zeros: int
    connections: Annotated[int, "How many weights were put into it; padding may put two into one cell."]
    cut: Annotated[int, "How many more an unshared layer has, which end beyond the border."]
    distinct: Annotated[int, "How many different weights stand in it."]
    least: Annotated[int, "In how many places the least used weight stands."]
    most: Annotated[int, "In how many places the most used weight stands."]
    agrees: bool


class ProvedLayerData(TypedDict):
    """One layer computed shared, unshared and fully connected, on its input or a part of it."""

    name: str
    holds: bool
    whole: bool
    whole_input_shape: ShapeData
    input_shape: ShapeData
    output_shape: ShapeData
    magnitude: float
    shared: CountsData
    unshared: UnsharedData
    matrix: MatrixData
    differences: list[str]


class ProofDocument(TypedDict):
    """What `archcalc compare-fc --prove` writes."""

    schema_version: int
    network: NetworkData
    holds: bool
    layers: list[ProvedLayerData]
