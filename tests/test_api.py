"""The public API: what it offers, that it is typed, and that nothing is imported before it is needed."""

import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import archcalc

SPEC = """
name: tiny
input: {channels: 3, height: 8, width: 8}
layers:
  - conv: {filters: 4, kernel_size: 3}
  - flatten
  - fc: {units: 10}
"""
FUNCTIONS = ("load", "loads", "analyze", "verify", "receptive_fields", "render")


def modules_after(code):
    """The modules that a fresh interpreter holds after running `code`."""
    report = "import sys; print(*sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stderr.split())


def command(*arguments):
    """Code that runs a command as the console script does, and then goes on."""
    return f"from archcalc.cli.app import exit_code; assert exit_code({list(arguments)!r}) == 0"


@pytest.mark.parametrize("name", archcalc.__all__)
def test_each_public_name_is_there(name):
    assert getattr(archcalc, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'sumarize'"):
        archcalc.sumarize  # noqa: B018


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_public_function_is_documented_and_typed(name):
    function = getattr(archcalc, name)
    signature = inspect.signature(function)
    assert inspect.getdoc(function)
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(p.annotation is not inspect.Parameter.empty for p in signature.parameters.values())
    assert (Path(archcalc.__file__).parent / "py.typed").is_file()


def test_from_a_spec_to_a_report():
    network = archcalc.loads(SPEC)
    analysis = archcalc.analyze(network, batch=2, dtype="float16")
    document = json.loads(archcalc.render(analysis, "json"))
    assert isinstance(network, archcalc.Network)
    assert isinstance(analysis, archcalc.Analysis)
    assert document["network"] == {
        "name": "tiny", "source": "", "input_shape": [3, 8, 8], "outputs": {"fc1": [10]},
        "auxiliary": [],
    }  # fmt: skip
    assert document["totals"]["parameters"] == (3 * 3 * 3 * 4 + 4) + (6 * 6 * 4 * 10 + 10)
    assert document["totals"]["activations"] == 2 * (3 * 8 * 8 + 4 * 6 * 6 + 10)
    assert document["totals"]["activation_bytes"] == 2 * document["totals"]["activations"]


def test_load_reads_paths_and_names(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(SPEC, encoding="utf-8")
    assert archcalc.load(path) == archcalc.load(str(path))
    assert archcalc.load(path).name == "tiny"
    assert archcalc.load("lenet5").input_shape == (1, 32, 32)


def test_verify_runs_what_analyze_predicted():
    outcome = archcalc.verify(archcalc.analyze(archcalc.loads(SPEC)))
    assert outcome.agrees
    assert [check.name for check in outcome.checks] == ["conv1", "flatten1", "fc1"]


def test_verify_takes_the_options_of_the_command():
    analysis = archcalc.analyze(archcalc.loads(SPEC))
    hollow = archcalc.verify(analysis, shapes_only=True)
    assert hollow.agrees
    assert not hollow.computed
    assert archcalc.verify(analysis, seed=3, profile=True).computed
    with pytest.raises(archcalc.RequestError, match="too large to run"):
        archcalc.verify(analysis, max_memory=2**20)
    assert archcalc.verify(analysis, shapes_only=True, max_memory=2**20).agrees


def test_shapes_alone_have_any_size():
    large = archcalc.loads(SPEC.replace("height: 8, width: 8", "height: 65536, width: 65536"))
    assert archcalc.verify(archcalc.analyze(large), shapes_only=True).agrees
    with pytest.raises(archcalc.RequestError, match="too large to run"):
        archcalc.verify(archcalc.analyze(large))


def test_receptive_fields_are_those_that_analyze_predicted():
    analysis = archcalc.analyze(archcalc.loads(SPEC))
    checks = archcalc.receptive_fields(analysis)
    assert [check.differences() for check in checks] == [()] * 3
    assert [found.size for found in checks[0].found] == [3, 3]
    with pytest.raises(archcalc.RequestError, match="too large"):
        archcalc.receptive_fields(analysis, max_memory=2**20)


def test_a_wrong_spec_says_where():
    with pytest.raises(archcalc.SpecError) as caught:
        archcalc.loads("input: {channels: 3, height: 8, width: 8}\nlayers: [conw: {filters: 4}]\n")
    (problem,) = caught.value.problems
    assert str(problem.span) == "<string>:2:10"
    assert problem.code == "unknown-kind"
    assert "conv" in problem.hint


def test_text_is_what_render_writes_by_default():
    analysis = archcalc.analyze(archcalc.loads(SPEC))
    assert archcalc.render(analysis) == archcalc.render(analysis, "text")
    assert archcalc.render(analysis).splitlines()[0] == "'tiny'"


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import archcalc", {"yaml", "numpy", "rich", "click"}),
        ("import archcalc; archcalc.RequestError", {"yaml", "numpy", "rich", "click"}),
        ("import archcalc; archcalc.load", {"numpy", "rich", "click"}),
        ("import archcalc; archcalc.analyze", {"numpy", "rich", "click"}),
        ("import archcalc; archcalc.render", {"yaml", "numpy", "rich", "click"}),
        (command("--help"), {"yaml", "numpy", "rich", "archcalc.spec", "archcalc.analysis"}),
        (command("--version"), {"yaml", "numpy", "rich"}),
        (command("summarize", "--help"), {"yaml", "numpy", "rich"}),
        (command("summarize", "vgg16"), {"numpy", "rich", "json", "csv", "shutil", "difflib", "textwrap"}),
        (command("summarize", "vgg16", "--format", "csv"), {"numpy", "rich"}),
        (command("compare-fc", "alexnet"), {"numpy", "rich", "json"}),
        (command("explain", "alexnet", "conv1"), {"numpy", "rich", "json"}),
        (command("zoo", "vgg16"), {"numpy", "rich", "json"}),
    ],
)
def test_only_what_is_needed_is_imported(code, unwanted):
    assert not unwanted & modules_after(code)


@pytest.mark.parametrize(("expected", "imported"), [("", False), ("expect: {parameters: '> 1'}\n", True)])
def test_only_a_spec_that_expects_something_pays_for_the_table(tmp_path, expected, imported):
    spec = tmp_path / "net.yaml"
    spec.write_text(SPEC + expected, encoding="utf-8")
    assert ("archcalc.expectations.keys" in modules_after(command("summarize", str(spec)))) is imported
