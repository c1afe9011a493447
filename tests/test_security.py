"""The promises of SECURITY.md, one test each."""

import builtins
import os
import re
import resource
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from patience import PATIENCE
from sweeps import thinned

import archcalc
from archcalc.errors import RequestError, SpecError
from archcalc.report import FORMATS

ROOT = Path(__file__).resolve().parent.parent
MEBIBYTES = 300


def spec(layers: str, head: str = "input: {features: 4}") -> str:
    """A spec with these layers."""
    return f"{head}\nlayers:\n{layers}\n"


def refused(text: str | bytes) -> str:
    """What is said of a spec that must be refused."""
    with pytest.raises(SpecError) as caught:
        archcalc.analyze(archcalc.loads(text))
    return str(caught.value)


def test_every_promise_has_its_test():
    named = re.findall(r"`(test_\w+)` \|", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    assert len(named) == 10
    assert set(named) <= set(globals())


FORBIDDEN = [
    "__import__('os')", "().__class__", "open", "[x for x in (1,)]", "lambda: 1", "f(1)", "2 ** 9",
    "min.real", "print(1)",
]  # fmt: skip


@pytest.mark.parametrize("expression", FORBIDDEN)
def test_nothing_is_evaluated(expression, monkeypatch):
    for name in ("eval", "exec", "compile"):
        original = getattr(builtins, name)

        def watched(source, *arguments, _original=original, **options):
            tree_only = options.get("flags") or (len(arguments) > 2 and arguments[2])
            assert tree_only or not isinstance(source, str) or "${" not in source
            return _original(source, *arguments, **options)

        monkeypatch.setattr(builtins, name, watched)
    message = refused(spec(f'  - fc: {{units: "${{{expression}}}"}}'))
    assert "error[expression]" in message


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['true']",
        "a: &x [1]\nb: *x",
        "%YAML 1.1\n---\na: 1",
        "base: {}\n<<: {a: 1}",
        "input: !!int 3",
    ],
)
def test_yaml_builds_nothing(text):
    assert "error[yaml-feature]" in refused(text)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "sub/net", "..", "link", "~/net", "secret.txt"])
