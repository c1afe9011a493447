"""The largest batch, or the largest input, that fits into a memory, and what it needs by the batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archcalc.analysis.facts import Analysis
from archcalc.analysis.memory.budget import flash_bytes, storage
from archcalc.analysis.memory.fit import Need, Piece, Room, Side, Sides, Use, largest_batch, need
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
    Column("flash_bytes", "in flash", "bytes"),
    Column("parameters", "parameters", "count"),
    Column("line", "bytes for a batch of N", "figure", rank=1),
)
LEFT_OUT = ("workspaces of kernels, and what an allocator or a driver adds",)


def batch_page(analysis: Analysis, room: Room, use: Use, options: Options) -> Page:
    """The page of `archcalc fit SPEC --memory SIZE`: how large a batch may be."""
    needed, largest = need(analysis, use), largest_batch(analysis, room, use)
    table = Table(PIECES, tuple(_piece_rows(needed)))
    return Page(
        title=f"{title(analysis.network)}: {_examples(largest)} {_room(room, use, options)}",
        lines=(
            *heading_lines(analysis, analysis.dtype, what(use)),
            *_flash(analysis, room, use, options),
            *_limits(needed, needed.largest_batch(room.memory), room.memory, options),
        ),
        table=table,
        notes=tuple(_left_out(use)),
        data=lambda: _batch_data(_head(analysis, room, use), needed, largest),
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


def _room(room: Room, use: Use, options: Options) -> str:
    """What there is: `24.00 GiB`, or `96.00 KiB of SRAM and 1.00 MiB of flash`."""
    text = bytes_text(room.memory, options.units)
    if not use.in_flash:
        return text
    return f"{text} of SRAM" + (
        "" if room.flash is None else f" and {bytes_text(room.flash, options.units)} of flash"
    )


def _flash(analysis: Analysis, room: Room, use: Use, options: Options) -> Iterator[str]:
    """What flash holds, and whether that is too much."""
    if use.in_flash:
        held = flash_bytes(analysis)
        over = room.flash is not None and held > room.flash
        text = f"in flash: {bytes_text(held, options.units)} of parameters ({storage(analysis)})"
        yield text + (f", {bytes_text(held - (room.flash or 0), options.units)} too much" if over else "")


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
        yield f"{_needing(largest)} {count_text(needed.of(largest))} bytes: {left} are left"
    lacking = bytes_text(needed.of(largest + 1) - memory, options.units)
    yield f"{_needing(largest + 1)} {count_text(needed.of(largest + 1))} bytes: {lacking} too much"


def _needing(examples: int) -> str:
    return "1 needs" if examples == 1 else f"{count_text(examples)} need"


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
    if use.in_flash:
        yield "parameters lie in flash: they take nothing of the SRAM, in which what is live lies"
    elif not use.optimizer:
        yield "parameters lie in this memory, beside what is live; with --fits, in flash"
    yield f"not counted: {'; '.join(NOT_COUNTED if use.optimizer else LEFT_OUT)}"


def _head(analysis: Analysis, room: Room, use: Use) -> FitHead:
    network = analysis.network
    return {
        "schema_version": SCHEMA_VERSION,
        "network": network_data(network),
        "memory_bytes": room.memory,
        "flash_bytes": room.flash,
        "dtype": analysis.dtype,
        "optimizer": use.optimizer or None,
        "settings": dict(use.settings),
    }


def input_page(analysis: Analysis, room: Room, use: Use, sides: Sides, options: Options) -> Page:
    """The page of `archcalc fit SPEC --memory SIZE --batch N`: how large the input may be."""
    shown = [i for i, column in enumerate(SIDES) if use.in_flash or column.key != "flash_bytes"]
    rows = [_side_row(side, use, room) for side in sides if side]
    table = Table(tuple(SIDES[i] for i in shown), tuple(tuple(row[i] for i in shown) for row in rows))
    return Page(
        title=f"{title(analysis.network)}: {_square(sides.largest)} {_room(room, use, options)} "
        f"with a batch of {count_text(analysis.batch)}",
        lines=heading_lines(analysis, analysis.dtype, what(use)),
        table=table,
        notes=(*_side_notes(analysis, sides), *_left_out(use)),
        data=lambda: _input_data(_head(analysis, room, use), analysis.batch, use, sides),
        records=lambda: table,
    )


def _input_data(head: FitHead, batch: int, use: Use, sides: Sides) -> InputDocument:
    largest, above = _side_data(sides.largest, use), _side_data(sides.above, use)
    return {**head, "batch": batch, "largest": largest, "next": above}


def _square(largest: Side | None) -> str:
    if largest is None:
        return "no square input fits into"
    return f"{volume(largest.analysis.network.input_shape)} is the largest square input that fits into"


def _side_row(side: Side, use: Use, room: Room) -> Row:
    found = side.analysis
    return (
        found.network.input_shape,
        "yes" if room.holds(side) else "no",
        side.bytes,
        side.stored,
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
        "flash_bytes": side.stored if use.in_flash else None,
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
