"""The limits of SECURITY.md are those of the code, each with its value and a test that exists."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

import archcalc

ROOT = Path(__file__).parents[2]
PACKAGE = Path(archcalc.__file__).parent
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = re.findall(r"(?m)^\| `([\w.]+)\.(\w+)` \| ([\d,]+) \| (.+?) \| `([\w./]+)::(test_\w+)` \|$", PAGE)


def limits():
    """What modules of the package call a limit: the module and the constant."""
    for path in PACKAGE.rglob("*.py"):
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if name.endswith("_LIMIT") and not name.startswith("_"):
                    yield module, name


def test_every_row_is_read():
    table = PAGE.partition("## Limits")[2].partition("\n## ")[0]
    assert len(ROWS) == table.count("\n| `") > 40
    assert len({row[:2] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("module", "name", "value"), [row[:3] for row in ROWS])
def test_a_limit_has_the_value_that_the_page_says(module, name, value):
    assert f"{getattr(import_module(f'archcalc.{module}'), name):,}" == value


@pytest.mark.parametrize(("file", "test"), sorted({row[4:] for row in ROWS}))
def test_the_test_of_a_limit_exists(file, test):
    assert re.search(rf"(?m)^ *def {test}\(", (ROOT / file).read_text(encoding="utf-8"))


def test_every_limit_stands_in_the_page():
    assert set(limits()) - {row[:2] for row in ROWS} == set()
