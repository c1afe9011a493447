"""The table of codes: complete, readable, and true to what is raised."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import archcalc
from archcalc.checks.advice import ADVICE
from archcalc.checks.run import Criteria, examine
from archcalc.codes import AdviceCode, Code, ErrorCode
from archcalc.codes.declaration import PROMPT
from archcalc.codes.table import CODES

PACKAGE = Path(archcalc.__file__).parent
SPECS = [code for code, each in CODES.items() if not each.example.startswith(PROMPT)]
UNSEEN = "internal-error"
"""What no example raises: it would be a bug. tests/checks/test_isolation.py plants some."""
SESSIONS = [code for code in CODES if code not in SPECS and code != UNSEEN]
SHELL = 'archcalc() {{ "{python}" -m archcalc "$@"; }}\n'


def sources():
    """The modules that raise: all but the table itself."""
    return [path for path in PACKAGE.rglob("*.py") if path.parent.name != "codes"]


def words_of(path):
    """Every text that stands by itself in a module's code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def raised(path):
    """The texts that a module gives as the code of a problem."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        owner = ast.unparse(node.func)
        if name in ("Problem", "_fail") or owner.endswith("problems.add"):
            yield from (each.value for each in node.args[:1] if isinstance(each, ast.Constant))
        yield from (
            each.value.value
            for each in node.keywords
            if each.arg == "code" and isinstance(each.value, ast.Constant)
        )


def codes_of(folder, text):
    """The codes of all that is found in a spec."""
    path = folder / "net.yaml"
    path.write_text(text, encoding="utf-8")
    checked = examine(str(path), Criteria(advice=True)).checked
    return {finding.problem.code for finding in checked.findings}


def test_each_code_is_declared_once_and_each_declaration_is_of_a_code():
    assert list(CODES) == list(dict.fromkeys(CODES))
    assert set(CODES) == set(get_args(Code)) == set(get_args(ErrorCode)) | set(get_args(AdviceCode))
    assert all(code == each.code for code, each in CODES.items())


def test_the_codes_of_advice_are_those_of_the_catalogue():
    assert set(get_args(AdviceCode)) == set(ADVICE)


def test_every_code_that_is_raised_is_declared():
    found = {(path.name, code) for path in sources() for code in raised(path)}
    assert len(found) > 40
    assert {each for each in found if each[1] not in CODES} == set()


def test_every_code_that_is_declared_is_raised():
    words = {word for path in sources() for word in words_of(path)}
    assert set(CODES) - words == set()


@pytest.mark.parametrize("code", CODES)
def test_a_declaration_says_what_why_and_what_to_do(code):
    each = CODES[code]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    assert re.fullmatch(r"[A-Z`].*\.", each.what)
    assert len(each.what) < 110
    assert len(each.why) > 40
    assert len(each.mend) > 10
    assert not each.why.endswith(".")
    assert not each.mend.endswith(".")
    assert each.example
    if code in ADVICE:
        assert each.source


@pytest.mark.parametrize("code", SPECS)
def test_an_example_raises_its_code_and_nothing_else(code, tmp_path):
    assert codes_of(tmp_path, CODES[code].example) == {code}


@pytest.mark.parametrize("code", SPECS)
def test_what_is_mended_raises_nothing(code, tmp_path):
    assert codes_of(tmp_path, CODES[code].mended) == set()


@pytest.mark.parametrize("code", SESSIONS)
def test_the_commands_of_an_example_raise_its_code(code, tmp_path):
    commands = CODES[code].example.splitlines()
    assert all(line.startswith(PROMPT) for line in commands)
    script = SHELL.format(python=sys.executable) + "\n".join(line.removeprefix(PROMPT) for line in commands)
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, timeout=60, check=False)
    written = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert f"error[{code}]" in written
    assert set(re.findall(r"error\[([\w-]+)\]", written)) == {code}


def test_starting_costs_no_declaration():
    """What a code means is imported only where somebody wants to read it."""
    program = (
        "import sys; from archcalc.cli.app import exit_code; exit_code(['summarize', 'lenet5']);"
        "print([name for name in sys.modules if name.startswith('archcalc.codes')], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.slow
def test_mypy_refuses_a_code_that_is_not_declared(tmp_path):
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from archcalc.errors import Problem\nProblem('shapes', 'said')\n", encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file=", str(wrong)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PACKAGE.parent, check=False)
    assert 'Argument 1 to "Problem" has incompatible type' in done.stdout
