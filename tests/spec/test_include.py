"""Libraries of blocks: where they may lie, what they may hold, and whose block counts."""

from itertools import pairwise
from pathlib import Path

import pytest

from archcalc.errors import SpecError
from archcalc.spec import include
from archcalc.spec.include import LIBRARY_LIMIT
from archcalc.spec.load import load, loads
from archcalc.spec.problems import LibraryError
from archcalc.spec.zoo import zoo_folder

USE = "input: {features: 8}\nlayers: [unit]\n"


def library(units: int, name: str = "unit") -> str:
    return f"blocks: {{{name}: {{layers: [fc: {{units: {units}}}]}}}}\n"


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "below" / "further").mkdir(parents=True)
    (tmp_path / "lib.yaml").write_text(library(3))
    (tmp_path / "below" / "lib.yml").write_text(library(5))
    (tmp_path / "below" / "further" / "lib.yaml").write_text(library(7))
    return tmp_path


def units(text: str, folder: Path | None) -> list[int]:
    return [node.layer.units for node in loads(text + USE, "net.yaml", folder).nodes]


def code(text: str, folder: Path | None) -> str:
    with pytest.raises(SpecError) as caught:
        loads(text + USE, "net.yaml", folder)
    (problem,) = caught.value.problems
    return problem.code


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("lib", 3),
        ("lib.yaml", 3),
        ("[lib]", 3),
        ("below/lib", 5),
        ("below/lib.yml", 5),
        ("below/further/lib", 7),
    ],
)
def test_a_library_lies_in_the_folder_or_below(folder, name, found):
    assert units(f"include: {name}\n", folder) == [found]


@pytest.mark.parametrize(
    "name",
    [
        *("../lib", "..", ".", "./lib", "below/../lib", "below//lib", "below/./lib", "/etc/passwd", "~/lib"),
        *("''", "null", "{a: b}", "[[lib]]", "'a\\b'", "$lib", "'${1}'", "x" * 101, "below/", "'lib\\0'"),
    ],
)
def test_an_include_leads_nowhere_else(folder, name):
    assert code(f"include: {name}\n", folder / "below" if name.startswith("..") else folder) == "type"


def test_a_library_may_lie_above_up_to_the_root(folder):
    (folder / "below" / "further" / "user.yaml").write_text("include: ../lib\n" + library(2, "user"))
    assert code("include: ../lib\n", folder / "below") == "type"
    (folder / "archcalc.toml").write_text("")
    assert units("include: ../lib\n", folder / "below") == [3]
    assert units("include: [../below/further/user]\n", folder / "below") == [5]
    assert code("include: ../../lib\n", folder / "below") == "type"


def test_links_are_not_followed(folder):
    """Neither that of a file, nor that of a folder on the way."""
    inner = folder / "inner"
    inner.mkdir()
    (inner / "lib.yaml").symlink_to(folder / "lib.yaml")
    (inner / "sub").symlink_to(folder / "below")
    assert code("include: lib\n", inner) == "unknown-library"
    assert code("include: sub/lib\n", inner) == "unknown-library"


def test_a_folder_that_is_reached_by_a_link_itself(folder, tmp_path_factory):
    """Where the spec lies is its user's affair."""
    link = tmp_path_factory.mktemp("other") / "link"
    link.symlink_to(folder)
    assert units("include: lib\n", link) == [3]


def test_a_file_finds_its_libraries_beside_it(folder, monkeypatch):
    (folder / "net.yaml").write_text(f"include: lib\n{USE}")
    assert load(folder / "net.yaml").nodes
    monkeypatch.chdir(folder)
    assert load("net.yaml").nodes


def test_built_in_libraries_are_found_everywhere():
    head = "include: blocks/mobile\ninput: {channels: 3, height: 8, width: 8}\n"
    found = loads(f"{head}layers: [conv_norm: {{filters: 4, activation: relu}}]\n")
    assert [node.kind for node in found.nodes] == ["conv", "batchnorm", "relu"]
    assert {node.span.source for node in found.nodes} == {"blocks/mobile.yaml"}


def test_the_folder_comes_before_what_is_built_in(folder):
    (folder / "blocks").mkdir()
    (folder / "blocks" / "mobile.yaml").write_text(library(11))
    assert units("include: blocks/mobile\n", folder) == [11]


