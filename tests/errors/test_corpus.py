"""A corpus of wrong specs: each `NAME.yaml` below this folder, and in `NAME.txt` all that is said of it.

A line is `LINE:COL: error[code]: message`, where the file is another one with its name in front, and may be
followed by a hint and by other places that the problem concerns.
To write the texts anew, and read the difference before you commit it:

    ARCHCALC_UPDATE_GOLDENS=1 pytest tests/errors && git diff tests/errors
"""

import os
import time
from pathlib import Path

import pytest
from patience import PATIENCE

import archcalc
from archcalc.errors import Problem, SpecError

FOLDER = Path(__file__).parent
SPECS = sorted(path for path in FOLDER.rglob("*.yaml") if not path.name.startswith("_"))
LEAST = 300


def named(path: Path) -> str:
    return path.relative_to(FOLDER).with_suffix("").as_posix()


def problems_of(path: Path) -> tuple:
    with pytest.raises(SpecError) as caught:
        archcalc.analyze(archcalc.load(path.name))
    return caught.value.problems


def said(path: Path, problems: tuple) -> str:
    return "".join(
        f"{line}\n".removeprefix(f"{path.name}:") for problem in problems for line in lines(problem)
    )


def lines(problem: Problem) -> list[str]:
    return [str(problem), *(f"{span}: note: {text}" for text, span in problem.also)]


def check_print(problems: tuple) -> None:
    """In order, and fit for every terminal and log: no control characters or commands, nothing endless."""
    places = [problem.span for problem in problems]
    assert places == sorted(places)
    assert len(places) <= 20
    for problem in problems:
        text = f"{problem.message} {problem.hint or ''}"
        assert text.isprintable()
        assert "::" not in text
        assert "##" not in text.replace("\\x23#", "")
        assert len(text) < 1000


@pytest.mark.parametrize("path", SPECS, ids=named)
def test_what_is_said_of_a_wrong_spec(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    begin = time.process_time()
    problems = problems_of(path)
    found = said(path, problems)
    assert time.process_time() - begin < PATIENCE
    check_print(problems)
    expected = path.with_suffix(".txt")
    if os.environ.get("ARCHCALC_UPDATE_GOLDENS"):
        expected.write_text(found, encoding="utf-8", newline="\n")
    assert found == expected.read_text(encoding="utf-8")


def test_the_corpus_is_whole():
    """Every spec has its text, every text its spec, and there are many."""
    texts = sorted(FOLDER.rglob("*.txt"))
    assert [path.with_suffix(".txt") for path in SPECS] == texts
    assert len(SPECS) >= LEAST
