"""What running a network showed, as reports say it."""

import csv
import io
import json

import pytest

from archcalc import analyze, loads, verify
from archcalc.forward.abstract.fields import receptive_fields
from archcalc.forward.abstract.meta import MetaRun
from archcalc.forward.kernels import KERNELS
from archcalc.frozen import replace
from archcalc.report import written
from archcalc.report.page import Options
from archcalc.report.verification import verification


def verified(analysis, format="text"):  # noqa: A002
    return written(verification(verify(analysis)), format, Options())


@pytest.mark.parametrize("name", ["lenet5", "resnet20"])
def test_what_agrees_is_said_in_numbers(analyzed, name):
    analysis = analyzed(name)
    document = json.loads(verified(analysis, "json"))
    rows = list(csv.DictReader(io.StringIO(verified(analysis, "csv"))))
    assert document["agrees"] is True
    assert [layer["name"] for layer in document["layers"]] == [facts.node.name for facts in analysis.facts]
    assert all(layer["predicted"] == layer["actual"] for layer in document["layers"])
    assert {row["agrees"] for row in rows} == {"yes"}
    taken = sum(int(row["macs"]) for row in rows)
    assert taken == sum(facts.macs for facts in analysis.facts)
    assert f" {taken:,} products taken, as predicted" in verified(analysis)


def test_a_wrong_count_is_named(analyzed):
    analysis = analyzed("lenet5")
    wrong = analysis.facts[0]._replace(macs=117_601)
    analysis = type(analysis)(analysis.network, (wrong, *analysis.facts[1:]))
    text = verified(analysis)
    assert "C1 (conv) disagrees\n  MACs: predicted 117,601, actual 117,600\n" in text
    assert "not verified: 1 of 12 layers disagree, first C1\n" in text
    (row,) = [line for line in text.splitlines() if line.startswith("C1 ") and line.endswith("NO")]
    assert "117,600" in row
    document = json.loads(verified(analysis, "json"))
    assert document["agrees"] is False
    assert document["layers"][0]["differences"] == ["MACs: predicted 117,601, actual 117,600"]


def test_memory_is_said_before_and_after(analyzed):
    outcome = verify(analyzed("lenet5"))
    text = written(verification(outcome, options=Options(units="bytes")), "text", Options())
    assert f"\nneeds {outcome.needed.bytes:,} B at {outcome.needed.layer} at most\n" in text
    assert f"\nlive volumes: {outcome.live.bytes:,} B at S2 at most, as predicted\n" in text
    document = json.loads(verified(analyzed("lenet5"), "json"))
    assert document["needed"] == {"bytes": outcome.needed.bytes, "layer": outcome.needed.layer}
    assert document["live"]["actual"] == document["live"]["predicted"] == {"bytes": 23_520, "layer": "S2"}


def test_more_memory_than_predicted_is_a_disagreement(analyzed):
    outcome = verify(analyzed("lenet5"))
    more = replace(outcome, live=outcome.live._replace(bytes=23_524))
    text = written(verification(more), "text", Options())
    assert "\nnot verified: peak of live bytes: predicted 23,520 at S2, actual 23,524 at S2\n" in text
    assert "live volumes:" not in text


def test_shapes_alone_promise_no_values(analyzed):
    text = written(verification(verify(analyzed("lenet5"), make_run=MetaRun)), "text", Options())
    assert text.splitlines()[0].endswith(": run in NumPy on arrays without contents")
    assert "needs" not in text
    assert "live volumes" not in text
    assert "as predicted; no value was computed" in text


def test_fields_are_counted_by_what_was_found(analyzed):
    analysis = analyzed("resnet20")
    fields = receptive_fields(analysis)
    text = written(verification(verify(analysis, make_run=MetaRun), fields), "text", Options())
    shown = [field for field in fields if all(found.size or found.whole for found in field.found)]
    assert 0 < len(shown) < len(fields)
    assert (
        f"\nreceptive fields: {len(shown)} of 72 layers show theirs in full; none is other than pre" in text
    )
    assert f"\nnot shown: {72 - len(shown)} fields reach over the edge at every output" in text
    assert "upper bounds:" not in text
    rows = csv.DictReader(io.StringIO(written(verification(verify(analysis), fields), "csv", Options())))
    assert sum(row["field"] != "" for row in rows) == len(shown)


def test_upper_bounds_and_misaligned_branches_are_said(analyzed):
    analysis = analyze(loads("""
        input: {channels: 2, height: 11, width: 11}
        layers:
          - branches:
              paths:
                - [conv: {filters: 2, kernel_size: 2}]
                - [pad: {padding: {top: -1, left: -1}}]
          - conv_transpose: {filters: 2, kernel_size: 2, stride: 3}
    """))  # fmt: skip
    fields = receptive_fields(analysis)
    text = written(verification(verify(analysis), fields), "text", Options())
    assert "\nupper bounds: 1 predicted fields are the most" in text
    assert "\nnot compared: 2 fields behind branches that are not aligned\n" in text


def test_a_kernel_that_cannot_run_is_named_and_what_stands_behind_it_did_not_run(analyzed, monkeypatch):
    def refuse(*_):
        raise ValueError("shapes [1] and [2] do not fit")

    monkeypatch.setitem(KERNELS, "avgpool", refuse)
    text = verified(analyzed("lenet5"))
    assert "S2 (avgpool) disagrees\n  could not run: shapes [1] and [2] do not fit\n" in text
    assert "not run: 9 layers behind it" in text
    document = json.loads(verified(analyzed("lenet5"), "json"))
    assert document["not_run"][0] == "C3"
    assert len(document["not_run"]) == 9
