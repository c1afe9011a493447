"""Which specs paths mean."""

import os

import pytest

from archcalc.errors import ReadError, RequestError
from archcalc.project.discovery import found_specs


@pytest.fixture
def folder(tmp_path, monkeypatch):
    names = [
        "b.yaml", "a.yml", "notes.md", "a.yaml.orig", ".hidden.yaml", ".git/c.yaml", "nets/d.yaml",
        "nets/deep/e.yaml", "nets/.cache/f.yaml", "nets/[x].yaml", "empty/readme.txt",
    ]  # fmt: skip
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("input: [1]\n", encoding="utf-8")
    (tmp_path / "nets" / "folder.yaml").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["b.yaml"], ["b.yaml"]),
        (["b.yaml", "a.yml"], ["b.yaml", "a.yml"]),
        (["."], ["a.yml", "b.yaml", "nets/[x].yaml", "nets/d.yaml", "nets/deep/e.yaml"]),
        (["./"], ["a.yml", "b.yaml", "nets/[x].yaml", "nets/d.yaml", "nets/deep/e.yaml"]),
        (["nets"], ["nets/[x].yaml", "nets/d.yaml", "nets/deep/e.yaml"]),
        (["nets/"], ["nets/[x].yaml", "nets/d.yaml", "nets/deep/e.yaml"]),
        (["nets/deep/.."], ["nets/deep/../[x].yaml", "nets/deep/../d.yaml", "nets/deep/../deep/e.yaml"]),
        ([".git"], [".git/c.yaml"]),
        ([".hidden.yaml"], [".hidden.yaml"]),
        (["nets/*.yaml"], ["nets/[x].yaml", "nets/d.yaml"]),
        (["nets/**/*.yaml"], ["nets/[x].yaml", "nets/d.yaml", "nets/deep/e.yaml"]),
        (["**/*.y*ml"], ["a.yml", "b.yaml", "nets/[x].yaml", "nets/d.yaml", "nets/deep/e.yaml"]),
        (["nets/[x].yaml"], ["nets/[x].yaml"]),
        (["?.y*"], ["a.yml", "b.yaml"]),
        (["-"], ["-"]),
        (["vgg16", "-", "nope.yaml", "notes.md"], ["vgg16", "-", "nope.yaml", "notes.md"]),
        (["b.yaml", "./b.yaml", "nets/../b.yaml", "*.yaml", "b.yaml"], ["b.yaml"]),
        (["nets/d.yaml", "nets"], ["nets/d.yaml", "nets/[x].yaml", "nets/deep/e.yaml"]),
        (["vgg16", "vgg16", "-", "-"], ["vgg16", "-"]),
        (["x" * 5000], ["x" * 5000]),
    ],
)
@pytest.mark.usefixtures("folder")
def test_paths_mean_specs(paths, found):
    assert found_specs(paths) == (found, 0)


def test_absolute_paths_stay_so(folder):
    assert found_specs([str(folder / "nets" / "deep")]).specs == [f"{folder}/nets/deep/e.yaml"]
    assert found_specs([f"{folder}/*.yaml"]).specs == [f"{folder}/b.yaml"]


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ([], "nothing to check: name a spec, a folder, a pattern or a built-in network"),
        (["empty"], "no spec (*.yaml, *.yml) lies in 'empty'"),
        (["b.yaml", "empty"], "no spec (*.yaml, *.yml) lies in 'empty'"),
        (["*.txt"], "no spec matches '*.txt'"),
        (["nothing*.yaml"], "no spec matches 'nothing*.yaml'"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_means_no_spec_is_refused(paths, said):
    with pytest.raises(RequestError) as caught:
        found_specs(paths)
    assert str(caught.value) == said


def test_a_folder_that_cannot_be_read_is_not_passed_over(folder, monkeypatch):
    scandir = os.scandir

    def refusing(path):
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(ReadError) as caught:
        found_specs(["nets"])
    assert str(caught.value) == "cannot read nets/deep: Permission denied"
    assert folder.exists()
