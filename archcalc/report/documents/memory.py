"""Documents of `memory`, `memory --train` and `fit`; all sizes are bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from archcalc.report.documents.parts import NetworkData, ShapeData


class LiveData(TypedDict):
    """A tensor that is live at the peak, with its bytes."""

    name: str
    bytes: int


class StepData(TypedDict):
    """A layer of the timeline: what it allocates, and what is live while it runs."""

    name: str
    taken_bytes: int
    live_bytes: int


class AllocationData(TypedDict):
    """One allocation: the tensors written into it, and the layers from which and to which it lasts."""

    volumes: list[str]
    bytes: int
    first: str
    last: str


class VerdictData(TypedDict):
    """Whether a memory is large enough, and the layer with which it is too small."""

    memory: str
    needed: int
    limit: int
    breaks: str
    most: str
    fits: bool


class MemoryDocument(TypedDict):
    """What `archcalc memory` writes."""

    schema_version: int
    network: NetworkData
    batch: int
    dtype: str
    convention: str
    concat: str
    schedule: str
    peak_bytes: int
    peak_layer: str
    peak_alive: list[LiveData]
    peak_bytes_as_written: int
    peak_bytes_bound: int | None
    activation_bytes: int
    activation_bytes_apart: int
    layers: list[StepData]
    buffers: list[AllocationData]
    fits: list[VerdictData]


class MomentData(TypedDict):
    """What is live at a moment of a training step."""

    phase: str
    layer: str
    activation_bytes: int
    activation_gradient_bytes: int
    gradient_bytes: int


class SegmentData(TypedDict):
    """Layers that are computed again in the backward pass, and the tensors that they read."""

    name: str
    layers: list[str]
    reads: list[str]


class SavedData(TypedDict):
    """A tensor saved for backward, and the layer at which its bytes are counted."""

    what: str
    bytes: int
    counted_at: str


class TrainedLayerData(TypedDict):
    """What a layer adds to the memory of a training step."""

    name: str
    kind: str
    parameter_bytes: int
    master_bytes: int
    state_bytes: int
    buffer_bytes: int
    gradient_bytes: int
    saved_bytes: int
    keeps: list[SavedData]


class TrainingDocument(TypedDict):
    """What `archcalc memory --train` writes."""

    schema_version: int
    network: NetworkData
    batch: int
    dtype: str
    optimizer: str
    precision: str
    device: str
    attention: str
    peak_bytes: int
    peak_bytes_fixed: int
    peak_bytes_per_example: int
    peak: MomentData
    parameter_bytes: int
    master_bytes: int
    state_bytes: int
    buffer_bytes: int
    gradient_bytes: int
    saved_bytes: int
    checkpointed: list[SegmentData]
    layers: list[TrainedLayerData]
    moments: list[MomentData]
    not_counted: list[str]


class PieceData(TypedDict):
    """From the batch `first` on, the bytes are fixed + per_example · batch; where that peak is."""

    first: int
    fixed: int
    per_example: int
    phase: str
    layer: str


class FitHead(TypedDict):
    """What must fit into which memory; flash_bytes: that of the flash in which parameters lie, else null."""

    schema_version: int
    network: NetworkData
    memory_bytes: int
    flash_bytes: int | None
    dtype: str
    optimizer: str | None
    settings: Mapping[str, str | int]


class BatchDocument(FitHead):
    """What `archcalc fit` writes: the largest batch, which is 0 where not even one example fits."""

    largest_batch: int
    needed_bytes: int | None
    next_batch_bytes: int
    pieces: list[PieceData]


class SideData(TypedDict):
    """A square input, what it needs, and the parameters that the network has on it.

    flash_bytes: what flash holds, where the parameters lie there; else null.
    """

    input_shape: ShapeData
    needed_bytes: int
    flash_bytes: int | None
    parameters: int
    piece: PieceData


class InputDocument(FitHead):
    """What `archcalc fit --batch` writes: the largest input that fits, and the next that works."""

    batch: int
    largest: SideData | None
    next: SideData | None
