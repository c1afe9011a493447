"""`archcalc completion`."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from archcalc.cli.app import app
from archcalc.cli.options import examples
from archcalc.cli.output import write_text

SHELLS = ("bash", "zsh", "fish")


@click.command(
    epilog=examples(
        """eval "$(archcalc completion bash)"  # in ~/.bashrc, ~/.zshrc""",
        "archcalc completion fish > archcalc.fish",
    )
)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script with which a shell completes archcalc.

    It completes commands, options, built-in networks and *.yaml files, and the layers of a network.
    """
    write_text(script(shell), "-")


def script(shell: str) -> str:
    """What the shell reads once; from then on it asks archcalc itself what to complete."""
    found = get_completion_class(shell)
    assert found is not None
    # Not found(…).source(): that of bash runs bash to ask for its version, and complains where there is none.
    return ShellComplete.source(found(app, {}, "archcalc", "_ARCHCALC_COMPLETE")).lstrip("\n") + "\n"
