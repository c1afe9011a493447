"""`archcalc diff git:REV:path`: specs as they were, their bases, and what names none."""

import json
import os
import re
import subprocess

import pytest

SPEC = """\
name: small
input: {channels: 3, height: 32, width: 32}
layers:
  - conv: {name: conv1, filters: 8, kernel_size: 3}
  - relu
  - flatten
  - fc: {units: 10}
"""
BROKEN = SPEC.replace("kernel_size: 3", "kernel_size: 33")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with one commit, in which the test runs; returns a function that runs git."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    def git(*arguments):
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "small.yaml").write_text(SPEC)
    (folder / "wide.yaml").write_text("name: wide\nbase: small\n")
    (folder / "deep.yml").write_text("base: wide.yaml\ninput: {channels: 3, height: 64, width: 64}\n")
    (folder / "built_in.yaml").write_text("base: lenet5\n")
    (folder / "broken.yaml").write_text("base: faulty\n")
    (folder / "faulty.yaml").write_text(SPEC.replace("units: 10", "unit: 10"))
    (folder / "misfit.yaml").write_text("base: unfit\n")
    (folder / "unfit.yaml").write_text(BROKEN)
    (folder / "alone.yaml").write_text("base: nowhere\n")
    (folder / "large.yaml").write_text("# " + "x" * 2**20 + SPEC)
    (folder / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    git("tag", "v1")
    monkeypatch.chdir(tmp_path)
    return git


@pytest.mark.parametrize("revision", ["HEAD", "main", "v1", "HEAD^{commit}", "@", "HEAD~0"])
def test_a_revision_beside_the_working_tree(archcalc, repository, tmp_path, revision):
    (tmp_path / "specs" / "small.yaml").write_text(SPEC.replace("filters: 8", "filters: 9"))
    code, out, err = archcalc("diff", f"git:{revision}:specs/small.yaml", "specs/small.yaml")
    assert (code, err) == (0, "")
    assert f"\ngit:{revision}:specs/small.yaml → specs/small.yaml\n" in out
    assert re.search("^changed +conv1 +conv +filters 8 → 9 ", out, re.MULTILINE)


def test_two_revisions(archcalc, repository, tmp_path):
    (tmp_path / "specs" / "small.yaml").write_text(SPEC.replace("filters: 8", "filters: 9"))
    repository("commit", "-q", "-a", "-m", "two")
    out = archcalc("diff", "git:HEAD~1:specs/small.yaml", "git:HEAD:specs/small.yaml").out
    assert "filters 8 → 9" in out


@pytest.mark.parametrize(("name", "width"), [("wide.yaml", 32), ("deep.yml", 64)])
def test_a_base_is_the_one_of_the_same_revision(archcalc, repository, tmp_path, name, width):
    (tmp_path / "specs" / "small.yaml").write_text(SPEC.replace("filters: 8", "filters: 9"))
    out = archcalc("diff", f"git:HEAD:specs/{name}", f"specs/{name}").out
    assert "filters 8 → 9" in out
    assert f"input {width}×{width}×3" in out


def test_paths_begin_where_git_has_them_begin(archcalc, repository, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path / "specs")
    assert archcalc("diff", "git:HEAD:./wide.yaml", "git:HEAD:specs/small.yaml").code == 0
    assert archcalc("diff", "git:HEAD:wide.yaml", "small.yaml").code == 2


def test_libraries_are_those_of_the_same_revision(archcalc, repository, tmp_path):
    """Also where a base includes them, and they each other."""
    blocks = tmp_path / "specs" / "blocks"
    blocks.mkdir()
    (blocks / "outer.yaml").write_text("include: inner\nblocks: {}\n")
    (blocks / "inner.yaml").write_text("blocks: {unit: {layers: [fc: {units: 5}]}}\n")
    head = "include: blocks/outer\ninput: {features: 3}\n"
    (tmp_path / "specs" / "user.yaml").write_text(f"{head}layers: [unit]\n")
    (tmp_path / "specs" / "child.yaml").write_text("base: user\n")
    repository("add", "-A")
    repository("commit", "-q", "-m", "libraries")
    (blocks / "inner.yaml").write_text("blocks: {unit: {layers: [fc: {units: 7}]}}\n")
    for name in ("user", "child"):
        assert "units 5 → 7" in archcalc("diff", f"git:HEAD:specs/{name}.yaml", f"specs/{name}.yaml").out
    (blocks / "inner.yaml").write_text("blocks: {unit: {layers: [fc: {unitz: 7}]}}\n")
    repository("commit", "-q", "-a", "-m", "wrong")
    err = archcalc("diff", "git:HEAD:specs/child.yaml", "lenet5").err
    assert err.startswith("git:HEAD:specs/blocks/inner.yaml:1:31: error[unknown-setting]")


def test_a_base_of_a_revision_may_be_built_in(archcalc, repository):
    assert "the networks are identical" in archcalc("diff", "git:HEAD:specs/built_in.yaml", "lenet5").out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("faulty.yaml", "git:HEAD:specs/faulty.yaml:7:10: error[unknown-setting]"),
        ("broken.yaml", "git:HEAD:specs/faulty.yaml:7:10: error[unknown-setting]"),
        ("misfit.yaml", "git:HEAD:specs/unfit.yaml:4:5: error[shape]"),
        ("alone.yaml", "git:HEAD:specs/alone.yaml:1:7: error[unknown-base]"),
        ("large.yaml", "git:HEAD:specs/large.yaml:1:1: error[too-large]"),
        ("binary.yaml", "git:HEAD:specs/binary.yaml:1:1: error[encoding]"),
    ],
)
def test_a_revision_that_is_wrong_is_said_at_its_place(archcalc, repository, tmp_path, name, said):
    code, out, err = archcalc("diff", f"git:HEAD:specs/{name}", "lenet5", "--format", "json")
    assert code == 1
    assert err.startswith(said)
    assert str(tmp_path) not in out + err
    (error,) = json.loads(out)["errors"]
    assert f"{error['file']}:{error['line']}:{error['column']}: error[{error['code']}]" == said
    if error["code"] == "shape":
        assert "    4 |   - conv: {name: conv1, filters: 8, kernel_size: 33}" in err


