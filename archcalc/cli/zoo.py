"""`archcalc zoo`."""

from __future__ import annotations

import click

from archcalc.cli.options import examples, report_options, together, units_option


@click.command(epilog=examples("archcalc zoo", "archcalc zoo --format csv -o zoo.csv"))
@together(report_options, units_option)
def zoo(format_: str, output: str, units: str) -> None:
    """The built-in networks, with their sources and totals."""
    from archcalc.cli.options import load_analysis
    from archcalc.cli.output import options_for, write_page
    from archcalc.report.catalogue import catalogue
    from archcalc.spec.zoo import zoo_names

    options = options_for(output, units)
    networks = [(name, load_analysis(name)) for name in zoo_names()]
    write_page(catalogue(networks), format_, options, output)
