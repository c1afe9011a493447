"""`archcalc lock`: where locks are written, what they are compared with, and with which exit codes."""

import os
import re

import pytest

from archcalc import analyze, load
from archcalc.checks.lock import lock_text

SPEC = """\
input: {channels: 3, height: 32, width: 32}
layers:
  - conv: {name: conv1, filters: 8, kernel_size: 3}
  - relu
  - flatten
  - fc: {units: 10}
"""
WIDER = SPEC.replace("filters: 8", "filters: 9")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with two specs, in which the test runs."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "a.yaml").write_text(SPEC)
    (tmp_path / "specs" / "b.yml").write_text("base: a\ninput: {channels: 1, height: 8, width: 9}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "specs"


def test_each_spec_has_its_lock_beside_it(archcalc, folder):
    code, out, err = archcalc("lock", "specs/a.yaml", "specs/b.yml")
    assert (code, out) == (0, "")
    assert err == "specs/a.yaml: locked in specs/a.lock\nspecs/b.yml: locked in specs/b.lock\n"
    assert sorted(path.name for path in folder.iterdir()) == ["a.lock", "a.yaml", "b.lock", "b.yml"]
    for name in ("a.yaml", "b.yml"):
        content = (folder / name).with_suffix(".lock").read_bytes()
        assert content.decode("ascii") == lock_text(analyze(load(folder / name)))
        assert content.endswith(b"\n")
        assert b"\r" not in content
        assert str(folder.parent).encode() not in content


def test_the_same_network_gives_the_same_bytes(archcalc, process, folder):
    archcalc("lock", "specs/a.yaml")
    first = (folder / "a.lock").read_bytes()
    for seed in ("1", "2"):
        assert process("lock", "specs/a.yaml", PYTHONHASHSEED=seed, LC_ALL="C").code == 0
        assert (folder / "a.lock").read_bytes() == first


def test_what_is_as_locked(archcalc, folder):
    archcalc("lock", "specs/a.yaml", "specs/b.yml")
    code, out, err = archcalc("lock", "--check", "specs/a.yaml", "specs/b.yml")
    assert (code, out) == (0, "")
    assert err == "specs/a.yaml: as locked in specs/a.lock\nspecs/b.yml: as locked in specs/b.lock\n"


def test_what_moved_is_said_where_the_spec_says_the_layer(archcalc, folder):
    archcalc("lock", "specs/a.yaml", "specs/b.yml")
    before = (folder / "a.lock").read_bytes()
    (folder / "a.yaml").write_text(WIDER)
    code, out, err = archcalc("lock", "--check", "specs/a.yaml", "specs/b.yml")
    assert (code, out) == (1, "")
    places = re.findall(r"^(\S+): error\[(\w+)\]: (\w+):", err, re.MULTILINE)
    assert places == 2 * [
        ("specs/a.yaml:3:5", "lock", "conv1"),
        ("specs/a.yaml:4:5", "lock", "relu1"),
        ("specs/a.yaml:5:5", "lock", "flatten1"),
        ("specs/a.yaml:6:5", "lock", "fc1"),
    ]
    assert "    3 |   - conv: {name: conv1, filters: 9, kernel_size: 3}\n            ^^^^\n" in err
    assert "hint: if this is meant, `archcalc lock` writes the lock anew" in err
    assert (folder / "a.lock").read_bytes() == before


def test_a_layer_that_is_gone_is_said_where_the_lock_has_it(archcalc, folder):
    archcalc("lock", "specs/a.yaml")
    (folder / "a.yaml").write_text(SPEC.replace("  - relu\n", ""))
    code, _, err = archcalc("lock", "--check", "specs/a.yaml")
    assert code == 1
    assert err.startswith("specs/a.lock:8:1: error[lock]: relu1 is gone: it was relu with output 30x30x8")
    assert "    8 | relu1 " in err


def test_what_is_meant_is_locked_anew(archcalc, folder):
    archcalc("lock", "specs/a.yaml")
    (folder / "a.yaml").write_text(WIDER)
    assert archcalc("lock", "specs/a.yaml").code == 0
    assert archcalc("lock", "--check", "specs/a.yaml").code == 0


def test_a_spec_without_a_lock_fails_the_check(archcalc, folder):
    archcalc("lock", "specs/a.yaml")
    code, _, err = archcalc("lock", "--check", "specs/a.yaml", "specs/b.yml")
    assert code == 1
    assert "specs/b.yml:1:1: error[lock]: there is no specs/b.lock\n" in err
    assert "hint: `archcalc lock specs/b.yml` writes it" in err


def test_a_damaged_lock_is_an_error_at_its_place(archcalc, folder):
    archcalc("lock", "specs/a.yaml")
    lock = folder / "a.lock"
    lock.write_text(lock.read_text().replace("30x30x8", "30 30x8", 1))
    code, _, err = archcalc("lock", "--check", "specs/a.yaml")
    assert code == 1
    assert err.startswith("specs/a.lock:7:1: error[lock-syntax]: a line has 5 entries")
    assert "hint: `archcalc lock` writes the lock anew" in err


@pytest.mark.parametrize("content", [b"\xff" * 50, b"# archcalc lock 1\n\x1b[31m", b"\0" * 5000])
def test_no_bytes_of_a_lock_reach_the_terminal(archcalc, folder, content):
    (folder / "a.lock").write_bytes(content)
    code, _, err = archcalc("lock", "--check", "specs/a.yaml")
    assert code == 1
    assert "error[lock-syntax]" in err
    assert err.replace("\n", "").isprintable()


@pytest.mark.parametrize("options", [("--check",), ()])
@pytest.mark.parametrize("name", ["vgg16", "-"])
def test_what_is_no_file_has_no_place_for_a_lock(archcalc, folder, name, options):
    code, out, err = archcalc("lock", name, *options)
    assert (code, out) == (2, "")
    assert "has no place for a lock; say where with --output FILE" in err
    assert not list(folder.parent.glob("*.lock"))


def test_a_built_in_network_is_locked_in_a_file(archcalc, folder):
    assert archcalc("lock", "lenet5", "-o", "mine.lock").code == 0
    assert archcalc("lock", "lenet5", "--check", "-o", "mine.lock").code == 0
    code, _, err = archcalc("lock", "alexnet", "--check", "-o", "mine.lock")
    assert code == 1
    assert "alexnet.yaml:" in err
    assert "more layers are not as locked" in err


def test_standard_input_is_locked_in_a_file_or_standard_output(archcalc, process, folder):
    found = process("lock", "-", "-o", "-", stdin=SPEC.encode())
    archcalc("lock", "specs/a.yaml")
    assert (found.code, found.err) == (0, "")
    assert found.out == (folder / "a.lock").read_text()
    assert process("lock", "-", "--check", "-o", "specs/a.lock", stdin=SPEC.encode()).code == 0
    found = process("lock", "-", "--check", "-o", "specs/a.lock", stdin=WIDER.encode())
    assert found.code == 1
    assert "<stdin>:3:5: error[lock]: conv1: " in found.err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("specs/a.yaml", "specs/b.yml", "-o", "x.lock"),
        ("specs/a.yaml", "--check", "-o", "-"),
        ("specs/nowhere.yaml",),
        ("nowhere",),
        ("specs/a.yaml", "--check", "-o", "nowhere.lock"),
        ("specs/a.yaml", "-o", "nowhere/x.lock"),
        ("specs/a.yaml", "-o", "specs"),
    ],
)
def test_calls_that_make_no_sense(archcalc, folder, arguments):
    code, out, err = archcalc("lock", *arguments)
    assert (code, out) == (2, "")
    assert err
    assert "Traceback" not in err
    assert not list(folder.parent.rglob("*.lock"))