@pytest.mark.parametrize(
    ("spec_", "said"),
    [
        ("git:HEAD:nowhere.yaml", "cannot read git:HEAD:nowhere.yaml: path 'nowhere.yaml' does not exist"),
        ("git:HEAD:specs", "cannot read git:HEAD:specs: not a file"),
        ("git:nowhere:specs/small.yaml", "cannot read git:nowhere:specs/small.yaml: "),
        ("git:HEAD", "'git:HEAD' names no file of a revision; write git:REV:path"),
        ("git:HEAD:", "names no file of a revision"),
        ("git:", "names no file of a revision"),
        ("git::specs/small.yaml", "'' is no revision"),
        ("git:-n1:specs/small.yaml", "'-n1' is no revision"),
        ("git:--output=x:specs/small.yaml", "'--output=x' is no revision"),
        ("git:HEAD;touch x:specs/small.yaml", "'HEAD;touch x' is no revision"),
        ("git:$(touch x):specs/small.yaml", "is no revision"),
        ("git:HEAD:-specs/small.yaml", "'-specs/small.yaml' is no path"),
        ("git:HEAD:a\nb", "is no path"),
        ("git:HEAD:" + "x" * 5000, "names no file of a revision"),
    ],
)
def test_what_names_no_file_of_a_revision(archcalc, repository, tmp_path, spec_, said):
    code, out, err = archcalc("diff", spec_, "lenet5")
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "x").exists()


def test_outside_of_any_repository(archcalc, repository, tmp_path_factory, monkeypatch):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(elsewhere))
    monkeypatch.chdir(elsewhere)
    code, _, err = archcalc("diff", "git:HEAD:specs/small.yaml", "lenet5")
    assert code == 2
    assert "not a git repository" in err


def test_without_git(archcalc, repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    code, _, err = archcalc("diff", "git:HEAD:specs/small.yaml", "lenet5")
    assert code == 2
    assert "cannot run git" in err


def test_nothing_of_the_repository_is_touched(archcalc, repository, tmp_path):
    def files():
        return sorted((str(path), path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))

    before = files()
    archcalc("diff", "git:HEAD:specs/deep.yml", "git:HEAD:specs/small.yaml")
    assert files() == before


def test_bases_and_libraries_of_other_folders(archcalc, repository, tmp_path, monkeypatch):
    """As in the working tree; also where git is called in a folder, and looks from there."""
    (tmp_path / "lib" / "deep").mkdir(parents=True)
    (tmp_path / "lib" / "units.yaml").write_text("blocks: {unit: {layers: [relu]}}\n")
    (tmp_path / "lib" / "deep" / "parent.yaml").write_text(
        f"include: ../units\n{SPEC.replace('- relu', '- unit')}"
    )
    (tmp_path / "specs" / "far.yaml").write_text("base: ../lib/deep/parent\n")
    (tmp_path / "specs" / "out.yaml").write_text("base: ../../parent\n")
    repository("add", ".")
    repository("commit", "-q", "-m", "two")
    assert archcalc("diff", "git:HEAD:specs/far.yaml", "specs/far.yaml").code == 0
    monkeypatch.chdir(tmp_path / "lib")
    for path in ("./../specs/far.yaml", "../specs/far.yaml", "specs/far.yaml"):
        assert archcalc("diff", f"git:HEAD:{path}", "../specs/far.yaml")[::2] == (0, ""), path
    assert archcalc("diff", "git:HEAD:./deep/parent.yaml", "deep/parent.yaml").code == 0
    code, _, err = archcalc("diff", "git:HEAD:specs/out.yaml", "../specs/far.yaml")
    assert code == 1
    assert "git:HEAD:specs/out.yaml:1:7: error[type]: '../../parent' leads out of the folder" in err
