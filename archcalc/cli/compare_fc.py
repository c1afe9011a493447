"""`archcalc compare-fc`."""

from __future__ import annotations

import click

from archcalc.cli.candidates import convolutions
from archcalc.cli.options import (
    examples,
    facts_of,
    input_option,
    load_analysis,
    report_options,
    spec_argument,
    together,
)

CONNECTIONS = 2**27
"""What a proof takes about a second for."""


@click.command(
    "compare-fc",
    epilog=examples(
        "archcalc compare-fc alexnet",
        "archcalc compare-fc alexnet --layer conv1",
        "archcalc compare-fc alexnet --layer conv1 --prove",
    ),
)
@together(spec_argument, report_options, input_option)
@click.option("--layer", metavar="NAME", shell_complete=convolutions, help="Only this convolution.")
@click.option("--prove", is_flag=True, help="Compute each in all three ways: the outputs must be the same.")
@click.option(
    "--max-connections", type=click.IntRange(1), metavar="N",
    help=f"With --prove: a layer that has more than N (or {CONNECTIONS:,}) is computed on a crop of its "
    "input.",
)  # fmt: skip
def compare_fc(
    spec: str,
    format_: str,
    output: str,
    input_: str | None,
    layer: str | None,
    prove: bool,
    max_connections: int | None,
) -> int:
    """What sharing filters saves.

    For each convolution: its parameters as they are (filters shared by all positions), with unshared
    filters (each output value has its own filter and bias), and fully connected (each output value
    sees every input value). The largest saving comes first.

    With --prove, each is computed in these three ways in NumPy, on integers, so that equality is exact: as
    a convolution, with its filters repeated at every position, and as one matrix. If they differ, the
    exit code is 1.
    """
    from archcalc.cli.output import options_for, reported, write_page

    if max_connections and not prove:
        raise click.UsageError("--max-connections is about proofs: add --prove")
    options = options_for(output)
    with reported(format_, output):
        analysis = load_analysis(spec, input_)
    if layer is not None:
        facts_of(analysis, layer)
    if not prove:
        from archcalc.report.comparison import comparison

        write_page(comparison(analysis, layer, options), format_, options, output)
        return 0
    from archcalc.forward.proof.sharing import prove as proved
    from archcalc.report.proof import proof

    proofs = proved(analysis, layer, max_connections or CONNECTIONS)
    write_page(proof(analysis, proofs, layer), format_, options, output)
    return 0 if all(one.holds for one in proofs) else 1
