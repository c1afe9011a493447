"""A corpus of layers as users of other tools write them first: what the hint says, pasted, is what they mean.

A case in `layers.txt` is an item of `layers:`, a line `=>`, and what it means here; `input:` in front of it
says what it reads, an image of 32×32×3 where nobody does. Lines in front of the item, if any, end with `---`.
"""

import re
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from pasting import nodes, pasted
from patience import PATIENCE

from archcalc.errors import SpecError
from archcalc.spec.load import loads

IMAGE = "input: {channels: 3, height: 32, width: 32}"
LEAST = 150


class Case(NamedTuple):
    source: str
    front: str
    item: str
    meant: str


def cases():
    text = (Path(__file__).parent / "layers.txt").read_text(encoding="utf-8")
    for block in re.split(r"\n{2,}", text.strip()):
        lines = "\n".join(line for line in block.split("\n") if not line.startswith("#"))
        if not lines:
            continue
        written, meant = lines.split("\n=>\n")
        source, rest = IMAGE, written
        if written.startswith("input:"):
            source, rest = written.split("\n", 1)
        front, _, item = rest.rpartition("---\n")
        yield Case(source, front, item, meant)


CASES = list(cases())


def spec(case, *layers):
    lines = "\n".join(part for part in layers if part).strip("\n").split("\n")
    return case.source + "\nlayers:\n" + "".join(f"  {line}\n" for line in lines)


def problems(text):
    with pytest.raises(SpecError) as caught:
        loads(text)
    return caught.value.problems


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.item.split("\n")[0])
def test_the_line_of_the_hint_is_what_was_meant(case):
    for problem in problems(spec(case, case.front, case.item)):
        mended = spec(case, case.front, pasted(problem.hint))
        assert nodes(mended) == nodes(spec(case, case.front, case.meant)), problem.hint


def test_the_corpus_is_large_enough():
    assert len(CASES) >= LEAST
    assert len({case.item for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        *(
            (word, "no 3-D layers")
            for word in ("AvgPool3d", "Conv3d", "maxpool3d", "nn.BatchNorm3d", "Conv3D")
        ),
        *((word, "no recurrent") for word in ("LSTM", "GRU", "nn.LSTM", "SimpleRNN", "ConvLSTM2D")),
        *(
            (word, "pixel shuffle is not supported")
            for word in ("PixelShuffle", "pixel_shuffle", "DepthToSpace")
        ),
        *((word, "no adaptive max pooling") for word in ("adaptive_maxpool", "AdaptiveMaxPool2d")),
        *((word, "no unpooling") for word in ("MaxUnpool2d", "unpool")),
        *((word, "no embedding") for word in ("Embedding", "nn.Embedding")),
        *((word, "no free reshape") for word in ("Reshape", "view", "Unflatten")),
        *((word, "does not move axes") for word in ("Permute", "transpose")),
        *((word, "the input stands above the layers") for word in ("Input", "InputLayer", "Data")),
        *((word, "runs no code") for word in ("Lambda",)),
        *((word, "several layers") for word in ("Bottleneck", "C2f", "SPPF")),
        *((word, "no such head") for word in ("yolo", "Detect")),
        *((word, "no instance normalisation") for word in ("InstanceNorm2d",)),
        *((word, "losses") for word in ("SoftmaxWithLoss", "CrossEntropyLoss")),
    ],
)
@pytest.mark.parametrize("form", ["- {}", "- {}: {{size: 3}}", "- {}: 3", "- type: {}\n    size: 3"])
def test_what_there_is_not_is_said_and_leads_to_no_other_layer(word, said, form):
    (problem,) = problems(f"{IMAGE}\nlayers:\n  {form.format(word)}\n")
    assert said in problem.hint
    assert "did you mean" not in problem.hint
    assert "write `- " not in problem.hint


@pytest.mark.parametrize(
    "item", ["- Softmax: {dim: 2}", "- Flatten: {start_dim: 2}", "- BatchNormalization: {axis: 2}"]
)
def test_a_setting_with_another_meaning_is_not_left_out_in_silence(item):
    (problem,) = problems(f"{IMAGE}\nlayers:\n  {item}\n")
    assert "write `" not in problem.hint
    assert " has no `" in problem.hint


def test_the_features_of_batch_norm_are_checked():
    from archcalc import analyze

    assert analyze(loads(f"{IMAGE}\nlayers: [BatchNorm2d: {{num_features: 3}}]"))
    with pytest.raises(SpecError, match="declares in_channels 4, but its input has 3 channels"):
        analyze(loads(f"{IMAGE}\nlayers: [BatchNorm2d: {{num_features: 4}}]"))
    with pytest.raises(SpecError, match="declares in_channels 4, but its input has 3 channels"):
        analyze(loads(f"{IMAGE}\nlayers: [GroupNorm: {{num_groups: 1, num_channels: 4}}]"))


@pytest.mark.parametrize(
    "item",
    [
        "- conv: {" + ", ".join(f"filter{i}: 1" for i in range(30_000)) + "}",
        "- conv: {kernel_size: (1" + ", 5" * 30_000 + "}",
        "- conv: {kernel_size: (1, " + ", ".join(f"k{i}" for i in range(30_000)) + "}",
        "- conv(" + "(" * 500 + ")" * 500 + ")",
        "- nn.Conv2d(" + "1," * 500 + ")",
        "- " + "(" * 1000,
        "- maxpool {" + "[" * 500,
        "- conv: " + "a=1 " * 60 + "=",
        "- conv: {a: 1; " + "b: (1, 2); " * 24 + "}",
        "- [conv]: {" + "(" * 250 + "}",
        "- Dense: 10, " + "a: 1, " * 40,
        "- conv " + "1x" * 30 + " / 3 @",
    ],
    ids=range(12),
)
def test_endless_forms_take_no_time(item):
    begin = time.process_time()
    problems(f"{IMAGE}\nlayers:\n  {item}\n")
    assert time.process_time() - begin < PATIENCE


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("x = self.conv1(x)", "`self.conv1` stands for a layer of `__init__`"),
        ("resnet50", "a built-in network, and no layer: `base: resnet50`"),
    ],
)
def test_what_names_something_else_is_told_of(item, said):
    (problem,) = problems(f"{IMAGE}\nlayers:\n  - {item}\n")
    assert said in problem.hint


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("tanh: 0 residual: ${}", "tanh has no settings"),
        ("prelu: 3, relu: 4, 5", "say what each value is: prelu has num_parameters"),
    ],
)
def test_a_line_that_yaml_cannot_read_is_told_what_it_cannot_say(line, said):
    with pytest.raises(SpecError) as caught:
        loads(f"input: {{features: 3}}\nlayers:\n  - {line}\n")
    assert caught.value.problems[0].hint == said