def test_a_folder_is_locked_and_checked_whole(archcalc, folder):
    assert archcalc("lock", "specs").code == 0
    assert sorted(path.name for path in folder.glob("*.lock")) == ["a.lock", "b.lock"]
    code, _, err = archcalc("lock", "--check", "specs")
    assert (code, err.count("as locked in")) == (0, 2)
    (folder / "a.yaml").write_text(WIDER)
    assert archcalc("lock", "--check", "specs/*.yaml", "specs").code == 1


def test_without_a_path_those_of_the_config_are_locked(archcalc, folder):
    config = folder.parent / "archcalc.toml"
    config.write_text('paths = ["specs", "lenet5"]\nexclude = ["a.yaml"]\n', encoding="utf-8")
    assert archcalc("lock").code == 0
    assert [path.name for path in folder.parent.rglob("*.lock")] == ["b.lock"]
    config.write_text("paths = 3\n", encoding="utf-8")
    code, _, err = archcalc("lock")
    assert (code, "paths needs a list of texts" in err) == (2, True)


def test_two_specs_do_not_share_a_lock(archcalc, folder):
    (folder / "a.yml").write_text(WIDER)
    code, _, err = archcalc("lock", "specs/a.yaml", "specs/a.yml")
    assert code == 2
    assert "specs/a.yaml and specs/a.yml would share the lock specs/a.lock" in err
    assert not (folder / "a.lock").exists()


def test_nothing_is_written_when_a_spec_is_wrong(archcalc, folder):
    (folder / "c.yaml").write_text(SPEC.replace("units", "unit"))
    (folder / "d.yaml").write_text(SPEC.replace("kernel_size: 3", "kernel_size: 33"))
    code, _, err = archcalc("lock", "specs/a.yaml", "specs/c.yaml", "specs/d.yaml")
    assert code == 1
    assert "specs/c.yaml:6:10: error[unknown-setting]" in err
    assert "specs/d.yaml:3:5: error[shape]" in err
    assert not list(folder.glob("*.lock"))


def test_what_is_no_lock_is_not_written_over(archcalc, folder):
    (folder / "a.lock").write_text("[[package]]\n")
    code, _, err = archcalc("lock", "specs/b.yml", "specs/a.yaml")
    assert code == 2
    assert "cannot write specs/a.lock: what lies there is no lock of archcalc" in err
    assert (folder / "a.lock").read_text() == "[[package]]\n"
    assert not (folder / "b.lock").exists()


@pytest.mark.parametrize("options", [("--check",), ()])
def test_links_are_not_followed(archcalc, folder, options):
    target = folder.parent / "target"
    target.write_text("# archcalc lock 1\nsecret\n")
    (folder / "a.lock").symlink_to(target)
    code, _, err = archcalc("lock", "specs/a.yaml", *options)
    assert code == 2
    assert "secret" not in err
    assert target.read_text() == "# archcalc lock 1\nsecret\n"


@pytest.mark.parametrize("options", [("--check",), ()])
def test_a_pipe_in_the_place_of_a_lock_is_not_waited_for(archcalc, folder, options):
    os.mkfifo(folder / "a.lock")
    assert archcalc("lock", "specs/a.yaml", *options).code == 2


def test_a_full_disk_is_one_line(process, folder):
    found = process("lock", "specs/a.yaml", "-o", "/dev/full")
    assert found.code == 2
    assert found.err == "archcalc: cannot write /dev/full: No space left on device\n"


def test_a_spec_without_a_suffix_has_a_lock_too(archcalc, folder):
    (folder / "net.v2").write_text(SPEC)
    assert archcalc("lock", "specs/net.v2").code == 0
    assert (folder / "net.v2.lock").is_file()
