"""Files of other tools, recognised by their first bytes or their keys, before YAML is blamed for them.

A row names a format, how it is recognised, and what its owner can do. Nothing in a file is run or followed;
only its first bytes are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from archcalc.errors import Problem, Span
from archcalc.records import NamedTuple

LOOKED_AT = 65_536
"""How many bytes of a file are searched."""

SPECIFICATION = "archcalc reads specs in YAML: docs/spec.md shows the first one in ten minutes"
PRINTED = "write its layers as a spec: `print(model)` lists them, and PyTorch's names are understood"
SUMMARY = "write its layers as a spec: `model.summary()` lists them, and Keras's names are understood"
VIEWED = "write its layers as a spec; a viewer of model files, such as Netron, lists them"


class Format(NamedTuple):
    """A format of files: its name with an article, how its beginning is recognised, and a hint."""

    name: str
    recognised: Callable[[bytes], bool]
    hint: str


def _starting(*magic: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(magic)


def _holding(at: int, magic: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[at : at + len(magic)] == magic


def _zip_with(*names: bytes) -> Callable[[bytes], bool]:
    """A ZIP archive among whose first files one has such a name."""
    return lambda head: head.startswith(b"PK\x03\x04") and any(name in head for name in names)


def _text_with(pattern: str) -> Callable[[bytes], bool]:
    compiled = re.compile(pattern.encode(), re.MULTILINE)
    return lambda head: compiled.search(head) is not None


def _is_onnx(head: bytes) -> bool:
    """A protobuf whose field 1, ir_version, is small, followed by another field of ONNX's ModelProto."""
    return (
        len(head) > 2
        and head[0] == 0x08
        and 1 <= head[1] <= 20
        and head[2] in b"\x12\x1a\x22\x28\x32\x3a\x42"
    )


def _is_safetensors(head: bytes) -> bool:
    """The length of a header in eight bytes, then the header in JSON."""
    return head[8:9] == b"{" and 2 <= int.from_bytes(head[:8], "little") <= 100_000_000


BINARY = (
    Format("an ONNX model", _is_onnx, VIEWED),
    Format("a Keras model (.keras)", _zip_with(b"metadata.json", b"model.weights.h5"), SUMMARY),
    Format("an exported PyTorch program (.pt2)", _zip_with(b"archive_format", b"models/model.json"), PRINTED),
    Format("a file of NumPy arrays", _zip_with(b".npy"), SPECIFICATION),
    Format("a PyTorch checkpoint", _zip_with(b"data.pkl", b"/data/"), PRINTED),
    Format("a ZIP archive", _starting(b"PK\x03\x04"), SPECIFICATION),
    Format("a TFLite model", _holding(4, b"TFL3"), VIEWED),
    Format("an ExecuTorch program", _holding(4, b"ET1"), PRINTED),
    Format("an HDF5 file, as Keras once wrote models and weights", _starting(b"\x89HDF\r\n\x1a\n"), SUMMARY),
    Format("a safetensors checkpoint", _is_safetensors, PRINTED),
    Format("a GGUF checkpoint", _starting(b"GGUF"), SPECIFICATION),
    Format(
        "a Python pickle, as PyTorch once wrote checkpoints",
        _starting(*(b"\x80" + bytes([n]) for n in range(2, 6))),
        PRINTED,
    ),
    Format("a NumPy array", _starting(b"\x93NUMPY"), SPECIFICATION),
    Format("a PDF document", _starting(b"%PDF"), SPECIFICATION),
    Format("a PNG image", _starting(b"\x89PNG"), SPECIFICATION),
    Format("a JPEG image", _starting(b"\xff\xd8\xff"), SPECIFICATION),
    Format("a gzip archive", _starting(b"\x1f\x8b"), "unpack it first"),
    Format("text in UTF-32", _starting(b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"), "save the file as UTF-8"),
)
"""Files that are no text, the special before the general."""

TEXT = (
    Format(
        "a darknet configuration",
        _text_with(r"^\[(net|network|convolutional|connected)\]"),
        "write each section as a layer: `[convolutional]` is `- conv: {filters: …, kernel_size: …}`",
    ),
    Format(
        "a Caffe prototxt",
        _text_with(r"^[ \t]*+layers?\s*+\{"),
        "write each `layer { … }` as an item of `layers:`",
    ),
    Format("HTML", _text_with(r"\A\s*<(!doctype html|!DOCTYPE html|html)"), SPECIFICATION),
    Format("an SVG drawing", _text_with(r"\A\s*(<\?xml[^>]*>\s*)?<svg"), SPECIFICATION),
    Format("XML", _text_with(r"\A\s*<\?xml"), SPECIFICATION),
    Format(
        "Python source",
        _text_with(r"^(import \w|from [\w.]+ import |def \w+\(|class \w+[(:])"),
        "write its layers as a spec: the names of PyTorch and Keras are understood",
    ),
)
"""Files that are text and no YAML."""

KEYS = (
    (
        ("backbone", "head"),
        "an Ultralytics model",
        "write each row as a layer: `[-1, 1, Conv, [64, 3, 2]]` is conv, batchnorm and silu",
    ),
    (("class_name", "config"), "a Keras model in JSON", SUMMARY),
    (("cells", "nbformat"), "a Jupyter notebook", PRINTED),
    (("apiVersion", "kind"), "a Kubernetes manifest", SPECIFICATION),
    (("services",), "a Compose file", SPECIFICATION),
    (("jobs", "on"), "a workflow of GitHub Actions", SPECIFICATION),
    (("repos",), "a configuration of pre-commit", SPECIFICATION),
    (("schema_version", "network"), "a report of archcalc in JSON", "give the spec that it was made from"),
)
"""Mappings of other tools, by keys that each of them has: the keys, the name, and a hint."""


def foreign_file(content: bytes, source: str) -> Problem | None:
    """What a file is that is no spec, where its beginning tells."""
    head = content[:LOOKED_AT]
    conflict = re.search(rb"^<{7} .*$", head, re.MULTILINE)
    if conflict and re.search(rb"^={7}$", head[conflict.end() :], re.MULTILINE):
        place = Span(source, head.count(b"\n", 0, conflict.start()) + 1, 1)
        return Problem(
            "foreign-file", "a merge conflict begins here", place, "resolve it, and remove its marks"
        )
    found = next((each for each in (*BINARY, *TEXT) if each.recognised(head)), None)
    return None if found is None else _problem(found.name, source, found.hint)


def foreign_mapping(keys: Collection[str], source: str) -> Problem | None:
    """What a mapping is that has none of a spec's keys, where its own tell."""
    for needed, name, hint in KEYS:
        if all(key in keys for key in needed):
            return _problem(name, source, hint)
    return None


def _problem(name: str, source: str, hint: str) -> Problem:
    return Problem("foreign-file", f"this is {name}, and no spec", Span(source, 1, 1), hint)
