"""Markdown: what failed comes first, and the whole is never too long for a comment."""

import re

import pytest
from markdown_it import MarkdownIt

from archcalc.checks.findings import Checked
from archcalc.errors import Span
from archcalc.report.check import as_markdown

COMMENT = 65_536
EVERYTHING = """\
## archcalc check

5 specs: 3 ok, 2 with 3 errors; 2 pieces of advice

| spec | network | result | parameters | MACs |
| --- | --- | --- | ---: | ---: |
| gone.yaml |  | failed: 1 error |  |  |
| specs/broken.yaml |  | failed: 2 errors; 1 piece of advice |  |  |
| specs/vgg16.yaml | 'VGG-16' | ok | 138,357,544 | 15,470,264,320 |
| lenet5.yaml | 'LeNet-5' | ok, verified | 61,706 | 416,520 |
| specs/heavy.yaml | 'Heavy' | ok; 1 piece of advice | 20 | 7 |

### gone.yaml

- **error\\[unreadable\\]**: cannot read gone.yaml: No such file or directory

### specs/broken.yaml

- **error\\[shape\\]** at 4:5: conv1: a window of 50 does not fit
  - hint: pad 11 more

- **error\\[expectation\\]** at 7:11: output is \\[8\\], expected \\[10\\]
  - at 5:5: relu1 ends the network

- **advice\\[dropped-pixels\\]** at specs/base.yaml:2:3: 1 row is never seen

### specs/heavy.yaml

- **advice\\[heavy-fc\\]** at 3:5: fc1 holds 91.0% of all parameters
"""


def html(text):
    return MarkdownIt("commonmark").enable("table").render(text)


def test_everything_is_said(write, everything):
    assert write("markdown", *everything) == EVERYTHING


def test_it_renders_as_a_table_and_lists(write, everything):
    found = html(write("markdown", *everything))
    assert (found.count("<tr>"), found.count("<h3>"), found.count("<strong>")) == (6, 3, 5)
    assert found.count("<td") == 25
    assert "<strong>error[shape]</strong> at 4:5: conv1: a window of 50 does not fit" in found


def test_no_specs_are_no_table(write):
    assert write("markdown") == "## archcalc check\n\n0 specs: 0 ok\n"


@pytest.mark.parametrize("specs", [10, 400, pytest.param(3000, marks=pytest.mark.slow)])
def test_it_fits_into_a_comment(write, make, specs):
    findings = tuple(
        make.error("shape", "wrong " * 80, Span(f"{i}.yaml", i + 1, 1), "hint " * 50) for i in range(20)
    )
    checked = [Checked(f"long/path/to/{i}.yaml", "network " * 15, findings=findings) for i in range(specs)]
    text = write("markdown", *checked, Checked("well.yaml"))
    assert len(text) < COMMENT
    rows = len(re.findall(r"^\| long", text, re.MULTILINE))
    bullets = len(re.findall(r"^- \*\*", text, re.MULTILINE))
    assert bullets > 20
    assert (f"\n\nand {specs * 20 - bullets:,} more findings\n" in text) is (bullets < specs * 20)
    assert (f"|\n\nand {specs + 1 - rows:,} more specs\n\n" in text) is (rows < specs)
    assert rows == specs or rows > 100


def test_what_failed_is_listed_before_what_is_left_out(write, make, well):
    bad = Checked("bad.yaml", findings=(make.error("shape", "wrong"),))
    text = write("markdown", *[well._replace(source=f"{i}.yaml") for i in range(3000)], bad)
    assert text.index("| bad.yaml | ") < text.index("| 0.yaml | ") < text.index("more specs")
    assert "- **error\\[shape\\]**: wrong" in text


def test_texts_fit_with_the_empty_line_behind_each():
    """Three letters and two, and two line breaks behind each: 5 and 9 characters."""
    assert as_markdown._fitting(["abc", "de"], 9, "finding") == (["abc", "de"], "")
    assert as_markdown._fitting(["abc", "de"], 8, "finding") == (["abc"], "and 1 more finding")
