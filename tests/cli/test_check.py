"""The gate as it is called: what it prints, and the code it ends with."""

import json

import pytest

from archcalc.expectations.keys import layer_forms, network_forms
from archcalc.report.check import CHECK_FORMATS
from archcalc.report.check.places import WORKSPACES, _root

RIGHT = """\
input: {channels: 1, height: 8, width: 8}
layers:
  - conv: {filters: 2, kernel_size: 3}
  - flatten
"""
FAILING = RIGHT + "expect:\n  parameters: 21\n"
BROKEN = RIGHT + "  - conv: {filters: 2, kernel_size: 3}\n"
ADVISED = RIGHT.replace("kernel_size: 3", "kernel_size: 3, stride: 2")
LARGE = "input: {features: 8}\nlayers:\n  - fc: {units: 2000000000}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that is the current one, with specs of all sorts."""
    specs = {"right": RIGHT, "failing": FAILING, "broken": BROKEN, "advised": ADVISED, "large": LARGE}
    for name, text in specs.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "syntax.yaml").write_text("layers: [\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


WRONG = {
    "input": "[1, 8, 9]", "output": "[71]", "depth": "2", "count": "{conv: 2}", "uses": "[fc]",
    "forbids": "[conv]", "followed_by": "{conv: relu}", "no_bias_before": "[flatten]",
    "not_in_last": "{conv: 2}", "kind": "fc",
}  # fmt: skip


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("key", network_forms())
def test_each_key_fails_the_gate(archcalc, spec, key):
    """In a spec, on the command line and in a config file: no key is read and then forgotten."""
    text = f"{key}: {WRONG.get(key, '987654321')}"
    in_spec = archcalc("check", spec(f"{RIGHT}expect: {{{text}}}\n"))
    asked = archcalc("check", "right.yaml", "-e", text)
    for code, out, err in (in_spec, asked):
        assert (code, err) == (1, "")
        assert "error[expectation]: " in out


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("key", layer_forms())
def test_each_key_of_layers_fails_the_gate(archcalc, spec, key):
    text = f"{{layers: {{conv1: {{{key}: {WRONG.get(key, '987654321')}}}}}}}"
    assert archcalc("check", spec(f"{RIGHT}expect: {text}\n")).code == 1
    assert archcalc("check", "right.yaml", "-e", text[1:-1]).code == 1


@pytest.mark.usefixtures("folder")
def test_each_spec_is_reported(archcalc):
    code, out, err = archcalc("check", "right.yaml", "failing.yaml", "nope.yaml", "lenet5", "-v")
    assert (code, err) == (2, "")
    assert out == (
        "right.yaml: ok (20 parameters, 648 MACs)\n"
        "failing.yaml:6:3: error[expectation]: parameters is 20, expected 21: 1 too few\n"
        "    6 |   parameters: 21\n"
        "          ^^^^^^^^^^\n"
        "nope.yaml:1:1: error[unreadable]: cannot read nope.yaml: No such file or directory\n"
        "lenet5.yaml: ok (61,706 parameters, 416,520 MACs)\n"
        "4 specs: 2 ok, 2 with 2 errors\n"
    )


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("paths", "code"),
    [
        (["right.yaml"], 0),
        (["right.yaml", "failing.yaml"], 1),
        (["failing.yaml", "right.yaml"], 1),
        (["broken.yaml"], 1),
        (["syntax.yaml"], 1),
        (["nope.yaml"], 2),
        (["nope"], 2),
        (["nope.yaml", "failing.yaml"], 2),
        (["failing.yaml", "nope.yaml", "right.yaml"], 2),
        (["right.yaml", "empty*"], 2),
        ([], 2),
    ],
)
@pytest.mark.parametrize("lenient", [False, True])
def test_the_exit_code(archcalc, paths, code, lenient):
    """--exit-zero covers what is wrong with specs, not what could not be read or was never checked."""
    expected = 0 if lenient and code == 1 else code
    assert archcalc("check", *paths, *(["--exit-zero"] if lenient else [])).code == expected


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("expect", "said"),
    [
        (
            "parametres < 3",
            "--expect 'parametres < 3': unknown key 'parametres' in `expect`; did you mean 'parameters'?",
        ),
        (
            "nothing",
            "--expect 'nothing': an expectation is a key and what it must be; "
            "write `parameters <= 20k`, `output: [10]` or `uses: [batchnorm]`",
        ),
        (
            "parameters >= 0",
            "--expect 'parameters >= 0': parameters in `expect` needs a count or bounds, such as 20000, "
            "<= 20k or '>= 1M, < 2M', found '>= 0'; that would hold of everything",
        ),
        ("uses: [batchnrm]", None),
        ("output: \x1b[31m", None),
        ("output: [", None),
    ],
)
@pytest.mark.parametrize("lenient", [False, True])
def test_a_wrong_expect_is_a_wrong_call(archcalc, expect, said, lenient):
    code, out, err = archcalc("check", "right.yaml", "-e", expect, *(["--exit-zero"] if lenient else []))
    assert (code, out) == (2, "")
    assert err.startswith("archcalc: --expect '")
    assert err.count("\n") == 1
    assert err[:-1].isprintable()
    assert said is None or err == f"archcalc: {said}\n"


