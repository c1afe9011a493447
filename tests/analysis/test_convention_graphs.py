"""torchstat, onnx-tool and Caffe, against what was recorded, logged, and worked out by hand."""

import json
from pathlib import Path

import pytest

from archcalc import analyze, loads
from archcalc.analysis.conventions import CONVENTIONS, Model, derive
from archcalc.spec.load import load

TORCHSTAT = json.loads((Path(__file__).parent.parent / "data/torchstat.json").read_text(encoding="utf-8"))
FIGURES = ("Total params", "Total Flops", "Total MAdd", "Total memory")
STEMS = {
    3: "conv: {filters: 4, kernel_size: 1, bias: false}",
    1: "fc: {units: 13, bias: false}",
}
IMAGE = "input: {channels: 3, height: 8, width: 8}\n"


def says(tool, name, analysis):
    (figure,) = [figure for figure in CONVENTIONS[tool].figures if figure.name == name]
    return derive(figure, Model(analysis)).total


def single(layer, shape):
    """The layer behind the stem with which it was recorded."""
    names = ("channels", "height", "width") if len(shape) == 3 else ("features",)
    sides = ", ".join(f"{name}: {size}" for name, size in zip(names, shape, strict=True))
    return analyze(loads(f"input: {{{sides}}}\nlayers:\n  - {STEMS[len(shape)]}\n  - {layer}\n"))


@pytest.mark.parametrize("row", TORCHSTAT["kinds"], ids=lambda row: row["layer"])
def test_torchstat_on_each_kind(row):
    analysis = single(row["layer"], row["input"])
    assert [says("torchstat", name, analysis) for name in FIGURES[1:]] == [row[name] for name in FIGURES[1:]]


@pytest.mark.parametrize("name", TORCHSTAT["networks"])
def test_torchstat_on_networks(name):
    analysis = analyze(load(name))
    recorded = TORCHSTAT["networks"][name]
    for figure in FIGURES[:3]:
        expected = recorded["params"] if figure == "Total params" else recorded[figure]
        assert says("torchstat", figure, analysis) == expected


def test_torchstats_row_of_a_first_convolution():
    """A row that people show of it: params 1,792, MAdd 796,262,400, Flops 412,876,800 on 480×480."""
    conv = "conv: {filters: 64, kernel_size: 3, padding: 1}"
    analysis = analyze(loads(f"input: {{channels: 3, height: 480, width: 480}}\nlayers: [{conv}]"))
    assert [says("torchstat", name, analysis) for name in FIGURES[:3]] == [1_792, 412_876_800, 796_262_400]


def test_caffes_log():
    """A log of the first layers of GoogLeNet on 108 images says 1,625,704,128, 1,728 of it labels."""
    spec = """
    input: {channels: 3, height: 224, width: 224}
    layers:
      - conv: {filters: 64, kernel_size: 7, stride: 2, padding: 3}
      - relu
      - maxpool: {kernel_size: 3, stride: 2, ceil_mode: true}
      - lrn
      - conv: {filters: 64, kernel_size: 1}
      - relu
      - conv: {filters: 192, kernel_size: 3, padding: 1}
      - relu
    """
    assert 108 * says("caffe", "Memory required for data", analyze(loads(spec))) + 1_728 == 1_625_704_128


def test_caffe_splits_what_several_layers_read():
    """192 of the input; conv, BatchNorm, Scale, relu; two tops of a Split; another conv; Eltwise."""
    spec = """layers:
      - conv: {filters: 3, kernel_size: 1}
      - batchnorm
      - relu: {name: trunk}
      - conv: {filters: 3, kernel_size: 1}
      - add: {from: [conv2, trunk]}
      - dropout
      - flatten
      - fc: {units: 5}
      - softmax
    """
    tops = 192 + 4 * 192 + 2 * 192 + 192 + 192 + 192 + 5 + 5
    assert says("caffe", "Memory required for data", analyze(loads(IMAGE + spec))) == 4 * tops


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ("conv: {filters: 4, kernel_size: 3}", 36 * 4 * (27 + 1)),
        ("conv: {filters: 4, kernel_size: 3, bias: false}\n  - batchnorm", 36 * 4 * (27 + 1)),
        ("conv: {filters: 4, kernel_size: 3}\n  - batchnorm", 36 * 4 * (27 + 1)),
        ("batchnorm", 192 * 31),
        ("maxpool: {kernel_size: 2}", 48 * 4),
        ("global_avgpool", 192 + 4 * 3),
        ("silu", 192 * 33),
        ("lrn: {size: 5}", 192 * 42),
        ("conv_transpose: {filters: 5, kernel_size: 2, stride: 2}", 5 * 256 * (5 * 4 + 1)),
        ("interpolate: {scale_factor: 2}", 0),
        ("interpolate: {scale_factor: 2, mode: bilinear}", 4 * 768),
        ("add: {from: [input, input]}", 192),
        ("multiply: {from: [input, input]}", 192),
    ],
)
def test_onnx_tool(layers, expected):
    """By the rules in its node.py, worked out by hand."""
    assert says("onnx-tool", "Forward_MACs", analyze(loads(f"{IMAGE}layers:\n  - {layers}\n"))) == expected
