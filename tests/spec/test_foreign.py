"""Files of other tools are called by their names, at their beginning, with what their owner can do."""

import io
import pickle
import time
import zipfile

import pytest
from patience import PATIENCE

from archcalc import SpecError, loads
from archcalc.spec.foreign import BINARY, KEYS, TEXT


def archive(*names):
    """A ZIP archive of empty files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name in names:
            file.writestr(name, b"")
    return content.getvalue()


FILES = {
    "an ONNX model": b"\x08\x07\x12\x07example:\x54\x0a\x13",
    "a Keras model (.keras)": archive("metadata.json", "config.json", "model.weights.h5"),
    "an exported PyTorch program (.pt2)": archive("net/archive_format", "net/models/model.json"),
    "a file of NumPy arrays": archive("weight.npy"),
    "a PyTorch checkpoint": archive("net/data.pkl", "net/data/0"),
    "a ZIP archive": archive("readme.txt"),
    "a TFLite model": b"\x1c\0\0\0TFL3\x14\0 \0",
    "an ExecuTorch program": b"\x1c\0\0\0ET12\x14\0 \0",
    "an HDF5 file, as Keras once wrote models and weights": b"\x89HDF\r\n\x1a\n\0\0\0\0",
    "a safetensors checkpoint": (16).to_bytes(8, "little") + b'{"a": {}}       ',
    "a GGUF checkpoint": b"GGUF\x03\0\0\0",
    "a Python pickle, as PyTorch once wrote checkpoints": pickle.dumps([1, 2], protocol=2),
    "a NumPy array": b"\x93NUMPY\x01\0v\0{'descr'",
    "a PDF document": b"%PDF-1.7\n%\xe2\xe3",
    "a PNG image": b"\x89PNG\r\n\x1a\n\0\0",
    "a JPEG image": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "a gzip archive": b"\x1f\x8b\x08\0\0\0\0\0",
    "text in UTF-32": "input: {features: 3}".encode("utf-32"),
    "a darknet configuration": b"[net]\nbatch=1\n\n[convolutional]\nfilters=16\nsize=3\n",
    "a Caffe prototxt": b'name: "net"\nlayer {\n  name: "data"\n  type: "Input"\n}\n',
    "HTML": b"<!DOCTYPE html>\n<html><body>net</body></html>\n",
    "an SVG drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>\n',
    "XML": b'<?xml version="1.0"?>\n<net/>\n',
    "a Jupyter notebook": b'{"cells": [], "metadata": {},\n "nbformat": 4}\n',
    "Python source": b"import torch\n\nclass Net(torch.nn.Module):\n    pass\n",
    "an Ultralytics model": b"nc: 80\nbackbone:\n  - [-1, 1, Conv, [64, 3, 2]]\nhead: []\n",
    "a Keras model in JSON": b'{"class_name": "Sequential", "config": {"layers": []}}',
    "a Kubernetes manifest": b"apiVersion: v1\nkind: Service\n",
    "a Compose file": b"services:\n  db: {image: postgres}\n",
    "a workflow of GitHub Actions": b"name: CI\non: [push]\njobs: {test: {}}\n",
    "a configuration of pre-commit": b"repos: []\n",
    "a report of archcalc in JSON": b'{"schema_version": 1, "network": {}, "layers": []}',
}


def problem_of(content):
    with pytest.raises(SpecError) as caught:
        loads(content, "net.yaml")
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_tool_is_called_by_its_name(name):
    problem = problem_of(FILES[name])
    assert (problem.code, problem.message) == ("foreign-file", f"this is {name}, and no spec")
    assert str(problem.span) == "net.yaml:1:1"
    assert problem.hint


def test_each_format_is_tried():
    names = {*(each.name for each in (*BINARY, *TEXT)), *(name for _, name, _ in KEYS)}
    assert names == FILES.keys()


def test_a_merge_conflict_is_pointed_at():
    text = "input: {features: 3}\n<<<<<<< HEAD\nlayers: [relu]\n=======\nlayers: [tanh]\n>>>>>>> other\n"
    problem = problem_of(text)
    assert str(problem) == (
        "net.yaml:2:1: error[foreign-file]: a merge conflict begins here\n"
        "  hint: resolve it, and remove its marks"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("input: [", "syntax"),
        ("a\x08b", "encoding"),
        ("- relu", "type"),
        ("layers: 3\nbackbone: 3", "missing-key"),
    ],
)
def test_other_faults_are_still_told_by_themselves(text, code):
    with pytest.raises(SpecError) as caught:
        loads(text)
    assert caught.value.problems[0].code == code


def test_a_long_file_is_recognised_by_its_beginning():
    assert (
        problem_of(b"\x08\x07\x12\x00" + b"\x00" * 5_000_000).message == "this is an ONNX model, and no spec"
    )


@pytest.mark.parametrize("text", ["\n" * 100_000, "<<<<<<< \n" * 10_000, "layer\n" * 10_000, " " * 100_000])
def test_what_looks_like_another_file_takes_no_time(text):
    begin = time.process_time()
    with pytest.raises(SpecError):
        loads(text + "!")
    assert time.process_time() - begin < PATIENCE
