"""`archcalc check --fix`: what is written, what is only shown, and what is never touched."""

import json

import pytest

from archcalc.checks.findings import Checked, Finding, Severity
from archcalc.checks.fix import patches
from archcalc.cli.app import exit_code
from archcalc.errors import Edit, Problem, Repair, RequestError, Span

BROKEN = (
    "# é\r\ninput: {channels: 3, height: 16, width: 16}\r\nlayers:\r\n  - maxpool: {kernel_size: 5}\r\n"
    "  - conv: {filters: 16, kernel_size: 5} # kept\r\n"
).encode()
MENDED = BROKEN.replace(b"kernel_size: 5} #", b"kernel_size: 5, padding: 1} #")
DIFF = """\
--- net.yaml
+++ net.yaml
@@ -2,4 +2,4 @@
 input: {channels: 3, height: 16, width: 16}
 layers:
   - maxpool: {kernel_size: 5}
-  - conv: {filters: 16, kernel_size: 5} # kept
+  - conv: {filters: 16, kernel_size: 5, padding: 1} # kept
"""


@pytest.fixture
def net(tmp_path, monkeypatch):
    """A broken spec in the current folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "net.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + BROKEN)
    path.chmod(0o640)
    return path


def test_the_first_edit_is_made_and_the_spec_checked_again(net, capsys):
    assert exit_code(["check", "net.yaml", "--fix"]) == 0
    assert net.read_bytes() == b"\xef\xbb\xbf" + MENDED
    assert net.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in net.parent.iterdir()] == ["net.yaml"]
    out = capsys.readouterr().out
    assert out.startswith(DIFF)
    assert "net.yaml: ok" in out


def test_diff_writes_nothing(net, capsys):
    assert exit_code(["check", "net.yaml", "--fix", "--diff"]) == 1
    assert exit_code(["check", "net.yaml", "--diff"]) == 1
    assert net.read_bytes() == b"\xef\xbb\xbf" + BROKEN
    assert capsys.readouterr().out.count(DIFF) == 2


def test_documents_stay_documents(net, capsys):
    assert exit_code(["check", "net.yaml", "--fix", "-f", "json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["exit_code"] == 0
    assert err == DIFF


def test_what_is_well_and_what_nothing_mends_stays(net, capsys):
    net.write_bytes(MENDED + b"expect: {output: [3]}\n")
    assert exit_code(["check", "net.yaml", "--fix"]) == 1
    assert net.read_bytes() == MENDED + b"expect: {output: [3]}\n"
    assert "---" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spec", "said"), [("-", "standard input is none"), ("lenet5", "'lenet5' is built in")]
)
def test_what_is_no_file_of_ones_own_is_refused(net, capsys, spec, said):
    assert exit_code(["check", "net.yaml", spec, "--fix"]) == 2
    assert said in capsys.readouterr().err
    assert net.read_bytes().endswith(BROKEN)


def test_links_are_not_followed(net, capsys):
    (net.parent / "link.yaml").symlink_to(net)
    assert exit_code(["check", "link.yaml", "--fix"]) == 2
    assert "'link.yaml' is one" in capsys.readouterr().err
    assert net.read_bytes().endswith(BROKEN)
    assert (net.parent / "link.yaml").is_symlink()


def test_a_library_is_mended_once_for_all_who_use_it(net):
    (net.parent / "lib.yaml").write_text(
        "blocks: {s: {layers: [maxpool: {kernel_size: 2}, conv: {filters: 2, kernel_size: 9}]}}\n"
    )
    for name in ("net.yaml", "other.yaml"):
        (net.parent / name).write_text(
            "input: {channels: 3, height: 8, width: 8}\ninclude: lib\nlayers: [relu, s]\n"
            "expect: {output: [2, 4, 4]}\n"
        )
    before = net.read_text()
    assert exit_code(["check", "net.yaml", "other.yaml", "--fix"]) == 0
    assert "padding: 4" in (net.parent / "lib.yaml").read_text()
    assert net.read_text() == before


def checked_elsewhere(source, text):
    """A check that offers an edit in a source."""
    repair = Repair("write 1", "all is well", "line 1", edits=(Edit(Span(source, 1, 1), "x"),))
    problem = Problem("shape", "wrong", Span(source, 1, 1), repairs=(repair,))
    return Checked("specs/net.yaml", findings=(Finding(Severity.ERROR, problem),), texts={source: text})


def test_nothing_outside_the_folder_is_changed(net):
    (net.parent / "specs").mkdir()
    with pytest.raises(RequestError, match="outside the spec's folder"):
        list(patches("specs/net.yaml", checked_elsewhere("net.yaml", "")))


def test_a_file_that_has_changed_meanwhile_is_left_alone(net):
    with pytest.raises(RequestError, match="has changed"):
        list(patches("net.yaml", checked_elsewhere("net.yaml", "a: 1")))


def test_a_file_that_cannot_be_written_stays_whole(net, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.replace", refuse)
    assert exit_code(["check", "net.yaml", "--fix"]) == 2
    assert [path.name for path in net.parent.iterdir()] == ["net.yaml"]
    assert net.read_bytes().endswith(BROKEN)