@pytest.mark.usefixtures("folder")
def test_what_is_asked_for_is_held_of_every_spec(archcalc):
    code, out, _ = archcalc("check", "right.yaml", "lenet5", "-e", "parameters < 1k", "-e", "output: [72]")
    assert code == 1
    assert out.endswith("2 specs: 1 ok, 1 with 2 errors\n")
    assert (
        "lenet5.yaml: error[expectation]: parameters is 61,706, expected < 1,000: 60,707 too many "
        "(asked for by --expect)\n"
    ) in out
    assert "lenet5.yaml: error[expectation]: output is [10], expected [72] (asked for by --expect)\n" in out


@pytest.mark.usefixtures("folder")
def test_quiet_says_nothing_where_all_is_well(archcalc):
    assert archcalc("check", "right.yaml", "lenet5", "-q") == (0, "", "")
    code, out, _ = archcalc("check", "right.yaml", "failing.yaml", "--quiet")
    assert code == 1
    assert "right.yaml" not in out
    assert out.endswith("\n2 specs: 1 ok, 1 with 1 error\n")
    assert "advised.yaml" in archcalc("check", "advised.yaml", "--advice", "-q").out


@pytest.mark.usefixtures("folder")
def test_what_is_well_is_counted_and_by_wish_listed(archcalc):
    assert archcalc("check", "right.yaml", "lenet5") == (0, "2 specs: 2 ok\n", "")
    assert archcalc("check", "right.yaml", "lenet5", "-v").out == (
        "right.yaml: ok (20 parameters, 648 MACs)\n"
        "lenet5.yaml: ok (61,706 parameters, 416,520 MACs)\n"
        "2 specs: 2 ok\n"
    )


@pytest.mark.usefixtures("folder")
def test_a_quiet_table_has_what_is_wrong_and_the_count_of_all(archcalc):
    out = archcalc("check", "right.yaml", "failing.yaml", "-q", "-f", "markdown").out
    assert "2 specs: 1 ok, 1 with 1 error" in out
    assert "right.yaml" not in out
    assert "| right.yaml |" in archcalc("check", "right.yaml", "failing.yaml", "-f", "markdown").out


@pytest.mark.parametrize("format_", ["json", "sarif", "junit", "gitlab"])
def test_programs_get_whole_documents_also_quietly(archcalc, folder, format_):
    """A report that is left out would let the findings of the last run stand."""
    plain = archcalc("check", "right.yaml", "-f", format_)
    assert archcalc("check", "right.yaml", "-f", format_, "-q") == plain
    assert archcalc("check", "right.yaml", "-f", format_, "-q", "-o", "report") == (0, "", "")
    assert (folder / "report").read_text("utf-8") == plain.out