def test_without_a_folder_only_built_in_libraries_are_found(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert code("include: lib\n", None) == "unknown-library"


def test_an_own_block_replaces_an_included_one(folder):
    assert units("include: lib\n" + library(13), folder) == [13]


def test_two_libraries_define_no_block_twice(folder):
    assert code("include: [lib, below/lib]\n", folder) == "duplicate-name"


def test_one_library_by_two_ways_is_one(folder):
    (folder / "a.yaml").write_text("include: lib\n" + library(2, "a"))
    (folder / "b.yaml").write_text("include: lib\n" + library(2, "b"))
    assert units("include: [a, b, lib]\n", folder) == [3]


def test_a_library_includes_from_its_own_folder(folder):
    (folder / "below" / "user.yaml").write_text("include: further/lib\n" + library(2, "other"))
    assert units("include: below/user\n", folder) == [7]


def test_blocks_of_a_base_and_of_its_libraries_are_replaced(folder):
    (folder / "parent.yaml").write_text(f"include: lib\n{USE}")
    assert [node.layer.units for node in loads("base: parent\n", "c.yaml", folder).nodes] == [3]
    text = "base: parent\ninclude: below/lib\n"
    assert [node.layer.units for node in loads(text, "c.yaml", folder).nodes] == [5]


def test_blocks_see_the_variables_of_the_spec(folder):
    (folder / "lib.yaml").write_text("blocks: {unit: {layers: [fc: {units: $n}]}}\n")
    assert units("include: lib\nvariables: {n: 17}\n", folder) == [17]


def test_a_library_is_no_network(folder):
    with pytest.raises(LibraryError, match="library of blocks, and no network"):
        load(folder / "lib.yaml")
    with pytest.raises(LibraryError):
        load(str(Path(zoo_folder()) / "blocks" / "mbconv.yaml"))


def test_a_wrong_library_is_wrong(folder):
    (folder / "lib.yaml").write_text("blocks: {unit: {layers: {relu: 3}}}\n")
    with pytest.raises(SpecError, match="layers of block 'unit' need a list") as caught:
        load(folder / "lib.yaml")
    assert not isinstance(caught.value, LibraryError)


@pytest.mark.parametrize("names", [("a", "a"), ("a", "b", "a"), ("a", "b", "c", "b")])
def test_cycles_are_refused(folder, names):
    for name, included in pairwise(names):
        (folder / f"{name}.yaml").write_text(f"include: {included}\n{library(2, name)}")
    assert code("include: a\n", folder) == "cycle"


def test_there_are_only_so_many(folder):
    for number in range(LIBRARY_LIMIT + 1):
        (folder / f"l{number}.yaml").write_text(library(2, f"b{number}"))
    all_but_one = ", ".join(f"l{number}" for number in range(LIBRARY_LIMIT - 1))
    assert units(f"include: [{all_but_one}, lib]\n", folder) == [3]
    assert code(f"include: [{all_but_one}, l{LIBRARY_LIMIT - 1}, lib]\n", folder) == "too-large"


def test_chains_count_as_well(folder):
    for number in range(LIBRARY_LIMIT + 1):
        (folder / f"l{number}.yaml").write_text(f"include: l{number + 1}\n{library(2, f'b{number}')}")
    (folder / f"l{LIBRARY_LIMIT + 1}.yaml").write_text(library(3))
    assert code("include: l0\n", folder) == "too-large"
    assert units("include: l3\n", folder) == [3]


def test_each_library_is_read_once(folder, monkeypatch):
    read = []
    content = include.content_of
    monkeypatch.setattr(include, "content_of", lambda name, path: read.append(name) or content(name, path))
    (folder / "a.yaml").write_text("include: lib\n" + library(2, "a"))
    assert units("include: [a, lib]\n", folder) == [3]
    assert len(read) == 2


def test_what_is_wrong_in_a_library_is_said_there(folder):
    (folder / "lib.yaml").write_text("blocks:\n  unit:\n    layers: [fcc: {units: 3}]\n")
    with pytest.raises(SpecError) as caught:
        loads("include: lib\n" + USE, "net.yaml", folder)
    (problem,) = caught.value.problems
    assert (str(problem.span), problem.code) == (f"{folder / 'lib.yaml'}:3:14", "unknown-kind")
    assert set(caught.value.texts) == {"net.yaml", str(folder / "lib.yaml")}


def test_a_block_of_the_spec_replaces_an_included_one_within_the_library_too():
    text = (
        "include: blocks/mobile\ninput: {channels: 8, height: 4, width: 4}\n"
        "blocks:\n  squeeze_excitation:\n    settings: {channels: 1, squeeze: 1, activation: 1, gate: 1}\n"
        "    layers: [mish]\n"
        "layers: [inverted_residual: {inputs: 8, filters: 8, squeeze: 2}]\n"
    )
    kinds = [node.kind for node in loads(text).nodes]
    assert "mish" in kinds
    assert "multiply" not in kinds
