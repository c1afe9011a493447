"""Broken networks of real kinds: the first edit that is offered, made in the text, mends each of them.

How the edits leave the rest of a text, and that they lead to what was analysed, is tested beside this.
"""

import re
from functools import cache
from pathlib import Path

import pytest
from sweeps import thinned

from archcalc.analysis.facts import BrokenNetworkError, analyze
from archcalc.checks.repair import repairs
from archcalc.errors import SpecError
from archcalc.expectations import failures
from archcalc.spec.load import loads, parse_spec
from archcalc.spec.text import edited
from archcalc.spec.zoo import content_of, source_of

BROKEN = {path.stem: path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("broken/*.yaml")}
MEND = re.compile(r"^# The mend: (.*)$", re.MULTILINE)


def error_of(text, name="net.yaml"):
    """What is wrong with a broken network, with its text as the command line has it."""
    with pytest.raises(BrokenNetworkError) as caught:
        parse_spec(text, name).analyze()
    return caught.value


def holds(text):
    """Whether a spec describes a network that works and is what it expects."""
    try:
        spec = parse_spec(text)
        return not failures(spec.analyze(), spec.expectations)
    except SpecError:
        return False


def mended(text, repair):
    """The text with all edits of a repair made."""
    assert repair.edits, repair
    return edited(text, repair.edits)


@cache
def repairs_of(name):
    """The repairs of one of the broken networks."""
    return repairs(error_of(BROKEN[name]))


def said(name):
    """What is offered for one of the broken networks, without what it leads to."""
    return [str(repair).partition(" (then ")[0] for repair in repairs_of(name)]


@pytest.mark.parametrize("name", BROKEN)
def test_every_repair_mends_the_text(name):
    assert 1 <= len(repairs_of(name)) <= 3
    assert [str(repair) for repair in repairs_of(name) if not holds(mended(BROKEN[name], repair))] == []


def test_the_first_repair_is_most_often_what_the_author_means():
    assert len(BROKEN) >= 60
    meant = {name: MEND.search(text).group(1) for name, text in BROKEN.items()}
    assert {name for name in BROKEN if meant[name] not in said(name)} == set()
    assert {name for name in BROKEN if meant[name] != said(name)[0]} == {"stride-overshoots", "dcgan-on-32"}


SLIPS = {
    "a padding forgotten": (r", padding: \d+", ""),
    "a padding too large": (r"padding: 1\b", "padding: 2"),
    "a stride forgotten": (r"(?<=kernel_size: [13]), stride: \$?\w+", ""),
    "a flatten forgotten": (r"\n *- flatten *(?=\n)", ""),
    "a larger kernel": (r"kernel_size: 3", "kernel_size: 5"),
    "other filters": (r"filters: \$width", 'filters: "${2 * width}"'),
    "a kind of sequences": (r"- maxpool:", "- maxpool1d:"),
}
KNOWN = ("lenet5", "alexnet-torchvision", "zfnet", "resnet18", "resnet50")


def slipped(text, pattern, slip):
    """The texts with one slip each that break the network."""
    for place in re.finditer(pattern, text):
        wrong = text[: place.start()] + slip + text[place.end() :]
        try:
            analyze(loads(wrong))
        except BrokenNetworkError:
            yield wrong
        except SpecError:
            continue  # what the slip leaves unused is told before any shape is


@pytest.mark.parametrize("name", thinned(KNOWN, 3))
def test_every_slip_that_breaks_a_known_network_is_mended(name):
    text = content_of(*source_of(name)).decode()
    wrong = [wrong for slip in SLIPS.values() for wrong in slipped(text, *slip)]
    assert wrong
    for slip in wrong:
        found = repairs(error_of(slip))
        assert found, slip
        for repair in found:
            try:
                analyze(loads(mended(slip, repair)))
            except SpecError as error:  # what else is to be taken out then, it says itself
                assert {problem.code for problem in error.problems} == {"unused"}  # noqa: PT017 - of some
