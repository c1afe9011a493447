"""Text: one line for what is well, problems with their place, one line that counts."""

import pytest

from archcalc.checks.findings import Checked
from archcalc.errors import Span
from archcalc.report.check.tally import summary_line

EVERYTHING = """\
specs/vgg16.yaml: ok (138,357,544 parameters, 15,470,264,320 MACs)
lenet5.yaml: ok (61,706 parameters, 416,520 MACs, verified)
specs/broken.yaml:4:5: error[shape]: conv1: a window of 50 does not fit
    4 |   - conv: {filters: 8, kernel_size: 50}
            ^
  hint: pad 11 more
specs/broken.yaml:7:11: error[expectation]: output is [8], expected [10]
    7 |   output: [10]
                  ^
specs/broken.yaml:5:5: note: relu1 ends the network
specs/base.yaml:2:3: advice[dropped-pixels]: 1 row is never seen
specs/heavy.yaml: ok (20 parameters, 7 MACs)
specs/heavy.yaml:3:5: advice[heavy-fc]: fc1 holds 91.0% of all parameters
    3 |   - fc: {units: 3}
            ^
gone.yaml: error[unreadable]: cannot read gone.yaml: No such file or directory
5 specs: 3 ok, 2 with 3 errors; 2 pieces of advice
"""


def test_everything_is_said_in_order(write, everything):
    assert write("text", *everything) == EVERYTHING


def test_a_spec_without_totals_is_ok_all_the_same(write):
    assert write("text", Checked("a.yaml")) == "a.yaml: ok\n"


def failed(make, errors, advice=0):
    found = [make.error("shape", "wrong")] * errors + [make.advice("heavy-fc", "heavy")] * advice
    return Checked("a.yaml", findings=tuple(found))


@pytest.mark.parametrize(
    ("specs", "line"),
    [
        ([], "0 specs: 0 ok"),
        ([(0, 0)], "1 spec: 1 ok"),
        ([(1, 0)], "1 spec: 0 ok, 1 with 1 error"),
        ([(0, 0), (2, 0), (0, 0)], "3 specs: 2 ok, 1 with 2 errors"),
        ([(1, 1), (1, 0)], "2 specs: 0 ok, 2 with 2 errors; 1 piece of advice"),
        ([(0, 2), (0, 1)], "2 specs: 2 ok; 3 pieces of advice"),
        ([(0, 0)] * 1234, "1,234 specs: 1,234 ok"),
        ([(1, 0)] * 1000, "1,000 specs: 0 ok, 1,000 with 1,000 errors"),
    ],
)
def test_the_last_line_counts(write, make, specs, line):
    checked = tuple(failed(make, *spec) for spec in specs)
    assert summary_line(checked) == line
    if specs != [(0, 0)]:
        assert write("text", *checked).splitlines()[-1] == line


def test_a_place_beyond_the_known_text_has_no_excerpt(write, make):
    found = (make.error("shape", "wrong", Span("a.yaml", 9, 1)),)
    text = write("text", Checked("a.yaml", findings=found, texts={"a.yaml": "one line\n"}))
    assert text == "a.yaml:9:1: error[shape]: wrong\n1 spec: 0 ok, 1 with 1 error\n"


def test_a_long_line_is_shown_around_its_place(write, make):
    text = "x" * 300 + "HERE" + "y" * 300
    found = (make.error("shape", "wrong", Span("a.yaml", 1, 301)),)
    _, excerpt, caret, _ = write(
        "text", Checked("a.yaml", findings=found, texts={"a.yaml": text})
    ).splitlines()
    assert excerpt == "    1 | " + "x" * 50 + "HERE" + "y" * 46
    assert excerpt[caret.index("^") :].startswith("HERE")
