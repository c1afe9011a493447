"""Specs based on other specs: what is taken over, what is replaced, and where a base may lie."""

from pathlib import Path

import pytest

from archcalc.errors import SpecError
from archcalc.spec.base import BASE_LIMIT
from archcalc.spec.load import load, loads, parse_spec
from archcalc.spec.meanings import meanings
from archcalc.spec.text import Text

BASE = """\
name: The base
source: here
variables: {n: 2, m: 3}
input: {features: 8}
blocks:
  unit: {settings: {units: $m}, layers: [fc: {units: $units}]}
  other: {layers: [fc: {units: $n}]}
layers: [unit, other]
outputs: [other1]
expect: {parameters: 35}
silence: [some-advice]
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "parent.yaml").write_text(BASE)
    return tmp_path


def units(text: str, folder: Path | None = None) -> list[int]:
    return [node.layer.units for node in loads(text, "child.yaml", folder).nodes]


def only(text: str, folder: Path | None):
    with pytest.raises(SpecError) as caught:
        loads(text, "child.yaml", folder)
    (problem,) = caught.value.problems
    return problem


def test_everything_is_taken_over_but_what_is_the_bases_own(folder):
    network, expectations, *_ = parse_spec("base: parent\n", "child.yaml", folder)
    assert (network.name, network.source, expectations) == ("child", "", ())
    assert (network.input_shape, network.outputs) == ((8,), {"other1": 2})
    assert [node.name for node in network.nodes] == ["unit1/fc1", "other1/fc1"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [3, 2]),
        ("variables: {n: 5}", [3, 5]),
        ("variables: {n: 5, m: '${n + 1}'}", [6, 5]),
        ("variables: {k: 5}\nblocks: {other: {layers: [fc: {units: $k}]}}", [3, 5]),
        ("blocks: {unit: {layers: [fc: {units: 9}]}}", [9, 2]),
        ("blocks: {third: {layers: [fc: {units: 9}]}}\nlayers: [third, other]", [9, 2]),
        ("layers: [other]", [2]),
    ],
)
def test_what_a_spec_replaces(folder, text, found):
    assert units(f"base: parent\n{text}\n", folder) == found


@pytest.mark.parametrize(
    "use",
    [
        "layers: [fc: {units: $nn}]\noutputs: fc1",
        "name: net $nn",
        "expect: {parameters: $nn}",
        "input: {features: '${nn + 1}'}",
    ],
)
def test_a_variable_that_is_like_one_of_the_base_must_be_used(folder, use):
    """A misspelt variable would give the base itself, and no word of it."""
    assert loads(f"base: parent\nvariables: {{nn: 7}}\n{use}\n", "child.yaml", folder).nodes
    problem = only("base: parent\nvariables: {nn: 7}\n", folder)
    assert problem.message == "the base has no variable 'nn', and nothing uses it"
    assert (problem.span.line, problem.hint) == (2, "did you mean 'n'?")


def test_a_base_may_leave_a_variable_to_those_that_build_on_it(folder):
    (folder / "open.yaml").write_text("input: {features: 8}\nlayers: [fc: {units: '${2 * k}'}]\n")
    assert units("base: open\nvariables: {k: 4}\n", folder) == [8]


def test_input_and_outputs_are_replaced_as_a_whole(folder):
    network = loads("base: parent\ninput: {features: 5}\noutputs: [input, other1]\n", "c.yaml", folder)
    assert (network.input_shape, network.outputs) == ((5,), {"input": 0, "other1": 2})


def test_bases_have_bases(folder):
    (folder / "middle.yml").write_text("base: parent\nvariables: {n: 7}\n")
    assert units("base: middle\nvariables: {m: 8}\n", folder) == [8, 7]


def test_a_built_in_network_is_a_base_everywhere():
    network = loads("base: lenet5\nexpect: {parameters: 61706}\n")
    assert network.nodes == load("lenet5").nodes


def test_the_folder_comes_before_the_zoo(folder):
    (folder / "lenet5.yaml").write_text(BASE)
    assert units("base: lenet5\n", folder) == [3, 2]


@pytest.mark.parametrize("name", ["parent", "parent.yaml", "parent.yml", "'parent'"])
def test_a_base_with_or_without_its_ending(folder, name):
    assert units(f"base: {name}\n", folder) == [3, 2]


def test_a_file_finds_its_base_beside_it(folder, monkeypatch):
    (folder / "child.yaml").write_text("base: parent\n")
    assert load(folder / "child.yaml").nodes
    monkeypatch.chdir(folder.parent)
    assert load(f"{folder.name}/child.yaml").nodes


@pytest.mark.parametrize(
    "name",
    [
        *(
            "../parent",
            "..",
            ".",
            "./parent",
            "/etc/passwd",
            "sub//parent",
            "sub/../../parent",
            "../../../../../../etc/passwd",
            "parent/../parent",
            "~/parent",
            "''",
        ),
        *(
            "'a\\b'",
            "'C:parent'",
            "[parent]",
            "{a: b}",
            "",
            "null",
            "'pa rent'",
            "$parent",
            "'${1}'",
            "x" * 101,
        ),
    ],
)
def test_a_base_is_no_way_out(folder, name):
    (folder / "sub").mkdir()
    (folder / "sub" / "parent.yaml").write_text(BASE)
    problem = only(f"base: {name}\n", folder / "sub" if name.startswith("..") else folder)
    assert (problem.code, problem.span.line) == ("type", 1)


def test_a_link_out_of_the_folder_is_not_followed(folder):
    inner = folder / "inner"
    inner.mkdir()
    (inner / "parent.yaml").symlink_to(folder / "parent.yaml")
    assert only("base: parent\n", inner).code == "unknown-base"


def test_a_base_may_lie_below(folder):
    (folder / "sub" / "further").mkdir(parents=True)
    (folder / "sub" / "further" / "b.yml").write_text("base: ../a\n")
    (folder / "sub" / "a.yaml").write_text(BASE)
    assert units("base: sub/a\n", folder) == [3, 2]
    assert (
        only("base: sub/b\n", folder).message == "no spec lies at 'sub/b', seen from the folder of this one"
    )


MARKS = {
    "archcalc.toml": "",
    "pyproject.toml": "[tool.other]\n\n[tool.archcalc]\nstrict = true\n",
    ".git": None,
}


@pytest.fixture(params=MARKS)
def project(request, tmp_path):
    """Specs in folders of a project, which has a config file or is a repository, and others around it."""
    root = tmp_path / "project"
    for name in ("lib", "models/small"):
        (root / name).mkdir(parents=True)
    for place in (root / "lib", root, tmp_path):
        (place / "parent.yaml").write_text(BASE)
    (root / "lib" / "above.yaml").write_text("base: ../../parent\n")
    (root / "lib" / "around.yaml").write_text("base: ../models/../parent\n")
    (root / "lib" / "cycle.yaml").write_text("base: ../lib/cycle\n")
    text = MARKS[request.param]
    (root / request.param).mkdir() if text is None else (root / request.param).write_text(text)
    return root


def test_a_base_may_lie_above_up_to_the_root(project):
    assert units("base: ../lib/parent\n", project / "models") == [3, 2]
    assert units("base: ../../parent\n", project / "models" / "small") == [3, 2]
    problem = only("base: ../../lib/cycle\n", project / "models" / "small")
    assert (problem.code, problem.message) == ("cycle", "'cycle' is based on itself")
    assert problem.span.source == str(project / "lib" / "cycle.yaml")


@pytest.mark.parametrize(
    "name", ["../../parent", "../lib/above", "../../project/lib/../parent", "../lib/around"]
)
def test_the_root_is_the_end(project, name):
    """Also for the bases of bases, and for ways that lead down again."""
    problem = only(f"base: {name}\n", project / "models")
    assert problem.code == "type"
    if name == "../../parent":
        assert (
            problem.message == "'../../parent' leads out of the folder in which bases and libraries may lie"
        )


def test_a_nearer_root_is_the_root(project):
    (project / "models" / "archcalc.toml").write_text("")
    assert only("base: ../../parent\n", project / "models" / "small").code == "type"
    assert only("base: ../lib/parent\n", project / "models").code == "type"


def test_a_config_file_of_others_is_no_root(folder):
    (folder / "pyproject.toml").write_text("[tool.other]\nname = '[tool.archcalc]'\n")
    (folder / "sub").mkdir()
    assert only("base: ../parent\n", folder / "sub").code == "type"


def test_no_link_leads_up_or_down(project, tmp_path):
    """Neither that of a file, nor that of a folder on the way; where the spec lies is its user's affair."""
    (project / "models" / "link").symlink_to(tmp_path)
    (project / "lib" / "link.yaml").symlink_to(tmp_path / "parent.yaml")
    (project / "up").symlink_to(project / "models" / "small")
    for name in ("link/parent", "../lib/link", "../models/link/parent", "../up/parent"):
        assert only(f"base: {name}\n", project / "models").code == "unknown-base"
    assert units("base: ../../lib/parent\n", project / "up") == [3, 2]
    assert only("base: ../lib/parent\n", project / "up").code == "unknown-base"


