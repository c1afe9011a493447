"""Where specs come from: paths, built-in names, standard input."""

from pathlib import Path

import pytest

from archcalc.errors import ReadError
from archcalc.spec import zoo
from archcalc.spec.encoding import BYTE_LIMIT
from archcalc.spec.zoo import content_of, source_of, zoo_folder, zoo_names


def test_names_count_as_people_do(monkeypatch, tmp_path):
    for name in ("net10", "net9", "net2b", "net2", "net", "a"):
        (tmp_path / f"{name}.yaml").touch()
    (tmp_path / "readme.md").touch()
    monkeypatch.setattr(zoo, "zoo_folder", lambda: str(tmp_path))
    assert zoo_names() == ["a", "net", "net2", "net2b", "net9", "net10"]


def test_a_name_is_a_file_of_the_zoo():
    assert source_of("lenet5") == ("lenet5.yaml", str(Path(zoo_folder()) / "lenet5.yaml"))


@pytest.mark.parametrize("spec", ["lenet5.yaml", "a/lenet5", "lenet5.yml", "./lenet5"])
def test_what_looks_like_a_path_is_one(spec):
    assert source_of(spec) == (spec, spec)


def test_a_file_here_comes_before_the_zoo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("lenet5").touch()
    assert source_of("lenet5") == ("lenet5", "lenet5")


def test_standard_input_has_no_path():
    assert source_of("-") == ("<stdin>", None)


@pytest.mark.parametrize("spec", ["lenet", "VGG16", "vgg-16", "resnet05"])
def test_near_names_are_suggested(spec):
    with pytest.raises(ReadError, match="did you mean '"):
        source_of(spec)


def test_far_names_are_told_where_to_look():
    with pytest.raises(ReadError, match="lists the built-in networks"):
        source_of("transformer")


def test_content_is_read_up_to_one_byte_too_many(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_bytes(b"x" * (BYTE_LIMIT + 100))
    assert len(content_of("s.yaml", str(path))) == BYTE_LIMIT + 1


@pytest.mark.parametrize("name", ["missing.yaml", "no/such.yaml", "x" * 300 + ".yaml", "a\0b.yaml"])
def test_what_cannot_be_read(name):
    with pytest.raises(ReadError, match="cannot read"):
        content_of(name, name)
