"""What several documents share: a network's identity, shapes, places and problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NotRequired, TypedDict

Count = Annotated[int, ("minimum", 0)]
Position = Annotated[int, "Lines and columns count from 1; columns count characters.", ("minimum", 1)]
ShapeData = list[int]
"""Channels first and without the batch; a sequence is [positions, features]."""


class NetworkData(TypedDict):
    """Which network a document is about; its input's shape is channels first and without the batch."""

    name: str
    source: str
    input_shape: ShapeData


class PlaceData(TypedDict):
    """A place in a file, counted from 1; null where there is none."""

    file: Annotated[str | None, "The source that a place is in; null where there is none."]
    line: Position | None
    column: Position | None


class Point(TypedDict):
    """A line and a column, from 1 on."""

    line: Position
    column: Position


class Range(TypedDict):
    """From the first character to behind the last."""

    start: Point
    end: Point


class EditDocument(TypedDict):
    """A range of a file and the text that is to stand there instead; nulls where there is no such text."""

    file: str | None
    range: Range | None
    new_text: str | None


class RepairDocument(PlaceData):
    """What would mend a problem: the place of the first change, all in words, and as edits."""

    edit: Annotated[str, "What is to be done, in words."]
    gives: Annotated[str, "What that leads to, in words."]
    edits: Annotated[
        list[EditDocument], "The same in the text: ranges in order, none of which overlap.", ("minItems", 1)
    ]


class ProblemData(PlaceData):
    """What is wrong, where, and what to try."""

    code: Annotated[str, "What kind of problem it is; `archcalc explain CODE` says more.", ("minLength", 1)]
    message: str
    hint: Annotated[str | None, "What to try, where something is known."]


class ErrorData(ProblemData):
    """A problem, with edits that would mend it where some are known."""

    repairs: NotRequired[list[RepairDocument]]


class ErrorsDocument(TypedDict):
    """What any command writes of a spec that could not be read."""

    schema_version: int
    truncated: Annotated[bool, "Whether reading stopped at so many errors that there may be more."]
    errors: list[ErrorData]


class FieldData(TypedDict):
    """A receptive field along each axis; a jump that is no whole number is a fraction in text."""

    size: list[int | None]
    jump: list[int | str | None]
    offset: list[int | None]


class FormulaData(TypedDict):
    """How a number came about: its symbol, an expression, the values put in, and the result."""

    symbol: str
    expression: str
    values: Mapping[str, int]
    result: int
    worked_out: str