@pytest.mark.parametrize("format_", CHECK_FORMATS)
def test_formats_go_to_files_and_keep_the_code(archcalc, folder, format_):
    code, out, err = archcalc("check", "right.yaml", "failing.yaml", "--output-format", format_)
    assert (code, err) == (1, "")
    assert out.endswith("\n")
    report = folder / "report.txt"
    assert archcalc("check", "right.yaml", "failing.yaml", "-f", format_, "-o", report) == (1, "", "")
    assert report.read_text("utf-8") == out
    assert archcalc("check", "right.yaml", "-f", format_, "-o", folder / "no" / "where").code == 2


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_several_processes_write_the_same_bytes(process):
    paths = [".", "lenet5", "vgg16", "nope.yaml"]
    one = process("check", *paths, "--advice", "--jobs", 1)
    assert one.code == 2
    for jobs in (2, 5, 100):
        assert process("check", *paths, "--advice", "--jobs", jobs) == one
    assert process("check", *paths, "--advice") == one


@pytest.mark.usefixtures("folder")
def test_standard_input_is_read_whatever_the_jobs(process):
    for jobs in (1, 2):
        code, out, _ = process("check", "right.yaml", "-", "--jobs", jobs, stdin=FAILING.encode())
        assert code == 1
        assert "<stdin>:6:3: error[expectation]: parameters is 20" in out
    assert process("check", "-", stdin=RIGHT.encode()).out.startswith("<stdin>: ok")


@pytest.mark.usefixtures("folder")
def test_verify_says_so(archcalc):
    code, out, _ = archcalc("check", "right.yaml", "--verify")
    assert (code, out) == (0, "right.yaml: ok (20 parameters, 648 MACs, verified)\n")
    assert archcalc("check", "failing.yaml", "broken.yaml", "--verify").code == 1


@pytest.mark.usefixtures("folder")
def test_a_disagreement_fails_the_check_at_the_layer(archcalc, monkeypatch):
    from archcalc.layers.conv import Conv

    macs = Conv.macs
    monkeypatch.setattr(Conv, "macs", lambda self, inputs: macs(self, inputs) + 1)
    assert archcalc("check", "right.yaml").code == 0
    code, out, _ = archcalc("check", "right.yaml", "--verify")
    assert code == 1
    assert "right.yaml:3:5: error[verify]: conv1: " in out
    assert "649" in out


@pytest.mark.usefixtures("folder")
def test_what_is_too_large_to_run_is_a_finding_and_not_verified(archcalc):
    code, out, err = archcalc("check", "large.yaml", "right.yaml", "--verify", "-v")
    assert (code, err) == (1, "")
    assert "large.yaml:1:1: error[verify]: the network cannot be run: fc1 is too large to run: " in out
    assert "right.yaml: ok (20 parameters, 648 MACs, verified)" in out
    document = json.loads(archcalc("check", "large.yaml", "--verify", "-f", "json").out)
    assert document["specs"][0]["verified"] is None


@pytest.mark.usefixtures("folder")
def test_advice_fails_only_when_it_is_strict(archcalc):
    assert archcalc("check", "advised.yaml").code == 0
    code, out, _ = archcalc("check", "advised.yaml", "--advice")
    assert code == 0
    assert "advised.yaml:3:5: advice[dropped-pixels]: " in out
    code, out, _ = archcalc("check", "advised.yaml", "--strict")
    assert code == 1
    assert "advised.yaml:3:5: error[dropped-pixels]: " in out


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("options", [[], ["--advice"], ["--strict"]])
def test_silence(archcalc, spec, options):
    silenced = spec(ADVISED + "silence: dropped-pixels\n")
    assert archcalc("check", silenced, *options).code == 0
    unknown = spec(f"{ADVISED}silence: [dropped-pixel]\nexpect: {{depth: 9}}\n", "unknown.yaml")
    code, out, _ = archcalc("check", unknown, *options)
    assert code == 1
    assert f"{unknown}:5:11: error[unknown-code]: no advice has the code 'dropped-pixel'\n" in out
    assert "hint: did you mean 'dropped-pixels'?" in out
    assert "error[expectation]: depth is 1" in out


