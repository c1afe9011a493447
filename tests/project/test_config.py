"""The config file: where it is found, what it may say, and that nothing in it is passed over."""

import os
import time

import pytest
from patience import PATIENCE

from archcalc.errors import ReadError, RequestError, SpecError
from archcalc.expectations.model import Bound
from archcalc.project.config import Config
from archcalc.project.config_file import read_config
from archcalc.project.nearest import found_config

EVERYTHING = """\
paths = ["nets", "vgg16"]
advice = true
strict = true
verify = true

[expect]
parameters = "<= 20k"
output = [10]
layers.conv1.macs = 3

[[overrides]]
specs = ["nets/big/*"]
expect = { parameters = "< 1M" }

[[overrides]]
specs = ["vgg*", "*/small.yaml"]
[overrides.expect]
uses = ["batchnorm | dropout", "Dense"]
"""


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(text, name="archcalc.toml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    return write


def test_everything_is_read(config):
    found = read_config(config(EVERYTHING))
    assert found[:5] == ("", ("nets", "vgg16"), True, True, True)
    assert [(one.key, one.value, one.layer, one.span.line) for one in found.expectations] == [
        ("parameters", (Bound("<=", 20_000),), "", 7),
        ("output", (10,), "", 8),
        ("macs", (Bound("==", 3),), "conv1", 9),
    ]
    assert [one.patterns for one in found.overrides] == [("nets/big/*",), ("vgg*", "*/small.yaml")]
    ((uses,),) = [one.expectations for one in found.overrides[1:]]
    assert uses.value == (("batchnorm", "dropout"), ("fc",))


def test_an_empty_file_says_nothing(config):
    assert read_config(config("# nothing\n")) == Config()


def test_a_pyproject_has_a_table_of_ours(config):
    text = '[project]\nname = "archcalc-nets"\n[tool.other]\npaths = 3\n[tool.archcalc]\npaths = ["a"]\n'
    assert read_config(config(text, "pyproject.toml")).paths == ("a",)


@pytest.mark.parametrize(
    "text",
    ["[tool.archcalc]\n", "[tool]\narchcalc.advice = true\n", "[ tool . archcalc ]\n",
     '["tool"."archcalc"]\n',
     "tool.archcalc.paths = []\n", "[tool.archcalc.expect]\ndepth = 3\n", "[[tool.archcalc.overrides]]\n",
     "[tool.archcalc\n"],
)  # fmt: skip
def test_a_pyproject_with_our_table_is_found(config, tmp_path, text):
    config(text, "pyproject.toml")
    assert found_config(str(tmp_path)) == "pyproject.toml"


@pytest.mark.parametrize(
    "text",
    ["", "[project]\n", "# [tool.archcalc]\n", '[project]\nname = "archcalc"\n', "[tool.archcalculator]\n",
     "[tool.other]\narchcalc = true\n", "tool = 3 # archcalc\n",
     'x = "tool.archcalc"\n', "not toml: archcalc\n"],
)  # fmt: skip
def test_a_pyproject_without_it_is_passed_over(config, tmp_path, text):
    config('paths = ["above"]\n', "archcalc.toml")
    config(text, "below/pyproject.toml")
    assert found_config(str(tmp_path / "below")) == "../archcalc.toml"


def test_the_nearest_is_found_and_our_own_first(config, tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert found_config(str(tmp_path / "a" / "b")) in (None, found_config("/"))
    config("", "archcalc.toml")
    assert found_config(str(tmp_path / "a" / "b")) == "../../archcalc.toml"
    config("[tool.archcalc]\n", "a/pyproject.toml")
    assert found_config(str(tmp_path / "a" / "b")) == "../pyproject.toml"
    config("", "a/archcalc.toml")
    assert found_config(str(tmp_path / "a" / "b")) == "../archcalc.toml"
    (tmp_path / "a" / "b" / "archcalc.toml").mkdir()
    assert found_config(str(tmp_path / "a" / "b")) == "../archcalc.toml"


def test_paths_start_from_the_folder_of_the_file(config, tmp_path, monkeypatch):
    config('paths = ["nets", "x.yaml", "n*/*.yaml", "vgg16", "-", "/abs/y.yaml", "../z.yaml"]\n')
    (tmp_path / "nets" / "in").mkdir(parents=True)
    assert read_config("archcalc.toml").specs() == (
        "nets", "x.yaml", "n*/*.yaml", "vgg16", "-", "/abs/y.yaml", "../z.yaml",
    )  # fmt: skip
    monkeypatch.chdir(tmp_path / "nets" / "in")
    assert read_config("../../archcalc.toml").specs() == (
        "../../nets", "../../x.yaml", "../../n*/*.yaml", "vgg16", "-", "/abs/y.yaml", "../../../z.yaml",
    )  # fmt: skip


def test_a_folder_with_the_letters_of_patterns_is_no_pattern(config, tmp_path, monkeypatch):
    config('paths = ["*.yaml", "one.yaml"]\n', "[a]/archcalc.toml")
    monkeypatch.chdir(tmp_path)
    assert read_config("[a]/archcalc.toml").specs() == ("[[]a]/*.yaml", "[a]/one.yaml")


@pytest.mark.parametrize(
    ("spec", "keys"),
    [
        ("nets/a.yaml", ["parameters", "output", "macs"]),
        ("./nets/a.yaml", ["parameters", "output", "macs"]),
        ("nets/big/a.yaml", ["parameters", "output", "macs", "parameters"]),
        ("nets/../nets/big/a.yaml", ["parameters", "output", "macs", "parameters"]),
        ("nets/big/small.yaml", ["parameters", "output", "macs", "parameters", "uses"]),
        ("vgg16", ["parameters", "output", "macs", "uses"]),
        ("VGG16", ["parameters", "output", "macs"]),
        ("-", ["parameters", "output", "macs"]),
    ],
)
def test_overrides_are_of_the_specs_that_match(config, tmp_path, monkeypatch, spec, keys):
    name = config(EVERYTHING)
    for file in ("nets/a.yaml", "nets/big/a.yaml", "nets/big/small.yaml"):
        config("", file)
    assert [one.key for one in read_config(name).expected_of(spec)] == keys
    monkeypatch.chdir(tmp_path / "nets")
    seen = os.path.relpath(tmp_path / spec) if "/" in spec else spec
    assert [one.key for one in read_config("../archcalc.toml").expected_of(seen)] == keys
    absolute = str(tmp_path / spec) if "/" in spec else spec
    assert [one.key for one in read_config("../archcalc.toml").expected_of(absolute)] == keys


def test_a_pattern_that_matches_nothing_is_refused(config):
    found = read_config(config(EVERYTHING))
    config("base: vgg16", "nets/big/small.yaml")
    found.refuse_idle_overrides(["nets/big/small.yaml", "vgg16"])
    found.refuse_idle_overrides(["nets/a.yaml"])
    wrong = read_config(config('[[overrides]]\nspecs = ["modles/*.yaml"]\nexpect = {parameters = 1}\n'))
    for specs in (["nets/big/small.yaml"], ["vgg16"], []):
        with pytest.raises(RequestError) as caught:
            wrong.refuse_idle_overrides(specs)
        assert str(caught.value) == "no spec matches 'modles/*.yaml' in the config's overrides"


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        ("advise = true", 1, 1, "unknown key 'advise' in the config of archcalc", "did you mean 'advice'?"),
        (
            "\n[expects]\n", 2, 2,
            "unknown key 'expects' in the config of archcalc", "did you mean 'expect'?",
        ),
        (
            "a = 1\n", 1, 1, "unknown key 'a' in the config of archcalc",
            "known are paths, exclude, advice, strict, verify, dtype, select, ignore, severity, expect, "
            "overrides",
        ),
        ("advice = 1", 1, 1, "advice needs true or false", None),
        ("advice = 'yes'", 1, 1, "advice needs true or false", None),
        ("paths = 'nets'", 1, 1, "paths needs a list of texts", None),
        ("paths = [3]", 1, 1, "paths needs a list of texts", None),
        ("paths = ['']", 1, 1, "paths needs a list of texts", None),
        ('paths = ["a\\u0000"]', 1, 1, "paths needs a list of texts", None),
        ("expect = 3", 1, 1, "expect needs a table with what is expected", None),
        ("[expect]", 1, 2, "expect needs a table with what is expected", None),
        ("overrides = 3", 1, 1, "overrides need [[overrides]] tables", None),
        ("[overrides]\nspecs = []", 1, 2, "overrides need [[overrides]] tables", None),
        ("overrides = [3]", 1, 1, "an override needs a table", None),
        (
            "[[overrides]]\nspecs = ['a']", 1, 3,
            "an override needs `specs`, a list of patterns, and what holds of them", None,
        ),
        (
            "[[overrides]]\nexpect = {depth = 3}", 1, 3,
            "an override needs `specs`, a list of patterns, and what holds of them", None,
        ),
        ("[[overrides]]\nspec = ['a']", 2, 1, "unknown key 'spec' in an override", "did you mean 'specs'?"),
        (
            "[[overrides]]\nspecs = ['a']\nexpect = {}", 3, 1, "expect needs a table with what is expected",
            None,
        ),
        ("[expect]\ndepht = 3", 2, 1, "unknown key 'depht' in `expect`", "did you mean 'depth'?"),
        (
            "[expect]\n# depth = 1\n  depth = nan", 3, 3,
            "depth in `expect` needs a count or bounds, such as 20000, <= 20k or '>= 1M, < 2M', found nan",
            None,
        ),
        (
            "expect.parameters = []", 1, 8,
            "parameters in `expect` needs a count or bounds, such as 20000, <= 20k or '>= 1M, < 2M', "
            "found an empty list",
            "an empty bound would hold of everything",
        ),
    ],
)  # fmt: skip
def test_faults_are_told_at_their_place(config, text, line, column, message, hint):
    name = config(text)
    with pytest.raises(SpecError) as caught:
        read_config(name)
    (problem,) = caught.value.problems
    assert (problem.message, problem.hint) == (message, hint)
    assert problem.span == (name, line, column)
    assert caught.value.texts[name] == text


