"""What is installed: the specs are found by name from a wheel, an editable install and a plain checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import archcalc

ROOT = Path(__file__).resolve().parent.parent
ELSEWHERE = Path(ROOT.anchor)


def summarized(python_path: Path | None, cwd: Path) -> str:
    """What `archcalc summarize lenet5` prints with the package at a place, run from another folder."""
    environment = {**os.environ, "PYTHONPATH": str(python_path) if python_path else ""}
    command = [sys.executable, "-m", "archcalc", "summarize", "lenet5"]
    process = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, check=True, encoding="utf-8"
    )
    return process.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.mark.slow
def test_wheel_holds_every_spec_and_the_type_marker(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    specs = (ROOT / "specs").rglob("*.yaml")
    assert {f"archcalc/{path.relative_to(ROOT).as_posix()}" for path in specs} <= names
    assert "archcalc/py.typed" in names
    assert not any(name.startswith("tests/") for name in names)


@pytest.mark.slow
def test_networks_are_found_by_name_from_a_wheel(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    assert summarized(tmp_path, ELSEWHERE) == summarized(ROOT, ELSEWHERE)
    assert "61,706" in summarized(tmp_path, ELSEWHERE)


def test_networks_are_found_by_name_from_a_plain_checkout():
    assert "61,706" in summarized(ROOT, ELSEWHERE)


def test_networks_are_found_by_name_as_installed():
    assert "61,706" in summarized(None, ELSEWHERE)


def test_the_changelog_knows_the_version():
    assert f"## {archcalc.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
