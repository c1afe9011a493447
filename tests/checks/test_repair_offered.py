"""All that is offered for broken networks of many kinds, in its order: `offered.txt` has them side by side.

The networks were drawn at random (`broken` in tests/fuzz/networks.py), the repairs as they were when a person
last read them. ARCHCALC_UPDATE_GOLDENS=1 writes them anew: read what has changed, and whether it is better.
"""

import os
from pathlib import Path

import pytest

from archcalc.analysis.facts import BrokenNetworkError
from archcalc.checks.repair import search
from archcalc.spec.load import parse_spec

FILE = Path(__file__).with_name("offered.txt")
BETWEEN, BEHIND = "=====\n", "=>\n"
ALL = 20
"""More repairs than there are: three would not show how the others are ranked."""


def offered(text):
    """The repairs of a broken network, a line each."""
    with pytest.raises(BrokenNetworkError) as caught:
        parse_spec(text, "net.yaml").analyze()
    return "".join(f"{repair}\n" for repair in search.repairs(caught.value))


def test_what_is_offered_and_in_which_order(monkeypatch):
    monkeypatch.setattr(search, "REPAIR_LIMIT", ALL)
    specs = [case.partition(BEHIND)[0] for case in FILE.read_text(encoding="utf-8").split(BETWEEN)]
    found = BETWEEN.join(f"{spec}{BEHIND}{offered(spec)}" for spec in specs)
    if os.environ.get("ARCHCALC_UPDATE_GOLDENS"):
        FILE.write_text(found, encoding="utf-8", newline="\n")
    assert found == FILE.read_text(encoding="utf-8")