def test_a_fault_in_a_pyproject_is_not_placed_in_another_table(config):
    text = "[tool.other]\npaths = 3\n[tool.archcalc]\n\npaths = 3\n[tool.third]\npaths = 3\n"
    with pytest.raises(SpecError) as caught:
        read_config(config(text, "pyproject.toml"))
    assert caught.value.problems[0].span[1:] == (5, 1)


def test_a_pyproject_that_is_asked_for_needs_our_table(config):
    for text in ("[project]\n", "tool = 3\n"):
        with pytest.raises(SpecError, match=r"there is no table \[tool.archcalc\]"):
            read_config(config(text, "pyproject.toml"))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("paths = [", (1, 10)),
        ("\npaths = \x1b[31m", (2, 9)),
        ("paths: [a]", (1, 6)),
        ("a = 1\na = 2\n", (2, 6)),
        ("x = " + "9" * 5000, (1, 1)),
        ("x = " + "[" * 50_000, (1, 1)),
        ("x = " + "{a=" * 50_000, (1, 1)),
        ("[expect]\ndepth = 3\n[expect]\n", (3, 8)),
    ],
)
def test_what_is_no_toml_is_told_with_its_place(config, text, place):
    with pytest.raises(SpecError) as caught:
        read_config(config(text))
    (problem,) = caught.value.problems
    assert problem.code == "syntax"
    assert problem.message.isprintable()
    assert problem.span[1:] == place


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "it is not UTF-8"),
        (
            b"# " + b"x" * 300_000 + b"\nadvice = true\n",
            "a config file has at most 262,144 bytes, this one has more",
        ),
    ],
)
def test_what_cannot_be_read_whole_is_refused(config, content, said):
    with pytest.raises(ReadError) as caught:
        read_config(config(content))
    assert str(caught.value) == f"cannot read archcalc.toml: {said}"


def test_what_is_no_file_is_refused(config, tmp_path):
    config("", "folder/x")
    for name, said in (("folder", "not a regular file"), ("none.toml", "No such file or directory")):
        with pytest.raises(ReadError) as caught:
            read_config(name)
        assert str(caught.value) == f"cannot read {name}: {said}"
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(ReadError, match="not a regular file"):
        read_config("pipe.toml")


@pytest.mark.parametrize("text", ["x" * 200_000, "a." * 100_000, "\n" * 200_000 + "archcalc"])
@pytest.mark.parametrize("name", ["archcalc.toml", "pyproject.toml"])
def test_a_long_line_takes_no_time(tmp_path, name, text):
    (tmp_path / name).write_text(f"{text} !", encoding="utf-8")
    begin = time.process_time()
    found_config(str(tmp_path))
    with pytest.raises(SpecError):
        read_config(str(tmp_path / name))
    assert time.process_time() - begin < PATIENCE
