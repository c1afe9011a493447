"""`archcalc reconcile` and `archcalc fit` on the command line."""

import csv
import io
import json

import pytest
from sweeps import thinned

from archcalc.analysis.conventions import CONVENTIONS


def test_every_tool_is_in_the_table(archcalc):
    code, out, err = archcalc("reconcile", "vgg16")
    assert (code, err) == (0, "")
    for tool in CONVENTIONS:
        assert f"\n{tool} " in out
    assert "218.59 MB\n" in out
    assert "218.78 MB  adaptive-pool\n" in out


@pytest.mark.parametrize("tool", thinned(CONVENTIONS, 4))
def test_steps_add_up_to_what_is_printed(archcalc, tool):
    """What a reader would add up by hand."""
    for network in ("vgg16", "resnet50"):
        document = json.loads(archcalc("reconcile", network, "--with", tool, "-f", "json").out)
        for figure in document["figures"]:
            total = sum(term["amount"] for term in figure["terms"])
            for factor in figure["factors"]:
                total *= factor["times"]
            assert total == figure["amount"]
        out = archcalc("reconcile", network, "--with", tool.upper()).out
        assert all(f"\n{figure['figure']}\n" in out for figure in document["figures"])


def test_a_tool_is_derived_step_by_step(archcalc):
    out = archcalc("reconcile", "resnet50", "--with", "torchinfo").out
    assert (
        """
Total mult-adds
    4,089,184,256  multiply-accumulates
  +         1,000  additions of biases
  +        53,120  scales, shifts and slopes of normalisations and prelu, once
  = 4,089,238,376, written as 4.09 (G)
"""
        in out
    )


def test_what_is_taken_away_has_a_minus(archcalc):
    out = archcalc("reconcile", "resnet50", "--with", "torchsummary").out
    assert "\n  −   5,519,360  volumes of functions and operators, which are no modules\n" in out
    assert ": − 16,384 = 300,461,888, written as 286.54 MB\n" in out


def test_a_number_is_named_with_its_steps(archcalc):
    code, out, err = archcalc("reconcile", "vgg16", "218.78 MB")
    assert (code, err) == (0, "")
    assert "229,408,576  MiB   torchsummary  Forward/backward pass size (MB)  adaptive-pool\n" in out
    assert "\n  ×           2  as many values for gradients\n" in out
    assert "\nadaptive-pool: with an adaptive average pool in front of flatten" in out


@pytest.mark.slow
def test_a_number_that_nobody_gives(archcalc):
    code, out, err = archcalc("reconcile", "vgg16", "77.7G")
    assert (code, err) == (1, "")
    assert "no convention known here gives 77.7G" in out.splitlines()[0]
    assert "+46,726,221,568" in out
    first = archcalc("reconcile", "vgg16", "77.7G", "-f", "csv").out.splitlines()[1]
    assert first.startswith("30973778432,46726221568,")
    document = json.loads(archcalc("reconcile", "vgg16", "77.7G", "-f", "json").out)
    assert document["matches"] == []
    assert len(document["nearest"]) == 3


def test_numbers_of_another_input(archcalc):
    code, out, _ = archcalc("reconcile", "resnet50", "5.34G")
    assert code == 0
    assert "on another input" in out.splitlines()[0]
    assert "input 256×256" in out


def test_the_input_can_be_changed(archcalc):
    assert archcalc("reconcile", "resnet50", "5.34G", "--input", "256").out.count("input 256×256") == 1


def test_kinds_that_were_not_examined_are_named(archcalc, spec):
    transposed = "conv_transpose: {filters: 4, kernel_size: 2, groups: 2}"
    path = spec(f"input: {{channels: 4, height: 8, width: 8}}\nlayers: [relu, scale, {transposed}, scale]\n")
    said = "what tools count of scale, grouped conv_transpose is not known here"
    assert said in archcalc("reconcile", path).out
    assert said in archcalc("reconcile", path, "--with", "thop").out
    assert "is not known here" not in archcalc("reconcile", "shufflenet_v2_x1_0").out


def test_one_layer_is_one_row_of_a_tools_table(archcalc, spec):
    path = spec(
        "input: {channels: 3, height: 640, width: 640}\n"
        "layers:\n  - conv: {filters: 16, kernel_size: 3, stride: 2, padding: 1}\n  - relu\n"
        "  - conv: {filters: 32, kernel_size: 3}\n"
    )
    code, out, err = archcalc("reconcile", path, "45,875,200", "--layer", "conv1")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].startswith("conv1 of ")
    assert "\n45,875,200  onnx-tool     Forward_MACs\n" in out
    assert archcalc("reconcile", path, "45,875,200").code == 1
    document = json.loads(archcalc("reconcile", path, "--layer", "conv1", "-f", "json").out)
    assert document["layer"] == "conv1"
    (flops,) = [each["amount"] for each in document["figures"] if each["figure"] == "Total Flops"]
    assert flops == 45_875_200
    assert archcalc("reconcile", path, "--layer", "conv1", "--with", "caffe").out.count("input") == 1


def test_the_layers_of_a_network_add_up_to_it(archcalc, spec):
    path = spec(
        "input: {channels: 3, height: 8, width: 8}\nlayers: [conv: {filters: 4, kernel_size: 3}, relu]\n"
    )

    def amounts(*more):
        figures = json.loads(archcalc("reconcile", path, "-f", "json", *more).out)["figures"]
        return {(one["tool"], one["figure"]): one["amount"] for one in figures}

    whole, parts = amounts(), [amounts("--layer", name) for name in ("conv1", "relu1")]
    for figure, amount in whole.items():
        input_bytes = 4 * 192 if "Input" in figure[1] or figure[0] in ("cs231n", "caffe") else 0
        if not input_bytes and "Estimated" not in figure[1]:
            assert sum(part[figure] for part in parts) == amount


