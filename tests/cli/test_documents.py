"""Every JSON that the commands write is a document whose schema is published, exactly."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from archcalc.report.documents import DOCUMENTS

SCHEMAS = Path(__file__).parents[2] / "schemas"
SEQUENCES = """\
name: two heads on words
input: {channels: 8, length: 12}
layers:
  - attention: {name: mixed, heads: 2, bias: false}
  - layernorm
  - fc: {name: words, units: 5}
"""
OUTPUTS = """\
name: two outputs
input: {channels: 3, height: 17, width: 19}
layers:
  - conv: {name: stem, filters: 4, kernel_size: 3, dilation: 2}
  - transposed_conv: {name: up, filters: 4, kernel_size: 2, stride: 2}
  - batchnorm: {name: normal}
  - maxpool: {name: small, from: stem, kernel_size: 2}
outputs: [normal, small]
"""
RUNS = {
    "summarize": [
        ["summarize", "vgg16"],
        ["summarize", "googlenet", "--batch", "3", "--dtype", "int8"],
        ["summarize", "vit_b_16"],
        ["summarize", "SEQUENCES"],
        ["summarize", "OUTPUTS"],
        ["summarize", "BROKEN"],
    ],
    "compare": [
        [
            "compare",
            "lenet5",
            "SEQUENCES",
            "--columns",
            "parameters,output,receptive_field",
            "--sort",
            "macs",
        ],
        ["compare", "resnet18", "--set", "width=25,0", "--input", "160,3x3"],
    ],
    "compare-fc": [["compare-fc", "alexnet"], ["compare-fc", "OUTPUTS"], ["compare-fc", "SEQUENCES"]],
    "zoo": [["zoo", "resnet50"]],
    "show": [["show", "efficientnet_b1"], ["show", "OUTPUTS", "--flat"], ["show", "vgg16", "--variables"]],
    "explain-network": [["explain", "googlenet"], ["explain", "SEQUENCES", "--batch", "2"]],
    "explain-block": [["explain", "resnet50", "conv2_x"], ["explain", "vit_b_16", "encoder/layers/layer1"]],
    "explain-layer": [["explain", "vgg16", "conv1_1"], ["explain", "OUTPUTS", "up"]],
    "explain-impact": [
        ["explain", "OUTPUTS", "stem", "--impact"],
        ["explain", "SEQUENCES", "mixed", "--impact"],
        ["explain", "resnet18", "--impact", "--set", "width=50"],
    ],
    "explain-kind": [["explain", "--kind", "conv"], ["explain", "--kind", "attention"]],
    "explain-codes": [["explain", "--codes"]],
    "explain-code": [["explain", "needs-flatten"]],
    "explain-word": [["explain", "parameters"], ["explain", "receptive field"], ["explain", "renamed"]],
    "memory": [
        ["memory", "resnet18", "--fits", "sram=1MiB,flash=1GiB"],
        ["memory", "OUTPUTS", "--schedule", "best"],
        ["memory", "SEQUENCES", "--convention", "eager"],
    ],
    "memory-train": [
        ["memory", "resnet18", "--train", "adam", "--checkpoint", "conv3_x"],
        ["memory", "SEQUENCES", "--train"],
    ],
    "fit": [
        ["fit", "resnet18", "--memory", "1GiB", "--train", "adam"],
        ["fit", "SEQUENCES", "--memory", "1KiB"],
    ],
    "fit-input": [["fit", "resnet18", "--memory", "64MiB", "--batch", "1"]],
    "verify": [
        ["verify", "OUTPUTS", "--receptive-field", "--profile"],
        ["verify", "vgg16", "--shapes-only"],
        ["verify", "SEQUENCES"],
    ],
    "prove": [["compare-fc", "OUTPUTS", "--prove"]],
    "reconcile": [["reconcile", "vgg16"], ["reconcile", "resnet18", "--with", "torchinfo"]],
    "reconcile-number": [["reconcile", "vgg16", "15.5G"], ["reconcile", "vgg16", "138,357,544"]],
    "diff": [["diff", "vgg16", "vgg19"], ["diff", "OUTPUTS", "SEQUENCES"]],
    "check": [
        ["check", "vgg16", "OUTPUTS", "--verify"],
        ["check", "BROKEN", "WRONG", "nowhere.yaml"],
        ["check", "SEQUENCES", "--strict"],
    ],
    "errors": [
        ["summarize", "WRONG"],
        ["memory", "WRONG"],
        ["verify", "WRONG"],
        ["fit", "WRONG", "--memory", "1GiB"],
    ],
}
"""The commands that write each document; words in capitals are specs of this module."""


@pytest.fixture(scope="module")
def specs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("specs")
    wrong = OUTPUTS.replace("filters: 4", "filtres: 4", 1)
    broken = OUTPUTS.replace("kernel_size: 3", "kernel_size: 30")
    texts = {"SEQUENCES": SEQUENCES, "OUTPUTS": OUTPUTS, "WRONG": wrong, "BROKEN": broken}
    for name, text in texts.items():
        (folder / f"{name.lower()}.yaml").write_text(text, encoding="utf-8")
    return {name: folder / f"{name.lower()}.yaml" for name in texts}


def validator(name):
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_every_document_is_written_here():
    assert RUNS.keys() == DOCUMENTS.keys()


@pytest.mark.parametrize(("name", "command"), [(name, each) for name, runs in RUNS.items() for each in runs])
def test_what_is_written_is_what_the_schema_says(archcalc, specs, name, command):
    done = archcalc(*(specs.get(word, word) for word in command), "--format", "json")
    validator(name).validate(json.loads(done.out))


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.pop("batch"),
        lambda document: document.update(colour="red"),
        lambda document: document["layers"][0].update(macs=1.5),
        lambda document: document["layers"][0].pop("bias_adds"),
        lambda document: document["network"].update(input_shape="3×224×224"),
        lambda document: document.update(schema_version=2),
    ],
)
def test_a_schema_refuses_what_is_not_written(archcalc, change):
    document = json.loads(archcalc("summarize", "vgg16", "--format", "json").out)
    change(document)
    assert not validator("summarize").is_valid(document)
