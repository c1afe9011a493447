"""What the tests of check's formats share: checked specs of every kind, and a way to write them."""

import pytest

from archcalc.checks.findings import Checked, Finding, Severity
from archcalc.errors import Problem, Span
from archcalc.report.check import written_check
from archcalc.report.page import Options

TEXT = """\
name: broken
base: base.yaml
layers:
  - conv: {filters: 8, kernel_size: 50}
  - relu
expect:
  output: [10]
"""


def error(code, message, span=None, hint=None, also=(), repairs=()):
    return Finding(Severity.ERROR, Problem(code, message, span, hint, also, repairs))


def advice(code, message, span=None, hint=None, also=()):
    return Finding(Severity.ADVICE, Problem(code, message, span, hint, also))


WELL = Checked("specs/vgg16.yaml", "VGG-16", {"parameters": 138357544, "macs": 15470264320, "buffers": 0})
RUN = Checked("lenet5.yaml", "LeNet-5", {"parameters": 61706, "macs": 416520}, verified=True)
BROKEN = Checked(
    "specs/broken.yaml",
    "",
    {},
    (
        error("shape", "conv1: a window of 50 does not fit", Span("specs/broken.yaml", 4, 5), "pad 11 more"),
        error(
            "expectation",
            "output is [8], expected [10]",
            Span("specs/broken.yaml", 7, 11),
            also=(("relu1 ends the network", Span("specs/broken.yaml", 5, 5)),),
        ),
        advice("dropped-pixels", "1 row is never seen", Span("specs/base.yaml", 2, 3)),
    ),
    {"specs/broken.yaml": TEXT},
)
ADVISED = Checked(
    "specs/heavy.yaml",
    "Heavy",
    {"parameters": 20, "macs": 7},
    (advice("heavy-fc", "fc1 holds 91.0% of all parameters", Span("specs/heavy.yaml", 3, 5)),),
    {"specs/heavy.yaml": "a\nb\n  - fc: {units: 3}\n"},
)
UNREADABLE = Checked(
    "gone.yaml",
    findings=(error("unreadable", "cannot read gone.yaml: No such file or directory"),),
    readable=False,
)
ALL = (WELL, RUN, BROKEN, ADVISED, UNREADABLE)


@pytest.fixture
def everything():
    """A spec of each kind: well, run, broken, advised, unreadable."""
    return ALL


@pytest.fixture
def broken():
    """A spec with two errors, one of which concerns two places, and advice on another file."""
    return BROKEN


@pytest.fixture
def well():
    """A spec with which nothing is wrong."""
    return WELL


@pytest.fixture
def make():
    """Make findings: make.error(code, message, span, hint, also), make.advice(…)."""

    class Make:
        error = staticmethod(error)
        advice = staticmethod(advice)

    return Make


@pytest.fixture
def write():
    """Write checked specs in a format."""

    def written(format_, *checked):
        return written_check(checked, format_, Options())

    return written
