"""`archcalc explain WORD`: the pages of codes, kinds, quantities and terms, and the list of codes."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from archcalc.analysis.quantities import QUANTITIES
from archcalc.checks.changes import CHANGES, LISTED
from archcalc.cli.app import exit_code
from archcalc.codes.table import CODES
from archcalc.layers import LAYERS
from archcalc.layers.aliases import KIND_ALIASES
from archcalc.report.glossary import BY_WORD, GLOSSARY, normalized

ERRORS = Path(__file__).parent.parent / "errors"
RAISED = sorted(
    {code for path in ERRORS.rglob("*.txt") for code in re.findall(r"error\[([\w-]+)\]", path.read_text())}
)


@pytest.fixture
def explain(capsys):
    """(exit code, what was written, what went wrong) of `archcalc explain` with some arguments."""

    def run(*arguments):
        code = exit_code(["explain", *arguments])
        written = capsys.readouterr()
        return code, written.out, written.err

    return run


def test_the_corpus_of_errors_raises_many_codes():
    assert len(RAISED) >= 29


@pytest.mark.parametrize("code", dict.fromkeys([*CODES, *RAISED]))
def test_each_code_has_a_page_with_what_why_example_and_mend(explain, code):
    status, page, problems = explain(code)
    assert (status, problems) == (0, "")
    title, sentence, *_ = page.splitlines()
    assert (title, sentence) == (code, CODES[code].what)
    sections = dict(re.findall(r"^(\S.*)\n((?:  .*\n|(?=\n  )\n)+)", page, re.MULTILINE))
    assert sections["why"].strip() == CODES[code].why
    assert sections["what to do"].strip() == CODES[code].mend
    (example,) = (text for heading, text in sections.items() if heading.startswith("example"))
    assert [line.removeprefix("  ") for line in example.splitlines()] == CODES[code].example.splitlines()


def test_advice_says_how_it_is_silenced_and_errors_do_not(explain):
    assert "write `silence: [heavy-fc]`" in explain("heavy-fc")[1]
    assert "silence:" not in explain("shape")[1]


def test_a_code_in_json_csv_and_markdown(explain):
    document = json.loads(explain("heavy-fc", "--format", "json")[1])
    assert (document["schema_version"], document["code"], document["severity"]) == (1, "heavy-fc", "advice")
    declared = CODES["heavy-fc"]._asdict()
    assert {name: document[name] for name in declared} == declared
    assert document["documentation"].startswith(
        f"{CODES['heavy-fc'].what}\n\n{CODES['heavy-fc'].detail}\n\nwhy:"
    )
    rows = list(csv.reader(io.StringIO(explain("heavy-fc", "--format", "csv")[1])))
    assert rows == [["code", "what"], ["heavy-fc", CODES["heavy-fc"].what]]
    assert explain("heavy-fc", "--format", "markdown")[1].startswith(
        "## heavy-fc\n\nA fully connected layer "
    )


def test_all_codes_are_listed(explain):
    page = explain("--codes")[1]
    assert all(
        re.search(rf"^{code} +{re.escape(each.what)}$", page, re.MULTILINE) for code, each in CODES.items()
    )
    document = json.loads(explain("--codes", "--format", "json")[1])
    assert [each["code"] for each in document["codes"]] == list(CODES)
    assert {each["severity"] for each in document["codes"]} == {"error", "advice"}


@pytest.mark.parametrize("others", [("alexnet",), ("--kind", "conv")])
def test_the_list_of_codes_takes_nothing_else(explain, others):
    assert explain("--codes", *others)[0] == 2


@pytest.mark.parametrize("kind", [*LAYERS, "Conv2D", "BatchNormalization"])
def test_a_kind_is_found_without_its_option(explain, kind):
    assert explain(kind) == explain("--kind", kind)


@pytest.mark.parametrize("quantity", QUANTITIES.values())
def test_a_quantity_is_found_by_its_name_and_its_title(explain, quantity):
    status, page, _ = explain(quantity.name)
    assert status == 0
    assert page.startswith(f"{quantity.name}\n{quantity.meaning[0].upper()}{quantity.meaning[1:]}.")
    assert explain(quantity.title)[0] == 0


@pytest.mark.parametrize("change", LISTED)
def test_a_kind_of_change_is_found(explain, change):
    status, page, _ = explain(change)
    kind = CHANGES[change]
    assert status == 0
    assert page.startswith(f"{change}\n{kind.what}\n")
    for text in (kind.why, f"old:  layers: {kind.old}", f"new:  layers: {kind.new}"):
        assert f"  {text}\n" in page


@pytest.mark.parametrize("term", GLOSSARY)
def test_a_term_is_found_by_each_spelling(explain, term):
    status, page, _ = explain(term.word)
    assert status == 0
    assert page.startswith(f"{term.word}\n{term.meaning}\n")
    for spelling in (*term.also, term.word.upper(), term.word.replace(" ", "_"), term.word.replace(" ", "-")):
        assert explain(spelling)[1] == page


def test_a_term_in_json(explain):
    document = json.loads(explain("Receptive_Field", "--format", "json")[1])
    assert (document["word"], document["aliases"]) == ("receptive field", ["field of view"])


def test_the_tables_share_no_word():
    """Who asks for a word gets the page that was meant: it stands in one table alone."""
    tables = (
        list(map(normalized, CODES)),
        list(map(normalized, LAYERS)),
        [normalized(each.name) for each in QUANTITIES.values()],
        list(LISTED),
        [normalized(each) for term in GLOSSARY for each in (term.word, *term.also)],
    )
    words = [word for table in tables for word in table]
    assert len(words) == len(set(words))
    assert not set(CODES) & set(KIND_ALIASES)
    assert len(BY_WORD) == len(tables[4])
    assert [term.word for term in GLOSSARY] == sorted((term.word for term in GLOSSARY), key=str.lower)


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("dropped-pixel", "did you mean 'dropped-pixels'?"),
        ("lvie", "did you mean 'live'?"),
        ("receptive feild", "did you mean 'receptive field'?"),
        ("vgg17", "did you mean 'vgg11'?"),
        ("zork", "`archcalc explain --codes` lists all codes"),
    ],
)
def test_a_word_that_is_nowhere(explain, word, hint):
    status, page, problems = explain(word)
    assert (status, page) == (2, "")
    what = "no code, kind, quantity, word or built-in network"
    assert problems == f"archcalc: {what} is called '{word}'; {hint}\n"


def test_a_code_is_no_network(explain):
    status, page, problems = explain("heavy-fc", "conv1")
    assert (status, page) == (2, "")
    assert "no file and no built-in network is called 'heavy-fc'" in problems
