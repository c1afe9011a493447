"""What a spec expects: each failure at its place, in text and in JSON, beside the whole summary."""

import json
import re

import pytest

from archcalc.expectations import failures
from archcalc.report import FORMATS
from archcalc.spec.load import parse_spec

TOTALS = {
    "parameters": 142, "weights": 132, "biases": 10, "buffers": 0, "macs": 672, "activations": 122,
    "activation_bytes": 488, "parameter_bytes": 568,
}  # fmt: skip
"""By hand: 4 filters of 3×3 on 1×6×6 make 4×4×4, pooled 4×2×2, then 6 units of 16."""

SPEC = """\
input: {channels: 1, height: 6, width: 6}
layers:
  - conv: {filters: 4, kernel_size: 3}
  - maxpool: {kernel_size: 2}
  - flatten
  - relu
  - fc: {units: 6}
expect:
"""


def expecting(**expected):
    return SPEC + "".join(f"  {name}: {value}\n" for name, value in expected.items())


def test_what_holds_is_silent(archcalc, spec):
    path = spec(expecting(output=[6], **TOTALS))
    for format_ in FORMATS:
        code, out, err = archcalc("summarize", path, "-f", format_)
        assert (code, err) == (0, "")
        assert "error" not in out


def unmet(text, **options):
    """What does not hold of what a spec expects of its network."""
    spec = parse_spec(text)
    return failures(spec.analyze(**options), spec.expectations)


@pytest.mark.parametrize("name", TOTALS)
@pytest.mark.parametrize(("off", "word"), [(1, "few"), (-1, "many")])
def test_each_quantity_is_compared(name, off, word):
    expected = TOTALS[name] + off
    if expected < 0:
        return
    (problem,) = unmet(expecting(**{name: expected}))
    assert problem.code == "expectation"
    assert problem.message == f"{name} is {TOTALS[name]:,}, expected {expected:,}: 1 too {word}"
    assert problem.span[1:] == (9, 3)


@pytest.mark.parametrize("output", [[7], [6, 1, 1], [1, 6]])
def test_the_output_is_compared(output):
    (problem,) = unmet(expecting(output=output))
    assert problem.message == f"output is [6], expected {output}"


def test_expectations_are_of_one_float32_example():
    assert unmet(expecting(**TOTALS), batch=64, dtype="float16") == ()


def test_failures_follow_the_summary(archcalc, spec):
    path = spec(expecting(output=[10], macs=672, parameters=7))
    code, out, err = archcalc("summarize", path)
    assert code == 1
    assert re.search(r"^total .* 142 .* 672$", out, re.MULTILINE)
    assert err == (
        f"{path}:9:3: error[expectation]: output is [6], expected [10]\n"
        "    9 |   output: [10]\n"
        "          ^^^^^^\n"
        f"{path}:11:3: error[expectation]: parameters is 142, expected 7: 135 too many\n"
        "   11 |   parameters: 7\n"
        "          ^^^^^^^^^^\n"
    )


def test_json_holds_the_summary_and_the_failures(archcalc, spec):
    path = spec(expecting(output=[10], parameters=7))
    code, out, _ = archcalc("summarize", path, "--format", "json")
    document = json.loads(out)
    assert code == 1
    assert document["totals"]["parameters"] == 142
    assert len(document["layers"]) == 5
    assert [(e["code"], e["line"], e["column"]) for e in document["errors"]] == [
        ("expectation", 9, 3),
        ("expectation", 10, 3),
    ]
    assert document["errors"][0]["file"] == str(path)


@pytest.mark.parametrize("format_", ["csv", "markdown"])
def test_other_formats_hold_the_summary_alone(archcalc, spec, format_):
    code, out, err = archcalc("summarize", spec(expecting(macs=1)), "-f", format_)
    assert code == 1
    assert out == archcalc("summarize", spec(SPEC.replace("expect:\n", "")), "-f", format_).out
    assert "error[expectation]: macs is 672, expected 1: 671 too many" in err


def test_another_input_is_not_what_was_expected(archcalc, spec):
    code, _, err = archcalc("summarize", spec(expecting(output=[6], activations=122)), "--input", "12")
    assert (code, err) == (0, "")


def test_only_summarize_checks_what_is_expected(archcalc, spec):
    path = spec(expecting(macs=1))
    for arguments in (["verify", path], ["compare-fc", path], ["explain", path, "conv1"]):
        assert archcalc(*arguments).code == 0


def test_an_expectation_misspelt_is_no_gate(archcalc, spec):
    code, out, err = archcalc("summarize", spec(expecting(parametres=142)))
    assert (code, out) == (1, "")
    assert "did you mean 'parameters'?" in err