def test_a_file_beyond_is_reported_as_it_is_seen(project, monkeypatch):
    (project / "lib" / "faulty.yaml").write_text("input: {features: 1}\nlayers: [rleu]\n")
    monkeypatch.chdir(project / "models")
    problem = only("base: ../lib/faulty\n", "")
    assert problem.span.source == "../lib/faulty.yaml"


def test_a_folder_is_no_base(folder):
    (folder / "sub.yaml").mkdir()
    assert only("base: sub\n", folder).code == "unknown-base"


def test_without_a_folder_there_are_only_built_in_bases(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert only("base: parent\n", None).code == "unknown-base"


def test_an_unknown_base_is_told_with_a_near_one(folder):
    problem = only("base: vgg61\n", folder)
    assert (problem.code, problem.hint) == ("unknown-base", "did you mean 'vgg16'?")


def test_a_chain_has_an_end(folder):
    for number in range(BASE_LIMIT):
        (folder / f"b{number}.yaml").write_text(f"base: b{number + 1}\n")
    (folder / f"b{BASE_LIMIT}.yaml").write_text(BASE)
    assert units("base: b1\n", folder) == [3, 2]
    problem = only("base: b0\n", folder)
    assert (problem.code, problem.span.source) == ("too-deep", str(folder / f"b{BASE_LIMIT - 1}.yaml"))


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a": "a"}, "'a' is based on itself"),
        ({"a": "b", "b": "a"}, "'a' is based on itself, through 'b'"),
        ({"a": "b", "b": "c", "c": "b"}, "'b' is based on itself, through 'c'"),
    ],
)
def test_a_chain_has_no_cycle(folder, files, message):
    for name, base in files.items():
        (folder / f"{name}.yaml").write_text(f"base: {base}\n")
    problem = only("base: a\n", folder)
    assert (problem.code, problem.message) == ("cycle", message)


