"""What strangers write into specs and file names is shown by every format, and obeyed by no reader of it."""

import json
import re
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from archcalc.checks.findings import Checked
from archcalc.errors import Span
from archcalc.quoting import escaped, quoted
from archcalc.report.check import CHECK_FORMATS

EVIL = {
    "escape": "\x1b[31mred\x1b]0;title\x07\x9b2J",
    "null": "a\x00b\x08\x7f",
    "bidi": "abc\u202edcba\u2066x\u2069\u200f\u061c",
    "surrogate": "a\ud800b\udfff",
    "nonsense": "\ufffe\uffff\U0010ffff",
    "separators": "one\u2028::error::two\u2029\x85::error::three\x0b::error::four",
    "lines": "one\n::error::two\n  ::warning::three\r\n##[error]four\r::notice::five",
    "github": "::error file=a.py::owned",
    "in the message": "x::error file=a.py,line=1::owned%0A::error::%25",
    "properties": "a,line=99,title=owned:x,endLine=1::owned",
    "mask": "::add-mask::x ::stop-commands::y",
    "azure": "a ##[error]b ##vso[task.setvariable variable=x]y ###[section]z",
    "teamcity": "##teamcity[buildStatus status='SUCCESS']",
    "xml": "]]> </failure></testcase> <!-- &amp; &#0; &#x1b; \"'<![CDATA[",
    "html": "<script>alert(1)</script><img src=x onerror=y> &lt;b&gt;",
    "markdown": "# a | b `c` *d* _e_ ~~f~~ [g](http://h) ![i](j) \\| $x$ ||",
    "mention": "thanks @everyone and @some-team #12",
    "fence": "``` ~~~ ``` <!-- -->",
    "list": "- [ ] task",
    "quote": "> quoted",
    "ruled": "---",
    "json": '"}], "exit_code": 0, "x": [{"\\u0000\\',
    "placeholder": "{0} {{1}} %s %n",
    "uri": "javascript:alert(1)?a#b%00",
    "dots": "../../../etc/passwd",
}


def checked(make, words):
    """A spec that says the words wherever a spec, its name or its path can."""
    span = Span(words, 1, 2)
    found = (
        make.error("type", words, span, words, ((words, span), (words, Span("other.yaml", 3, 4)))),
        make.error("shape", words),
        make.advice("heavy-fc", words, span, words),
    )
    texts = {words: f"{words}\n{words}"}
    broken = Checked(words, words, {}, found, texts)
    return broken, Checked(words, words, {"parameters": 5, "macs": 7}, verified=True)


@pytest.fixture(params=EVIL)
def words(request):
    return EVIL[request.param]


@pytest.mark.parametrize("format_", CHECK_FORMATS)
def test_no_format_moves_a_cursor_or_gives_a_command(write, make, words, format_):
    text = write(format_, *checked(make, words))
    assert all(c.isprintable() or c == "\n" for c in text)
    assert not re.search(r"##\w*\[", text)
    commands = [line for line in text.split("\n") if line.lstrip().startswith("::")]
    if format_ != "github":
        assert commands == []
    else:
        assert [line.split(" ")[0] for line in commands] == ["::error", "::error", "::notice"]
        assert all(line.count("::") == 2 for line in commands)


@pytest.mark.parametrize("format_", CHECK_FORMATS)
def test_there_are_as_many_lines_as_without_the_words(write, make, words, format_):
    lines = write(format_, *checked(make, words)).count("\n")
    assert lines == write(format_, *checked(make, "plain")).count("\n")


def test_annotations_have_the_properties_that_we_give_them(write, make, words):
    for line in write("github", *checked(make, words)).splitlines()[:3]:
        about = line[2:].split("::")[0].partition(" ")[2]
        names = [pair.split("=")[0] for pair in about.split(",")]
        assert names in (["file", "line", "col", "title"], ["file", "title"])


def test_json_holds_the_words_and_nothing_else(write, make, words):
    document = json.loads(write("json", *checked(make, words)))
    assert document["exit_code"] == 1
    broken, well = document["specs"]
    assert (well["source"], well["network"], well["ok"]) == (words, words, True)
    finding = broken["findings"][0]
    assert {finding[key] for key in ("message", "hint", "file")} == {words}
    assert finding["also"][0] == {"message": words, "file": words, "line": 1, "column": 2}


def test_xml_holds_the_words_as_text(write, make, words):
    root = ElementTree.fromstring(write("junit", *checked(make, words)))
    assert [element.tag for element in root.iter()] == [
        "testsuites", "testsuite", "testcase", "failure", "testcase", "system-out",
    ]  # fmt: skip
    assert root[0][0][0].get("message") == f"{escaped(words)} (and 1 more error)"


def test_code_quality_holds_the_words_as_text(write, make, words):
    first, second, third = json.loads(write("gitlab", *checked(make, words)))
    assert first["description"] == third["description"] == escaped(f"{words} (hint: {words})")
    assert second["description"] == escaped(words)


def test_sarif_holds_the_words_as_text(write, make, words):
    (run,) = json.loads(write("sarif", *checked(make, words)))["runs"]
    assert len(run["results"]) == 3
    for result in run["results"]:
        text = result["message"]["text"]
        assert not re.search(r"\{\d+\}|\]\(", text)
        assert text.split("\n")[0].replace(" ", "") == escaped(words).replace(" ", "")
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(file:///)?[A-Za-z0-9._~/%-]+", uri)


def test_markdown_shows_the_words_and_draws_nothing_of_its_own(write, make, words):
    rendered = MarkdownIt("commonmark").enable("table").render(write("markdown", *checked(make, words)))
    plain = MarkdownIt("commonmark").enable("table").render(write("markdown", *checked(make, "plain")))
    assert tags(rendered) == tags(plain)
    assert "@e" not in rendered
    shown = re.sub(r"<!-- -->|<[^>]*>", "", rendered)
    for entity, character in {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&"}.items():
        shown = shown.replace(entity, character)
    line = escaped(" ".join(words.split()))
    assert f"\n{quoted(line, len(line))}\n" in shown
    assert f": {escaped(words)}\n" in shown


def tags(html):
    return re.findall(r"<[a-z/][^>]*>", html)
