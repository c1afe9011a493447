"""How a broken network is told: what the layer got, the arithmetic, and the edits, as text and as JSON."""

import json

import pytest

from archcalc.cli.app import exit_code
from archcalc.errors import SpecError
from archcalc.report.repairs import mend_lines, repairs_data
from archcalc.spec.load import loads

SMALL = """\
input: {channels: 3, height: 16, width: 16}
layers:
  - conv: {filters: 8, kernel_size: 3, padding: 1}
  - maxpool: {kernel_size: 5}
  - conv: {filters: 16, kernel_size: 5}
  - global_avgpool
  - fc: {units: 10}
"""
LINES = """\
tiny.yaml:5:5: error[shape]: conv2: a window of 5 does not fit into the input's height of 3
    5 |   - conv: {filters: 16, kernel_size: 5}
            ^^^^
  hint: use a smaller kernel or pad 1 more on each side
  got: 3×3×8 (W×H×D) from maxpool1
  width and height: ⌊(3 − 5 + 2·0)/1⌋ + 1 = -1
  try: line 5: write padding: 2 (then the output is 3×3×16)
  try: line 1: write input: {channels: 3, height: 25, width: 25} (then the output of conv2 is 1×1×16)
  try: line 5: write kernel_size: 3 (then the output is 1×1×16)
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run the program on a spec of this text, called tiny.yaml."""
    monkeypatch.chdir(tmp_path)

    def summarize(text, *options):
        (tmp_path / "tiny.yaml").write_text(text, encoding="utf-8")
        code = exit_code(["summarize", "tiny.yaml", *options])
        return code, *capsys.readouterr()

    return summarize


def lines(run, text):
    """What stands below the line that the error points at."""
    _, _, err = run(text)
    return err.partition("^\n")[2].splitlines()


def test_the_whole_of_it(run):
    code, out, err = run(SMALL)
    assert code == 1
    assert "2 of 5 layers could be worked out; conv2 could not" in out
    assert err == LINES


def test_json_has_the_edits_with_their_places(run):
    code, out, err = run(SMALL, "-f", "json")
    assert (code, err) == (1, LINES)
    ((error),) = json.loads(out)["errors"]
    assert error["repairs"][0] == {
        "file": "tiny.yaml",
        "line": 5,
        "column": 5,
        "edit": "write padding: 2",
        "gives": "the output is 3×3×16",
        "edits": [
            {
                "file": "tiny.yaml",
                "range": {"start": {"line": 5, "column": 39}, "end": {"line": 5, "column": 39}},
                "new_text": ", padding: 2",
            }
        ],
    }
    assert [repair["line"] for repair in error["repairs"]] == [5, 1, 5]


def test_what_nothing_mends_has_no_repairs(run):
    three = "conv: {filters: 4, kernel_size: 3, groups: 3, in_channels: 5, padding: same, stride: 2}"
    text = f"input: {{channels: 3, height: 8, width: 8}}\nlayers: [relu, {three}, relu]\n"
    assert "repairs" not in json.loads(run(text, "-f", "json")[1])["errors"][0]
    assert lines(run, text)[1:] == ["  got: 8×8×3 (W×H×D) from relu1"]


def test_other_errors_have_nothing_to_mend(run):
    with pytest.raises(SpecError) as caught:
        loads("input: {features: 3}\nlayers: [fcc]")
    assert list(mend_lines(caught.value)) == []
    assert repairs_data(caught.value) == []
    text = SMALL.replace("kernel_size: 5", "kernel_size: 3") + "expect: {output: [9]}\n"
    assert "try:" not in run(text)[2]


def test_each_side_has_its_own_arithmetic(run):
    text = "input: {channels: 3, height: 4, width: 9}\nlayers:\n  - conv: {filters: 1, kernel_size: [5, 7]}\n"
    assert lines(run, text)[1:3] == [
        "  got: 9×4×3 (W×H×D) from input",
        "  height: ⌊(4 − 5 + 2·0)/1⌋ + 1 = 0",
    ]


def test_the_arithmetic_of_a_dilated_window(run):
    text = (
        "input: {channels: 1, length: 1}\nlayers:\n  - relu\n  - maxpool1d: {kernel_size: 3, dilation: 2}\n"
    )
    assert lines(run, text)[1:3] == [
        "  got: 1×1 (L×D) from relu1",
        "  length: ⌊(1 − (2·(3 − 1) + 1) + 2·0)/3⌋ + 1 = -1",
    ]


def test_the_arithmetic_of_features(run):
    text = (
        "input: {channels: 3, height: 4, width: 5}\nlayers:\n  - flatten\n  - relu\n"
        "  - fc: {in_features: 61, units: 2}\n"
    )
    assert lines(run, text)[1:] == [
        "  got: 60 values from relu1",
        "  features: 5·4·3 = 60",
        "  try: line 5: write in_features: 60 (then the output is 2)",
    ]


def test_the_arithmetic_of_groups(run):
    text = "input: {channels: 6, length: 5}\nlayers:\n  - conv1d: {filters: 9, kernel_size: 1, groups: 4}\n"
    assert lines(run, text)[1:4] == [
        "  got: 5×6 (L×D) from input",
        "  input channels: 4·1 + 2 = 6",
        "  filters: 4·2 + 1 = 9",
    ]


def test_all_volumes_of_a_merge_are_shown(run):
    text = (
        "input: {channels: 6, height: 4, width: 5}\nlayers:\n  - residual:\n      body:\n"
        "        - conv: {filters: 9, kernel_size: 1}\n"
    )
    assert lines(run, text)[0] == "  got: 5×4×9 (W×H×D) from conv1 and 5×4×6 (W×H×D) from input"


def test_of_many_volumes_some_are_shown(run):
    paths = "".join(f"      - [conv: {{filters: {number}, kernel_size: 1}}]\n" for number in range(1, 10))
    text = "input: {channels: 6, height: 4, width: 5}\nlayers:\n  - branches:\n     merge: add\n     paths:\n"
    assert lines(run, text + paths)[0].endswith(" and 5×4×6 (W×H×D) from branch6/conv1 and 3 more")


def test_names_that_attack_the_terminal_are_harmless(run):
    text = 'name: "\\e[31m::error::"\n' + SMALL.replace("  - maxpool: {kernel_size: 5}\n", "").replace(
        "kernel_size: 5", "kernel_size: 1"
    ).replace(
        "  - global_avgpool\n", "  - maxpool: {kernel_size: 16}\n  - maxpool: {kernel_size: 2}\n  - flatten\n"
    )
    _, _, err = run(text)
    assert "then the output of \\x1b[31m\\x3a:error\\x3a: is 10)" in err
    assert "\x1b" not in err
