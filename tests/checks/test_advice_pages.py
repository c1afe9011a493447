"""`archcalc explain CODE`: the page of an advice."""

import csv
import io
import json
from inspect import cleandoc

import pytest

from archcalc.checks.advice import ADVICE
from archcalc.cli.app import exit_code


@pytest.fixture
def explain(capsys):
    """(exit code, what was written, what went wrong) of `archcalc explain` with some arguments."""

    def run(*arguments):
        code = exit_code(["explain", *arguments])
        written = capsys.readouterr()
        return code, written.out, written.err

    return run


@pytest.mark.parametrize("code", ADVICE)
def test_the_page_is_the_documentation_of_the_function(explain, code):
    status, page, problems = explain(code)
    assert (status, problems) == (0, "")
    title, sentence, _, heading, *lines = page.splitlines()
    assert (title, heading) == (code, "documentation")
    assert lines[-1] == f"to silence it, write `silence: [{code}]` at the top level of the spec"
    shown = "\n".join([sentence, "", *(line.removeprefix("  ") for line in lines[:-2])])
    assert shown == cleandoc(ADVICE[code].__doc__)


def test_the_page_in_json_csv_and_markdown(explain):
    document = json.loads(explain("heavy-fc", "--format", "json")[1])
    assert document["schema_version"] == 1
    assert document["code"] == "heavy-fc"
    assert document["documentation"] == cleandoc(ADVICE["heavy-fc"].__doc__)
    sentence = document["documentation"].splitlines()[0]
    rows = list(csv.reader(io.StringIO(explain("heavy-fc", "--format", "csv")[1])))
    assert rows == [["code", "notices"], ["heavy-fc", sentence]]
    assert explain("heavy-fc", "--format", "markdown")[1].startswith(
        "## heavy-fc\n\nA fully connected layer "
    )


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("dropped-pixel", "did you mean 'dropped-pixels'?"),
        ("vgg17", "did you mean 'vgg11'?"),
        ("zork", "codes are dropped-pixels, skipped-pixels, "),
    ],
)
def test_a_word_that_is_neither_code_nor_spec(explain, word, hint):
    status, page, problems = explain(word)
    assert (status, page) == (2, "")
    assert problems.startswith(f"archcalc: no advice and no built-in network is called '{word}'; {hint}")


@pytest.mark.parametrize("spec", ["alexnet", "net.yaml", "-"])
def test_a_spec_needs_a_layer(explain, spec):
    status, page, problems = explain(spec)
    assert (status, page) == (2, "")
    assert "needs SPEC and LAYER, or --kind" in problems


def test_a_code_is_no_network(explain):
    status, page, problems = explain("heavy-fc", "conv1")
    assert (status, page) == (2, "")
    assert "no file and no built-in network is called 'heavy-fc'" in problems
