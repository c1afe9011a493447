"""What other tools say of a network, derived from our figures; and which of them say a given number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from archcalc.analysis.conventions import (
    BUILDS,
    Build,
    Convention,
    Derivation,
    Model,
    built,
    derive,
    unexamined,
)
from archcalc.analysis.conventions.identification import Asked, Match
from archcalc.analysis.facts import Analysis
from archcalc.report.heading import heading_lines, network_data, title
from archcalc.report.page import SCHEMA_VERSION, Column, Page, Row, Section, Table
from archcalc.report.values import count_text

if TYPE_CHECKING:
    from archcalc.report.documents.reconciliation import (
        CandidateData,
        DerivationData,
        FigureData,
        FiguresDocument,
        NumberDocument,
    )

COLUMNS = (
    Column("tool", "tool"),
    Column("figure", "what it calls it"),
    Column("means", "counts", rank=2),
    Column("amount", "amount", "count", rank=1),
    Column("shown", "as printed", "figure"),
    Column("build", "model"),
)
FOUND = (
    Column("amount", "amount", "count"),
    Column("unit", "in"),
    Column("tool", "tool"),
    Column("figure", "what it calls it"),
    Column("model", "model"),
)
NEAREST = (
    Column("amount", "amount", "count"),
    Column("lacks", "lacks", "figure"),
    Column("percent", "%", "figure"),
    Column("tool", "tool"),
    Column("figure", "what it calls it"),
    Column("model", "model"),
)
EXPLAINED = 3
"""Of how many amounts that give a number the steps are shown."""


class Variant(NamedTuple):
    """A figure of a model that is built otherwise, where that makes a difference."""

    build: Build
    derivation: Derivation


class Said(NamedTuple):
    """One figure of a tool: of the network as it is, and of other builds of it."""

    convention: Convention
    derivation: Derivation
    variants: tuple[Variant, ...]


def said(analysis: Analysis, conventions: Iterable[Convention]) -> tuple[Said, ...]:
    """The figures of some conventions."""
    plain, models = Model(analysis), built(BUILDS, analysis)
    return tuple(
        _said(convention, derive(figure, plain), models)
        for convention in conventions
        for figure in convention.figures
    )


def _said(convention: Convention, plain: Derivation, models: dict[Build, Model]) -> Said:
    chosen = ((build, models[build]) for build in convention.builds if build in models)
    others = (Variant(build, derive(plain.figure, model)) for build, model in chosen)
    return Said(convention, plain, tuple(one for one in others if one.derivation.total != plain.total))


def reconciliation(analysis: Analysis, conventions: tuple[Convention, ...]) -> Page:
    """The page of `archcalc reconcile SPEC`: with one convention its steps, with several a table."""
    found = said(analysis, conventions)
    name = title(analysis.network)
    table = Table(COLUMNS, tuple(_rows(found)))
    one = len(conventions) == 1
    return Page(
        title=f"{name}: {f'what {_named(conventions[0])} says' if one else 'what other tools say'}",
        lines=(*heading_lines(analysis, "one example", "float32"), *(_about(conventions[0]) if one else ())),
        table=None if one else table,
        sections=tuple(_section(one) for one in found) if one else (),
        notes=tuple(_notes(analysis, () if one else found, conventions)),
        data=lambda: _data(analysis, found),
        records=lambda: table,
    )


def _named(convention: Convention) -> str:
    return f"{convention.name} {convention.version}".rstrip()


def _about(convention: Convention) -> tuple[str, ...]:
    return f"{convention.name} {convention.counts}", f"source: {convention.source}"


def _rows(found: Iterable[Said]) -> Iterator[Row]:
    for one in found:
        yield _row(one.convention, one.derivation, "")
        for variant in one.variants:
            yield _row(one.convention, variant.derivation, variant.build.name)


def _row(convention: Convention, derivation: Derivation, build: str) -> Row:
    figure = derivation.figure
    return (convention.name, figure.name, figure.means, derivation.total, derivation.shown, build)


def _section(one: Said) -> Section:
    lines = list(steps(one.derivation))
    for build, derivation in one.variants:
        more = derivation.total - one.derivation.total
        sign = "+" if more > 0 else "−"
        lines.append(f"{build.what}: {sign} {count_text(abs(more))} = {_result(derivation)}")
    return one.derivation.figure.name, tuple(lines)


def steps(derivation: Derivation) -> Iterator[str]:
    """A derivation as a sum written down: a line for each term and factor, and the result."""
    factors = derivation.figure.factors
    amounts = [*(abs(amount) for _, amount in derivation.terms), *(factor.times for factor in factors)]
    width = max(len(count_text(amount)) for amount in (*amounts, derivation.total))
    for number, (what, amount) in enumerate(derivation.terms):
        sign = "−" if amount < 0 else "+" if number else " "
        yield f"{sign} {count_text(abs(amount)):>{width}}  {what}"
    for times, why in factors:
        yield f"× {count_text(times):>{width}}  {why}"
    if len(amounts) > 1:
        yield f"= {_result(derivation, width)}"
    elif derivation.shown != count_text(derivation.total):
        yield f"written as {derivation.shown}"


def _result(derivation: Derivation, width: int = 0) -> str:
    exact = f"{count_text(derivation.total):>{width}}"
    return exact if derivation.shown == exact.strip() else f"{exact}, written as {derivation.shown}"


def _notes(
    analysis: Analysis, found: Iterable[Said], conventions: Iterable[Convention] = ()
) -> Iterator[str]:
    told = {variant.build.name: variant.build.what for one in found for variant in one.variants}
    yield from (f"{name}: {what}" for name, what in told.items())
    known = [convention.knows for convention in conventions]
    by_all = frozenset.intersection(*known) if known else frozenset()
    kinds = dict.fromkeys(unexamined(facts, by_all) for facts in analysis.facts)
    kinds.pop("", None)
    if kinds:
        yield f"what tools count of {', '.join(kinds)} is not known here: figures may be off by their part"


def _data(analysis: Analysis, found: Iterable[Said]) -> FiguresDocument:
    return {
        "schema_version": SCHEMA_VERSION,
        "network": network_data(analysis.network),
        "figures": [_figure_data(one) for one in found],
    }


def _figure_data(one: Said) -> FigureData:
    return {
        "tool": one.convention.name,
        "version": one.convention.version,
        **_derivation_data(one.derivation),
        "builds": [
            {"build": build.name, "what": build.what, "amount": derivation.total, "shown": derivation.shown}
            for build, derivation in one.variants
        ],
    }


def _derivation_data(derivation: Derivation) -> DerivationData:
    return {
        "figure": derivation.figure.name,
        "means": derivation.figure.means,
        "terms": [{"what": what, "amount": amount} for what, amount in derivation.terms],
        "factors": [{"times": factor.times, "why": factor.why} for factor in derivation.figure.factors],
        "amount": derivation.total,
        "shown": derivation.shown,
    }


def identification(
    analysis: Analysis, number: Asked, found: tuple[Match, ...], near: tuple[tuple[Match, int], ...]
) -> Page:
    """The page of `archcalc reconcile SPEC NUMBER`: the figures that are the number, or come near it."""
    table = (
        Table(FOUND, tuple(map(_match_row, found))) if found else Table(NEAREST, tuple(map(_near_row, near)))
    )
    return Page(
        title=f"{title(analysis.network)}: {_verdict(number, found)}",
        lines=heading_lines(analysis, "one example", "float32"),
        table=table,
        sections=tuple(_explained(found)),
        notes=(*_build_notes(one.candidate.build for one in _all(found, near)), *_notes(analysis, ())),
        data=lambda: _identified(analysis, number, found, near),
        records=(lambda: _near_records(near)) if near else None,
    )


def _all(found: tuple[Match, ...], near: tuple[tuple[Match, int], ...]) -> Iterable[Match]:
    return found or (match for match, _ in near)


def _verdict(number: Asked, found: tuple[Match, ...]) -> str:
    if not found:
        return f"no convention known here gives {number.text}; the nearest figures"
    amounts = len({match.candidate.derivation.total for match in found})
    where = "" if not found[0].candidate.input_side else ", on another input"
    return f"{number.text} is {'this figure' if amounts == 1 else f'one of {amounts} figures'}{where}"


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
    analysis: Analysis, number: Asked, found: tuple[Match, ...], near: tuple[tuple[Match, int], ...]
) -> NumberDocument:
    return {
        "schema_version": SCHEMA_VERSION,
        "network": network_data(analysis.network),
        "number": number.text,
        "matches": [{**_match_data(match), "unit": match.unit, "cut": match.cut} for match in found],
        "nearest": [{**_match_data(match), "lacks": lacks} for match, lacks in near],
    }


def _match_data(match: Match) -> CandidateData:
    candidate = match.candidate
    return {
        "tool": candidate.tool,
        "build": candidate.build,
        "input_side": candidate.input_side or None,
        **_derivation_data(candidate.derivation),
    }
