"""Problems as people read them: place, message, the line that it points at, a hint, and other places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from archcalc.errors import Problem, Repair, Span
from archcalc.quoting import escaped

if TYPE_CHECKING:
    from archcalc.report.documents.parts import EditDocument, PlaceData, ProblemData, Range, RepairDocument

EXCERPT = 100
"""How much of a line is shown."""


def problem_lines(
    problem: Problem, texts: Mapping[str, str], word: str = "error", source: str = ""
) -> Iterator[str]:
    """`file:line:col: error[code]: message`, the line with carets below what is meant, hint, other places.

    `texts` are the sources by name; `source` is named where the problem has no place.
    """
    return map(escaped, _lines(problem, texts, word, source))


def headline(problem: Problem, word: str = "error", source: str = "") -> str:
    """`file:line:col: error[code]: message`."""
    place = f"{problem.span or source}: " if problem.span or source else ""
    return escaped(f"{place}{word}[{problem.code}]: {problem.message}")


def path_of(source: str) -> str:
    """A source's path without `./` and doubled slashes, as code hosts name files."""
    parts = (part for part in source.split("/") if part not in ("", "."))
    return ("/" if source.startswith("/") else "") + "/".join(parts)


def source_line(span: Span, texts: Mapping[str, str]) -> str | None:
    """The line that a place is in, where its source is known."""
    lines = texts.get(span.source, "").splitlines()
    return lines[span.line - 1] if span.line <= len(lines) else None


def repair_line(repair: Repair) -> str:
    """A repair in words, as it stands below its problem."""
    return f"  try: {repair}"


def problem_data(problem: Problem) -> ProblemData:
    """A problem in JSON."""
    return {
        **span_data(problem.span),
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }


def span_data(span: Span | None) -> PlaceData:
    """A place in JSON, or none."""
    return {
        "file": span.source if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
    }


def repair_data(repair: Repair) -> RepairDocument:
    """A repair in JSON."""
    edits: list[EditDocument] = [
        {"file": place.source, "range": _range(place), "new_text": text} for place, text in repair.edits
    ]
    return {
        **span_data(repair.span),
        "edit": repair.change,
        "gives": repair.gives,
        "edits": edits or [{"file": None, "range": None, "new_text": None}],
    }


def _range(span: Span) -> Range:
    """From the first character to behind the last."""
    line, column = span.end
    return {"start": {"line": span.line, "column": span.column}, "end": {"line": line, "column": column}}


def _lines(problem: Problem, texts: Mapping[str, str], word: str, source: str) -> Iterator[str]:
    yield headline(problem, word, source)
    if problem.span:
        yield from _excerpt(problem.span, source_line(problem.span, texts))
    if problem.hint:
        yield f"  hint: {problem.hint}"
    for said, span in problem.also:
        yield f"{span}: note: {said}"
    yield from map(repair_line, problem.repairs)


def _excerpt(span: Span, line: str | None) -> Iterator[str]:
    """The line around a place, and carets below all that is meant: `^` of what goes on in further lines."""
    if line is None:
        return
    first = span.column - 1
    begin = max(0, first - EXCERPT // 2)
    last = span.end[1] - 1 if span.end[0] == span.line else first
    # What is escaped gets longer, and whether a character is depends on those behind it: so widths are
    # those of the rests of the line, from where what is meant begins and from behind it.
    shown, rest, behind = (escaped(line[place : begin + EXCERPT]) for place in (begin, first, last))
    margin = f"{span.line:>5} | "
    yield f"{margin}{shown}"
    yield " " * (len(margin) + len(shown) - len(rest)) + "^" * max(1, len(rest) - len(behind))
