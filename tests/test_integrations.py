"""Where people run check: the action, the hook, and the jobs that docs/ci.md shows."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from archcalc.cli.app import app
from archcalc.report.check import CHECK_FORMATS

ROOT = Path(__file__).resolve().parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = ACTION["runs"]["steps"]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
JOBS = [yaml.safe_load(block) for block in re.findall(r"^```yml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")

HOSTILE = [
    "$(touch owned)",
    "`touch owned`",
    '"; touch owned; "',
    "a b",
    "*",
    "-x",
    "'",
    "a\\",
    "${HOME}",
    "&& false",
]


def walked(node):
    """Every value in a document with the key that it is under."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        yield key, value
        if isinstance(value, dict | list):
            yield from walked(value)


def test_no_expression_stands_in_a_script():
    scripts = [value for key, value in walked(ACTION) if key == "run"]
    assert len(scripts) == 2
    for script in scripts:
        assert "${{" not in script
    for key, value in walked(JOBS):
        if key in ("run", "script"):
            assert "${{" not in json.dumps(value)


def test_every_input_reaches_the_scripts_by_its_variable_only():
    texts = [
        value for step in STEPS for key, value in walked(step) if isinstance(value, str) and key != "run"
    ]
    given = [value for step in STEPS for value in step["env"].values()]
    assert sorted(text for text in texts if "${{" in text) == sorted(given)
    outputs = [EXPRESSION.fullmatch(about["value"])[1] for about in ACTION["outputs"].values()]
    assert outputs == [f"steps.check.outputs.{name}" for name in ACTION["outputs"]]
    used = {EXPRESSION.fullmatch(value)[1] for value in given}
    assert used == {f"inputs.{name}" for name in ACTION["inputs"]}


def test_every_variable_is_used_and_quoted():
    for step in STEPS:
        for name in step["env"]:
            assert re.search(rf"\${{?{name}", step["run"])
    for script in (step["run"] for step in STEPS):
        bare = re.sub(r'"[^"]*"' + r"|'[^']*'", "", script)
        assert "$" not in bare


def test_every_step_says_its_shell_and_uses_no_other_action():
    assert ACTION["runs"]["using"] == "composite"
    assert {step["shell"] for step in STEPS} == {"bash"}
    assert not any("uses" in step for step in STEPS)


def test_every_input_is_described_and_optional():
    for about in ACTION["inputs"].values():
        assert about["description"]
        assert isinstance(about["default"], str)
    assert ACTION["inputs"]["format"]["default"] == "github"
    assert all(format_ in ACTION["inputs"]["format"]["description"] for format_ in CHECK_FORMATS)


