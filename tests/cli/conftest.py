"""What the tests of the command line share: running it here, in a process, and in a terminal."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from typing import NamedTuple

import pytest

from archcalc.cli.app import exit_code

BROKEN_AT_SEVEN = """\
name: breaks at seven
input: {channels: 3, height: 32, width: 32}
layers:
  - conv: {filters: 8, kernel_size: 3}
  - relu
  - maxpool: {kernel_size: 2}
  - conv: {filters: 8, kernel_size: 3}
  - relu
  - maxpool: {kernel_size: 2}
  - conv: {name: too_large, filters: 8, kernel_size: 11}
  - flatten
  - fc: {units: 10}
"""


class Result(NamedTuple):
    """How a run ended, and what it wrote."""

    code: int
    out: str
    err: str


@pytest.fixture
def archcalc(capsys):
    """Run the program in this process."""

    def run(*arguments):
        code = exit_code([str(argument) for argument in arguments])
        return Result(code, *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def process():
    """Run the program in a process of its own, with its output in a pipe."""

    def run(*arguments, code=None, stdin=None, **environment):
        begin = ["-c", code] if code else ["-m", "archcalc"]
        done = subprocess.run(
            [sys.executable, *begin, *map(str, arguments)],
            input=stdin, capture_output=True, timeout=60, env=environment_with(environment),
        )  # fmt: skip
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture(scope="session")
def terminal():
    """Run the program in a pseudo-terminal of so many columns; out and err come as one text."""

    def run(columns, *arguments, **environment):
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        with subprocess.Popen(
            [sys.executable, "-m", "archcalc", *map(str, arguments)],
            stdin=follower, stdout=follower, stderr=follower,
            env=environment_with({"TERM": "xterm-256color", **environment}),
        ) as running:  # fmt: skip
            os.close(follower)
            text = all_of(leader)
        return Result(running.returncode, text.replace("\r\n", "\n"), "")

    return run


def all_of(descriptor):
    """What can be read until the other side is closed."""
    parts = []
    try:
        while part := os.read(descriptor, 65536):
            parts.append(part)
    except OSError:
        pass
    finally:
        os.close(descriptor)
    return b"".join(parts).decode()


def environment_with(changes):
    """The environment without what would change reports, and with the changes; None takes away."""
    ours = {"COLUMNS", "NO_COLOR", "TERM", "LC_ALL", "LANG", "PYTHONIOENCODING", "ARCHCALC_TRACEBACK"}
    base = {name: value for name, value in os.environ.items() if name not in ours}
    return {**base, **{name: value for name, value in changes.items() if value is not None}}


@pytest.fixture
def spec(tmp_path):
    """Write a spec into a file; returns its path."""

    def write(text, name="net.yaml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def broken_at_seven(spec):
    """A network whose seventh layer cannot work."""
    return spec(BROKEN_AT_SEVEN)
