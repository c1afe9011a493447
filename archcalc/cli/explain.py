"""`archcalc explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archcalc.analysis.facts import facts_of
from archcalc.cli.candidates import kinds, layers, specs_or_words
from archcalc.cli.options import analysis_options, examples, report_options
from archcalc.cli.output import reported
from archcalc.cli.request import Request, requested
from archcalc.errors import ReadError, RequestError
from archcalc.layers import LAYERS
from archcalc.layers.aliases import KIND_ALIASES
from archcalc.quoting import quoted
from archcalc.spec.zoo import source_of, zoo_names
from archcalc.suggestions import suggestion

if TYPE_CHECKING:
    from archcalc.report.page import Page


@click.command(
    epilog=examples(
        "archcalc explain resnet50",
        "archcalc explain resnet50 conv2_x",
        "archcalc explain alexnet conv1",
        "archcalc explain net.yaml conv1 --input 160",
        "archcalc explain resnet50 conv1 --impact",
        "archcalc explain --kind conv",
        "archcalc explain dropped-pixels",
        "archcalc explain receptive-field",
        "archcalc explain --codes",
    )
)
@click.argument("word", metavar="[SPEC]", required=False, shell_complete=specs_or_words)
@click.argument("layer", required=False, shell_complete=layers)
@click.option(
    "--kind",
    metavar="KIND",
    shell_complete=kinds,
    help="Explain a kind of layer instead: its formulas, source and settings.",
)
@click.option("--codes", is_flag=True, help="List the codes of all errors and advice.")
@click.option(
    "--impact",
    is_flag=True,
    help="Tell what a change of LAYER's output leads to: shapes, weights, what breaks, what is expected. "
    "With --set, that change.",
)
@requested(report_options, analysis_options)
def explain(
    request: Request, word: str | None, layer: str | None, kind: str | None, codes: bool, impact: bool
) -> None:
    """Each number of a LAYER as formula, numbers put in and result; or what a --kind of layer is.

    Of a block in place of LAYER, and of a SPEC alone: what it is made of. A WORD in place of SPEC: what that
    means. A WORD is the code of an error or an advice, a kind of layer, a quantity, or a term of the field.
    """
    if impact:
        request.write(_impact(request, word, layer, kind is not None or codes))
        return
    request.write(_asked_page(word, kind, codes) or _page_of_spec(request, word, layer))


def _impact(request: Request, word: str | None, layer: str | None, otherwise: bool) -> Page:
    """The page of --impact: of what --set changes, on all layers or on LAYER and what is behind it."""
    if otherwise or word is None or (layer is None and not request.assignments):
        raise click.UsageError("--impact needs SPEC and LAYER, or SPEC and --set")
    from archcalc.cli import impact

    with reported(request.format_, request.output):
        return impact.page(request._replace(spec=word), layer)


def _asked_page(word: str | None, asked: str | None, all_codes: bool) -> Page | None:
    """The page that --codes or --kind asks for, if one of them does."""
    if asked is None and not all_codes:
        return None
    from archcalc.report import codes, kind

    if all_codes:
        if word is not None or asked is not None:
            raise click.UsageError("--codes lists all codes, and takes nothing else")
        return codes.codes_page()
    if word is not None or asked is None:
        raise click.UsageError("give either SPEC and LAYER or --kind")
    return kind.kind_page(known_kind(asked))


def _page_of_spec(request: Request, word: str | None, layer: str | None) -> Page:
    """The page of a layer, a block or all of a spec, or of a word."""
    if word is None:
        raise click.UsageError("needs a SPEC, perhaps with a LAYER, or a WORD, or --kind")
    if layer is None and (page := page_of(word)):
        return page
    from archcalc.report import explanation, parts

    request = request._replace(spec=word)
    with reported(request.format_, request.output):
        read = request.parts()
        analysis = request.analyzed(request.on_input(read.spec))
    if layer is None:
        return parts.network_page(word, analysis, read)
    if members := parts.members_of(analysis, layer):
        return parts.block_page(word, analysis, layer, members)
    return explanation.explanation(analysis, facts_of(analysis, layer), request.options())


def page_of(word: str) -> Page | None:
    """The page of a word that is no spec; None for a spec, and RequestError for what is neither."""
    from archcalc.report.words import known_words, word_page

    if page := word_page(word):
        return page
    try:
        source_of(word)
    except ReadError:
        hint = (
            suggestion(word, [*known_words(), *zoo_names()]) or "`archcalc explain --codes` lists all codes"
        )
        what = "no code, kind, quantity, word or built-in network"
        raise RequestError(f"{what} is called {quoted(word)}; {hint}") from None
    return None


def known_kind(word: str) -> str:
    """The canonical name of a kind."""
    kind = KIND_ALIASES.get(word, word)
    if kind not in LAYERS:
        hint = suggestion(word, [*LAYERS, *KIND_ALIASES]) or "kinds are " + ", ".join(LAYERS)
        raise RequestError(f"no kind of layer is called {quoted(word)}; {hint}")
    return kind
