"""The page of memory: its figures agree in all formats, and with what they are said to be."""

import csv
import io
import json
import re

import pytest

from archcalc import analyze, loads
from archcalc.analysis.memory import inference
from archcalc.analysis.memory.budget import flash, sram
from archcalc.analysis.memory.schedule import planned
from archcalc.report import written
from archcalc.report.memory import BAR, memory
from archcalc.report.page import Options

WISHES = [{}, {"schedule": "best"}, {"concat": "view"}, {"convention": "eager"}]


def page(analysis, format="text", options=None, verdicts=(), **wishes):  # noqa: A002
    options = options or Options()
    return written(memory(analysis, planned(analysis, **wishes), verdicts, options), format, options)


def document(analysis, **wishes):
    return json.loads(page(analysis, "json", **wishes))


@pytest.mark.parametrize("wishes", WISHES, ids=str)
@pytest.mark.parametrize("name", ["lenet5", "shufflenet_v2_x2_0", "densenet121", "vit_b_16"])
def test_the_buffers_of_json_add_up_to_each_layers_live_bytes(analyzed, name, wishes):
    found = document(analyzed(name), **wishes)
    names = [layer["name"] for layer in found["layers"]]
    alive = [0] * len(names)
    for buffer in found["buffers"]:
        for step in range(names.index(buffer["first"]), names.index(buffer["last"]) + 1):
            alive[step] += buffer["bytes"]
    inside = 0 if wishes != {"convention": "eager"} or name != "vit_b_16" else None
    live = [layer["live_bytes"] for layer in found["layers"]]
    if inside is None:
        at = [step for step, layer in enumerate(names) if "attention" in layer]
        assert all(live[step] > alive[step] for step in at)
        live = [alive[step] if step in at else each for step, each in enumerate(live)]
    assert alive == live


@pytest.mark.parametrize("wishes", WISHES, ids=str)
def test_the_peak_of_json(analyzed, wishes):
    found = document(analyzed("shufflenet_v2_x2_0"), **wishes)
    live = {layer["name"]: layer["live_bytes"] for layer in found["layers"]}
    assert found["peak_bytes"] == max(live.values()) == live[found["peak_layer"]]
    assert sum(each["bytes"] for each in found["peak_alive"]) == found["peak_bytes"]
    assert found["peak_bytes"] <= found["peak_bytes_as_written"]
    assert found["peak_bytes_bound"] == (found["peak_bytes"] if "schedule" in wishes else None)


def test_csv_has_every_layer_and_no_bar(analyzed):
    rows = list(csv.DictReader(io.StringIO(page(analyzed("resnet50"), "csv"))))
    layers = document(analyzed("resnet50"))["layers"]
    assert [(row["name"], int(row["taken_bytes"]), int(row["live_bytes"])) for row in rows] == [
        (layer["name"], layer["taken_bytes"], layer["live_bytes"]) for layer in layers
    ]
    assert list(rows[0]) == ["name", "kind", "output", "taken_bytes", "live_bytes"]


def test_a_folded_row_takes_what_its_layers_take_and_shows_their_peak(analyzed):
    analysis = analyzed("resnet50")
    layers = document(analysis)["layers"]
    rows = list(csv.DictReader(io.StringIO(page(analysis, "csv", Options(depth=1)))))
    for row in rows:
        within = [each for each in layers if each["name"].split("/")[0] == row["name"]]
        assert int(row["taken_bytes"]) == sum(each["taken_bytes"] for each in within)
        assert int(row["live_bytes"]) == max(each["live_bytes"] for each in within)


def test_bars_are_as_long_as_the_bytes(analyzed):
    steps = inference(analyzed("vgg16")).steps
    bars = [len(found) for found in re.findall("█+", page(analyzed("vgg16")))]
    highest = max(step.live for step in steps)
    assert max(bars) == BAR
    assert all(abs(bar - BAR * step.live / highest) <= 1 for bar, step in zip(bars, steps, strict=True))


def test_vgg16_in_the_figures_of_its_readers(analyzed):
    """The course's 58.13 MiB with each volume once, and what torchinfo's way of counting makes of it."""
    text = page(analyzed("vgg16"))
    assert text.startswith("'VGG-16, configuration D': at most 24.50 MiB live, while conv1_2 runs\n")
    assert (
        "all volumes: 58.13 MiB with each once, as summarize counts; 109.84 MiB with layers in place" in text
    )


def test_only_the_largest_of_many_are_listed():
    lines = "".join(f"  - fc: {{name: f{i}, units: {i}, from: input}}\n" for i in range(1, 16))
    ends = ", ".join(f"f{i}" for i in range(1, 16))
    text = f"input: {{features: 1}}\nlayers:\n{lines}  - concat: {{from: [{ends}]}}\n"
    shown = page(analyze(loads(text), dtype="int8")).partition("live while concat1 runs\n")[2].splitlines()
    assert [line.split()[0] for line in shown[:10]] == [*(f"f{i}" for i in range(7, 16)), "concat1"]
    assert shown[10].split() == ["6", "smaller", "ones", "21", "B", "8.8%"]


def test_what_does_not_fit_is_named(analyzed):
    analysis = analyzed("lenet5")
    verdicts = (flash(analysis, 100_000), sram(inference(analysis), 1000))
    text = page(analysis, options=Options(units="bytes"), verdicts=verdicts)
    assert (
        "does not fit\n"
        "  flash: needs 246,824 B of 100,000 B: full at C5; C5 needs most\n"
        "  SRAM: needs 23,520 B of 1,000 B: too small at C1 first; S2 needs most\n"
        "  in flash: weights of 4 B, biases of 4 B\n"
    ) in text
    found = json.loads(page(analysis, "json", verdicts=verdicts))["fits"]
    assert [(each["memory"], each["fits"], each["breaks"]) for each in found] == [
        ("flash", False, "C5"),
        ("sram", False, "C1"),
    ]


def test_an_order_that_was_not_proved_is_said_to_be_found():
    analysis = analyze(loads("input: {features: 3}\nlayers: [fc: {units: 9}, fc: {units: 2}]\n"))
    plan = planned(analysis, schedule="best")
    unproved = plan._replace(bound=plan.bound - 4, written=plan.written + 4)
    text = written(memory(analysis, unproved, (), Options()), "text", Options())
    assert " · best order found\n" in text
    assert "order: as written 52 B; no order needs less than 44 B\n" in text


def test_an_order_that_saves_nothing_is_said_to_be_as_written():
    analysis = analyze(loads("input: {features: 3}\nlayers: [fc: {units: 9}, fc: {units: 2}]\n"))
    text = written(memory(analysis, planned(analysis, schedule="best"), (), Options()), "text", Options())
    assert "order: as written no more; no order needs less\n" in text
