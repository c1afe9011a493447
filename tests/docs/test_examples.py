"""Every example of README.md and docs/ is what the page says it is."""

import re
import textwrap
from pathlib import Path

import pytest
from console import blocks, furnish, output_of, pages, steps
from sweeps import thinned

from archcalc import SpecError
from archcalc.expectations import failures
from archcalc.spec.load import parse_spec

ELISION = "..."
FRAGMENT = "input: {channels: 64, height: 56, width: 56}\nlayers:\n"
"""docs/spec.md says that this goes above an example that shows layers only."""
CODES = "codes.md"
"""Its examples raise the code above them, which tests/codes holds."""


def examples(language):
    return [
        pytest.param(page, block, id=f"{page.name}:{block.start}")
        for page in pages()
        if page.name != CODES
        for block in blocks(page.read_text(encoding="utf-8"))
        if block.language == language
    ]


def furnished(tmp_path, page):
    furnish(tmp_path, page.read_text(encoding="utf-8"))
    return tmp_path


def is_spec(text):
    keys = set(re.findall(r"^(\w+):", text, re.MULTILINE))
    return {"input", "layers"} <= keys or "base" in keys


def is_library(text):
    return set(re.findall(r"^(\w+):", text, re.MULTILINE)) == {"name", "blocks"}


def shows(shown, output):
    """Whether the lines are the output, where a line `...` stands for any lines."""
    pattern = "".join(r"(?:.*\n)*?" if line == ELISION else re.escape(f"{line}\n") for line in shown)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in output)) is not None


def checked(text, folder):
    """The analysis of a spec; raises SpecError where it is wrong or not what it expects."""
    spec = parse_spec(text, "spec.yaml", folder)
    analysis = spec.analyze()
    if problems := failures(analysis, spec.expectations):
        raise SpecError(problems)
    return analysis


@pytest.mark.parametrize(("page", "block"), examples("yaml"))
def test_specs_are_what_they_say(page, block, tmp_path):
    folder = furnished(tmp_path, page)
    if block.title.startswith("wrong"):
        with pytest.raises(SpecError):
            checked(block.text, folder)
    elif is_spec(block.text):
        assert checked(block.text, folder).facts
    elif is_library(block.text):
        assert f"\ninclude: {Path(block.title).stem}\n" in page.read_text(encoding="utf-8")
    elif page.name != "README.md":
        assert block.text.startswith("- "), "neither a spec nor a list of layers"
        assert checked(FRAGMENT + textwrap.indent(block.text, "  "), folder).facts


@pytest.mark.parametrize(("page", "block"), thinned(examples("console"), 2))
def test_commands_write_what_is_shown(page, block, tmp_path):
    folder = furnished(tmp_path, page)
    for step in steps(block):
        output = output_of(step.command, folder)
        if ELISION in step.shown:
            assert shows(step.shown, output), "\n".join((step.command, *output))
        else:
            assert step.shown == output, step.command


@pytest.mark.parametrize(("page", "block"), examples("python"))
def test_programs_run(page, block, tmp_path, monkeypatch):
    monkeypatch.chdir(furnished(tmp_path, page))
    exec(compile(block.text, f"{page.name}:{block.start}", "exec"), {})


def test_the_pages_have_examples():
    found = [(page.values[0].name, kind) for kind in ("yaml", "console") for page in examples(kind)]
    assert {
        ("README.md", "console"),
        ("spec.md", "yaml"),
        ("spec.md", "console"),
        ("kinds.md", "yaml"),
    } <= set(found)


@pytest.mark.parametrize(
    ("shown", "matches"),
    [
        (["a", "b", "c"], True),
        (["a", "b"], False),
        (["a", "..."], True),
        (["...", "b", "..."], True),
        (["a", "...", "c"], True),
        (["...", "b"], False),
        (["b", "..."], False),
        (["...", "c", "...", "b", "..."], False),
        (["a", "b.c", "..."], False),
        (["a", "...", "b", "c"], True),
    ],
)
def test_an_elision_stands_for_any_lines_and_for_nothing_else(shown, matches):
    assert shows(shown, ["a", "b", "c"]) is matches
