"""What ARCHITECTURE.md and CONTRIBUTING.md name is there: paths, names, targets of make, packages."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("ARCHITECTURE.md", "CONTRIBUTING.md")
FOLDERS = ("archcalc", "tests", "docs", "benchmarks", "specs", "schemas")
INSTALLED = "archcalc/specs"
"""Where specs/ lies in the wheel, and not in a checkout."""


def quoted(page):
    """What stands in backquotes, outside drawings."""
    text = re.sub(r"^```.*?^```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.M | re.S)
    return sorted(set(re.findall(r"`([^`\n]+)`", text)))


@pytest.fixture(scope="module")
def paths():
    found = [f"/{path.relative_to(ROOT).as_posix()}" for name in FOLDERS for path in (ROOT / name).rglob("*")]
    return [*found, *(f"/{path.name}" for path in ROOT.iterdir())]


@pytest.fixture(scope="module")
def words():
    """Every word of the source, and the names of modules."""
    files = [path for name in FOLDERS for path in (ROOT / name).rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return {*re.findall(r"\w+", text), *(path.stem for path in files)}


def is_path(said):
    return re.fullmatch(r"[\w./-]+", said) and (
        "/" in said or Path(said).suffix in (".py", ".md", ".txt", ".toml")
    )


@pytest.mark.parametrize("page", PAGES)
def test_paths_exist(page, paths):
    named = [said for said in quoted(page) if is_path(said) and said != INSTALLED]
    assert len(named) > 10
    assert not [said for said in named if not any(path.endswith(f"/{said.rstrip('/')}") for path in paths)]


@pytest.mark.parametrize("page", PAGES)
def test_names_exist(page, words):
    """`name`, `Class.name`, `name(…)` and `@name(…)`."""
    named = [said for said in quoted(page) if not is_path(said)]
    names = [found[1] for said in named if (found := re.fullmatch(r"@?([A-Za-z_][\w.]*)(\(.*\))?", said))]
    assert len(names) > 20
    assert not [name for name in names if not words.issuperset(name.split("."))]


def test_targets_of_make_exist():
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    named = [said.split()[1] for page in PAGES for said in quoted(page) if said.startswith("make ")]
    assert named
    assert set(named) <= set(targets)


def test_the_layout_has_every_package_and_module():
    layout = (
        (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("## Layout")[2].partition("\n## ")[0]
    )
    rows = "".join(re.findall(r"^\| (`.*?) \|", layout, re.MULTILINE))
    found = (ROOT / "archcalc").iterdir()
    inside = {f"{path.name}/" if path.is_dir() else path.name for path in found if path.name[0] not in "_."}
    assert set(re.findall(r"`([\w./]+)`", rows)) == inside - {"py.typed"}
