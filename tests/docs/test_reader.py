"""A reader finds every page: the README is short, and the index names all."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
INDEX = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
LINK = r"\]\(([\w./-]+?\.md)(?:#[\w-]+)?\)"


def test_the_readme_is_short():
    assert README.count("\n") <= 180


def test_the_readme_has_two_commands_that_do_all():
    assert re.findall(r"```sh\n(.*)\n```", README) == [
        "pip install . && archcalc summarize specs/vgg16.yaml",
        "pip install -e '.[dev]' && make check slow",
    ]


def test_the_index_names_every_page():
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert pages <= set(re.findall(LINK, INDEX))


def test_the_index_has_a_path_for_each_reader_that_ends_in_pages():
    paths = re.findall(r"^## You (?!come)(.*?)(?=^## )", INDEX, re.MULTILINE | re.DOTALL)
    assert len(paths) == 4
    for path in paths:
        assert "```console" in path
        assert re.findall(LINK, path.partition("Then:")[2])


def test_the_readme_reaches_every_page_by_itself_or_by_the_index():
    assert "docs/index.md" in re.findall(LINK, README)
    for page in re.findall(LINK, README):
        assert (ROOT / page).is_file()
