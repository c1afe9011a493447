"""The command line: one module a command, and one boundary where errors become exit codes."""

from __future__ import annotations

from archcalc.cli.app import main as main
