"""`archcalc schema`."""

from __future__ import annotations

import click

from archcalc.cli.options import examples, output_option
from archcalc.cli.output import write_text
from archcalc.report.as_json import dumped
from archcalc.spec.schema import spec_schema


@click.command(epilog=examples("archcalc schema -o archcalc.schema.json"))
@output_option
def schema(output: str) -> None:
    """Print the JSON Schema of specs and of libraries of blocks, with which editors complete and check them.

    Put it beside your specs, and begin each with the line
    `# yaml-language-server: $schema=archcalc.schema.json`.
    """
    write_text(dumped(spec_schema()), output)
