"""`archcalc memory`: its options, its exit codes, and how long it takes."""

import json
import resource
import subprocess
import sys

import pytest
from patience import PATIENCE
from sweeps import thinned

NET = """\
name: Small
input: {channels: 3, height: 8, width: 8}
layers:
  - conv: {filters: 16, kernel_size: 3, padding: 1}
  - relu
  - flatten
  - fc: {units: 8}
"""
DEEP = """\
name: Deep
input: {channels: 8, height: 8, width: 8}
layers:
  - repeat:
      times: 1999
      name: stage
      layers:
        - residual: {body: [conv: {filters: 8, kernel_size: 3, padding: 1}, batchnorm, relu]}
        - relu
"""


@pytest.fixture
def net(spec):
    return spec(NET)


def test_batch_type_and_input_count(archcalc, net):
    def peak(*options):
        return json.loads(archcalc("memory", net, "--format", "json", *options).out)["peak_bytes"]

    assert peak() == 4 * (3 + 16) * 64
    assert peak("--batch", 5, "--dtype", "int8") == 5 * (3 + 16) * 64
    assert peak("--input", "16") == 4 * (3 + 16) * 256


@pytest.mark.parametrize(
    ("sizes", "code"),
    [
        ("flash=8720,sram=1216", 0),
        ("flash=8719,sram=1216", 1),
        ("flash=8720,sram=1215", 1),
        ("flash=8719", 1),
        ("sram=1.1875KiB", 0),
        (" sram = 2kB , flash=1MiB", 0),
    ],
)
def test_what_fits_decides_the_exit_code(archcalc, net, sizes, code):
    """432 + 64 and 8,192 + 32 bytes of parameters; 3·64 + 16·64 alive."""
    found = archcalc("memory", net, "--dtype", "int8", "--fits", sizes)
    assert (found.code, found.err) == (code, "")
    assert ("does not fit\n" in found.out) is bool(code)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ("", "--fits takes flash=SIZE, sram=SIZE or both, got ''"),
        ("rom=1MiB", "--fits takes flash=SIZE, sram=SIZE or both, got 'rom=1MiB'"),
        ("flash=1,flash=2", "--fits takes flash=SIZE, sram=SIZE or both, got 'flash=1,flash=2'"),
        ("flash", "--fits takes flash=SIZE, sram=SIZE or both, got 'flash'"),
        ("flash=<=1MiB", "--fits: '<=1MiB' is no size: write a number and a unit, such as 256KiB"),
        ("flash=1MiB+", "--fits: '1MiB+' is no size, such as 256KiB"),
        ("sram=64KB", "--fits: '64KB' is no size: write kB for 1,000 bytes or KiB for 1,024"),
        ("sram=9e9GiB", "--fits: '9e9GiB' is no size, such as 256KiB"),
        ("sram=8388608TiB", "--fits: '8388608TiB' is no size: must stay below 2^63"),
        ("sram=0.5", "--fits: '0.5' is no size: 0.5 is no whole number"),
    ],
)
def test_sizes_that_are_none(archcalc, net, sizes, message):
    assert archcalc("memory", net, "--fits", sizes) == (2, "", f"archcalc: {message}\n")


def test_what_eager_does_not_do(archcalc, net):
    message = "archcalc: eager runs layers as written and copies what it concatenates\n"
    for wish in (("--schedule", "best"), ("--concat", "view")):
        assert archcalc("memory", net, "--convention", "eager", *wish) == (2, "", message)


def test_a_broken_network_is_told_as_elsewhere(archcalc, broken_at_seven):
    code, out, err = archcalc("memory", broken_at_seven)
    assert (code, out) == (1, "")
    assert "too_large" in err
    code, out, _ = archcalc("memory", broken_at_seven, "--format", "json")
    assert (code, len(json.loads(out)["errors"])) == (1, 1)


def test_bars_where_the_encoding_has_none(process, net):
    found = process("memory", net, PYTHONIOENCODING="ascii")
    assert (found.code, found.err) == (0, "")
    assert " " + 24 * "#" + "\n" in found.out


def test_the_expected_peak_is_the_one_of_memory(archcalc, spec):
    assert archcalc("check", spec(f"{NET}expect: {{peak_bytes: 4864}}\n")).code == 0
    code, out, _ = archcalc("check", spec(f"{NET}expect: {{peak_bytes: <= 4 KiB}}\n"))
    assert code == 1
    assert "in float32 is 4.75 KiB, expected <= 4 KiB: 0.75 KiB too much" in out


@pytest.mark.parametrize(
    "options", thinned([[], ["--schedule", "best"], ["--convention", "eager"], ["--concat", "view"]], 4)
)
def test_ten_thousand_layers(spec, options):
    """In seconds of processor time, which other processes do not stretch much."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "archcalc", "memory", str(spec(DEEP)), *options]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stdout.startswith(b"'Deep': at most 6.00 KiB live, ") or options == ["--convention", "eager"]
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < PATIENCE