@pytest.mark.parametrize("key", ["base", "include"])
def test_no_file_outside_the_folder(key, name, tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    secret = tmp_path / "secret.yaml"
    secret.write_text(spec("  - relu"))
    (inside / "link.yaml").symlink_to(secret)
    (inside / "net.yaml").write_text(f"{key}: '{name}'\ninput: {{features: 4}}\nlayers: [relu]\n")
    with pytest.raises(SpecError) as caught:
        archcalc.load(inside / "net.yaml")
    assert {problem.span.line for problem in caught.value.problems} == {1}
    assert "relu" not in str(caught.value)


HOSTILE = {
    "nested": "[" * 100_000,
    "mappings": "{a: " * 50_000,
    "dashes": "- " * 50_000,
    "values": "[" + "1," * 500_000,
    "keys": "".join(f"k{i}: 1\n" for i in range(90_000)),
    "repeats": spec("  - repeat: {times: 2147483647, layers: [repeat: {times: 0, layers: [relu]}]}"),
    "layers": spec("  - repeat: {times: 1000000, layers: [relu]}"),
    "bomb": spec("  - b9", "input: {features: 4}\nblocks:\n  b0: {layers: [relu]}\n" + "".join(
        f"  b{i}: {{layers: [{', '.join([f'b{i - 1}'] * 9)}]}}\n" for i in range(1, 10))),
    "expression": spec(f'  - fc: {{units: "${{{"-" * 1000}1}}"}}'),
    "parentheses": spec(f'  - fc: {{units: "${{{"(" * 500}1{")" * 500}}}"}}'),
    "large": "#" * 3_000_000,
}  # fmt: skip


@pytest.mark.parametrize("name", thinned(HOSTILE, 3))
def test_time_is_bounded(name):
    begin = time.process_time()
    refused(HOSTILE[name])
    assert time.process_time() - begin < PATIENCE


PIXEL = "input: {channels: 99999, height: 1, width: 1}"
LENGTH = "input: {channels: 1, length: 1000000}"
BUSY = {
    "channels": spec("  - lrn: {size: 99999}", PIXEL),
    "many channels": spec("  - repeat: {times: 9000, layers: [lrn: {size: 9999}]}", PIXEL),
    "groups": spec("  - channel_shuffle: {groups: 33333}", PIXEL),
    "heads": spec("  - tokens\n  - attention: {heads: 4000}", "input: {channels: 4000, length: 2}"),
    "taps": spec("  - maxpool1d: {kernel_size: 1000000, padding: 500000, stride: 999999}", LENGTH),
    "dilated": spec("  - maxpool1d: {kernel_size: 64, dilation: 9999}", LENGTH),
    "patches": spec(
        "  - repeat: {times: 9000, layers: [conv_transpose: {filters: 1, kernel_size: 21, padding: 10}]}",
        "input: {channels: 1, height: 21, width: 21}",
    ),
    "selected": spec(
        f"  - repeat: {{times: 200, layers: [select: {{channels: [{', '.join(['0'] * 500)}]}}]}}", PIXEL
    ),
    "positions": spec("  - conv1d: {filters: 1, kernel_size: 1}", LENGTH),
    "bins": spec("  - adaptive_avgpool: {output_size: 9999999}", LENGTH),
    "places": spec("  - interpolate: {size: 9999999, mode: bilinear}", LENGTH),
}  # fmt: skip


@pytest.mark.parametrize("name", thinned(BUSY, 4))
@pytest.mark.parametrize("options", [{}, {"shapes_only": True}], ids=["real", "hollow"])
def test_running_is_bounded(name, options):
    check_soon(lambda: archcalc.verify(archcalc.analyze(archcalc.loads(BUSY[name])), **options).agrees)


@pytest.mark.parametrize("name", thinned(BUSY, 4))
def test_looking_through_is_bounded(name):
    check_soon(lambda: archcalc.receptive_fields(archcalc.analyze(archcalc.loads(BUSY[name]))))


def check_soon(run):
    """It answers, or refuses politely, within seconds."""
    begin, said = time.process_time(), "too slow to run"
    try:
        assert run()
    except RequestError as error:
        said = str(error)
    assert "too slow to run" in said
    assert time.process_time() - begin < PATIENCE


def test_memory_is_bounded(tmp_path):
    big = tmp_path / "big.yaml"
    with big.open("wb") as file:
        file.truncate(1 << 30)
    giant = tmp_path / "giant.yaml"
    giant.write_text(spec("  - fc: {units: 2000000000}", "input: {features: 2000000000}"))
    for command, code in ((["summarize", str(big)], 1), (["verify", str(giant)], 2)):
        process = limited(command)
        assert process.returncode == code, process.stderr
        assert "Traceback" not in process.stderr
        assert "too large" in process.stderr or "too-large" in process.stderr


def limited(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """archcalc in a process that may not have more memory than promised, besides NumPy's own libraries."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (MEBIBYTES << 20, MEBIBYTES << 20))

    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "archcalc", *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", preexec_fn=limit, check=False
    )


def test_messages_are_bounded():
    many = spec("\n".join(f"  - nonsense{i}{'x' * 900}" for i in range(900)))
    with pytest.raises(SpecError) as caught:
        archcalc.loads(many)
    assert len(caught.value.problems) <= 20
    assert all(len(str(problem)) < 2000 for problem in caught.value.problems)


HOSTILE_NAMES = [
    "::error::pwned",
    "##[error]pwned",
    "=1+1",
    "a\u202eb",
    "<script>x</script>",
    "[red]x",
    "a|b",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("format_", FORMATS)
def test_output_cannot_command(name, format_):
    text = f"name: '{name}'\nsource: '{name}'\n" + spec(f"  - relu: {{note: '{name}'}}")
    out = archcalc.render(archcalc.analyze(archcalc.loads(text)), format_)
    assert out.isascii() or all(character.isprintable() or character == "\n" for character in out)
    for line in out.splitlines():
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert format_ != "csv" or not line.startswith(("=", "+", "-", "@"))
        assert format_ != "markdown" or "<script>" not in line


@pytest.mark.parametrize(
    "content", thinned([b"\xff\xfe", b"\x00", b"", b"a: [", b"- - -", b"\xc3", b"layers: 1", b"!!"], 3)
)
def test_wrong_specs_are_answered(content, tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_bytes(content)
    process = limited(["summarize", str(path)])
    assert process.returncode == 1
    assert re.match(rf"{re.escape(str(path))}:\d+:\d+: error\[[a-z0-9-]+\]: ", process.stderr)
    assert "Traceback" not in process.stderr


def test_nothing_is_written_or_sent(tmp_path, monkeypatch):
    def forbidden(*_arguments, **_options):
        raise AssertionError("a connection or a process was begun")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(socket.socket, "connect", forbidden)
    monkeypatch.setattr(subprocess, "Popen", forbidden)
    analysis = archcalc.analyze(archcalc.load("lenet5"))
    for format_ in FORMATS:
        archcalc.render(analysis, format_)
    archcalc.verify(analysis)
    assert list(tmp_path.iterdir()) == []