@pytest.mark.usefixtures("folder")
def test_a_broken_network_comes_with_what_would_mend_it(archcalc):
    code, out, _ = archcalc("check", "broken.yaml")
    assert code == 1
    assert "broken.yaml:5:5: error[" in out
    assert "\n  try: line " in out


class TestLock:
    """The lock beside a spec."""

    @pytest.fixture(autouse=True)
    def locked(self, archcalc, folder):
        assert archcalc("lock", "right.yaml").code == 0
        self.lock = folder / "right.lock"
        self.spec = folder / "right.yaml"

    def test_matching(self, archcalc):
        assert archcalc("check", "right.yaml").code == 0

    def test_not_matching(self, archcalc):
        self.spec.write_text(RIGHT.replace("filters: 2", "filters: 3"), encoding="utf-8")
        code, out, _ = archcalc("check", "right.yaml")
        assert code == 1
        assert "right.yaml:3:5: error[lock]: conv1: output was 6x6x2, now 6x6x3; " in out
        assert archcalc("check", ".", "-f", "sarif").code == 1

    @pytest.mark.parametrize("content", [b"", b"\xff\x00", b"# archcalc lock 2\n", b"x" * 9_000_000])
    def test_damaged(self, archcalc, content):
        self.lock.write_bytes(content)
        code, out, _ = archcalc("check", "right.yaml", "-e", "depth: 9")
        assert code == 1
        assert "right.lock:1:1: error[lock-syntax]: " in out
        assert "error[expectation]: depth is 1" in out

    def test_not_a_file(self, archcalc):
        self.lock.unlink()
        self.lock.mkdir()
        assert archcalc("check", "right.yaml").code == 2
        self.lock.rmdir()
        self.lock.symlink_to("nowhere")
        code, out, _ = archcalc("check", "right.yaml")
        assert code == 2
        assert "error[unreadable]: cannot read right.lock: not a regular file" in out

    def test_a_lock_larger_than_a_spec_may_be(self, archcalc, folder):
        layers = "".join(f"  - relu: {{name: {'n' * 80}{n}}}\n" for n in range(9000))
        (folder / "long.yaml").write_text(f"input: {{features: 3}}\nlayers:\n{layers}", encoding="utf-8")
        assert archcalc("lock", "long.yaml").code == 0
        assert (folder / "long.lock").stat().st_size > 1024 * 1024
        assert archcalc("check", "long.yaml").code == 0


PATHS = {
    "github": ["file=models/deep/bad.yaml,", "file=lenet5.yaml"],
    "gitlab": ['"path": "models/deep/bad.yaml"'],
    "sarif": ['"uri": "models/deep/bad.yaml"'],
    "junit": ['file="models/deep/bad.yaml"'],
}


