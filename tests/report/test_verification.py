"""What running a network showed, as reports say it."""

import csv
import io
import json

import pytest

from archcalc import verify
from archcalc.forward.kernels import KERNELS
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
