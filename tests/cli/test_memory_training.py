"""`archcalc memory --train`: its formats, and the options that it takes."""

import csv
import io
import json
import time

import pytest
from patience import PATIENCE

from archcalc.report import FORMATS
from archcalc.spec.expand import LAYER_LIMIT

BLOCKS = ["--batch", "32", "--dtype", "bfloat16", "--checkpoint", "conv3_x,conv4_x/*"]
BYTES = ("parameter_bytes", "gradient_bytes", "saved_bytes")


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("options", [[], ["adafactor"], BLOCKS])
def test_formats_are_whole(archcalc, format_, options):
    run = archcalc("memory", "resnet18", "--train", *options, "--format", format_)
    assert (run.code, run.err) == (0, "")
    assert run.out


def test_json_adds_up(archcalc):
    """Layers to totals, the parts of the peak to the peak, and the line to both."""
    document = json.loads(archcalc("memory", "resnet18", "--train", *BLOCKS, "--format", "json").out)
    for key in (*BYTES, "state_bytes", "master_bytes", "buffer_bytes"):
        assert sum(layer[key] for layer in document["layers"]) == document[key]
    there = sum(document[key] for key in ("parameter_bytes", "state_bytes", "master_bytes", "buffer_bytes"))
    peak = document["peak"]
    alive = sum(size for key, size in peak.items() if key.endswith("_bytes"))
    assert there + alive == document["peak_bytes"]
    assert document["peak_bytes_fixed"] + 32 * document["peak_bytes_per_example"] == document["peak_bytes"]
    assert peak in document["moments"]
    blocks = ["conv3_x", "conv4_x/building_block1", "conv4_x/building_block2"]
    assert [part["name"] for part in document["checkpointed"]] == blocks


def test_csv_has_every_layer(archcalc):
    document = json.loads(archcalc("memory", "resnet18", "--train", "--format", "json").out)
    rows = list(csv.DictReader(io.StringIO(archcalc("memory", "resnet18", "--train", "--format", "csv").out)))
    assert len(rows) == len(document["layers"])
    for key in BYTES:
        assert sum(int(row[key]) for row in rows) == document[key]


def test_text_says_what_is_kept_and_what_is_not_counted(archcalc):
    lines = archcalc("memory", "alexnet-torchvision", "--train").out.splitlines()
    (pool,) = [line for line in lines if line.startswith("pool1")]
    assert pool.endswith("its input (saved by relu1), where its maxima were")
    assert "GPU: dropout saves one byte for each value" in lines
    (missing,) = [line for line in lines if line.startswith("not counted: ")]
    for word in ("workspaces", "allocator", "context"):
        assert word in missing


def test_text_of_checkpointed_blocks(archcalc):
    lines = archcalc(
        "memory", "resnet18", "--train", "--checkpoint", "conv3_x", "--depth", "4"
    ).out.splitlines()
    words = [line.split("  ")[-1].strip() for line in lines if line.startswith("conv3_x/")]
    assert words[0] == "the input of conv3_x (saved by conv2_x/building_block2/relu2), runs again"
    assert set(words[1:]) == {"runs again"}


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--precision", "pure"], 2, "are about training: add --train"),
        (["--checkpoint", "every=1"], 2, "are about training: add --train"),
        (["--train", "--fits", "sram=1KiB"], 2, "are about running: leave out --train"),
        (["--train", "--schedule", "best"], 2, "are about running: leave out --train"),
        (["--train", "adm"], 2, "no optimizer is called 'adm'; did you mean 'adam'?"),
        (["--train", "--dtype", "int8"], 2, "int8 values cannot be trained"),
        (["--train", "--checkpoint", "C9"], 2, "no layer or block 'C9' to checkpoint; did you mean"),
        (["--train", "--checkpoint", "C1,"], 2, "no layer or block '' to checkpoint; known are C1, "),
        (["--train", ""], 2, "no optimizer is called ''; known are sgd, "),
    ],
)
def test_refusals(archcalc, options, code, words):
    run = archcalc("memory", "lenet5", *options)
    assert (run.code, run.out) == (code, "")
    assert words in run.err


@pytest.mark.parametrize("spec", ["lenet5", "net.yaml"])
def test_a_spec_that_was_taken_for_an_optimizer(archcalc, spec):
    run = archcalc("memory", "--train", spec)
    assert (run.code, run.out) == (2, "")
    assert run.err.endswith("SPEC goes before --train\n")


@pytest.mark.slow
def test_the_deepest_network_takes_no_time(archcalc, tmp_path):
    """A page of 10,000 layers grows with them, and not with their square."""
    spec = tmp_path / "deep.yaml"
    pair = "conv: {filters: 8, kernel_size: 3, padding: 1}, relu"
    layers = f"repeat: {{times: {LAYER_LIMIT // 2}, layers: [{pair}]}}"
    spec.write_text(f"input: {{channels: 8, height: 9, width: 9}}\nlayers: [{layers}]", encoding="utf-8")
    begun = time.process_time()
    assert archcalc("memory", spec, "--train").code == 0
    assert time.process_time() - begun < PATIENCE
