"""Files: nothing that was read is written over, all that is written is whole, and streams may be closed."""

import json
import os
import stat
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest

from archcalc import files
from archcalc.errors import ReadError

SPEC = "input: {channels: 3, height: 8, width: 8}\nlayers:\n  - conv: {filters: 4, kernel_size: 3}\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with two specs and a config file, to be in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "other.yml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "archcalc.toml").write_text("advice = true\n", encoding="utf-8")
    (tmp_path / "link").symlink_to("net.yaml")
    return tmp_path


@pytest.mark.parametrize("output", ["net.yaml", "./net.yaml", "link", "other.yml", "archcalc.toml"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("memory", "net.yaml"),
        ("summarize", "net.yaml", "-f", "json"),
        ("diff", "net.yaml", "other.yml"),
        ("lock", "net.yaml"),
        ("check", "net.yaml"),
        ("fit", "net.yaml", "--memory", "1MiB"),
        ("schema",),
    ],
)
def test_no_source_is_written_over(arguments, output, archcalc, here):
    before = {path: path.read_bytes() for path in here.iterdir()}
    code, out, err = archcalc(*arguments, "-o", output)
    assert (code, out) == (2, "")
    assert err.startswith("archcalc: --output '")
    assert "would overwrite a " in err
    assert {path: path.read_bytes() for path in here.iterdir()} == before


def test_a_new_file_may_have_any_name(archcalc, here):
    assert archcalc("summarize", "net.yaml", "-f", "json", "-o", "report.yaml").code == 0
    assert (here / "report.yaml").stat().st_size > 100


def test_what_is_written_keeps_its_permissions_and_links(archcalc, here):
    report = here / "report.txt"
    report.write_text("old", encoding="utf-8")
    report.chmod(0o640)
    (here / "latest").symlink_to("report.txt")
    assert archcalc("summarize", "net.yaml", "-o", "latest").code == 0
    assert (here / "latest").is_symlink()
    assert stat.S_IMODE(report.stat().st_mode) == 0o640
    assert report.read_text(encoding="utf-8").startswith("'net'")
    assert [path.name for path in here.iterdir() if path.name.endswith(".tmp")] == []


def test_devices_are_written_to_directly(archcalc, here):
    assert archcalc("summarize", "net.yaml", "-o", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()


def test_new_files_are_as_the_umask_says(tmp_path):
    before = os.umask(0o027)
    try:
        files.write_whole(str(tmp_path / "new"), b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


def test_a_failed_write_leaves_the_old_content(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", fails)
    with pytest.raises(ReadError, match="No space left on device"):
        files.write_whole(str(path), b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "arguments", [("memory", "-"), ("check", "-"), ("diff", "-", "vgg16"), ("lock", "-", "-o", "x.lock")]
)
def test_a_closed_standard_input_is_one_sentence(arguments, here):
    command = [sys.executable, "-m", "archcalc", *arguments]
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "cannot read standard input: it is closed" in done.stdout + done.stderr
    assert "bug" not in done.stderr


def test_a_pipe_is_called_one(archcalc, here):
    os.mkfifo("pipe")
    code, _, err = archcalc("summarize", "pipe")
    assert code == 2
    assert err == (
        "archcalc: cannot read pipe: it is a pipe or a device, and no regular file; redirect it into `-`, "
        "as in `archcalc summarize - < pipe`\n"
    )


def test_a_folder_is_called_one_and_hides_no_built_in_network(archcalc, here):
    (here / "models").mkdir()
    (here / "lenet5").mkdir()
    code, _, err = archcalc("summarize", "models")
    assert code == 2
    assert err == "archcalc: cannot read models: it is a folder, which only `archcalc check` takes\n"
    assert archcalc("summarize", "lenet5").code == 0


@pytest.mark.parametrize("command", ["summarize", "check"])
def test_a_terminal_is_told_that_it_is_waited_for(command, archcalc, here, monkeypatch):
    class Typed:
        """A terminal at which a spec is typed."""

        buffer = BytesIO(SPEC.encode())

        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Typed())
    code, _, err = archcalc(command, "-")
    assert (code, err) == (0, "archcalc: reading a spec from standard input; end it with Ctrl-D\n")


@pytest.mark.parametrize(
    ("name", "begins"),
    [("r.json", "{"), ("r.CSV", "name,kind"), ("r.md", "## "), ("r.txt", "'LeNet-5"), ("r", "'LeNet-5")],
)
def test_the_format_is_that_of_the_ending(archcalc, tmp_path, name, begins):
    path = tmp_path / name
    assert archcalc("summarize", "lenet5", "-o", path).code == 0
    assert path.read_text(encoding="utf-8").startswith(begins)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (
            ("summarize", "lenet5", "-o", "r.sarif"),
            "no sarif is written here; known are text, json, csv, markdown",
        ),
        (
            ("memory", "lenet5", "-f", "csv", "-o", "r.json"),
            "--format csv is not what 'r.json' says by its ending",
        ),
        (("check", "lenet5", "-f", "junit", "-o", "r.json"), "name another file, or --format json"),
    ],
)
def test_an_ending_that_says_something_else_is_refused(archcalc, tmp_path, monkeypatch, args, said):
    monkeypatch.chdir(tmp_path)
    result = archcalc(*args)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("format_", ["sarif", "gitlab"])
def test_documents_in_json_may_end_so(archcalc, tmp_path, format_):
    path = tmp_path / "r.json"
    assert archcalc("check", "lenet5", "-f", format_, "-o", path).code == 0
    json.loads(path.read_text(encoding="utf-8"))
