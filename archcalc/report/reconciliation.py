"""What other tools say of a network, or of one layer of it, derived from our figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

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
from archcalc.analysis.facts import Analysis
from archcalc.records import NamedTuple
from archcalc.report.heading import heading_lines, network_data, title
from archcalc.report.page import SCHEMA_VERSION, Column, Page, Row, Section, Table
from archcalc.report.values import count_text

if TYPE_CHECKING:
    from archcalc.report.documents.reconciliation import (
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


class Variant(NamedTuple):
    """A figure of a model that is built otherwise, where that makes a difference."""

    build: Build
    derivation: Derivation


class Said(NamedTuple):
    """One figure of a tool: of the network as it is, and of other builds of it."""

    convention: Convention
    derivation: Derivation
    variants: tuple[Variant, ...]


def said(analysis: Analysis, conventions: Iterable[Convention], layer: str = "") -> tuple[Said, ...]:
    """The figures of some conventions, of the whole network or of one layer."""
    plain = Model(analysis, layer=layer)
    models = {build: model._replace(layer=layer) for build, model in built(BUILDS, analysis).items()}
    return tuple(
        _said(convention, derive(figure, plain), models)
        for convention in conventions
        for figure in convention.figures
    )


def _said(convention: Convention, plain: Derivation, models: dict[Build, Model]) -> Said:
    chosen = ((build, models[build]) for build in convention.builds if build in models)
    others = (Variant(build, derive(plain.figure, model)) for build, model in chosen)
    return Said(convention, plain, tuple(one for one in others if one.derivation.total != plain.total))


def reconciliation(analysis: Analysis, conventions: tuple[Convention, ...], layer: str = "") -> Page:
    """The page of `archcalc reconcile SPEC`: with one convention its steps, with several a table."""
    found = said(analysis, conventions, layer)
    name = subject(analysis, layer)
    table = Table(COLUMNS, tuple(_rows(found)))
    one = len(conventions) == 1
    return Page(
        title=f"{name}: {f'what {_named(conventions[0])} says' if one else 'what other tools say'}",
        lines=(*heading_lines(analysis, "one example", "float32"), *(_about(conventions[0]) if one else ())),
        table=None if one else table,
        sections=tuple(_section(one) for one in found) if one else (),
        notes=tuple(notes(analysis, () if one else found, conventions, layer)),
        data=lambda: in_layer(_data(analysis, found), layer),
        records=lambda: table,
    )


def subject(analysis: Analysis, layer: str) -> str:
    """What figures are of: a network, or a layer of it."""
    return f"{layer} of {title(analysis.network)}" if layer else title(analysis.network)


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


def notes(
    analysis: Analysis, found: Iterable[Said], conventions: Iterable[Convention] = (), layer: str = ""
) -> Iterator[str]:
    """What builds mean, and of which kinds it is not known what tools count."""
    told = {variant.build.name: variant.build.what for one in found for variant in one.variants}
    yield from (f"{name}: {what}" for name, what in told.items())
    known = [convention.knows for convention in conventions]
    by_all = frozenset.intersection(*known) if known else frozenset()
    kinds = dict.fromkeys(unexamined(facts, by_all) for facts in Model(analysis, layer=layer).layers())
    kinds.pop("", None)
    if kinds:
        yield f"what tools count of {', '.join(kinds)} is not known here: figures may be off by their part"


Document = TypeVar("Document", "FiguresDocument", "NumberDocument")


def in_layer(document: Document, layer: str) -> Document:
    """The document with the layer that it is of, where it is not of the whole network."""
    if layer:
        document["layer"] = layer
    return document


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
        **derivation_data(one.derivation),
        "builds": [
            {"build": build.name, "what": build.what, "amount": derivation.total, "shown": derivation.shown}
            for build, derivation in one.variants
        ],
    }


def derivation_data(derivation: Derivation) -> DerivationData:
    """A derivation in JSON."""
    return {
        "figure": derivation.figure.name,
        "means": derivation.figure.means,
        "terms": [{"what": what, "amount": amount} for what, amount in derivation.terms],
        "factors": [{"times": factor.times, "why": factor.why} for factor in derivation.figure.factors],
        "amount": derivation.total,
        "shown": derivation.shown,
    }
