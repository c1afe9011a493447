"""What docs/ takes from the code is up to date, and the page on the language speaks of all of it."""

import re

import pytest
from console import ROOT, pages
from generate import generated, kind_section, with_parts

from archcalc.cli.app import COMMANDS, app
from archcalc.expectations.keys import network_forms
from archcalc.layers import LAYERS, layer_class
from archcalc.layers.aliases import INPUT_ALIASES, KIND_ALIASES, SETTING_ALIASES
from archcalc.layers.settings import settings_of
from archcalc.spec.calls import COMMON
from archcalc.spec.load import INPUTS, TOP
from archcalc.spec.structures import STRUCTURES

SPEC = (ROOT / "docs" / "spec.md").read_text(encoding="utf-8")
KINDS = (ROOT / "docs" / "kinds.md").read_text(encoding="utf-8")
OF_STRUCTURES = ("times", "index", "layers", "body", "shortcut", "paths", "merge", "settings", "required")
PADDINGS = ("valid", "same", "same_upper", "same_lower", "{top: 1, left: 2}", "[1, 2]")


def test_generated_parts_are_up_to_date():
    old = [path.name for path, text in generated().items() if path.read_text(encoding="utf-8") != text]
    assert old == [], "run: python docs/generate.py"


@pytest.mark.parametrize("kind", LAYERS)
def test_each_kind_has_a_section_with_all_that_it_takes(kind):
    section = KINDS.partition(f"\n### {kind}\n")[2].partition("\n### ")[0]
    assert "```yaml\ninput: " in section
    assert "**source**: " in section
    assert "**output**: " in section
    for setting in settings_of(layer_class(kind)):
        assert f"\n| `{setting}` | " in section


def test_kinds_have_one_section_each():
    assert re.findall(r"^### (\w+)$", KINDS, re.MULTILINE) == list(LAYERS)


@pytest.mark.parametrize(
    "word",
    [*TOP, *COMMON, *STRUCTURES, *OF_STRUCTURES, *network_forms(), *PADDINGS, "min", "max", "input"],
)
def test_the_language_is_taught_whole(word):
    assert f"`{word}`" in SPEC or f"`{word}:" in SPEC


def test_every_form_of_input_is_taught():
    for form in INPUTS:
        values = ", ".join(rf"{key}: \d+" for key in form)
        assert re.search(rf"`input: {{{values}}}`", SPEC)


@pytest.mark.parametrize("alias", [*KIND_ALIASES, *SETTING_ALIASES, *INPUT_ALIASES])
def test_every_other_spelling_is_listed(alias):
    spellings = SPEC.partition("## Other spellings")[2].partition("\n## ")[0]
    assert f"`{alias}`" in spellings


def test_pages_speak_of_commands_and_options_that_exist():
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages())
    commands = re.findall(r"(?:`|\$ )archcalc ([a-z][\w-]*)", text)
    assert commands
    assert set(commands) <= set(COMMANDS)
    known = {option for name in COMMANDS for option in options_of(name)} | {"--help", "--version"}
    assert (
        set(re.findall(r"(?<=[` ])--[a-z][\w-]*", re.sub(r"```sh.*?```", "", text, flags=re.DOTALL))) <= known
    )


def options_of(name):
    command = app.get_command(None, name)
    return [spelling for parameter in command.params for spelling in parameter.opts]


def test_a_section_follows_its_docstring():
    section = kind_section("maxpool")
    assert section.startswith(
        "### maxpool\n\nMax pooling of an image: the greatest value under each F×F window"
    )
    assert (
        "\n  that would start in the padding; the stride defaults to the kernel size\n* **backward**"
        in section
    )
    assert "| `stride` | `null` | a positive integer" in section
    assert "Also written `max_pool`, " in section


def test_words_that_end_in_a_colon_become_answers_only_where_they_are_some():
    assert "### mish\n\nMish: x·tanh(softplus(x)).\n" in KINDS
    assert "\n`over`: `all` values" in KINDS


def test_only_what_stands_between_marks_is_replaced():
    page = "before\n<!-- generated: in-place -->\nold\n<!-- end -->\nafter\n"
    found = with_parts(page)
    assert found.startswith("before\n<!-- generated: in-place -->\n`flatten`, `tokens`")
    assert found.endswith("\n<!-- end -->\nafter\n")
    assert "old" not in found
    assert with_parts(found) == found