@pytest.mark.parametrize("named", ["bad.yaml", "absolute", "../deep//bad.yaml"])
@pytest.mark.parametrize("mark", [".git", "GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_code_hosts_get_paths_from_the_root_of_the_repository(archcalc, folder, monkeypatch, mark, named):
    deep = folder / "models" / "deep"
    deep.mkdir(parents=True)
    (deep / "bad.yaml").write_text("input: {features: 3}\nlayers: [fcc]\n", encoding="utf-8")
    for name in WORKSPACES:
        monkeypatch.delenv(name, raising=False)
    if mark == ".git":
        (folder / mark).mkdir()
    else:
        monkeypatch.setenv(mark, str(folder))
    _root.cache_clear()
    monkeypatch.chdir(deep)
    spec = str(deep / "bad.yaml") if named == "absolute" else named
    for format_, parts in PATHS.items():
        out = archcalc("check", spec, "lenet5", "-e", "depth < 2", "-f", format_).out
        for part in parts:
            assert part in out
    _root.cache_clear()


class TestConfig:
    """The config file at work."""

    @pytest.fixture(autouse=True)
    def config(self, folder):
        self.file = folder / "archcalc.toml"
        self.file.write_text('paths = ["right.yaml", "lenet5"]\n[expect]\ndepth = "<= 5"\n', encoding="utf-8")

    def test_paths_and_expectations(self, archcalc):
        assert archcalc("check") == (0, archcalc("check", "right.yaml", "lenet5").out, "")
        code, out, _ = archcalc("check", "vgg16")
        assert code == 1
        assert out.startswith("vgg16.yaml: error[expectation]: depth is 16, expected <= 5: 11 too many\n")
        assert "archcalc.toml:3:1: note: expected here\n" in out
        assert archcalc("check", "vgg16", "--no-config").code == 0
        assert archcalc("check", "--no-config").code == 2

    def test_from_a_folder_below(self, archcalc, folder, monkeypatch):
        (folder / "below").mkdir()
        monkeypatch.chdir(folder / "below")
        code, out, _ = archcalc("check", "-v")
        assert code == 0
        assert out.startswith("../right.yaml: ok")

    def test_options_add_to_it(self, archcalc):
        assert archcalc("check", "-e", "parameters < 1k").code == 1
        self.file.write_text('paths = ["advised.yaml"]\nstrict = true\n', encoding="utf-8")
        assert archcalc("check").code == 1
        self.file.write_text('paths = ["large.yaml"]\nverify = true\n', encoding="utf-8")
        assert archcalc("check").code == 1

    @pytest.mark.parametrize("key", network_forms())
    def test_each_key_fails_the_gate(self, archcalc, key):
        value = WRONG.get(key, "987654321").replace("fc", "'fc'").replace("conv", "'conv'")
        value = value.replace("relu", "'relu'").replace("flatten", "'flatten'").replace(":", " =")
        self.file.write_text(f"expect.{key} = {value}\n", encoding="utf-8")
        code, out, err = archcalc("check", "right.yaml")
        assert (code, err) == (1, "")
        assert "right.yaml: error[expectation]: " in out

    def test_a_pattern_that_is_idle(self, archcalc):
        override = '[[overrides]]\nspecs = ["lenet"]\nexpect = {depth = 9}\n'
        self.file.write_text(f'paths = ["right.yaml", "lenet5"]\n{override}', encoding="utf-8")
        code, out, err = archcalc("check")
        assert (code, out) == (2, "")
        assert err == "archcalc: no spec matches 'lenet' in the config's overrides\n"
        assert archcalc("check", "right.yaml").code == 2, "whatever was asked for"

    @pytest.mark.parametrize("lenient", [False, True])
    def test_a_wrong_one_is_a_wrong_call(self, archcalc, lenient):
        self.file.write_text("advise = true\n", encoding="utf-8")
        code, out, err = archcalc("check", "right.yaml", *(["--exit-zero"] if lenient else []))
        assert (code, out) == (2, "")
        assert err == (
            "archcalc.toml:1:1: error[config]: unknown key 'advise' in the config of archcalc\n"
            "    1 | advise = true\n"
            "        ^^^^^^\n"
            "  hint: did you mean 'advice'?\n"
        )
        assert archcalc("check", "right.yaml", "--no-config").code == 0

    def test_another_one(self, archcalc, folder):
        other = folder / "other.toml"
        other.write_text("expect.depth = 9\n", encoding="utf-8")
        assert archcalc("check", "right.yaml", "--config", other).code == 1
        for wrong in ("none.toml", folder):
            assert archcalc("check", "right.yaml", "--config", wrong).code == 2