def test_a_zero_is_refused(archcalc):
    code, out, err = archcalc("reconcile", "lenet5", "0")
    assert (code, out) == (2, "")
    assert "'0' tells no convention from another" in err


def test_reconcile_answers_from_them(archcalc):
    code, out, err = archcalc("reconcile", "alexnet-grouped", "253440")
    assert (code, err) == (1, "")
    assert "253,440 was published, but is no figure of it" in out.splitlines()[0]
    assert "a slip for 55·55·96 = 290,400" in out
    document = json.loads(archcalc("reconcile", "alexnet-grouped", "253440", "-f", "json").out)
    assert document["matches"] == []
    assert [each["printed"] for each in document["errata"]] == ["253,440"]


def test_explain_answers_from_them(archcalc):
    assert "a slip for 55·55·96 = 290,400" in archcalc("explain", "alexnet-grouped", "conv1").out
    assert "in print" not in archcalc("explain", "alexnet-grouped", "conv2").out


def test_wrong_calls(archcalc):
    for arguments, message in (
        (["vgg16", "15.5Q"], "'15.5Q' is no number with a unit, such as 15.52G"),
        (["vgg16", "15,52G"], "'15,52G' is no number with a unit, such as 15.52G"),
        (["vgg16", "--with", "torchinf"], "no tool is known as 'torchinf'; did you mean 'torchinfo'?"),
        (["vgg16", "--layer", "conv1"], "no layer is called 'conv1'"),
        (["vgg16", "15.5G", "--with", "thop"], "give either NUMBER or --with"),
    ):
        code, out, err = archcalc("reconcile", *arguments)
        assert (code, out) == (2, "")
        assert message in err


def test_a_wrong_spec_is_told(archcalc, broken_at_seven):
    for arguments in (["reconcile"], ["reconcile", "--with", "thop"], ["fit", "--memory", "1GiB"]):
        command, *others = arguments
        code, out, err = archcalc(command, broken_at_seven, *others)
        assert (code, out) == (1, "")
        assert "too_large" in err
        assert json.loads(archcalc(command, broken_at_seven, *others, "-f", "json").out)["errors"]


def test_records_have_every_figure(archcalc):
    rows = list(csv.DictReader(io.StringIO(archcalc("reconcile", "resnet50", "-f", "csv").out)))
    assert {row["tool"] for row in rows} == set(CONVENTIONS)
    assert {row["amount"] for row in rows if row["tool"] == "fvcore"} == {"4111512576", "11114984"}


def test_a_batch_that_fits(archcalc):
    code, out, err = archcalc(
        "fit", "resnet50", "--memory", "24GiB", "--train", "adam", "--dtype", "bfloat16"
    )
    assert (code, err) == (0, "")
    document = json.loads(
        archcalc(
            "fit", "resnet50", "--memory", "24GiB", "--train", "adam", "--dtype", "bfloat16", "-f", "json"
        ).out
    )
    largest, pieces = document["largest_batch"], document["pieces"]
    assert f"a batch of {largest} is the largest that fits into 24.00 GiB" in out
    last = pieces[-1]
    assert (
        last["fixed"] + last["per_example"] * largest == document["needed_bytes"] <= document["memory_bytes"]
    )
    assert document["next_batch_bytes"] > document["memory_bytes"] == 24 * 2**30
    assert f"{last['fixed']:,} + {last['per_example']:,}·N" in out


def test_an_input_that_fits(archcalc):
    code, out, err = archcalc("fit", "vgg16", "--memory", "8GB", "--batch", "16", "--units", "bytes")
    assert (code, err) == (0, "")
    document = json.loads(archcalc("fit", "vgg16", "--memory", "8GB", "--batch", "16", "-f", "json").out)
    largest, above = document["largest"], document["next"]
    assert largest["needed_bytes"] <= document["memory_bytes"] == 8 * 10**9 < above["needed_bytes"]
    side = largest["input_shape"][1]
    assert above["input_shape"] == [3, side + 1, side + 1]
    assert f"{side}×{side}×3 is the largest square input" in out.splitlines()[0]
    assert "parameters: 138,357,544 on its own input" in out


def test_nothing_that_fits(archcalc):
    for more in ([], ["--batch", "3"]):
        code, out, err = archcalc("fit", "vgg16", "--memory", "1MiB", *more)
        assert (code, err) == (1, "")
        assert "into 1.00 MiB" in out.splitlines()[0]


def test_wrong_fits(archcalc):
    for arguments, message in (
        (["--memory", "24Gi"], "--memory: '24Gi' is no size"),
        (["--memory", "1GiB", "--checkpoint", "every=2"], "are about training: add --train"),
        (["--memory", "1GiB", "--train", "adm"], "no optimizer is called 'adm'; did you mean 'adam'?"),
        (["--memory", "1GiB", "--train", ""], "no optimizer is called ''; known are sgd, "),
        (["--memory", "1GiB", "--train", "adam", "--dtype", "int8"], "int8 values cannot be trained"),
        (["--memory", "1GiB", "--batch", "0"], "'--batch'"),
        ([], "say what there is: --memory SIZE"),
    ):
        code, out, err = archcalc("fit", "lenet5", *arguments)
        assert (code, out) == (2, "")
        assert message in err
