"""Which figures of other tools a given number is, or comes near."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from archcalc.analysis.conventions import BUILDS
from archcalc.analysis.conventions.identification import Match, WrittenNumber, published_as
from archcalc.analysis.errata import Erratum
from archcalc.analysis.facts import Analysis
from archcalc.report.errata import erratum_note
from archcalc.report.heading import heading_lines, network_data
from archcalc.report.page import SCHEMA_VERSION, Column, Page, Row, Section, Table
from archcalc.report.reconciliation import derivation_data, in_layer, notes, steps, subject

if TYPE_CHECKING:
    from archcalc.report.documents.reconciliation import CandidateData, NumberDocument

FOUND = (
    Column("amount", "amount", "count"),
    Column("unit", "unit"),
    Column("tool", "tool"),
    Column("figure", "what it calls it"),
    Column("model", "model"),
)
NEAREST = (
    Column("amount", "amount", "count"),
    Column("lacks", "lacks", "figure", rank=1),
    Column("percent", "% off", "figure"),
    Column("tool", "tool"),
    Column("figure", "what it calls it", prose=True),
    Column("model", "model"),
)
EXPLAINED = 3
"""Of how many amounts that give a number the steps are shown."""


def identification(
    analysis: Analysis,
    number: WrittenNumber,
    found: tuple[Match, ...],
    near: tuple[tuple[Match, int], ...],
    layer: str = "",
) -> Page:
    """The page of `archcalc reconcile SPEC NUMBER`: the figures that are the number, or come near it."""
    errata = published_as(number, analysis.network, layer)
    table = (
        Table(FOUND, tuple(map(_match_row, found))) if found else Table(NEAREST, tuple(map(_near_row, near)))
    )
    return Page(
        title=f"{subject(analysis, layer)}: {_verdict(number, found, errata)}",
        lines=heading_lines(analysis, "one example", "float32"),
        table=table,
        sections=tuple(_explained(found)),
        notes=(
            *map(erratum_note, errata),
            *_build_notes(one.candidate.build for one in _all(found, near)),
            *notes(analysis, (), layer=layer),
        ),
        data=lambda: in_layer(_identified(analysis, number, found, near, errata), layer),
        records=(lambda: _near_records(near)) if near else None,
    )


def _all(found: tuple[Match, ...], near: tuple[tuple[Match, int], ...]) -> Iterable[Match]:
    return found or (match for match, _ in near)


def _verdict(number: WrittenNumber, found: tuple[Match, ...], errata: tuple[Erratum, ...]) -> str:
    written = f"{int(number.text):,}" if number.text.isdecimal() else number.text
    if errata and not found:
        return f"{written} was published, but is no figure of it; the nearest figures"
    if not found:
        return f"no convention known here gives {written}; the nearest figures"
    amounts = len({match.candidate.derivation.total for match in found})
    where = "" if not found[0].candidate.input_side else ", on another input"
    return f"{written} is {'this figure' if amounts == 1 else f'one of {amounts} figures'}{where}"


def _match_row(match: Match) -> Row:
    derivation = match.candidate.derivation
    unit = f"{match.unit}, cut off" if match.cut else match.unit
    return (derivation.total, unit, match.candidate.tool, derivation.figure.name, _model(match))


def _model(match: Match) -> str:
    side = match.candidate.input_side
    return ", ".join(part for part in (match.candidate.build, f"input {side}×{side}" if side else "") if part)


def _near_row(near: tuple[Match, int]) -> Row:
    match, lacks = near
    derivation = match.candidate.derivation
    percent = f"{100 * lacks / max(1, derivation.total):+.2f}"
    return (
        derivation.total,
        f"{lacks:+,}",
        percent,
        match.candidate.tool,
        derivation.figure.name,
        _model(match),
    )


def _near_records(near: tuple[tuple[Match, int], ...]) -> Table:
    """The same for CSV: what each lacks as a number, and no percentage, which follows from it."""
    columns = tuple(column for column in NEAREST if column.key != "percent")
    rows = ((row, lacks) for row, (_, lacks) in zip(map(_near_row, near), near, strict=True))
    return Table(columns, tuple((row[0], lacks, *row[3:]) for row, lacks in rows))


def _explained(found: tuple[Match, ...]) -> Iterator[Section]:
    """The steps of the amounts that give the number, each once."""
    plain = [match for match in found if not match.candidate.build] or found
    first = {match.candidate.derivation.total: match for match in reversed(plain)}
    for match in sorted(first.values(), key=plain.index)[:EXPLAINED]:
        name = f"{match.candidate.tool}: {match.candidate.derivation.figure.name}"
        model = _model(match)
        yield f"{name} ({model})" if model else name, tuple(steps(match.candidate.derivation))


def _build_notes(names: Iterable[str]) -> Iterator[str]:
    used = set(names)
    return (f"{build.name}: {build.what}" for build in BUILDS if build.name in used)


def _identified(
    analysis: Analysis,
    number: WrittenNumber,
    found: tuple[Match, ...],
    near: tuple[tuple[Match, int], ...],
    errata: tuple[Erratum, ...],
) -> NumberDocument:
    document: NumberDocument = {
        "schema_version": SCHEMA_VERSION,
        "network": network_data(analysis.network),
        "number": number.text,
        "matches": [{**_match_data(match), "unit": match.unit, "cut": match.cut} for match in found],
        "nearest": [{**_match_data(match), "lacks": lacks} for match, lacks in near],
    }
    if errata:
        document["errata"] = [
            {"printed": each.printed, "says": each.says, "section": each.section} for each in errata
        ]
    return document


def _match_data(match: Match) -> CandidateData:
    candidate = match.candidate
    return {
        "tool": candidate.tool,
        "build": candidate.build,
        "input_side": candidate.input_side or None,
        **derivation_data(candidate.derivation),
    }
