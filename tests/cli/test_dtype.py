"""The type of values: declared by a spec, in the config, and asked for by a call."""

import json

import pytest

from archcalc.analysis.dtypes import dtype_of
from archcalc.analysis.facts import analyze
from archcalc.cli.request import Request
from archcalc.spec.load import read_parts

TINY = """\
input: {channels: 1, height: 8, width: 8}
layers:
  - conv: {filters: 2, kernel_size: 3, padding: 1}
  - fc: {units: 1, over: features}
"""
PEAK = 3 * 64
"""Values that are live while the convolution runs."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that is the current one, with a spec that declares a type and one that does not."""
    (tmp_path / "plain.yaml").write_text(TINY, encoding="utf-8")
    (tmp_path / "narrow.yaml").write_text(f"dtype: int8\n{TINY}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def peak(archcalc, *args):
    return json.loads(archcalc("memory", *args, "-f", "json").out)["peak_bytes"]


@pytest.mark.usefixtures("folder")
def test_what_is_asked_for_goes_before_what_is_declared(archcalc):
    assert peak(archcalc, "plain.yaml") == 4 * PEAK
    assert peak(archcalc, "narrow.yaml") == PEAK
    assert peak(archcalc, "narrow.yaml", "--dtype", "float16") == 2 * PEAK
    assert "· int8" in archcalc("summarize", "narrow.yaml").out


def test_a_variant_takes_the_type_over_or_declares_its_own(archcalc, folder):
    (folder / "heir.yaml").write_text("base: narrow.yaml\n", encoding="utf-8")
    (folder / "wide.yaml").write_text("base: narrow.yaml\ndtype: float64\n", encoding="utf-8")
    assert peak(archcalc, "heir.yaml") == PEAK
    assert peak(archcalc, "wide.yaml") == 8 * PEAK
    assert "dtype: float64" in archcalc("show", "wide.yaml").out
    assert "dtype: float64" in archcalc("show", "wide.yaml", "--flat").out


@pytest.mark.parametrize("declared", ["int4", "[int8]", "8"])
def test_a_type_that_there_is_not_is_refused_at_its_place(archcalc, folder, declared):
    (folder / "odd.yaml").write_text(f"dtype: {declared}\n{TINY}", encoding="utf-8")
    code, _, err = archcalc("summarize", "odd.yaml")
    assert code == 1
    assert err.startswith("odd.yaml:1:8: error[")
    assert "float32, float16, bfloat16, int8, float64" in err


CONFIGS = {
    'dtype = "int8"\n': [PEAK, PEAK],
    'dtype = "float16"\n': [2 * PEAK, PEAK],
    '[[overrides]]\nspecs = ["plain.yaml"]\ndtype = "float16"\n': [2 * PEAK, PEAK],
    'dtype = "float64"\n[[overrides]]\nspecs = ["*.yaml"]\ndtype = "int8"\n'
    '[[overrides]]\nspecs = ["plain.yaml"]\ndtype = "float16"\n': [2 * PEAK, PEAK],
}


@pytest.mark.parametrize("config", CONFIGS)
def test_the_config_is_for_specs_that_declare_none(archcalc, folder, config):
    (folder / "archcalc.toml").write_text(config, encoding="utf-8")
    for spec, size in zip(("plain.yaml", "narrow.yaml"), CONFIGS[config], strict=True):
        assert archcalc("check", spec, "-e", f"sram: {size}").code == 0
        assert archcalc("check", spec, "-e", f"sram: {8 * PEAK}", "--dtype", "fp64").code == 0
        assert archcalc("check", spec, "-e", f"sram < {size}").code == 1


@pytest.mark.parametrize("config", CONFIGS)
def test_every_command_follows_the_config(archcalc, folder, config):
    """A revision of a spec is the same spec."""
    (folder / "archcalc.toml").write_text(config, encoding="utf-8")
    for spec, size in zip(("plain.yaml", "narrow.yaml"), CONFIGS[config], strict=True):
        assert peak(archcalc, spec) == size
        assert peak(archcalc, spec, "--dtype", "float64") == 8 * PEAK
        rows = json.loads(archcalc("compare", spec, "--columns", "peak_bytes", "-f", "json").out)["variants"]
        assert [row["values"]["peak_bytes"] for row in rows] == [size]
        assert Request(f"git:HEAD:{spec}").analyzed(read_parts(spec).spec).value_bytes * PEAK == size


@pytest.mark.parametrize("command", ["summarize", "memory", "compare", "check"])
def test_a_wrong_config_is_no_fault_of_a_spec(archcalc, folder, command):
    """Where the spec needs none, only `check` reads it."""
    (folder / "archcalc.toml").write_text("dtype = 'uint8'\n", encoding="utf-8")
    code, out, err = archcalc(command, "plain.yaml")
    assert (code, out) == (2, "")
    assert "archcalc.toml:1:1: " in err
    assert "int8 is as wide: write that" in err
    assert archcalc(command, "narrow.yaml").code == (2 if command == "check" else 0)


MEANT = {
    "uint8": "int8 is as wide",
    "i8": "int8 is as wide",
    "float8_e4m3": "int8 is as wide",
    "INT8": "write int8",
    "torch.int8": "write int8",
    "int16": "float16 is as wide",
    "half": "write float16",
    "int4": "int8 is the narrowest",
    "floot32": "did you mean 'float32'?",
}


@pytest.mark.parametrize("word", MEANT)
def test_what_is_meant_is_said_wherever_a_type_is_named(archcalc, folder, word):
    (folder / "odd.yaml").write_text(f"dtype: {word}\n{TINY}", encoding="utf-8")
    (folder / "archcalc.toml").write_text(f"dtype = '{word}'\n", encoding="utf-8")
    for args in (["odd.yaml"], ["plain.yaml"], ["narrow.yaml", "--dtype", word]):
        assert MEANT[word] in archcalc("summarize", *args).err


@pytest.mark.parametrize("word", ["zero", "int128", "f", "int0", "x" * 100_000])
def test_what_is_no_type_gets_no_hint(word):
    with pytest.raises(ValueError, match=r"^$"):
        dtype_of(word)


def test_short_names_of_types_are_names_everywhere(archcalc, folder):
    (folder / "short.yaml").write_text(f"dtype: bf16\n{TINY}", encoding="utf-8")
    assert "· bfloat16" in archcalc("summarize", "short.yaml").out
    (folder / "archcalc.toml").write_text("dtype = 'fp64'\n", encoding="utf-8")
    assert "· float64" in archcalc("summarize", "plain.yaml").out
    assert analyze(read_parts("plain.yaml").spec.network, dtype="fp16").value_bytes == 2


@pytest.mark.parametrize("value", ['"int4"', '["int8"]', "8", "true"])
def test_a_wrong_type_in_the_config_is_the_call_s_fault(archcalc, folder, value):
    (folder / "archcalc.toml").write_text(f"dtype = {value}\n", encoding="utf-8")
    code, out, err = archcalc("check", "plain.yaml")
    assert (code, out) == (2, "")
    assert "archcalc.toml:1:1: error[config]: dtype needs one of float32, float16" in err


def test_what_is_live_is_held_to_a_bound_and_told_in_its_unit(archcalc, folder):
    """120 channels of 48×48 are live at conv1: 276,480 bytes."""
    (folder / "net.yaml").write_text(
        "{dtype: int8, input: {channels: 24, height: 48, width: 48}, layers: [relu, conv: {filters: 96, "
        "kernel_size: 1}, global_avgpool], expect: {sram: <= 300 KiB, flash: 2.625 KiB}}\n",
        encoding="utf-8",
    )
    assert archcalc("check", "net.yaml").code == 0
    code, out, _ = archcalc("check", "net.yaml", "-e", "sram <= 256 KiB")
    assert (code, "sram at conv1 in int8 is 270 KiB, expected <= 256 KiB: 14 KiB too much" in out) == (
        1,
        True,
    )
    for format_ in ("github", "junit", "sarif"):
        said = archcalc("check", "net.yaml", "-e", "sram < 270 KiB", "-f", format_).out
        assert "sram at conv1 in int8 is 270 KiB, expected" in said


@pytest.mark.usefixtures("folder")
def test_rows_of_different_types_say_so(archcalc):
    out = archcalc("compare", "plain.yaml", "narrow.yaml").out
    assert "dtype" in out
    document = json.loads(archcalc("compare", "plain.yaml", "narrow.yaml", "-f", "json").out)
    assert document["dtype"] is None
    assert [row["dtype"] for row in document["variants"]] == ["float32", "int8"]
    assert "batch 1 · float16" in archcalc("compare", "plain.yaml", "narrow.yaml", "--dtype", "fp16").out
    assert "float32 → int8" in archcalc("diff", "plain.yaml", "narrow.yaml").out


@pytest.mark.usefixtures("folder")
def test_fit_takes_parameters_out_of_sram(archcalc):
    out = archcalc("fit", "narrow.yaml", "--fits", "sram=192,flash=1MiB", "--batch", "1").out
    assert "8×8×1 is the largest square input that fits into 192 B of SRAM and 1.00 MiB of flash" in out
    assert "parameters lie in this memory" in archcalc("fit", "narrow.yaml", "--memory", "1kB").out
    code, out, _ = archcalc("fit", "narrow.yaml", "--fits", f"sram={3 * PEAK}")
    assert "parameters lie in flash" in out
    assert (code, "a batch of 3 is the largest that fits into 576 B of SRAM" in out) == (0, True)
    code, out, _ = archcalc("fit", "narrow.yaml", "--fits", f"sram={3 * PEAK},flash=1")
    assert (code, "too much" in out) == (1, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "say what there is"),
        (["--memory", "1MB", "--fits", "sram=1MB"], "say what there is"),
        (["--fits", "flash=1MB"], "--fits needs sram=SIZE here"),
        (["--fits", "sram=1MB", "--train", "sgd"], "leave --train out"),
        (["--fits", "ram=1MB"], "--fits takes flash=SIZE, sram=SIZE or both"),
        (["--fits", "sram=64KB"], "write kB for 1,000 bytes or KiB for 1,024"),
        (["--memory", "8g"], "write GB for 1,000,000,000 bytes or GiB for 1,073,741,824"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_fit_is_told_one_kind_of_memory(archcalc, options, said):
    code, _, err = archcalc("fit", "plain.yaml", *options)
    assert code == 2
    assert said in err
