"""The largest batch, or the largest input, that fits into a memory, and what it needs by the batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archcalc.analysis.facts import Analysis
from archcalc.analysis.memory.fit import Need, Piece, Side, Sides, Use, need
from archcalc.analysis.memory.training import NOT_COUNTED
from archcalc.analysis.quantities import QUANTITIES, total
from archcalc.report.heading import heading_lines, network_data, title
from archcalc.report.page import SCHEMA_VERSION, Column, Options, Page, Row, Table
from archcalc.report.values import bytes_text, count_text, volume

if TYPE_CHECKING:
    from archcalc.report.documents.memory import BatchDocument, FitHead, InputDocument, PieceData, SideData

PIECES = (
    Column("first", "from batch", "count"),
    Column("last", "to batch", "count", rank=3),
    Column("fixed", "fixed bytes", "bytes", rank=4),
    Column("per_example", "bytes per example", "bytes", rank=4),
    Column("line", "bytes for a batch of N", "figure"),
    Column("phase", "peak phase", rank=2),
    Column("layer", "peak layer", rank=1),
)
SIDES = (
    Column("input", "input W×H×D", "shape"),
    Column("fits", "fits"),
    Column("bytes", "memory needed", "bytes"),
    Column("parameters", "parameters", "count"),
    Column("line", "bytes for a batch of N", "figure", rank=1),
)
LEFT_OUT = ("workspaces of kernels, and what an allocator or a driver adds",)


def batch_page(analysis: Analysis, memory: int, use: Use, options: Options) -> Page:
    """The page of `archcalc fit SPEC --memory SIZE`: how large a batch may be."""
    needed = need(analysis, use)
    largest = needed.largest_batch(memory)
    table = Table(PIECES, tuple(_piece_rows(needed)))
    limit = bytes_text(memory, options.units)
    return Page(
        title=f"{title(analysis.network)}: {_examples(largest)} {limit}",
        lines=(
            *heading_lines(analysis, analysis.dtype, what(use)),
            *_limits(needed, largest, memory, options),
        ),
        table=table,
        notes=tuple(_left_out(use)),
        data=lambda: _batch_data(_head(analysis, memory, use), needed, largest),
        records=lambda: table,
    )


def _batch_data(head: FitHead, needed: Need, largest: int) -> BatchDocument:
    return {
        **head,
        "largest_batch": largest,
        "needed_bytes": needed.of(largest) if largest else None,
        "next_batch_bytes": needed.of(largest + 1),
        "pieces": [_piece_data(piece) for piece in needed.pieces],
    }


def what(use: Use) -> str:
    """What the network is run for, in words."""
    if not use.optimizer:
        return "inference"
    settings = (f"{name} {value}" for name, value in use.settings)
    return f"training with {', '.join((use.optimizer, *settings))}"


def _examples(largest: int) -> str:
    if not largest:
        return "not even one example fits into"
    return f"a batch of {count_text(largest)} is the largest that fits into"


def _limits(needed: Need, largest: int, memory: int, options: Options) -> Iterator[str]:
    """What the largest batch leaves, and what the next one lacks."""
    if largest:
        left = bytes_text(memory - needed.of(largest), options.units)
        yield f"{count_text(largest)} need {count_text(needed.of(largest))} bytes: {left} are left"
    lacking = bytes_text(needed.of(largest + 1) - memory, options.units)
    yield f"{count_text(largest + 1)} need {count_text(needed.of(largest + 1))} bytes: {lacking} too much"


def _piece_rows(needed: Need) -> Iterator[Row]:
    ends = [piece.first - 1 for piece in needed.pieces[1:]]
    for piece, last in zip(needed.pieces, (*ends, None), strict=True):
        fixed, per_example = piece.size
        yield piece.first, last, fixed, per_example, line(piece), piece.phase, piece.layer


def line(piece: Piece) -> str:
    """A piece as a formula: 402,861,440 + 69,648,288·N."""
    return f"{count_text(piece.size.fixed)} + {count_text(piece.size.per_example)}·N"


def _piece_data(piece: Piece) -> PieceData:
    fixed, per_example = piece.size
    return {
        "first": piece.first,
        "fixed": fixed,
        "per_example": per_example,
        "phase": piece.phase,
        "layer": piece.layer,
    }


def _left_out(use: Use) -> Iterator[str]:
    yield f"not counted: {'; '.join(NOT_COUNTED if use.optimizer else LEFT_OUT)}"


def _head(analysis: Analysis, memory: int, use: Use) -> FitHead:
    network = analysis.network
    return {
        "schema_version": SCHEMA_VERSION,
        "network": network_data(network),
        "memory_bytes": memory,
        "dtype": analysis.dtype,
        "optimizer": use.optimizer or None,
        "settings": dict(use.settings),
    }


def input_page(analysis: Analysis, memory: int, use: Use, sides: Sides, options: Options) -> Page:
    """The page of `archcalc fit SPEC --memory SIZE --batch N`: how large the input may be."""
    table = Table(SIDES, tuple(_side_row(side, use, memory) for side in sides if side))
    return Page(
        title=f"{title(analysis.network)}: {_square(sides.largest)} {bytes_text(memory, options.units)} "
        f"with a batch of {count_text(analysis.batch)}",
        lines=heading_lines(analysis, analysis.dtype, what(use)),
        table=table,
        notes=(*_side_notes(analysis, sides), *_left_out(use)),
        data=lambda: _input_data(_head(analysis, memory, use), analysis.batch, use, sides),
        records=lambda: table,
    )


def _input_data(head: FitHead, batch: int, use: Use, sides: Sides) -> InputDocument:
    largest, above = _side_data(sides.largest, use), _side_data(sides.above, use)
    return {**head, "batch": batch, "largest": largest, "next": above}


def _square(largest: Side | None) -> str:
    if largest is None:
        return "no square input fits into"
    return f"{volume(largest.analysis.network.input_shape)} is the largest square input that fits into"


def _side_row(side: Side, use: Use, memory: int) -> Row:
    found = side.analysis
    return (
        found.network.input_shape,
        "yes" if side.bytes <= memory else "no",
        side.bytes,
        total(QUANTITIES["parameters"], found),
        line(need(found, use).piece(found.batch)),
    )


def _side_data(side: Side | None, use: Use) -> SideData | None:
    if side is None:
        return None
    piece = need(side.analysis, use).piece(side.analysis.batch)
    return {
        "input_shape": list(side.analysis.network.input_shape),
        "needed_bytes": side.bytes,
        "parameters": total(QUANTITIES["parameters"], side.analysis),
        "piece": _piece_data(piece),
    }


def _side_notes(analysis: Analysis, sides: Sides) -> Iterator[str]:
    """What else a size changes, and where the network does not work."""
    largest, above = sides
    own = total(QUANTITIES["parameters"], analysis)
    if largest and total(QUANTITIES["parameters"], largest.analysis) != own:
        yield f"parameters: {count_text(own)} on its own input; layers that see all of it grow with it"
    if largest and above and above.side > largest.side + 1:
        yield f"it works on no square between {largest.side} and {above.side}"
    if above is None:
        yield "it works on no larger square"
