"""`python -m archcalc`: ends as Python programs do, so that profilers, coverage and debuggers see the end."""

import sys

from archcalc.cli import run

if __name__ == "__main__":
    sys.exit(run())
