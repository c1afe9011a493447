"""The proof of what sharing means: a convolution computed in three ways, and what its matrix holds.

Shared (as a convolution), unshared (a filter at each position) and fully connected (one matrix of outputs ×
inputs): `archcalc.forward.proof` computes them, and this writes the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archcalc.analysis.connectivity import connectivity_called
from archcalc.report.heading import heading_lines, network_data, title
from archcalc.report.page import SCHEMA_VERSION, Column, Page, Row, Section, Table
from archcalc.report.values import count_text, volume

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis
    from archcalc.forward.proof.sharing import Counts, Matrix, Proof
    from archcalc.layers import Shape
    from archcalc.report.documents.run import CountsData, MatrixData, ProofDocument, ProvedLayerData

NAME = Column("name", "convolution")
INPUT = Column("input", "computed on", "shape", rank=3)
MATRIX = Column("matrix", "kept as", rank=5)
OUTPUTS = Column("outputs", "outputs", "count", rank=2)
HOLDS = Column("holds", "equal")
COUNTS = (
    Column("matrix_cells", "matrix cells", "count", rank=1),
    Column("non_zeros", "non-zeros", "count"),
    Column("unshared_weights", "unshared weights", "count", rank=4),
    Column("cut", "cut weights", "count", rank=4),
    Column("shared_weights", "shared weights", "count", rank=2),
    Column("distinct_values", "distinct values", "count"),
)
USES = Column("uses", "uses of each", "figure")
LEAST_USES, MOST_USES = Column("least_uses", "least uses", "count"), Column("most_uses", "most uses", "count")

MEANINGS = (
    "equal: the convolution, an unshared layer with its filters repeated at every position, and one matrix "
    "of outputs × inputs compute the same outputs, with no tolerance; all counts are those of the formulas",
    "exact: tensors are integers so small that no sum of an output's products reaches 2^24; float32 rounds "
    "none of them, in whatever order they are added",
    "matrix cells: the weights of a fully connected layer; in those that are no non-zero stands 0",
    "distinct values: the weights that stand in the matrix; uses of each: in how many places",
)
CUT = (
    "cut weights: unshared weights that meet only padding, or write what is cropped; the matrix has no cell "
    "for them"
)


def proof(analysis: Analysis, proofs: tuple[Proof, ...], layer: str | None) -> Page:
    """The page of `archcalc compare-fc --prove`, for one convolution or all."""
    name = title(analysis.network)
    records = Table(
        (NAME, INPUT, MATRIX, OUTPUTS, *COUNTS, LEAST_USES, MOST_USES, HOLDS), tuple(map(_record, proofs))
    )
    return Page(
        title=f"{name if layer is None else f'{layer} of {name}'}: {_point(proofs)}",
        lines=heading_lines(analysis, "one example", "small integers in float32"),
        table=_table(proofs) if proofs else None,
        sections=tuple(_sections(proofs, layer)),
        notes=tuple(_notes(analysis, proofs)) if proofs else (),
        data=lambda: _data(analysis, proofs),
        records=lambda: records,
    )


def _table(proofs: tuple[Proof, ...]) -> Table:
    columns = (NAME, INPUT, MATRIX, OUTPUTS, *COUNTS, USES, HOLDS)
    return Table(columns, tuple((*_begin(one), _uses(one), _holds(one)) for one in proofs))


def _record(one: Proof) -> Row:
    return (*_begin(one), one.matrix.least, one.matrix.most, _holds(one))


def _begin(one: Proof) -> Row:
    matrix = one.matrix
    return (
        one.predicted.name,
        one.input_shape,
        "dense" if matrix.dense else "index arrays",
        one.predicted.outputs,
        matrix.cells,
        matrix.non_zeros,
        one.unshared.weights,
        matrix.cut,
        one.shared.weights,
        matrix.distinct,
    )


def _uses(one: Proof) -> str:
    """How often each weight is used, from the least to the most."""
    least, most = count_text(one.matrix.least), count_text(one.matrix.most)
    return least if least == most else f"{least} to {most}"


def _holds(one: Proof) -> str:
    return "yes" if one.holds else "NO"


def _point(proofs: tuple[Proof, ...]) -> str:
    """What it all comes to."""
    if not proofs:
        return "no convolution, and so nothing is shared"
    broken = [one.predicted.name for one in proofs if not one.holds]
    if broken:
        return f"not proved for {len(broken)} of {len(proofs)} convolutions, first {broken[0]}"
    outputs = count_text(sum(one.predicted.outputs for one in proofs))
    crop = "" if all(one.is_whole for one in proofs) else ", on a crop"
    return f"shared, unshared and fully connected compute the same {outputs} outputs{crop}"


def _sections(proofs: tuple[Proof, ...], layer: str | None) -> Iterator[Section]:
    for one in proofs:
        if not one.holds:
            yield f"{one.predicted.name} disagrees", one.differences()
        elif layer is not None:
            yield "the formulas, counted", tuple(_sums(one))


def _sums(one: Proof) -> Iterator[str]:
    """How the counts hang together: shared to unshared to fully connected."""
    ways, matrix = one.predicted, one.matrix
    shared, unshared, cells = ways.shared.weights, ways.unshared.weights, ways.fully_connected.weights
    yield f"shared weights · positions = {shared:,}·{unshared // shared:,} = {unshared:,} unshared weights"
    twice = matrix.connections - matrix.non_zeros
    parts = {"non-zeros": matrix.non_zeros, "cut": matrix.cut, "in a cell with another": twice}
    kept = {name: count for name, count in parts.items() if count}
    yield f"{' + '.join(kept)} = {' + '.join(map(count_text, kept.values()))} = {unshared:,} unshared weights"
    yield f"outputs · inputs = {ways.outputs:,}·{ways.inputs:,} = {cells:,} matrix cells"


def _notes(analysis: Analysis, proofs: tuple[Proof, ...]) -> Iterator[str]:
    yield from MEANINGS
    if any(one.matrix.cut for one in proofs):
        yield CUT
    for one in proofs:
        if not one.is_whole:
            yield _crop_note(analysis, one)


def _crop_note(analysis: Analysis, one: Proof) -> str:
    whole = connectivity_called(one.predicted.name, analysis)
    return (
        f"{whole.name}: computed on a crop, the first {_sides(one.input_shape)} of the {_sides(one.whole)} "
        f"inputs of each channel; the whole has {whole.unshared.weights:,} unshared weights "
        "(--max-connections allows more)"
    )


def _sides(shape: Shape) -> str:
    return volume(shape[1:])


def _data(analysis: Analysis, proofs: tuple[Proof, ...]) -> ProofDocument:
    network = analysis.network
    return {
        "schema_version": SCHEMA_VERSION,
        "network": network_data(network),
        "holds": all(one.holds for one in proofs),
        "layers": [_proof_data(one) for one in proofs],
    }


def _proof_data(one: Proof) -> ProvedLayerData:
    return {
        "name": one.predicted.name,
        "holds": one.holds,
        "whole": one.is_whole,
        "whole_input_shape": list(one.whole),
        "input_shape": list(one.input_shape),
        "output_shape": list(one.written),
        "magnitude": one.magnitude,
        "shared": _counts_data(one.shared),
        "unshared": {**_counts_data(one.unshared), "agrees": one.unshared_agrees},
        "matrix": _matrix_data(one.matrix, one.matrix_agrees),
        "differences": list(one.differences()),
    }


def _counts_data(counts: Counts) -> CountsData:
    return {"weights": counts.weights, "biases": counts.biases}


def _matrix_data(matrix: Matrix, agrees: bool) -> MatrixData:
    return {
        "dense": matrix.dense,
        "cells": matrix.cells,
        "non_zeros": matrix.non_zeros,
        "connections": matrix.connections,
        "cut": matrix.cut,
        "distinct": matrix.distinct,
        "least": matrix.least,
        "most": matrix.most,
        "agrees": agrees,
    }
