"""Numbers as people write them, and which conventions give them."""

import pytest

from archcalc import analyze, loads
from archcalc.analysis.conventions.identification import asked, candidates, matches, nearest
from archcalc.errors import RequestError
from archcalc.spec.load import load


def found(name, text):
    """(tool, figure, build, unit) of each match."""
    return [
        (match.candidate.tool, match.candidate.derivation.figure.name, match.candidate.build, match.unit)
        for match in matches(analyze(load(name)), asked(text))
    ]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("vgg16", "15.52G", ("ptflops", "macs", "", "G")),
        ("vgg16", "15.52GMac", ("ptflops", "macs", "", "G")),
        ("vgg16", "15.48 G", ("torchinfo", "Total mult-adds", "", "G")),
        ("vgg16", "15.47 GFLOPS", ("torchvision", "GFLOPS", "", "G")),
        ("vgg16", "30.94 BFLOPs", ("darknet", "Floating Point Operations", "", "G")),
        ("vgg16", "30.94 Bn", ("archcalc", "FLOPs, 2 × MACs", "", "billions")),
        ("vgg16", "30.97 GFLOPs", ("calflops", "flops", "", "G")),
        ("vgg16", "15,470,314,496", ("thop", "macs", "adaptive-pool", "")),
        ("vgg16", "15_470_264_320", ("archcalc", "MACs", "", "")),
        ("vgg16", "58.13 MiB", ("cs231n", "memory in bytes", "", "MiB")),
        ("vgg16", "60.95MB", ("archcalc", "volumes, each once, float32", "", "MB")),
        ("vgg16", "109.84MiB", ("archcalc", "volumes, pointwise layers apart, float32", "", "MiB")),
        ("vgg16", "108.45 MB", ("torchinfo", "Forward/backward pass size", "", "MB")),
        ("vgg16", "218.78", ("torchsummary", "Forward/backward pass size (MB)", "adaptive-pool", "MiB")),
        ("vgg16", "218.59 MB", ("torchsummary", "Forward/backward pass size (MB)", "", "MiB")),
        ("vgg16", "528 MB", ("archcalc", "parameters, float32", "", "MiB")),
        ("vgg16", "276.7 MB", ("archcalc", "parameters, float16", "", "MB")),
        ("vgg16", "14.71M params", ("archcalc", "parameters without fully connected layers", "", "M")),
        ("vgg16", "15.2M values", ("cs231n", "memory", "", "M")),
        ("vgg16", "138.36 M parameters", ("timm", "param_count", "", "M")),
        ("resnet50", "25.6M", ("keras", "Total params", "", "M")),
        ("resnet50", "25,636,712", ("keras", "Total params", "biases", "")),
        ("resnet50", "4.11 GMACs", ("fvcore", "flops", "", "G")),
        ("resnet50", "8.18 gflops", ("flop-counter", "total flops", "", "G")),
        ("mobilenet_v2", "3538984", ("keras", "Total params", "", "")),
        ("mobilenet_v2", "327.49M", ("thop", "macs", "functional-pool", "M")),
    ],
)
def test_numbers_are_recognised(name, text, expected):
    assert expected in found(name, text)


def test_digits_that_are_not_those_of_a_figure():
    assert found("vgg16", "15.53G") == []
    assert found("vgg16", "15.520G") == []
    assert found("vgg16", "15,470,264,321") == []
    assert {tool for tool, *_ in found("vgg16", "15.5G")} > {tool for tool, *_ in found("vgg16", "15.52G")}


@pytest.mark.parametrize(("text", "cut"), [("138.357M", True), ("138.358M", False), ("138.3575M", False)])
def test_digits_may_be_cut_off_instead_of_rounded(text, cut):
    found = matches(analyze(load("vgg16")), asked(text))
    assert {match.cut for match in found if match.candidate.tool == "thop"} == {cut}


def test_units_say_what_is_counted():
    def counted(text):
        return {
            match.candidate.derivation.figure.means for match in matches(analyze(load("lenet5")), asked(text))
        }

    assert counted("61706") == {"parameters", "bytes"}
    assert counted("61706 params") == {"parameters"}
    assert counted("246824 B") == counted("246824 bytes") == {"bytes"}
    assert counted("416520") == counted("416520 MACs") == {"MACs", "operations"}


def test_another_input_is_tried_when_nothing_else_gives_it():
    assert {
        (one.candidate.tool, one.candidate.input_side)
        for one in matches(analyze(load("resnet50")), asked("5.34G"))
        if one.candidate.tool == "torchvision"
    } == {("torchvision", 256)}


@pytest.mark.parametrize(
    "text", ["", "G", "x", "1.2.3", "15.5Q", "-3G", "1e9", "15.5 apples", "1" * 41, "٣G"]
)
def test_what_is_no_number(text):
    with pytest.raises(RequestError, match="is no number with a unit"):
        asked(text)


@pytest.mark.parametrize("text", ["0", "0.00G", "0 MB", "00"])
def test_a_zero_names_no_convention(text):
    with pytest.raises(RequestError, match="tells no convention from another"):
        asked(text)


FSRCNN_TAIL = """
input: {channels: 56, height: 180, width: 320}
layers:
  - conv: {filters: 56, kernel_size: 1}
  - prelu: {num_parameters: 56}
  - conv_transpose: {filters: 1, kernel_size: 9, stride: 4, padding: 4, output_padding: 3}
"""


def test_transposed_convolutions_at_their_output_alone():
    """56·81 weights at 16 times as many positions, and nothing else besides MACs."""
    plain, placed = 57_600 * (56 * 56 + 56 * 81), 57_600 * (56 * 56 + 16 * 56 * 81)
    way = "MACs, transposed convolutions at output positions"
    analysis = analyze(loads(FSRCNN_TAIL))
    for text, name in ((f"{placed}", way), (f"{2 * placed} FLOPs", f"FLOPs, 2 × ({way})")):
        assert name in {m.candidate.derivation.figure.name for m in matches(analysis, asked(text))}
    assert way not in {m.candidate.derivation.figure.name for m in matches(analysis, asked(f"{plain}"))}


def test_a_way_that_comes_to_the_same_is_told_once():
    figures = [figure for tool, figure, *_ in found("vgg16", "15470264320") if tool == "archcalc"]
    assert figures == ["MACs"]


def test_the_nearest_are_told_with_what_they_lack():
    analysis = analyze(load("resnet50"))
    (first, lacks), *others = nearest(analysis, asked("4090000000"))
    assert first.candidate.derivation.total + lacks == 4_090_000_000
    assert lacks == min((off for _, off in ((first, lacks), *others)), key=abs)
    number = asked("4090000000")
    totals = [one.derivation.total for one in candidates(analysis, number)]
    assert abs(lacks) == min(abs(4_090_000_000 - total) for total in totals)


def test_a_network_that_counts_nothing_has_no_figure_of_its_own():
    analysis = analyze(loads("input: {features: 3}\nlayers: [relu]"))
    assert matches(analysis, asked("17G")) == ()
    assert nearest(analysis, asked("17G"))
