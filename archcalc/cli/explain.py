"""`archcalc explain`."""

from __future__ import annotations

import click

from archcalc.cli.candidates import kinds, layers, specs_or_advice
from archcalc.cli.options import (
    analysis_options,
    examples,
    facts_of,
    load_analysis,
    report_options,
    together,
)


@click.command(
    epilog=examples(
        "archcalc explain alexnet conv1",
        "archcalc explain net.yaml conv1 --input 160",
        "archcalc explain --kind conv",
        "archcalc explain dropped-pixels",
    )
)
@click.argument("spec", required=False, shell_complete=specs_or_advice)
@click.argument("layer", required=False, shell_complete=layers)
@click.option(
    "--kind",
    metavar="KIND",
    shell_complete=kinds,
    help="Explain a kind of layer instead: its formulas, source and settings.",
)
@together(report_options, analysis_options)
def explain(
    spec: str | None, layer: str | None, kind: str | None, format_: str, output: str,
    input_: str | None, batch: int, dtype: str,
) -> None:  # fmt: skip
    """Each number of a LAYER as formula, numbers put in and result; or what a --kind of layer is.

    Given only the code of an advice, in place of SPEC: what that notices, and why.
    """
    from archcalc.cli.output import options_for, reported, write_page

    options = options_for(output)
    if kind is not None:
        if spec is not None:
            raise click.UsageError("give either SPEC and LAYER or --kind")
        from archcalc.report.kind import kind_page

        write_page(kind_page(known_kind(kind)), format_, options, output)
        return
    if spec is not None and layer is None and is_code(spec):
        from archcalc.report.code import code_page

        write_page(code_page(spec), format_, options, output)
        return
    if spec is None or layer is None:
        raise click.UsageError("needs SPEC and LAYER, or --kind; `archcalc summarize SPEC` lists the layers")
    with reported(format_, output):
        analysis = load_analysis(spec, input_, batch, dtype)
    from archcalc.report.explanation import explanation

    write_page(explanation(analysis, facts_of(analysis, layer), options), format_, options, output)


def is_code(word: str) -> bool:
    """Whether a word is the code of an advice and no spec; raises RequestError when it is neither."""
    from archcalc.checks.advice import ADVICE
    from archcalc.errors import ReadError, RequestError, listed, quoted, suggestion
    from archcalc.spec.zoo import source_of, zoo_names

    if word in ADVICE:
        return True
    try:
        source_of(word)
    except ReadError:
        hint = suggestion(word, [*ADVICE, *zoo_names()]) or f"codes are {listed(ADVICE)}"
        raise RequestError(f"no advice and no built-in network is called {quoted(word)}; {hint}") from None
    return False


def known_kind(word: str) -> str:
    """The canonical name of a kind."""
    from archcalc.errors import RequestError, quoted, suggestion
    from archcalc.layers import LAYERS
    from archcalc.spec.aliases import KIND_ALIASES

    kind = KIND_ALIASES.get(word, word)
    if kind not in LAYERS:
        hint = suggestion(word, [*LAYERS, *KIND_ALIASES]) or "kinds are " + ", ".join(LAYERS)
        raise RequestError(f"no kind of layer is called {quoted(word)}; {hint}")
    return kind