FILES = ("GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
"""What a runner reads when a step has ended."""


@pytest.fixture
def run_step(tmp_path):
    """Run a step of the action where archcalc and pip are programs that write down how they were called."""
    installed = tmp_path / "temp" / "archcalc"
    for module in (installed / "archcalc", tmp_path / "pip"):
        module.mkdir(parents=True)
        (module / "__init__.py").touch()
        (module / "__main__.py").write_text(
            "import json, sys\nprint(json.dumps(sys.argv[1:]))\n", encoding="utf-8"
        )
    repository = tmp_path / "repository"
    (repository / "archcalc").mkdir(parents=True)
    (repository / "archcalc" / "__init__.py").write_text("raise SystemExit('owned')\n", encoding="utf-8")

    def run(number, python=sys.executable, **variables):
        environment = {
            "PATH": "/usr/bin:/bin",
            "RUNNER_TEMP": str(tmp_path / "temp"),
            "GITHUB_ACTION_PATH": "/a b",
            "ARCHCALC_SUMMARY": "false",
            "ARCHCALC_SARIF": "",
        }
        environment |= {name: str(tmp_path / name) for name in FILES}
        environment |= {"ARCHCALC_PYTHON": str(python), **variables}
        script = STEPS[number]["run"]
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=repository, env=environment, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert not (repository / "owned").exists()
        return done

    return run


def check_arguments(run_step, paths="", format_="github", args=""):
    done = run_step(1, ARCHCALC_PATHS=paths, ARCHCALC_FORMAT=format_, ARCHCALC_ARGS=args)
    assert done.returncode == 0
    return json.loads(done.stdout)


needs_bash = pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")


@needs_bash
def test_inputs_become_arguments(run_step):
    begin = ["--format", "github", "--"]
    assert check_arguments(run_step, "specs") == ["check", *begin, "specs"]
    assert check_arguments(run_step, "a b.yaml\n\n  nets/*.yaml  \n") == [
        *("check", *begin, "a b.yaml", "nets/*.yaml"),
    ]  # fmt: skip
    assert check_arguments(run_step, "", args=" --advice\n--strict  -o x ") == [
        *("check", "--advice", "--strict", "-o", "x", *begin),
    ]  # fmt: skip
    assert check_arguments(run_step, "-", "sarif")[2:] == ["sarif", "--", "-"]


@needs_bash
@pytest.mark.parametrize("words", HOSTILE)
def test_inputs_are_never_commands(run_step, words):
    end = ["--format", "github", "--"]
    assert check_arguments(run_step, f"{words}\nspecs") == ["check", *end, words, "specs"]
    assert check_arguments(run_step, "specs", args=words) == ["check", *words.split(), *end, "specs"]
    assert check_arguments(run_step, "specs", words)[1:3] == ["--format", words]


@needs_bash
def test_what_check_exits_with_is_what_the_step_exits_with(run_step, tmp_path):
    main = tmp_path / "temp" / "archcalc" / "archcalc" / "__main__.py"
    main.write_text("raise SystemExit(1)\n", encoding="utf-8")
    done = run_step(1, ARCHCALC_PATHS="specs", ARCHCALC_FORMAT="text", ARCHCALC_ARGS="")
    assert done.returncode == 1


@needs_bash
def test_the_action_installs_what_it_lies_in(run_step, tmp_path, monkeypatch):
    done = run_step(0, PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    arguments = json.loads(done.stdout)
    assert arguments[0] == "install"
    assert arguments[-3:] == ["--target", str(tmp_path / "temp" / "archcalc"), "/a b"]


@needs_bash
def test_the_steps_below_have_archcalc_on_their_path(run_step, tmp_path):
    assert run_step(0, PYTHONPATH=str(tmp_path)).returncode == 0
    folder = (tmp_path / "GITHUB_PATH").read_text(encoding="utf-8").strip()
    done = subprocess.run(
        [f"{folder}/archcalc", "check", "a b", "$(touch owned)"],
        cwd=tmp_path / "repository", capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == ["check", "a b", "$(touch owned)"]


REAL = """\
import sys
sys.path.insert(0, {root!r})
from archcalc.cli.app import exit_code
raise SystemExit(exit_code(sys.argv[1:]))
"""


@needs_bash
@pytest.mark.parametrize("failing", [False, True])
def test_all_reports_are_written_whatever_the_check_says(run_step, tmp_path, failing):
    main = tmp_path / "temp" / "archcalc" / "archcalc" / "__main__.py"
    (main.parent / "__init__.py").write_text(
        f"__path__.insert(0, {str(ROOT / 'archcalc')!r})\n__version__ = '0'\n"
    )
    main.write_text(REAL.format(root=str(ROOT)), encoding="utf-8")
    expected = 9 if failing else 8
    spec = f"input: {{features: 3}}\nlayers: [fc: {{units: 2}}]\nexpect: {{parameters: {expected}}}\n"
    (tmp_path / "repository" / "net.yaml").write_text(spec, encoding="utf-8")
    done = run_step(
        1, ARCHCALC_PATHS="net.yaml", ARCHCALC_FORMAT="github", ARCHCALC_ARGS="--format text",
        ARCHCALC_SUMMARY="true", ARCHCALC_SARIF="out.sarif",
    )  # fmt: skip
    assert done.returncode == int(failing)
    assert ("::error file=net.yaml" in done.stdout) is failing
    summary = (tmp_path / "GITHUB_STEP_SUMMARY").read_text(encoding="utf-8")
    assert ("failed: 1 error" in summary) is failing
    sarif = json.loads((tmp_path / "repository" / "out.sarif").read_text(encoding="utf-8"))
    assert len(sarif["runs"][0]["results"]) == int(failing)
    outputs = (tmp_path / "GITHUB_OUTPUT").read_text(encoding="utf-8").split()
    assert outputs == ["specs=1", f"errors={int(failing)}", "advice=0", f"code={int(failing)}"]


@needs_bash
def test_an_old_python_is_named(run_step, tmp_path):
    old = tmp_path / "old"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    done = run_step(0, old)
    assert done.returncode == 2
    assert done.stdout.startswith("::error title=archcalc::archcalc needs Python 3.11 or newer")


@pytest.fixture
def hook():
    """The only hook; copies of a checkout may have no hidden files."""
    if not (ROOT / ".gitignore").exists():
        pytest.skip("a copy without hidden files")
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    return hook


def test_the_hook_runs_check_on_specs(hook):
    assert (hook["id"], hook["entry"], hook["language"]) == ("archcalc-check", "archcalc check", "python")
    for path, checked in {
        "specs/a.yaml": True, "models/specs/b/c.yml": True, "specs.yaml": False, "specs/a.yaml.orig": False,
        "specs/a.lock": False, "myspecs/a.yaml": False, ".github/workflows/ci.yml": False,
    }.items():  # fmt: skip
        assert bool(re.search(hook["files"], path)) is checked


def commands():
    """The archcalc commands of the jobs, with where they stand."""
    lines = [line for key, value in walked(JOBS) if key in ("run", "script") for line in lines_of(value)]
    return [line.split(" >> ")[0].split()[1:] for line in lines if line.startswith("archcalc ")]


def lines_of(value):
    return value if isinstance(value, list) else value.splitlines()


def test_the_jobs_call_commands_as_they_are():
    found = commands()
    assert [name for name, *_ in found] == ["diff", "check", "check"]
    for name, *arguments in found:
        context = app.get_command(None, name).make_context("archcalc", list(arguments))
        if name == "check":
            assert context.params["paths"] == ("specs",)
        assert context.params["format_"] in ("markdown", "junit", "gitlab")


def uses(part):
    """The steps of the jobs that use an action."""
    steps = [value for _, value in walked(JOBS) if isinstance(value, dict)]
    return [step for step in steps if part in step.get("uses", "")]


def test_the_jobs_give_the_action_what_it_takes():
    assert len(uses("archcalc@")) == 2
    for step in uses("archcalc@"):
        assert set(step["with"]) <= set(ACTION["inputs"])


def test_the_jobs_collect_what_check_writes():
    (job,) = [job["networks"] for job in JOBS if isinstance(job, dict) and "networks" in job]
    written = {line.split()[-1] for line in job["script"] if " -o " in line}
    assert set(job["artifacts"]["reports"].values()) == written
    (upload,) = uses("upload-sarif")
    assert upload["with"]["sarif_file"] in [step["with"].get("sarif") for step in uses("archcalc@")]
    assert upload["if"] == "always()"


def test_the_configured_hook_is_the_hook(hook):
    hooks = [value for _, value in walked(JOBS) if isinstance(value, dict) and value.get("id") == hook["id"]]
    assert len(hooks) == 2


def test_the_page_names_every_format_and_input():
    assert re.findall(r"^\| `(\w+)` \| ", PAGE, re.MULTILINE) == list(CHECK_FORMATS)
    assert all(f"`{name}`" in PAGE for name in ACTION["inputs"])
