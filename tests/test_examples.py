"""examples/: what a course asserts of a hand-in in one block, a network that passes, and one that fails."""

from pathlib import Path

import pytest

from archcalc.cli.app import exit_code

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
LINES = 12


@pytest.fixture(autouse=True)
def in_the_folder(monkeypatch):
    monkeypatch.chdir(EXAMPLES)


def block_of(name):
    text = (EXAMPLES / name).read_text("utf-8")
    return text[text.index("\nexpect:\n") + 1 :]


def test_the_block_is_short_and_the_same():
    block = block_of("passing.yaml")
    assert block == block_of("failing.yaml")
    assert 2 <= len(block.splitlines()) <= LINES
    for word in (
        "input: [1, 28, 28]",
        "output: [10]",
        "parameters: < 20k",
        "batchnorm",
        "dropout",
        "followed_by",
    ):
        assert word in block


def test_one_passes(capsys):
    assert exit_code(["check", "passing.yaml"]) == 0
    assert capsys.readouterr() == ("passing.yaml: ok (15,554 parameters, 975,296 MACs)\n", "")


def test_one_fails_for_these_reasons(capsys):
    assert exit_code(["check", "failing.yaml"]) == 1
    assert capsys.readouterr().out == (
        "failing.yaml:15:3: error[expectation]: parameters is 50,954, expected < 20,000: 30,955 too many\n"
        "   15 |   parameters: < 20k\n"
        "          ^^^^^^^^^^\n"
        "failing.yaml:16:3: error[expectation]: no layer is a dropout\n"
        "   16 |   uses: [batchnorm, dropout, global_avgpool | fc]\n"
        "          ^^^^\n"
        "failing.yaml:17:3: error[expectation]: every conv must be followed by batchnorm, not so conv1\n"
        "   17 |   followed_by: {conv: batchnorm, except_last: 1}\n"
        "          ^^^^^^^^^^^\n"
        "failing.yaml:4:5: note: conv1 stands here\n"
        "1 spec: 0 ok, 1 with 3 errors\n"
    )


def test_both_run(capsys):
    assert exit_code(["check", "passing.yaml", "--verify", "--quiet"]) == 0
    assert exit_code(["check", "."]) == 1
    assert capsys.readouterr().out.endswith("2 specs: 1 ok, 1 with 3 errors\n")
