"""What strangers write into specs comes out escaped, in every page and format."""

import csv
import io
import json
import re

import pytest

from archcalc import analyze, loads, render
from archcalc.analysis.facts import Analysis
from archcalc.forward.verify import verify
from archcalc.network import Network
from archcalc.report import FORMATS, written
from archcalc.report.catalogue import catalogue
from archcalc.report.comparison import comparison
from archcalc.report.explanation import explanation
from archcalc.report.page import Options, Page
from archcalc.report.summary import summary
from archcalc.report.verification import verification

EVIL = {
    "escape": "\x1b[31mred\x1b]0;title\x07",
    "bidi": "abc\u202edcba\u2066x\u2069\u200f",
    "separators": "one\u2028::error::two\u2029\x85::error::three",
    "lines": "one\n::error::two\n  ::warning::three\r\n##[error]four",
    "github": "::error file=a.py::owned",
    "indented": "   ::error::owned",
    "azure": "a ##[error]b ##vso[task.setvariable variable=x]y ###[section]z",
    "teamcity": "##teamcity[buildStatus status='SUCCESS']",
    "markup": "[red]x[/red] [link=http://a]b[/link] [/]",
    "html": "<script>alert(1)</script><img src=x onerror=y> &lt;b&gt;",
    "markdown": "# a | b `c` *d* _e_ ~~f~~ [g](http://h) ![i](j) \\|",
    "mention": "thanks @everyone and @some-team",
    "fence": "``` ~~~ ``` <!-- -->",
    "list": "- [ ] task",
    "formula": "=1+1",
    "plus": "+1+1",
    "long": "x" * 1000,
    "words": "word " * 200,
}
TINY = "input: {features: 3}\nlayers: [relu]"
TERMINAL = Options(width=40, color=True)


def spec_of(text):
    """A spec that says `text` wherever words are free."""
    words = json.dumps(text)
    return f"""
name: {words}
source: {words}
input: {{channels: 3, height: 8, width: 8}}
layers:
  - conv: {{filters: 2, kernel_size: 3, note: {words}}}
  - flatten
  - fc: {{units: 2, note: {words}}}
"""


def pages(analysis, options):
    yield summary(analysis, options._replace(explain=True))
    yield comparison(analysis, None, options)
    yield comparison(analysis, "conv1", options)
    yield explanation(analysis, analysis.of("conv1"), options)
    yield explanation(analysis, analysis.of("fc1"), options)
    yield verification(verify(analysis))
    yield catalogue([("evil", analysis)])


@pytest.fixture(scope="module", params=EVIL)
def evil(request):
    return EVIL[request.param], analyze(loads(spec_of(EVIL[request.param])))


def check_escaped(text):
    """Nothing that moves a cursor or turns writing, and no command of a CI system."""
    assert text.isascii() or all(c.isprintable() or c == "\n" for c in text)
    assert all(c.isprintable() or c == "\n" for c in text)
    assert "##[" not in text
    assert not re.search(r"##\w*\[", text)
    assert not re.search(r"^\s*::", text, re.MULTILINE)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_of_every_page_is_escaped(evil, format):  # noqa: A002
    for page in pages(evil[1], Options()):
        check_escaped(written(page, format, Options()))


def test_a_terminal_gets_no_escape_but_our_colours(evil):
    for page in pages(evil[1], TERMINAL):
        text = written(page, "text", TERMINAL)
        check_escaped(re.sub(r"\x1b\[[0-9;]*m", "", text))


def test_json_holds_the_exact_words(evil):
    text, analysis = evil
    assert json.loads(render(analysis, "json"))["network"]["name"] == text
    assert json.loads(render(analysis, "json"))["network"]["source"] == text
    (first,) = json.loads(written(comparison(analysis, None, Options()), "json", Options()))["layers"]
    assert first["note"] == text


def test_words_take_one_line_of_sensible_length(evil):
    for page in pages(evil[1], Options()):
        lines = written(page, "text", Options()).splitlines()
        assert max(map(len, lines)) < 800
        assert len(lines) < 120


@pytest.mark.parametrize("format", ["text", "markdown"])
def test_numbers_stand_as_they_do_without_the_words(evil, format):  # noqa: A002
    plain = render(analyze(loads(spec_of("plain"))), format)
    rows = [line for line in plain.splitlines() if re.match(r"\|? ?(input|conv1|fc1|total)\b", line)]
    text = render(evil[1], format)
    assert len(rows) >= 3
    assert all(f"\n{row}\n" in text for row in rows)


def test_csv_has_no_formulas():
    for name in ("formula", "plus"):
        analysis = analyze(loads(spec_of(EVIL[name])))
        rows = list(csv.reader(io.StringIO(written(catalogue([(EVIL[name], analysis)]), "csv", Options()))))
        assert [row[0] for row in rows[1:]] == [f"'{EVIL[name]}"]
        assert all(not cell.lstrip().startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_markdown_shows_words_as_they_are(evil):
    text = render(evil[1], "markdown")
    title = text.splitlines()[0].removeprefix("## ")
    assert not re.search(r"(?<!\\)(\\\\)*[`*\[\]<>|#~$]", title.replace("@<!-- -->", "@"))
    assert "@" not in title.replace("@<!-- -->", "")
    cells = {line.count("|") - line.count("\\|") for line in text.splitlines() if line.startswith("|")}
    assert len(cells) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A & B", "A & B"),
        ("&lt;b&gt; &#60; &#x3c;", r"\&lt;b\&gt; \&\#60; \&\#x3c;"),
        ("kernel_size", "kernel_size"),
        ("_a_ __b__ c_", r"\_a\_ \_\_b\_\_ c\_"),
    ],
)
def test_markdown_escapes_what_it_must(text, shown):
    assert render(analyze(loads(spec_of(text))), "markdown").splitlines()[0] == f"## '{shown}'"


def test_markdown_has_no_mathematics():
    assert r"# 'costs \$5 and \$6'" in render(analyze(loads("name: costs $5 and $6\n" + TINY)), "markdown")


@pytest.mark.parametrize("text", ["- a", "1. a", "1) a", "===", "---", "+ a", "# a", "> a", ": a"])
def test_no_markdown_paragraph_begins_a_block(text):
    paragraph = written(Page("title", dict, lines=(text,)), "markdown", Options()).split("\n\n")[1].rstrip()
    assert re.match(r"\d*\\[^\w\s]", paragraph)
    assert paragraph.replace("\\", "") == text


def test_layers_of_a_network_made_elsewhere_are_free_words_too():
    network = analyze(loads(spec_of("plain"))).network
    nodes = (network.nodes[0]._replace(name="::error::=1|\x1b[2J ##[x]"), *network.nodes[1:])
    analysis = analyze(Network("n", network.inputs, nodes, network.outputs))
    assert isinstance(analysis, Analysis)
    for format_ in FORMATS:
        check_escaped(render(analysis, format_))
    heads, *rows = [line for line in render(analysis, "markdown").splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {heads.count("|")}
