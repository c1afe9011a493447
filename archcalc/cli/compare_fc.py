"""`archcalc compare-fc`."""

from __future__ import annotations

import click

from archcalc.analysis.facts import facts_of
from archcalc.cli.candidates import convolutions
from archcalc.cli.options import examples, report_options, spec_argument, variation_options
from archcalc.cli.request import Request, requested

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
@requested(spec_argument, report_options, variation_options)
@click.option("--layer", metavar="NAME", shell_complete=convolutions, help="Only this convolution.")
@click.option("--prove", is_flag=True, help="Compute each in all three ways: the outputs must be the same.")
@click.option(
    "--max-connections",
    type=click.IntRange(1),
    metavar="N",
    help=f"With --prove: a layer that has more than N (or {CONNECTIONS:,}) is computed on a crop of its "
    "input.",
)
def compare_fc(request: Request, layer: str | None, prove: bool, max_connections: int | None) -> int:
    """What sharing filters saves.

    For each convolution: its parameters as they are (filters shared by all positions), with unshared
    filters (each output value has its own filter and bias), and fully connected (each output value
    sees every input value). The largest saving comes first.

    With --prove, each is computed in these three ways in NumPy, on integers, so that equality is exact: as
    a convolution, with its filters repeated at every position, and as one matrix. If they differ, the
    exit code is 1.
    """
    if max_connections and not prove:
        raise click.UsageError("--max-connections is about proofs: add --prove")
    analysis = request.analysis()
    if layer is not None:
        facts_of(analysis, layer)
    if not prove:
        from archcalc.report.comparison import comparison

        options = request.options()
        request.write(comparison(analysis, layer, options), options)
        return 0
    # A proof needs NumPy.
    from archcalc.forward.proof.sharing import prove as proved
    from archcalc.report.proof import proof

    proofs = proved(analysis, layer, max_connections or CONNECTIONS)
    request.write(proof(analysis, proofs, layer))
    return 0 if all(one.holds for one in proofs) else 1
