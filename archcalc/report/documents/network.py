"""Documents of `summarize`, `compare-fc`, `zoo`, `show`, `explain SPEC …` and `explain --kind`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NotRequired, TypedDict

from archcalc.report.documents.parts import ErrorData, FieldData, FormulaData, NetworkData, ShapeData


class SummarizedNetwork(NetworkData):
    """The network with the shapes that leave it, by name, and the outputs that only training uses."""

    outputs: dict[str, ShapeData]
    auxiliary: list[str]


class LayerField(FieldData):
    """A layer's receptive field, and whether the branches that it merges see the same centre and jump."""

    aligned: bool


class LayerData(TypedDict):
    """One layer: its settings where they are no defaults, its shapes, and every quantity by its name.

    Quantities are rows of a table, which a type cannot list; the schema has them.
    """

    name: str
    kind: str
    settings: dict[str, object]
    inputs: list[str]
    input_shapes: list[ShapeData]
    output_shape: ShapeData
    parameter_shapes: dict[str, ShapeData]
    buffer_shapes: dict[str, ShapeData]
    receptive_field: LayerField | None
    in_place: bool
    training_only: bool
    note: str


class SummaryDocument(TypedDict):
    """What `archcalc summarize` writes; of a network that breaks, the layers before the break, and errors."""

    schema_version: int
    network: SummarizedNetwork
    batch: int
    dtype: str
    layers: list[LayerData]
    totals: NotRequired[dict[str, int]]
    errors: NotRequired[list[ErrorData]]


class WeightsAndBiases(TypedDict):
    """Weights and biases of one way to connect, and their sum."""

    weights: int
    biases: int
    parameters: int


class WaysData(TypedDict):
    """A convolution's parameters shared, unshared and fully connected; null is a ratio to nothing."""

    name: str
    inputs: int
    outputs: int
    shared: WeightsAndBiases
    unshared: WeightsAndBiases
    fully_connected: WeightsAndBiases
    unshared_ratio: float | None
    fully_connected_ratio: float | None
    note: str


class ComparisonDocument(TypedDict):
    """What `archcalc compare-fc` writes."""

    schema_version: int
    network: NetworkData
    layers: list[WaysData]
    totals: WaysData


class CatalogueEntry(TypedDict):
    """A built-in network by the name that commands take, with its totals."""

    name: str
    network: str
    source: str
    input_shape: ShapeData
    totals: Mapping[str, int]


class CatalogueDocument(TypedDict):
    """What `archcalc zoo` writes."""

    schema_version: int
    networks: list[CatalogueEntry]


class LayerDocument(TypedDict):
    """What `archcalc explain SPEC LAYER` writes: a layer, and each of its numbers as a formula."""

    schema_version: int
    network: NetworkData
    batch: int
    dtype: str
    layer: LayerData
    formulas: list[FormulaData]
    connectivity: list[FormulaData]
    note: str


class SettingData(TypedDict):
    """A setting of a kind: its default as text, what it needs, and its other names."""

    name: str
    default: str
    needs: str
    aliases: list[str]


class KindDocument(TypedDict):
    """What `archcalc explain --kind` writes."""

    schema_version: int
    kind: str
    aliases: list[str]
    documentation: str
    settings: list[SettingData]


class VariableData(TypedDict):
    """A variable: its value, in which expressions are texts, what it means, and whether others give it."""

    name: str
    value: object
    meaning: str
    computed: bool


class BlockData(TypedDict):
    """A block: its settings with their defaults, what it is, and the file that defines it."""

    name: str
    settings: dict[str, object]
    meaning: str
    file: str


class OutlineDocument(TypedDict):
    """What `archcalc show` writes: a spec's text as one file, its variables and blocks, and what it uses."""

    schema_version: int
    network: str
    source: str
    spec: str
    base: str | None
    libraries: list[str]
    variables: list[VariableData]
    blocks: list[BlockData]


class PartData(TypedDict):
    """A layer that lies in no block, or a block: its layers, what leaves it, and its sums."""

    name: str
    layers: list[str]
    output_shape: ShapeData
    totals: Mapping[str, int]


class MadeOfDocument(TypedDict):
    """What `archcalc explain SPEC` writes: the parts of a network."""

    schema_version: int
    network: NetworkData
    batch: int
    dtype: str
    parts: list[PartData]
    totals: Mapping[str, int]


class BlockDocument(TypedDict):
    """What `archcalc explain SPEC BLOCK` writes: the layers of a block, and their sums."""

    schema_version: int
    network: NetworkData
    batch: int
    dtype: str
    block: str
    layers: list[LayerData]
    totals: Mapping[str, int]
