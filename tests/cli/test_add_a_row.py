"""CONTRIBUTING's steps, followed: a quantity, its column and an expectation are each one row."""

import json

import jsonschema
import pytest

from archcalc.analysis.quantities import QUANTITIES, Quantity, macs
from archcalc.errors import Problem
from archcalc.expectations.bounds import COUNT_BOUND
from archcalc.expectations.keys import KEYS, Key, layer_forms, network_forms
from archcalc.report import summary
from archcalc.report.page import of_quantity
from archcalc.spec.schema import spec_schema

SPEC = "input: {channels: 1, height: 8, width: 8}\nlayers:\n  - conv: {filters: 2, kernel_size: 3}\n"
FLOPS = 2 * 648


@pytest.fixture
def flops(monkeypatch):
    """The row of a quantity that archcalc does not have."""
    monkeypatch.setitem(
        QUANTITIES,
        "flops",
        Quantity(
            "flops",
            "FLOPs",
            "count",
            lambda facts, analysis: 2 * macs(facts, analysis),
            "multiplications and additions",
        ),
    )


@pytest.fixture
def spec(tmp_path):
    def write(expected=""):
        path = tmp_path / "net.yaml"
        path.write_text(SPEC + expected, encoding="utf-8")
        return str(path)

    return write


@pytest.mark.usefixtures("flops")
class TestAQuantityIsOneRow:
    def test_the_command_line_expects_it(self, archcalc, spec):
        found = archcalc("check", spec(), "--expect", "flops < 3")
        assert found.code == 1
        assert f"flops is {FLOPS:,}, expected < 3: 1,294 too many (asked for by --expect)" in found.out
        assert archcalc("check", spec(), "--expect", f"flops == {FLOPS}").code == 0

    def test_a_spec_expects_it_of_a_network_and_of_a_layer(self, archcalc, spec):
        expected = f"expect: {{flops: {FLOPS}, layers: {{conv1: {{flops: 3}}}}}}\n"
        found = archcalc("summarize", spec(expected))
        assert found.code == 1
        assert "flops of conv1 is 1,296, expected 3: 1,293 too many" in found.err

    def test_a_config_file_expects_it(self, archcalc, spec, tmp_path):
        config = tmp_path / "archcalc.toml"
        config.write_text("[expect]\nflops = '< 3'\n", encoding="utf-8")
        found = archcalc("check", spec(), "--config", str(config))
        assert (found.code, "flops is 1,296, expected < 3" in found.out) == (1, True)

    def test_the_schema_accepts_it(self):
        validator = jsonschema.Draft202012Validator(spec_schema())
        read = {"input": {"features": 3}, "layers": ["relu"]}
        assert validator.is_valid({**read, "expect": {"flops": "< 3", "layers": {"relu1": {"flops": 0}}}})
        assert not validator.is_valid({**read, "expect": {"flop": "< 3"}})

    def test_json_and_csv_write_it(self, archcalc, spec):
        document = json.loads(archcalc("summarize", spec(), "--format", "json").out)
        assert document["totals"]["flops"] == document["layers"][0]["flops"] == FLOPS
        assert (
            json.loads(archcalc("check", spec(), "--format", "json").out)["specs"][0]["totals"]["flops"]
            == FLOPS
        )

    def test_explain_knows_it(self, archcalc):
        assert "Multiplications and additions" in archcalc("explain", "flops").out

    def test_its_column_is_one_row(self, archcalc, spec, monkeypatch):
        monkeypatch.setattr(summary, "COLUMNS", (*summary.COLUMNS, of_quantity(QUANTITIES["flops"])))
        lines = archcalc("summarize", spec()).out.splitlines()
        head, total = (
            next(line.split() for line in lines if line.startswith(word)) for word in ("layer", "total")
        )
        assert (head[-1], total[-1]) == ("FLOPs", f"{FLOPS:,}")


def test_an_expectation_is_one_row(archcalc, spec, monkeypatch):
    def odd(expectation, subject):
        """The number of layers is not odd, whatever is expected."""
        if len(subject.analysis.facts) % 2:
            yield Problem("expectation", "the number of layers is odd", expectation.span)

    monkeypatch.setitem(KEYS, "even", Key(COUNT_BOUND, odd))
    assert "even" in network_forms()
    assert "even" not in layer_forms()
    assert (
        spec_schema()["properties"]["expect"]["properties"]["even"]["description"]
        == f"Needs {COUNT_BOUND.needs}."
    )
    assert "the number of layers is odd" in archcalc("check", spec("expect: {even: 1}\n")).out
    found = archcalc("check", spec("expect: {layers: {conv1: {even: 1}}}\n"))
    assert "unknown key 'even' in what is expected of 'conv1'" in found.out


@pytest.mark.parametrize("quantity", QUANTITIES.values(), ids=lambda quantity: quantity.name)
def test_every_quantity_can_be_expected(quantity):
    assert quantity.name in network_forms()
    assert quantity.name in layer_forms()