def test_problems_in_a_base_point_into_it(folder):
    (folder / "wrong.yaml").write_text("# a base\ninput: {features: 3}\nlayers: [reluu]\n")
    with pytest.raises(SpecError) as caught:
        loads("base: wrong\nexpect: {macros: 3}\n", "child.yaml", folder)
    wrong = str(folder / "wrong.yaml")
    assert [str(problem.span) for problem in caught.value.problems] == [f"{wrong}:3:10", "child.yaml:2:10"]
    assert set(caught.value.texts) == {"child.yaml", wrong}


def test_a_built_in_base_is_called_by_its_name_alone():
    """No place of this machine gets into an error."""
    with pytest.raises(SpecError) as caught:
        loads(
            "base: vgg16\ninput: {features: 3}\nlayers: [reluu]\nblocks: {stage: {layers: []}}\n",
            "child.yaml",
        )
    assert set(caught.value.texts) == {"child.yaml", "vgg16.yaml"}


@pytest.mark.parametrize(
    ("value", "found", "hint"),
    [
        ("1.4", "1.4", "it is in percent: write 140"),
        ("140%", "'140%'", "it is in percent: write 140"),
        ("0.35", "0.35", "it is in percent: write 35"),
        ("1.1", "1.1", "it is in percent: write 110"),
        ("1.333", "1.333", "the base has 100: 'width multiplier in percent; beyond 100 conv2 grows too'"),
        (
            "[1, 2]",
            "the list [1, 2]",
            "the base has 100: 'width multiplier in percent; beyond 100 conv2 grows too'",
        ),
    ],
)
def test_what_a_base_computes_with_is_an_integer(value, found, hint):
    with pytest.raises(SpecError) as caught:
        loads(f"base: mobilenet_v2\nvariables: {{width: {value}}}\n", "net.yaml")
    (problem,) = caught.value.problems
    assert problem.message == f"'width' needs an integer, as the base computes with it, found {found}"
    assert (problem.hint, problem.span[1:]) == (hint, (2, 20))


def test_what_a_base_only_passes_on_may_be_of_another_kind(tmp_path):
    (tmp_path / "a.yaml").write_text(
        "input: {channels: 3, height: 9, width: 9}\nvariables: {size: 3, n: 2}\n"
        'layers: [conv: {filters: "${n + 1}", kernel_size: $size}]\n',
        encoding="utf-8",
    )
    network = loads("base: a\nvariables: {size: [3, 5], n: '${1 + 1}'}\n", "net.yaml", tmp_path)
    assert network.nodes[0].layer.kernel_size == (3, 5)


def test_comments_are_looked_for_once_a_line(monkeypatch, tmp_path):
    """Of however many variables, and behind however many blanks: no time grows with a square."""
    lines: list[int] = []
    found = Text.line_end
    monkeypatch.setattr(Text, "line_end", lambda self, index: lines.append(index) or found(self, index))
    many = "".join(f"  v{n}: {n}{' ' * 50}# meaning {n}\n" for n in range(500))
    said = meanings({"a.yaml": f"variables:\n{many}", "b.yaml": f"variables:\n{many}"})
    assert (len(said), said["v7"]) == (500, "meaning 7")
    assert len(lines) == 500
